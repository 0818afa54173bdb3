"""Gates on real Airflow: marks, rejections, and a bad conf; a rejected run leaves nothing deployed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate
from onboarding.local_platform import PlatformInfo
from shared.hooks.airflow_api import AirflowApiError
from tests.end_to_end.onboarding import onboard

pytestmark = pytest.mark.e2e
CSV = "code,amount\n" + "".join(f"C-{n:04d},{n}.5\n" for n in range(50))


def _source(platform: PlatformInfo, name: str) -> str:
    path = platform.home / "landing" / name / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CSV)
    return path.as_uri()


def _wait(find: Callable[[], Any], seconds: float = 180.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(1)
    raise AssertionError("timed out")


def _gate(client: AirflowClient, run_id: str, name: str) -> WaitingGate:
    def find() -> WaitingGate | None:
        return next((gate for gate in client.waiting_gates(run_id) if gate.gate == name), None)

    gate: WaitingGate = _wait(find)
    time.sleep(6)  # an answer within seconds of the opening can meet the scheduler half-way
    return gate


def _mark(client: AirflowClient, gate: WaitingGate, state: str) -> None:
    path = f"/dags/{gate.dag_id}/dagRuns/{quote(gate.run_id)}/taskInstances/approve"
    client.api.send("PATCH", path, {"new_state": state})


def _ended(client: AirflowClient, run_id: str) -> dict[str, Any]:
    def find() -> dict[str, Any] | None:
        run = client.run(META_DAG, run_id)
        return run if run["state"] in ("success", "failed") else None

    run: dict[str, Any] = _wait(find, 300)
    return run


def test_mark_success_approves_and_mark_failed_rejects(platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "marked", {"source.location": _source(platform, "marked_codes")})
    _mark(reviewer, _gate(reviewer, "marked", "approve_plan"), "success")
    _mark(reviewer, _gate(reviewer, "marked", "confirm_profile"), "failed")
    run = _ended(requester, "marked")
    assert run["state"] == "success"
    assert run["note"] == "rejected: confirm_profile: reject by reviewer (marked failed)"
    assert requester.api.dag("marked_codes") is None
    status = onboard(platform, "status", "marked_codes")
    assert "rejected" in status.output


def test_a_rejection_through_required_actions(platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "refused", {"source.location": _source(platform, "refused_codes")})
    gate = _gate(reviewer, "refused", "approve_plan")
    assert "refused_codes" in gate.subject
    assert len(gate.body.splitlines()) <= 25
    shown = onboard(platform, "answer", "approve_plan", "--workload", "refused_codes")
    assert shown.exit_code == 3
    assert "approve" in shown.output
    wrong = onboard(platform, "answer", "approve_plan", "--workload", "refused_codes", "--option", "perhaps")
    assert wrong.exit_code == 1
    answered = onboard(platform, "answer", "approve_plan", "--workload", "refused_codes", "--option", "reject")
    assert answered.exit_code == 0, answered.errors
    run = _ended(requester, "refused")
    assert run["state"] == "success"
    assert run["note"] == "rejected: approve_plan: reject by reviewer (required actions)"


def test_a_marked_sensor_is_no_approval(platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "bypassed", {"source.location": _source(platform, "bypassed_codes")})
    gate = _gate(reviewer, "bypassed", "approve_plan")
    path = f"/dags/{META_DAG}/dagRuns/bypassed/taskInstances/phase_2_validate.approve_plan.wait"
    reviewer.api.send("PATCH", path, {"new_state": "success"})
    run = _ended(requester, "bypassed")
    assert run["state"] == "failed"
    assert "phase_2_validate.approve_plan.decision" in run["note"]
    assert reviewer.approve_state(gate) == "awaiting_input"
    _mark(reviewer, gate, "failed")


def test_a_wrong_value_is_refused_at_trigger(platform: PlatformInfo) -> None:
    with pytest.raises(AirflowApiError) as caught:
        AirflowClient(platform, "requester").trigger(META_DAG, "bad-format", {"source.format": "xls"})
    assert caught.value.status == 400


def test_an_unknown_key_fails_the_first_task(platform: PlatformInfo) -> None:
    requester = AirflowClient(platform, "requester")
    requester.trigger(META_DAG, "bad-key", {"source": {"locaton": "s3://x/y"}})
    run = _ended(requester, "bad-key")
    assert run["state"] == "failed"
    states = {task["task_id"]: task["state"] for task in requester.tasks(META_DAG, "bad-key")}
    assert states["route.validate_conf"] == "failed"
    assert states["phase_1_discovery.discover"] == "upstream_failed"


def test_the_command_line_refuses_a_bad_conf_before_anything_starts(platform: PlatformInfo, tmp_path: Path) -> None:
    conf = tmp_path / "conf.yaml"
    conf.write_text("source:\n  locaton: s3://x/y\n")
    finished = onboard(platform, "run", "--conf", str(conf))
    assert finished.exit_code == 1
    assert "did you mean `source.location`?" in finished.errors
    linted = onboard(platform, "lint", str(conf))
    assert linted.exit_code == 1
    assert f"{conf}:2: source.locaton" in linted.output


def test_a_viewer_cannot_answer(platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "viewed", {"source.location": _source(platform, "viewed_codes")})
    gate = _gate(reviewer, "viewed", "approve_plan")
    with pytest.raises(AirflowApiError) as caught:
        AirflowClient(platform, "viewer").answer(gate, "approve")
    assert caught.value.status == 403
    _mark(reviewer, gate, "failed")
    assert _ended(requester, "viewed")["state"] == "success"
