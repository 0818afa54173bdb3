"""What answers and marks mean; the table of the gates."""

from __future__ import annotations

import pytest

from onboarding.gates.answer import read_answer
from onboarding.gates.definitions import APPROVALS, GATE_BY_NAME, GATES, Gate

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


MARKED = {
    "choose_found": ("stop", "reject"),
    "choose_partial": ("stop", "reject"),
    "fix_environment": ("go on without", "approve"),
    "answer_discovery": ("submit answers", "change"),
    "approve_plan": ("approve", "approve"),
    "confirm_profile": ("confirm", "approve"),
    "resolve": ("I edited the files", "approve"),
    "confirm_edits": ("run the tests", "change"),
    "approve_deploy": ("deploy", "approve"),
}


@pytest.mark.parametrize("name", MARKED)
def test_what_mark_success_stands_for(name: str) -> None:
    answer = read_answer(GATE_BY_NAME[name], "success", None, shown_sha256="abc")
    assert answer is not None
    assert ((answer.option, answer.verdict), answer.how) == (MARKED[name], "marked_success")
    assert answer.by == "unknown"


def test_where_two_ways_are_open_a_mark_is_no_answer() -> None:
    assert {gate.name for gate in GATES} == {*MARKED, "approve_overlap"}
    assert read_answer(GATE_BY_NAME["approve_overlap"], "success", None, shown_sha256="abc") is None


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
@pytest.mark.parametrize("state", ["failed", "skipped", "upstream_failed"])
def test_mark_failed_is_a_rejection(gate: Gate, state: str) -> None:
    answer = read_answer(gate, state, None, shown_sha256="abc")
    assert answer is not None
    assert answer.verdict == "reject"
    assert gate.verdict(answer.option) == "reject"


@pytest.mark.parametrize("state", ["awaiting_input", "running", "queued", "deferred", "none", "up_for_retry"])
def test_waiting_is_no_answer(state: str) -> None:
    assert read_answer(PLAN, state, None, shown_sha256="abc") is None


def test_every_approval_approves_first_and_every_gate_can_be_rejected() -> None:
    assert [gate.name for gate in APPROVALS] == ["approve_plan", "confirm_profile", "approve_deploy"]
    for gate in APPROVALS:
        assert gate.verdict(gate.approving) == "approve"
    for gate in GATES:
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
