"""Which runs are one onboarding: only those that the system itself named so."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.workspace.chain import chain_position, chain_run_id, root_run_id


def test_the_first_run_keeps_its_id_and_later_ones_are_named_after_it() -> None:
    assert [chain_run_id("run", number) for number in (1, 2, 11)] == ["run", "run__round_02", "run__round_11"]


def test_a_later_run_is_at_its_place() -> None:
    resume = {"root_run_id": "run", "iteration": 2, "from_phase": 3}
    assert chain_position("run__round_02", resume) == ("run", 2, 3)
    assert root_run_id("run__round_02", resume) == "run"


@pytest.mark.parametrize(
    "resume",
    [
        None, {}, "run", {"root_run_id": "run"}, {"root_run_id": "run", "iteration": 3},
        {"root_run_id": "other", "iteration": 2}, {"root_run_id": "run", "iteration": "2"},
        {"root_run_id": "run", "iteration": 1}, {"root_run_id": ["run"], "iteration": 2},
    ],
)  # fmt: skip
def test_anything_else_is_a_run_of_its_own(resume: Any) -> None:
    assert chain_position("run__round_02", resume) == ("run__round_02", 1, 1)
