"""The card of an escalation: failed tests with what they said, and only the ways that are open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onboarding.operators.escalation import resolve_card
from onboarding.operators.step import StepContext
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from tests.onboarding.operators.meta_run import Run, write_tickets


@pytest.fixture(autouse=True)
def _readable(record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources in the test's own folder may be read."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    load_settings.cache_clear()


def failed(agent: str, *, passed: int = 4) -> dict[str, Any]:
    message = "the sum is not right\nassert 3 == 4\n +  where 3 = total()"
    failures = [{"name": "tests/unit/test_x.py::test_sum", "message": message}]
    return {
        "agent": agent, "attempts": 2, "passed": False, "produced": ["a.sql"], "fallbacks": [],
        "unit": {"passed": passed, "failed": 1, "failures": failures},
        "integration": {"passed": 0, "failed": 0, "failures": []},
    }  # fmt: skip


@pytest.fixture
def run(record: RunRecord, tmp_path: Path) -> Run:
    """A run as far as its profile."""
    run = Run(write_tickets(tmp_path))
    run.to_profile()
    run.step("metadata", "profile:propose", "conf", "discovery", "profile")
    return run


def card(run: Run) -> Any:
    return resolve_card(StepContext(run.store, load_settings(), run.run, run.outputs))


def test_nothing_is_asked_when_no_test_failed_twice(run: Run) -> None:
    assert card(run) is None
    run.record.write("tests-quality-01-second", {**failed("quality"), "gap": True})
    assert card(run) is None


def test_the_card_says_what_failed_and_how_it_can_go_on(run: Run) -> None:
    run.record.write("tests-quality-01-second", failed("quality"))
    shown = card(run)
    assert [item.title for item in shown.items] == ["test_sum"]
    assert shown.items[0].evidence == "the sum is not right; assert 3 == 4"
    assert shown.items[0].proposed == "change what the test names, or look into the full report"
    assert shown.options == ["fix and retry", "I edited the files", "skip", "stop"]
    assert any("/edit/quality-01" in link for link in shown.links)
    assert shown.following["fix and retry"].gaps == {}
    assert shown.following["skip"].gaps == {"quality": ["tests/unit/test_x.py::test_sum"]}
    assert {following.from_phase for following in shown.following.values()} == {4}
    assert any(choice.change.startswith("quality.informing_rules = ") for choice in shown.choices)
    assert len(shown.markdown().splitlines()) <= 25


def test_a_failed_profile_goes_back_to_its_phase(run: Run) -> None:
    run.record.write("tests-profiling-01-second", failed("profiling"))
    shown = card(run)
    assert {following.from_phase for following in shown.following.values()} == {3}
    # What phase 3 renders is rendered again in phase 4.
    assert "I edited the files" not in shown.options
    assert "domain.columns.minutes.type = text" in {choice.change for choice in shown.choices}


@pytest.mark.parametrize(("agent", "passed", "why"), [("dag", 5, "would not run"), ("quality", 0, "none of the tests")])
def test_what_cannot_be_skipped_is_not_offered(run: Run, agent: str, passed: int, why: str) -> None:
    run.record.write(f"tests-{agent}-01-second", failed(agent, passed=passed))
    shown = card(run)
    assert shown.options == ["fix and retry", "I edited the files", "stop"]
    assert set(shown.following) == {"fix and retry"}
    assert any(why in line for line in shown.numbers)


def test_a_regulation_may_forbid_it(record: RunRecord, tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), **{"quality.regulations": ["SOX"]})
    run.to_profile()
    run.step("metadata", "profile:propose", "conf", "discovery", "profile")
    run.record.write("tests-quality-01-second", failed("quality"))
    shown = card(run)
    assert shown.options == ["fix and retry", "I edited the files", "stop"]
    assert any("SOX" in line and "forbids it" in line for line in shown.numbers)


def test_a_filter_may_be_taken_out(record: RunRecord, tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), **{"transformations.filters": ["minutes > 100000"]})
    run.to_profile()
    run.step("metadata", "profile:propose", "conf", "discovery", "profile")
    for agent in ("transformation", "quality", "dag"):
        run.step(agent, f"build:propose_{agent}", "conf", "discovery", "profile", *run.outputs)
    run.record.write("tests-quality-01-second", failed("quality"))
    shown = card(run)
    assert shown.choices[0].change == "transformations.filters = none"
    assert shown.items[0].proposed.startswith("take the filter out below where it keeps too little; else change")
