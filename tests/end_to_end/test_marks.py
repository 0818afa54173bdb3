"""Every mark that Airflow offers, on tasks and runs around a gate: only an answer, or a mark of `approve`, counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate
from onboarding.local_platform import PlatformInfo
from shared.hooks.airflow_api import AirflowApiError
from tests.end_to_end.test_gates import _ended, _gate, _mark, _source, _wait

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
GROUP = "phase_2_validate.approve_plan"


def clear(client: AirflowClient, dag_id: str, run_id: str, *task_ids: str) -> None:
    """Clear tasks with what comes after them, as the button of the UI does."""
    body = {
        "dry_run": False, "dag_run_id": run_id, "task_ids": list(task_ids), "include_downstream": True,
        "only_failed": False, "reset_dag_runs": True,
    }  # fmt: skip
    client.api.send("POST", f"/dags/{dag_id}/clearTaskInstances", body)


class Asked:
    """An onboarding whose plan waits to be approved."""

    def __init__(self, platform: PlatformInfo, name: str, **conf: Any) -> None:
        self.requester, self.reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
        self.admin = AirflowClient(platform, "admin")
        self.name = name
        location = _source(platform, f"{name}_codes")
        self.requester.trigger(META_DAG, name, {"source.location": location, "intent": "onboard", **conf})
        self.gate: WaitingGate = _gate(self.reviewer, name, "approve_plan")

    def mark(self, client: AirflowClient, what: str, state: str) -> None:
        """Mark a task, or with ``group:`` a task group, of the meta run."""
        kind, _, name = what.rpartition(":")
        part = "taskGroupInstances" if kind == "group" else "taskInstances"
        path = f"/dags/{META_DAG}/dagRuns/{self.name}/{part}/{name}"
        client.api.send("PATCH", path, {"new_state": state})

    def clear(self, dag_id: str, run_id: str, *task_ids: str) -> None:
        clear(self.reviewer, dag_id, run_id, *task_ids)

    def states(self) -> dict[str, str]:
        return {str(task["task_id"]): str(task["state"]) for task in self.requester.tasks(META_DAG, self.name)}

    def approve_state(self) -> str:
        return self.reviewer.approve_state(self.gate)

    def close(self) -> None:
        """Answer what still waits, so that no later test finds it."""
        if self.approve_state() == "awaiting_input":
            _mark(self.reviewer, self.gate, "failed")


@pytest.mark.parametrize("marked", [f"group:{GROUP}", f"{GROUP}.wait"], ids=["group", "sensor"])
def test_tasks_in_the_meta_run_marked_success_approve_nothing(platform: PlatformInfo, marked: str) -> None:
    asked = Asked(platform, f"marks_{marked.rpartition('.')[2]}")
    asked.mark(asked.reviewer, marked, "success")
    run = _ended(asked.requester, asked.name)
    assert run["state"] == "failed", run["note"]
    states = asked.states()
    stopped = f"{GROUP}.decision" if marked.endswith(".wait") else "phase_3_profile.measure"
    assert states[stopped] == "failed"
    assert states["phase_3_profile.propose"] == "upstream_failed"
    assert asked.approve_state() == "awaiting_input"
    assert asked.requester.api.dag(f"{asked.name}_codes") is None
    asked.close()


def test_a_decision_that_is_marked_approves_nothing_while_the_gate_waits(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_decision")
    asked.mark(asked.reviewer, f"{GROUP}.decision", "success")
    _wait(lambda: asked.states()["phase_3_profile.measure"] == "failed")
    assert asked.approve_state() == "awaiting_input"
    asked.close()
    assert _ended(asked.requester, asked.name)["state"] == "failed"
    assert asked.requester.api.dag("marks_decision_codes") is None


def test_a_gates_trigger_that_is_marked_changes_nothing_and_the_answer_counts(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_request")
    with pytest.raises(AirflowApiError) as caught:
        asked.mark(asked.reviewer, f"{GROUP}.request", "success")
    assert caught.value.status == 409  # it has succeeded already
    assert asked.approve_state() == "awaiting_input"
    asked.reviewer.answer(asked.gate, "reject")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == ("success", "rejected: approve_plan: reject by reviewer (required actions)")


def test_approve_marked_skipped_is_a_no(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_skipped")
    _mark(asked.reviewer, asked.gate, "skipped")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == ("success", "rejected: approve_plan: reject by reviewer (marked failed)")


def test_a_gates_run_that_is_marked_failed_is_a_no(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_run")
    path = f"/dags/{asked.gate.dag_id}/dagRuns/{quote(asked.gate.run_id)}"
    asked.reviewer.api.send("PATCH", path, {"state": "failed"})
    run = _ended(asked.requester, asked.name)
    assert run["state"] == "success"
    assert run["note"].startswith("rejected: approve_plan: reject by ")


def test_a_meta_run_that_is_marked_success_deploys_nothing(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_meta")
    asked.admin.api.send("PATCH", f"/dags/{META_DAG}/dagRuns/{asked.name}", {"state": "success"})
    _ended(asked.requester, asked.name)
    states = asked.states()
    assert states["phase_5_deploy.deploy"] != "failed"
    assert asked.requester.api.dag(f"{asked.name}_codes") is None
    asked.close()


def test_a_gate_that_is_cleared_while_it_waits_asks_again(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_cleared")
    asked.clear(asked.gate.dag_id, asked.gate.run_id, "approve")
    again = _gate(asked.reviewer, asked.name, "approve_plan")
    assert again.run_id == asked.gate.run_id
    asked.reviewer.answer(again, "reject")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == ("success", "rejected: approve_plan: reject by reviewer (required actions)")


@pytest.mark.parametrize("task", ["request", "wait"])
def test_what_stands_around_a_gate_may_be_cleared_and_the_answer_counts(platform: PlatformInfo, task: str) -> None:
    asked = Asked(platform, f"marks_cleared_{task}")
    asked.clear(META_DAG, asked.name, f"{GROUP}.{task}")
    _wait(lambda: asked.states()[f"{GROUP}.wait"] in ("deferred", "up_for_reschedule"))
    again = _gate(asked.reviewer, asked.name, "approve_plan")
    assert again.run_id == asked.gate.run_id
    asked.reviewer.answer(again, "reject")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == ("success", "rejected: approve_plan: reject by reviewer (required actions)")


def test_a_meta_run_that_is_cleared_keeps_its_answers(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_cleared_run")
    asked.reviewer.answer(asked.gate, "approve")
    _gate(asked.reviewer, asked.name, "confirm_profile")
    asked.clear(META_DAG, asked.name, "route.validate_conf")
    # Its run goes through all tasks again; the gate of the profile waits on as it did.
    _wait(lambda: asked.states()[f"{GROUP}.decision"] != "success")
    _wait(lambda: asked.states()["phase_3_profile.confirm_profile.wait"] in ("deferred", "up_for_reschedule"))
    again = _gate(asked.reviewer, asked.name, "confirm_profile")
    assert asked.states()[f"{GROUP}.decision"] == "success"
    assert not [gate for gate in asked.reviewer.waiting_gates(asked.name) if gate.gate == "approve_plan"]
    asked.reviewer.answer(again, "reject")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == (
        "success",
        "rejected: confirm_profile: reject by reviewer (required actions)",
    )


def test_a_gate_that_is_cleared_after_its_answer_changes_nothing(platform: PlatformInfo) -> None:
    asked = Asked(platform, "marks_cleared_late")
    asked.reviewer.answer(asked.gate, "approve")
    profile = _gate(asked.reviewer, asked.name, "confirm_profile")
    asked.clear(asked.gate.dag_id, asked.gate.run_id, "approve")
    again = _gate(asked.reviewer, asked.name, "approve_plan")
    asked.reviewer.answer(again, "reject")
    asked.reviewer.answer(profile, "reject")
    run = _ended(asked.requester, asked.name)
    assert (run["state"], run["note"]) == (
        "success",
        "rejected: confirm_profile: reject by reviewer (required actions)",
    )


@pytest.mark.parametrize(("who", "state"), [("requester", "success"), ("requester", "failed"), ("admin", "success")])
def test_a_mark_of_somebody_else_than_the_assigned_reviewer_does_not_count(
    platform: PlatformInfo, who: str, state: str
) -> None:
    asked = Asked(platform, f"marks_by_{who}_{state}", reviewers={"approve_plan": ["reviewer"]})
    _mark(AirflowClient(platform, who), asked.gate, state)
    run = _ended(asked.requester, asked.name)
    assert run["state"] == "failed", run["note"]
    states = asked.states()
    assert states[f"{GROUP}.decision"] == "failed"
    assert states["phase_3_profile.measure"] == "upstream_failed"
    assert asked.requester.api.dag(f"{asked.name}_codes") is None
