"""What answers and marks mean; the table of the gates."""

from __future__ import annotations

import pytest

from onboarding.gates.answer import read_answer
from onboarding.gates.definitions import GATE_BY_NAME, GATES, Gate

PLAN = GATE_BY_NAME["approve_plan"]


def test_an_answer_in_required_actions() -> None:
    answered = {
        "chosen_options": ["reject"],
        "params_input": {},
        "responded_at": "2026-01-01T00:00:00Z",
        "responded_by_user": {"id": "ann", "name": "ann"},
        "shown_sha256": "abc",
    }
    answer = read_answer(PLAN, "success", answered, shown_sha256="other")
    assert answer is not None
    assert (answer.option, answer.verdict, answer.by, answer.how) == ("reject", "reject", "ann", "required_actions")
    assert answer.report_sha256 == "abc"


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_mark_success_is_the_first_choice(gate: Gate) -> None:
    answer = read_answer(gate, "success", None, shown_sha256="abc")
    assert answer is not None
    assert (answer.option, answer.verdict, answer.how) == (gate.approving, "approve", "marked_success")
    assert answer.by == "unknown"


@pytest.mark.parametrize("state", ["failed", "skipped", "upstream_failed"])
def test_mark_failed_is_a_rejection(state: str) -> None:
    answer = read_answer(PLAN, state, None, shown_sha256="abc")
    assert answer is not None
    assert answer.verdict == "reject"


@pytest.mark.parametrize("state", ["awaiting_input", "running", "queued", "deferred", "none", "up_for_retry"])
def test_waiting_is_no_answer(state: str) -> None:
    assert read_answer(PLAN, state, None, shown_sha256="abc") is None


def test_every_gate_approves_first_and_can_be_rejected() -> None:
    for gate in GATES:
        assert gate.verdict(gate.approving) == "approve"
        assert "reject" in dict(gate.options).values()


@pytest.mark.parametrize(
    ("option", "verdict"), [("approve", "change"), ("change the answers", "change"), ("reject", "reject")]
)
def test_a_chosen_change_is_never_passed_over(option: str, verdict: str) -> None:
    answered = {"chosen_options": [option], "params_input": {"changes": ["workload = other"]}}
    answer = read_answer(PLAN, "success", answered, shown_sha256="abc")
    assert answer is not None
    assert (answer.verdict, answer.changes) == (verdict, ["workload = other"])


def test_an_untouched_form_is_no_change() -> None:
    answered = {"chosen_options": ["approve"], "params_input": {"changes": []}}
    answer = read_answer(PLAN, "success", answered, shown_sha256="abc")
    assert answer is not None
    assert (answer.verdict, answer.changes) == ("approve", [])
