"""Closing what a conf leaves open: what a person gives stays, everything else is a recorded assumption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import onboarding
from onboarding.discovery import DiscoveryError, look_at_source, resolve
from onboarding.spec.conf import Conf
from onboarding.spec.plans import DiscoveryPlan
from onboarding.spec.profile import ProfileReport
from shared.pipeline.errors import TooLargeForLocalError
from shared.pipeline.resources import Resources

ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"


@pytest.fixture(scope="module")
def look() -> ProfileReport:
    return look_at_source(Conf.model_validate({"source": {"location": ORDERS.as_uri()}}))


def _resolve(look: ProfileReport, memory_bytes: int = 10**9, **conf: Any) -> DiscoveryPlan:
    return resolve(Conf.model_validate(conf), look.look(), resources=Resources(memory_bytes, 1, "unused"))


def test_everything_left_open_is_an_assumption_with_a_reason(look: ProfileReport) -> None:
    plan = _resolve(look)
    assumed = {assumption.key: assumption.value for assumption in plan.assumptions}
    assert assumed["workload"] == "orders"
    assert assumed["source.format"] == "csv"
    assert assumed["schedule.cron"] == "0 2 * * *"
    assert assumed["quality.silver_threshold"] == "0.8"
    assert all(assumption.reason for assumption in plan.assumptions)
    assert list(assumed) == sorted(assumed)


def test_what_a_person_gives_is_no_assumption_and_is_taken(look: ProfileReport) -> None:
    plan = _resolve(
        look,
        workload="my_orders",
        quality={"silver_threshold": 0.7},
        schedule={"cron": "5 5 * * *", "paused": False, "retries": 0},
        retention={"quarantine_days": 7},
    )
    keys = {assumption.key for assumption in plan.assumptions}
    assert (plan.workload, plan.silver_threshold, plan.quarantine_retention_days) == ("my_orders", 0.7, 7)
    assert not keys & {"workload", "quality.silver_threshold", "schedule.cron", "schedule.paused", "schedule.retries"}


def test_bronze_expires_only_where_the_latest_load_is_enough(look: ProfileReport) -> None:
    assert _resolve(look, retention={"bronze_days": 30}).bronze_retention_days == 30
    with pytest.raises(DiscoveryError, match="loads of every date") as caught:
        _resolve(look, retention={"bronze_days": 30}, source={"load": "new_files"})
    assert caught.value.where == "retention.bronze_days"


def test_a_source_that_fits_is_taken_by_the_embedded_engine(look: ProfileReport) -> None:
    plan = _resolve(look, 10**9)
    assert plan.engine == "local"
    assert "MB" in next(made.reason for made in plan.assumptions if made.key == "deployment.engine")


def test_a_source_that_does_not_fit_is_refused(look: ProfileReport) -> None:
    with pytest.raises(TooLargeForLocalError, match="too large for the embedded engine") as caught:
        _resolve(look, 100)
    assert "use aws" in caught.value.remedy


def test_a_given_engine_is_not_measured(look: ProfileReport) -> None:
    assert _resolve(look, 1_000, deployment={"engine": "local"}).engine == "local"


def test_metrics_want_an_aggregate(look: ProfileReport) -> None:
    plan = _resolve(look, destination={"gold": {"use_case": "metrics"}})
    assert (plan.gold_use_case, plan.gold_format) == ("metrics", "aggregate")


def test_reporting_gets_a_flat_table_and_is_told_why(look: ProfileReport) -> None:
    plan = _resolve(look, destination={"gold": {"use_case": "reporting"}})
    assert plan.gold_format == "flat"
    assert "star" in next(made.reason for made in plan.assumptions if made.key == "destination.gold.format")


def test_declared_facts_and_dimensions_are_a_star(look: ProfileReport) -> None:
    tables = [{"name": "fact_orders", "kind": "fact"}, {"name": "dim_region", "kind": "dimension"}]
    assert _resolve(look, destination={"gold": {"tables": tables}}).gold_format == "star"


def test_a_star_without_tables_is_refused(look: ProfileReport) -> None:
    with pytest.raises(DiscoveryError, match="a star needs its tables"):
        _resolve(look, destination={"gold": {"format": "star"}})


def test_a_watermark_needs_its_column(look: ProfileReport) -> None:
    with pytest.raises(DiscoveryError, match="watermark_column"):
        _resolve(look, source={"load": "watermark"})
