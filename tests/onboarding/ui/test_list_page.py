"""The list of onboardings."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from tests.onboarding.ui.conftest import Permissions
from tests.onboarding.ui.rows import Rows

HOSTILE = "<script>alert(1)</script>"


def test_an_empty_list_says_how_to_start(client: TestClient) -> None:
    text = client.get("/onboarding/").text
    assert "Nothing was onboarded yet" in text
    assert 'href="/dags/onboard_meta_dag"' in text


def test_a_waiting_gate_links_to_its_required_actions(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first")
    rows.task("first", "phase_2_validate.approve_plan.wait", "deferred")
    rows.task("first", "phase_2_validate.approve_plan.request", "success")
    rows.task("first", "phase_2_validate.approve_plan.decision", "none")
    rows.gate("approve_plan", "first")
    RunRecord(workspace, "first").write("request", {"workload": "orders"})
    text = client.get("/onboarding/").text
    assert "/dags/onboard_gate_approve_plan/runs/first__approve_plan/tasks/approve/required_actions" in text
    assert 'class="badge waiting"' in text
    assert "phase_2_validate" in text
    assert "/dags/onboard_meta_dag/runs/first/plugin/onboarding-report" in text


@pytest.mark.parametrize("hidden", ["onboard_gate_approve_plan", "orders"])
def test_what_a_user_may_not_read_is_left_out(
    client: TestClient, permissions: Permissions, workspace: Store, rows: Rows, hidden: str
) -> None:
    rows.run("first")
    rows.gate("approve_plan", "first")
    rows.run("nightly", "orders", "failed")
    RunRecord(workspace, "first").write("deployment", {"workload": "orders", "version": "0123456789ab"})
    assert f"/dags/{hidden}/runs" in client.get("/onboarding/").text
    permissions.allowed.remove(hidden)
    assert f"/dags/{hidden}/runs" not in client.get("/onboarding/").text


def test_outcome_version_and_last_pipeline_run(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first", state="success")
    rows.run("earlier", "orders", "failed")
    rows.run("later", "orders", "success")
    record = RunRecord(workspace, "first")
    record.write("outcome", {"status": "deployed", "reason": "", "run_id": "first"})
    record.write("deployment", {"workload": "orders", "version": "0123456789ab"})
    text = client.get("/onboarding/").text
    assert 'class="badge deployed"' in text
    assert "0123456789ab" in text
    assert "/dags/orders/runs/later" in text
    assert "/dags/orders/runs/earlier" not in text


def test_a_chain_of_runs_is_one_onboarding(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first", state="success")
    rows.run("first__round_02", conf={"resume": {"root_run_id": "first", "iteration": 2}})
    RunRecord(workspace, "first").write("outcome", {"status": "superseded", "reason": "x", "run_id": "first"})
    text = client.get("/onboarding/").text
    assert text.count('<th scope="row">') == 1
    assert "2 runs" in text
    assert 'class="badge running"' in text


def test_text_of_people_is_escaped(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first", triggering_user_name=HOSTILE)
    conf = {"source": {"location": f"file:///{HOSTILE}"}}
    RunRecord(workspace, "first").write("request", {"workload": HOSTILE, "conf": conf})
    RunRecord(workspace, "first").write("outcome", {"status": '"><b>', "reason": HOSTILE, "run_id": "first"})
    text = client.get("/onboarding/").text
    assert HOSTILE not in text
    assert '"><b>' not in text
    assert text.count("&lt;script&gt;alert(1)") >= 3


def test_a_hundred_onboardings_are_a_few_queries(client: TestClient, workspace: Store, rows: Rows) -> None:
    for number in range(100):
        rows.run(f"run-{number:03d}")
        RunRecord(workspace, f"run-{number:03d}").write("request", {"workload": f"w_{number:03d}"})
    text = client.get("/onboarding/").text
    assert text.count('<th scope="row">') == 50
    assert text.index("w_099") < text.index("w_051")
    assert "w_049" not in text
