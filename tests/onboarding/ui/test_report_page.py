"""The full report of one onboarding."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from onboarding.spec.plans import Decision
from onboarding.spec.report import KeptAnswer
from onboarding.workspace.outputs import write_output
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store, canonical_json
from tests.onboarding.codegen.sales import sales_plan, sales_profile
from tests.onboarding.ui.rows import Rows

PAGE = "/onboarding/runs/onboard_meta_dag/first"
HOSTILE = "<img src=x onerror=alert(1)>"


def _give(rows: Rows, workspace: Store, number: int, task_id: str, file: str, value: Any) -> None:
    """Let a task have left a file."""
    key = f"runs/first/outputs/{task_id}/01-0"
    reference = write_output(workspace, key, {file: canonical_json(value.model_dump(mode="json"))}, {})
    rows.output(number, "first", task_id, reference.as_xcom())


def test_plan_profile_and_decisions(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first")
    RunRecord(workspace, "first").write("request", {"workload": "orders", "conf": {"schedule": {"retries": 3}}})
    plan, profile = sales_plan(), sales_profile()
    plan.metadata.decisions.append(Decision(subject="columns.x", value="key", reason="it is", needs_eyes=True))
    _give(rows, workspace, number, "phase_1_discovery.discover", "discovery.json", plan.discovery)
    _give(rows, workspace, number, "phase_3_profile.measure", "profile.json", profile)
    _give(rows, workspace, number, "phase_3_profile.propose", "plan.json", plan.metadata)
    _give(rows, workspace, number, "phase_4_build.transformation.propose", "plan.json", plan.transformation)
    _give(rows, workspace, number, "phase_4_build.quality.propose", "plan.json", plan.quality)
    text = client.get(PAGE).text
    assert all(f">{column.name}" in text for column in profile.columns)
    assert all(rule.id in text for rule in plan.quality.rules)
    assert "columns.x" in text
    assert "schedule.retries" in text


def test_hostile_names_and_values_are_escaped(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first")
    profile = sales_profile()
    profile.columns[0].name = profile.columns[0].source_name = HOSTILE
    profile.columns[1].personal_data.type = profile.columns[1].minimum = HOSTILE
    _give(rows, workspace, number, "phase_3_profile.measure", "profile.json", profile)
    record = RunRecord(workspace, "first")
    record.write("request", {"workload": HOSTILE, "conf": {HOSTILE: HOSTILE}})
    record.write("error-a", {"task": HOSTILE, "what": HOSTILE, "given": HOSTILE})
    text = client.get(PAGE).text
    assert HOSTILE not in text
    assert text.count("&lt;img src=x") >= 7


def test_who_approved_what_and_how(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first")
    entry = {
        "gate": "approve_plan", "gate_run_id": "first__approve_plan", "option": "approve", "by": "reviewer",
        "at": "2026-01-05T09:30:00+00:00", "how": "required_actions", "report_sha256": "ab" * 32, "fields": {},
    }  # fmt: skip
    RunRecord(workspace, "first").write("gate-approve_plan-01", entry)
    text = client.get(PAGE).text
    assert "/dags/onboard_gate_approve_plan/runs/first__approve_plan" in text
    assert "2026-01-05 09:30 UTC" in text
    assert "required actions" in text
    assert "ab" * 32 in text


def test_the_difference_of_edited_files(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first")
    record = RunRecord(workspace, "first")
    file = {"path": "scripts/a.py", "added": 1, "removed": 2, "problems": ["line 3: <b>`eval`</b> is not allowed"]}
    record.write("edits-quality-01", {"agent": "quality", "digest": "ab" * 32, "files": [file], "diff": "-<old>\n+new"})
    page = client.get(PAGE).text
    assert "Edited files" in page
    assert "-&lt;old&gt;\n+new" in page
    assert "&lt;b&gt;`eval`" in page


def test_tests_and_deployed_files(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first", state="success")
    level = {"passed": 6, "failed": 1, "seconds": 1.0, "failures": [{"name": "test_x", "message": "2 != 3"}]}
    record = RunRecord(workspace, "first")
    record.write(
        "tests-quality-01", {"agent": "quality", "attempts": 1, "unit": level, "integration": level, "passed": False}
    )
    record.write("deployment", {"workload": "orders", "version": "0123456789ab", "files": ["s3://dags/orders_dag.py"]})
    text = client.get(PAGE).text
    assert "6 of 7" in text
    assert "2 != 3" in text
    assert "s3://dags/orders_dag.py" in text
    assert "not verified" in text


def test_what_the_environment_has(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first")
    resource = {"kind": "LF-tag", "where": HOSTILE, "status": "NO PERMISSION", "detail": "denied", "remedy": "grant it"}
    server = {
        "name": "iam", "kind": "REQUIRED", "status": "down", "transport": "stdio", "endpoint": "uvx", "seconds": 2.5,
        "tools": [], "detail": HOSTILE,
    }  # fmt: skip
    entry = {"line": "Environment ready. 0/13", "mode": "LOCAL", "resources": [resource], "servers": [server]}
    RunRecord(workspace, "first").write("environment", entry)
    text = client.get(PAGE).text
    for shown in ("Environment ready. 0/13", "NO PERMISSION", "grant it", "1 MCP servers, LOCAL", "down"):
        assert shown in text
    assert HOSTILE not in text


def test_the_answer_of_gold(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first", state="success")
    answer = KeptAnswer(
        workload="orders", question="how many?", sql="SELECT count(*) AS n FROM orders", rows=1, columns=["n", HOSTILE],
        values=[["1530", None]],
    )  # fmt: skip
    _give(rows, workspace, number, "route.query_gold", "answer.json", answer)
    text = client.get(PAGE).text
    assert "SELECT count(*) AS n FROM orders" in text
    assert "<td>1530</td><td></td>" in text
    assert HOSTILE not in text


def test_a_run_that_asks_has_no_plan_and_that_is_no_fault(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first")
    key = "runs/first/outputs/phase_1_discovery.discover/01-0"
    branch = {"branch": "phase_1_discovery.answer_discovery"}
    reference = write_output(workspace, key, {"questions.json": b"[]"}, branch)
    rows.output(number, "first", "phase_1_discovery.discover", reference.as_xcom())
    assert "cannot read it" not in client.get(PAGE).text


def test_an_error_that_was_overcome_is_said_to_be(client: TestClient, workspace: Store, rows: Rows) -> None:
    rows.run("first")
    rows.task("first", "phase_3_profile.measure", "success")
    RunRecord(workspace, "first").write("error-measure", {"task": "phase_3_profile.measure", "what": "no file"})
    assert "has succeeded since" in client.get(PAGE).text


def test_an_edited_reference_opens_nothing_else(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first")
    RunRecord(workspace, "first").write("request", {"workload": "orders"})
    plan = sales_plan().discovery.model_copy(update={"description": "of somebody else"})
    for key in ("runs/second/outputs/x", "runs/first/outputs/../../second/outputs/x"):
        write_output(workspace, "runs/second/outputs/x", {"discovery.json": plan.model_dump_json().encode()}, {})
        rows.output(number, "first", "phase_1_discovery.discover", {"key": key})
        assert "of somebody else" not in client.get(PAGE).text
        number = rows.run(f"next-{number}")


def test_an_output_of_another_version_is_named(client: TestClient, workspace: Store, rows: Rows) -> None:
    number = rows.run("first")
    key = "runs/first/outputs/phase_3_profile.measure/01-0"
    reference = write_output(workspace, key, {"profile.json": b'{"rows": 1}'}, {})
    rows.output(number, "first", "phase_3_profile.measure", reference.as_xcom())
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "this version cannot read it" in answer.text


def test_a_gate_run_leads_to_the_report(client: TestClient, rows: Rows) -> None:
    rows.gate("approve_plan", "first")
    text = client.get("/onboarding/runs/onboard_gate_approve_plan/first__approve_plan").text
    assert 'href="/dags/onboard_meta_dag/runs/first/plugin/onboarding-report"' in text


def test_an_unknown_run_is_404(client: TestClient) -> None:
    assert client.get(PAGE).status_code == 404
