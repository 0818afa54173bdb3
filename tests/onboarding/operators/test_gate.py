"""A gate's identity and its decision: the same evidence finds the same run, and only an answer is an approval."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, TriggerRule
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    DagRunTriggerException,
    DownstreamTasksSkipped,
)

from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.operators.gate import (
    REQUEST_KEY,
    GateDecisionOperator,
    GateRequestOperator,
    gate_date,
    gate_run_id,
    requested_date,
)
from onboarding.operators.step import OUTCOME_KEY
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from tests.onboarding.operators.contexts import Instance, make_context

GATE = GATE_BY_NAME["approve_plan"]
RUN = "gate-run"
SHOWN = "c" * 64


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_gate_date_is_the_digests_alone() -> None:
    assert gate_date(digest("a")) == gate_date(digest("a"))
    dates = {gate_date(digest(str(number))) for number in range(20_000)}
    assert len(dates) == 20_000


def test_a_gate_date_lies_in_the_past_so_that_its_run_starts_at_once() -> None:
    extremes = [gate_date(text * 64) for text in "0f"]
    assert datetime(2000, 1, 1, tzinfo=UTC) <= min(extremes)
    assert max(extremes) < datetime(2021, 1, 1, tzinfo=UTC)


def test_a_gate_run_id_tells_run_gate_iteration_and_evidence_apart() -> None:
    given = [("run", "g", 1, "a" * 64), ("run2", "g", 1, "a" * 64), ("run", "h", 1, "a" * 64),
             ("run", "g", 2, "a" * 64), ("run", "g", 1, "b" * 64)]  # fmt: skip
    assert len({gate_run_id(*parts) for parts in given}) == len(given)
    assert gate_run_id(*given[0]) == gate_run_id(*given[0])


def test_a_gate_run_id_is_short_and_a_path_segment_whatever_the_meta_runs_is() -> None:
    run_id = gate_run_id("manual__2026-01-01T00:00:00+00:00/.." + "x" * 300, "approve_plan", 1, "a" * 64)
    assert len(run_id) < 250
    assert "/" not in run_id
    assert run_id.endswith("__approve_plan__01__aaaaaaaaaaaa")


def request(instance: Instance, **context: Any) -> DagRunTriggerException | None:
    operator = GateRequestOperator(task_id="request", gate=GATE, card="tests.dags.stub_steps:card", inputs={})
    try:
        operator.execute(make_context(instance, **context))
    except DagRunTriggerException as triggered:
        return triggered
    return None


def test_a_request_announces_the_digest_of_the_stored_card(record: RunRecord) -> None:
    triggered = request(Instance("request"))
    assert triggered is not None
    assert triggered.trigger_dag_id == GATE.dag_id
    assert triggered.conf is not None
    stored = Path(triggered.conf["card_uri"].removeprefix("file://")).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == triggered.conf["card_sha256"]
    assert triggered.reset_dag_run is False


def test_the_same_evidence_is_asked_about_once(record: RunRecord) -> None:
    first = request(Instance("request"))
    assert first is not None
    again = Instance("request")
    again.existing_runs = {first.dag_run_id}
    assert request(again) is None
    left = again.outputs["", "request", REQUEST_KEY]
    assert left["run_id"] == first.dag_run_id
    assert datetime.fromisoformat(left["logical_date"]) == first.logical_date


def test_the_sensor_looks_for_the_date_of_its_sibling() -> None:
    instance, task = Instance(), type("Task", (), {"task_id": "phase.gate.wait"})()
    instance.give({"logical_date": "2001-02-03T04:05:06+00:00"}, "phase.gate.request", REQUEST_KEY)
    assert requested_date(datetime.now(tz=UTC), ti=instance, task=task) == datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    with pytest.raises(AirflowFailException, match=r"phase\.gate\.request"):
        requested_date(datetime.now(tz=UTC), ti=Instance(), task=task)


def decide(
    state: str, answered: dict[str, Any] | None, instance: Instance | None = None, **context: Any
) -> tuple[Any, Instance]:
    """Run the decision task of a gate whose ``approve`` task is in this state."""
    with DAG("decided", schedule=None):
        decision = GateDecisionOperator(task_id="decision", gate=GATE)
        after = GateDecisionOperator(task_id="after", gate=GATE)
        summary = GateDecisionOperator(task_id="summary", gate=GATE, trigger_rule=TriggerRule.ALL_DONE)
        decision >> after >> summary
    instance = instance or Instance("decision")
    instance.give({"run_id": RUN, "card_sha256": SHOWN}, "decision.request", REQUEST_KEY)
    instance.states[RUN] = {"approve": state}
    if answered is not None:
        instance.give(answered, "approve", dag_id=GATE.dag_id)
    return decision.execute(make_context(instance, **context)), instance


def answer(option: str) -> dict[str, Any]:
    return {"chosen_options": [option], "params_input": {}, "responded_at": "2026-01-01T00:00:00+00:00",
            "responded_by_user": {"id": "1", "name": "reviewer"}, "shown_sha256": SHOWN}  # fmt: skip


def test_an_approval_goes_on_and_is_recorded_with_who_and_what(record: RunRecord) -> None:
    result, _ = decide("success", answer("approve"))
    assert (result["verdict"], result["by"], result["how"]) == ("approve", "reviewer", "required_actions")
    entry = record.read("gate-approve_plan-01")
    assert entry is not None
    assert (entry["gate_run_id"], entry["report_sha256"], entry["by"]) == (RUN, SHOWN, "reviewer")


def test_a_mark_approves_and_its_author_is_unknown_without_the_rest_api(record: RunRecord) -> None:
    result, _ = decide("success", None)
    assert (result["verdict"], result["by"], result["how"]) == ("approve", "unknown", "marked_success")


@pytest.mark.parametrize("name", ["approve_deploy", "confirm_edits"])
def test_a_mark_approves_nothing_where_the_card_shows_a_stop(record: RunRecord, name: str) -> None:
    """Neither where the mark would approve, nor where it would let the onboarding go on another way."""
    instance = Instance("decision")
    instance.give({"run_id": RUN, "card_sha256": SHOWN, "level": "STOP"}, "decision.request", REQUEST_KEY)
    instance.states[RUN] = {"approve": "success"}
    with DAG("stopped", schedule=None):
        decision = GateDecisionOperator(task_id="decision", gate=GATE_BY_NAME[name])
    with pytest.raises(AirflowFailException, match="its card shows a STOP"):
        decision.execute(make_context(instance))
    assert record.read(f"gate-{name}-01") is None


@pytest.mark.parametrize(("state", "given"), [("success", answer("reject")), ("failed", None), ("skipped", None)])
def test_a_rejection_skips_the_rest_but_the_summary(
    record: RunRecord, state: str, given: dict[str, Any] | None
) -> None:
    with pytest.raises(DownstreamTasksSkipped) as caught:
        decide(state, given)
    assert list(caught.value.tasks) == ["after"]
    entry = record.read("gate-approve_plan-01")
    assert entry is not None
    assert entry["verdict"] == "reject"


def test_a_rejection_leaves_its_reason_for_the_summary(record: RunRecord) -> None:
    instance = Instance("decision")
    instance.give({"run_id": RUN, "card_sha256": SHOWN}, "decision.request", REQUEST_KEY)
    instance.states[RUN] = {"approve": "failed"}
    with DAG("left", schedule=None):
        decision = GateDecisionOperator(task_id="decision", gate=GATE)
        decision >> GateDecisionOperator(task_id="after", gate=GATE)
    with pytest.raises(DownstreamTasksSkipped):
        decision.execute(make_context(instance))
    left = instance.outputs["", "decision", OUTCOME_KEY]["summary"]
    assert left == {OUTCOME_KEY: "rejected", "reason": "approve_plan: reject by unknown (marked failed)"}


@pytest.mark.parametrize("state", ["awaiting_input", "running", "queued", "none"])
def test_no_answer_is_no_approval_and_the_error_says_where_to_answer(record: RunRecord, state: str) -> None:
    with pytest.raises(AirflowException, match="Required Actions of onboard_gate_approve_plan, run gate-run"):
        decide(state, None)
    assert record.read("gate-approve_plan-01") is None


def test_a_change_ends_the_run_as_superseded_and_keeps_what_was_changed(record: RunRecord) -> None:
    given = answer("change the answers") | {"params_input": {"changes": ["workload = new_name"]}}
    with pytest.raises(DownstreamTasksSkipped) as ended:
        decide("success", given)
    assert list(ended.value.tasks) == ["after"]
    entry = record.read("gate-approve_plan-01")
    assert entry is not None
    assert (entry["verdict"], entry["changes"], entry["by"]) == ("change", ["workload = new_name"], "reviewer")


def test_in_the_last_round_a_change_is_told_what_to_do_instead(record: RunRecord) -> None:
    given = answer("change the answers") | {"params_input": {"changes": ["workload = new_name"]}}
    conf = {"resume": {"root_run_id": "run-0", "iteration": 5, "from_phase": 1}}
    RunRecord(Store(load_settings().workspace_uri), "run-0").write("handover-05", {"run_id": "run-0__round_05"})
    instance = Instance("decision")
    with pytest.raises(DownstreamTasksSkipped):
        decide("success", given, instance, conf=conf, run_id="run-0__round_05")
    outcome = instance.outputs["", "decision", OUTCOME_KEY]["summary"]
    assert outcome[OUTCOME_KEY] == "rejected"
    assert "workload = new_name" in outcome["reason"]


def _approved(record: RunRecord, verdict: str = "approve") -> DagRunTriggerException:
    """A first run in which the gate was answered, and the run that was handed on from it."""
    first = request(Instance("request"))
    assert first is not None
    assert first.conf is not None
    entry = {"gate_run_id": first.dag_run_id, "verdict": verdict, "level": "OK", "card_uri": first.conf["card_uri"]}
    entry |= {"logical_date": str(first.logical_date), "report_sha256": first.conf["card_sha256"]}
    record.write("gate-approve_plan-01", entry)
    handed = {"run_id": "run-1__round_02", "gate": "approve_plan", "changes": ["workload = new_name"]}
    record.write("handover-02", handed)
    return first


def _second_request(instance: Instance, from_phase: int) -> DagRunTriggerException | None:
    conf = {"resume": {"root_run_id": "run-1", "iteration": 2, "from_phase": from_phase}}
    return request(instance, conf=conf, run_id="run-1__round_02")


def test_what_was_approved_before_the_changed_phase_is_not_asked_again(record: RunRecord) -> None:
    first, again = _approved(record), Instance("request")
    assert _second_request(again, from_phase=3) is None
    left = again.outputs["", "request", REQUEST_KEY]
    assert (left["run_id"], left["carried_over"]) == (first.dag_run_id, True)


def test_the_gate_of_the_changed_phase_is_asked_again_and_says_what_changed(record: RunRecord) -> None:
    first = _approved(record, "change")
    again = _second_request(Instance("request"), from_phase=1)
    assert again is not None
    assert again.dag_run_id != first.dag_run_id
    assert again.conf is not None
    card = json.loads(Path(again.conf["card_uri"].removeprefix("file://")).read_text())
    assert "Changed: round 2 of 5, after approve" in card["body"]


def test_a_gate_that_was_not_approved_is_asked(record: RunRecord) -> None:
    _approved(record, "reject")
    assert _second_request(Instance("request"), from_phase=3) is not None


SOX = {"triggered_by": "requester", "conf": {"quality": {"regulations": ["SOX"]}}}
NAMED = {"triggered_by": "requester", "conf": {"reviewers": {"approve_plan": ["head_of_data"]}}}


@pytest.mark.parametrize(
    ("asked", "by", "option", "said"),
    [
        (SOX, "requester", "approve", "a second person has to: SOX Sec. 404"),
        (SOX, "requester", "change the answers", "a second person has to"),
        (NAMED, "reviewer", "approve", "may be by head_of_data only"),
        (NAMED, "reviewer", "reject", "may be by head_of_data only"),
    ],
)
def test_an_answer_of_the_wrong_person_does_not_count(
    record: RunRecord, asked: dict[str, Any], by: str, option: str, said: str
) -> None:
    record.write("request", asked)
    given = answer(option) | {"responded_by_user": {"id": "1", "name": by}}
    with pytest.raises(AirflowFailException, match=said) as refused:
        decide("success", given)
    assert "Clear `approve`" in str(refused.value)
    assert record.read("gate-approve_plan-01") is None


@pytest.mark.parametrize("asked", [SOX, NAMED])
def test_a_mark_whose_author_is_not_known_does_not_count_where_it_matters(
    record: RunRecord, asked: dict[str, Any]
) -> None:
    record.write("request", asked)
    with pytest.raises(AirflowFailException, match="unknown"):
        decide("success", None)


@pytest.mark.parametrize(("asked", "by"), [(SOX, "reviewer"), (NAMED, "head_of_data")])
def test_the_right_person_approves(record: RunRecord, asked: dict[str, Any], by: str) -> None:
    record.write("request", asked)
    result, _ = decide("success", answer("approve") | {"responded_by_user": {"id": "1", "name": by}})
    assert (result["verdict"], result["by"]) == ("approve", by)


def test_who_asked_may_still_say_no(record: RunRecord) -> None:
    record.write("request", SOX)
    with pytest.raises(DownstreamTasksSkipped):
        decide("success", answer("reject") | {"responded_by_user": {"id": "1", "name": "requester"}})


def test_a_gate_that_nobody_answered_in_time_closes_all_the_same(record: RunRecord) -> None:
    record.write("request", SOX)
    with pytest.raises(DownstreamTasksSkipped):
        decide("failed", None)


def test_the_card_says_who_may_answer(record: RunRecord) -> None:
    record.write("request", SOX)
    triggered = request(Instance("request"))
    assert triggered is not None
    assert triggered.conf is not None
    card = json.loads(Path(triggered.conf["card_uri"].removeprefix("file://")).read_text())
    assert "Who may answer: not requester, who asked for it" in card["body"]
