"""Following a run through a time in which Airflow does not answer."""

from __future__ import annotations

import pytest

from onboarding.cli.follow import OUTAGE_SECONDS, Outage
from shared.hooks.airflow_api import AirflowApiError


def call(outage: Outage, status: int | None) -> None:
    """One look at Airflow: an answer, or an error with this status (0: no answer)."""
    with outage.bridged():
        if status is not None:
            raise AirflowApiError("no answer", status=status)


def test_an_outage_is_said_once_and_bridged() -> None:
    said: list[str] = []
    outage = Outage(said.append, clock=lambda: 0.0)
    for status in (0, 503, 0, None, 0):
        call(outage, status)
    assert len(said) == 2
    assert "`onboard up`" in said[0]


def test_an_outage_that_lasts_is_an_error() -> None:
    times = iter([0.0, OUTAGE_SECONDS - 1, OUTAGE_SECONDS + 1])
    outage = Outage(lambda _: None, clock=lambda: next(times))
    call(outage, 0)
    call(outage, 0)
    with pytest.raises(AirflowApiError):
        call(outage, 0)


def test_a_refusal_is_no_outage() -> None:
    with pytest.raises(AirflowApiError):
        call(Outage(lambda _: None), 403)
