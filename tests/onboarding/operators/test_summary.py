"""How a meta run ended."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from onboarding.operators.step import OUTCOME_KEY
from onboarding.operators.summary import FINAL_TASK, SummaryOperator
from onboarding.spec.phases import failed_tasks, phase_status
from onboarding.workspace.record import RunRecord
from tests.onboarding.operators.contexts import Instance, make_context

DECISION, WAIT = "phase_2_validate.approve_plan.decision", "phase_2_validate.approve_plan.wait"


def test_failed_tasks_are_sorted_and_what_only_follows_them_is_left_out() -> None:
    states = {"b": "failed", "a": "failed", "c": "upstream_failed", "d": "success", "e": "skipped"}
    assert failed_tasks(states) == ["a", "b"]


def test_a_sensor_that_failed_because_of_a_no_is_no_fault() -> None:
    assert failed_tasks({WAIT: "failed", DECISION: "success"}) == []


@pytest.mark.parametrize("decision", ["failed", "upstream_failed", "skipped", "running"])
def test_a_sensor_that_failed_without_a_decision_is_one(decision: str) -> None:
    assert WAIT in failed_tasks({WAIT: "failed", DECISION: decision})


@pytest.mark.parametrize(("second", "faults"), [("success", []), ("failed", ["a.second_attempt", "a.test_gate"])])
def test_a_red_test_gate_is_a_fault_only_when_the_second_attempt_is_red_too(second: str, faults: list[str]) -> None:
    assert failed_tasks({"a.test_gate": "failed", "a.second_attempt": second}) == faults


@pytest.mark.parametrize(
    ("second", "status"),
    [("success", "success"), ("None", "running"), ("running", "running"), ("skipped", "failed"), ("failed", "failed")],
)
def test_a_phase_with_a_red_test_gate_is_what_its_second_attempt_is(second: str, status: str) -> None:
    assert phase_status({"a.propose": "success", "a.test_gate": "failed", "a.second_attempt": second}) == status


def summarise(states: dict[str, str], **left: dict[str, Any]) -> dict[str, str]:
    """Run the summary of a run with these states; ``left``: task id -> outcome it left."""
    instance = Instance("summary")
    instance.states["run-1"] = states
    for task_id, summary in left.items():
        instance.give({"summary": summary}, task_id, OUTCOME_KEY)
    return SummaryOperator(task_id="summary").execute(make_context(instance))


def test_deployed(record: RunRecord) -> None:
    assert summarise({FINAL_TASK: "success"}) == {"status": "deployed", "reason": ""}
    entry = record.read("outcome")
    assert entry is not None
    assert (entry["status"], entry["run_id"], entry["triggered_by"]) == ("deployed", "run-1", "requester")


def test_the_task_that_ended_the_run_says_how(record: RunRecord) -> None:
    states = {"detect": "success", FINAL_TASK: "skipped"}
    ended = summarise(states, detect={OUTCOME_KEY: "blocked", "reason": "a duplicate"})
    assert ended == {"status": "blocked", "reason": "a duplicate"}


def test_a_fault_fails_the_run_and_names_the_tasks(record: RunRecord) -> None:
    with pytest.raises(AirflowFailException, match="failed in a, b"):
        summarise({"b": "failed", "a": "failed", FINAL_TASK: "upstream_failed"})
    entry = record.read("outcome")
    assert entry is not None
    assert (entry["status"], entry["failed_tasks"]) == ("failed", ["a", "b"])


def test_a_fault_after_a_rejection_is_still_a_fault(record: RunRecord) -> None:
    with pytest.raises(AirflowFailException):
        summarise({"a": "failed", DECISION: "success"}, decision={OUTCOME_KEY: "rejected", "reason": "no"})


def test_skipped_without_a_reason_is_a_fault(record: RunRecord) -> None:
    with pytest.raises(AirflowFailException, match="no task says why"):
        summarise({"a": "success", FINAL_TASK: "skipped"})
