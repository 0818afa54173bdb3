"""A file becomes a running pipeline: the whole way through real Airflow, for each kind of file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from onboarding.cli.airflow_client import AirflowClient
from onboarding.cli.follow import wait_for_run
from onboarding.gates.definitions import APPROVALS, GATES
from onboarding.local_platform import PlatformInfo
from onboarding.local_platform.environment import sample_data_folder
from tests.end_to_end.onboarding import Finished, check_balance, count_rows, onboard

pytestmark = pytest.mark.e2e
ORDERS = sample_data_folder() / "sales" / "orders.csv"


@pytest.fixture(scope="module")
def orders(platform: PlatformInfo, tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Path]:
    """The bundled orders, onboarded once."""
    folder = tmp_path_factory.mktemp("orders")
    finished = onboard(
        platform, "run", "--data", str(ORDERS), "--approve", "auto",
        "--json", str(folder / "report.json"), "--out", str(folder / "out"),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    return finished, folder / "out"


def test_the_report_is_complete_and_true(orders: tuple[Finished, Path]) -> None:
    report, out = orders[0].report, orders[1]
    assert report["status"] == "succeeded"
    assert report["dag_run_state"] == "success"
    with ORDERS.open(newline="") as file:
        assert report["rows"]["source"] == sum(1 for _ in file) - 1
    assert report["rows"]["bronze"] == report["rows"]["source"]
    check_balance(report, out)
    assert report["quality"]["silver"]["passed"]
    assert report["quality"]["gold"]["passed"]
    assert {phase["status"] for phase in report["phases"]} == {"success"}
    workload, files = report["workload"], report["deployed"]
    assert f"{len(files)} files, s3://onboarding-dags/dags/workloads/{workload}/{workload}_dag.py" in orders[0].output


def test_gold_holds_no_raw_personal_value(orders: tuple[Finished, Path]) -> None:
    emails = {line.split(",")[2] for line in ORDERS.read_text().splitlines()[1:] if "@" in line}
    files = [str(path) for zone in ("silver", "gold", "quarantine") for path in (orders[1] / zone).rglob("*.parquet")]
    with duckdb.connect() as con:
        text = con.execute("SELECT string_agg(t::VARCHAR, '') FROM read_parquet(?, union_by_name = true) t", [files])
        content = str(text.fetchall())
    assert not [email for email in emails if email and email in content]


def test_the_approver_is_named_and_is_not_who_triggered(orders: tuple[Finished, Path], platform: PlatformInfo) -> None:
    approvals = orders[0].report["approvals"]
    assert [approval["gate"] for approval in approvals] == ["approve_plan", "confirm_profile", "approve_deploy"]
    assert {approval["by"] for approval in approvals} == {"reviewer"}
    assert all(len(approval["report_sha256"]) == 64 for approval in approvals)
    run = AirflowClient(platform, "viewer").run("onboard_meta_dag", orders[0].report["run_ids"][0])
    assert run["triggering_user_name"] == "requester"


def test_the_dag_was_parsed_from_the_dags_bucket(orders: tuple[Finished, Path], platform: PlatformInfo) -> None:
    dag = AirflowClient(platform, "viewer").api.dag(orders[0].report["dag_id"])
    assert dag is not None
    assert dag["bundle_name"] == "workloads"


def test_the_straight_path_has_at_most_45_tasks(orders: tuple[Finished, Path], platform: PlatformInfo) -> None:
    client = AirflowClient(platform, "viewer")
    run_id = orders[0].report["run_ids"][0]
    tasks = client.tasks("onboard_meta_dag", run_id)
    beside = {task["task_id"] for task in tasks if task["state"] == "skipped"}
    asked = tuple(f".{gate.name}." for gate in GATES if not gate.approval)
    optional = {name for task in tasks if any(gate in (name := task["task_id"]) for gate in asked)}
    assert len(optional) == 3 * len(asked)
    assert beside == optional | {task["task_id"] for task in tasks if task["task_id"].endswith(".second_attempt")} | {
        "route.check_quality",
        "route.query_gold",
        "phase_4_build.ontology.stage",
        "hand_over",
    }
    assert len(tasks) - len(beside) + len(APPROVALS) <= 45


def test_the_same_source_again_is_blocked(
    orders: tuple[Finished, Path], platform: PlatformInfo, tmp_path: Path
) -> None:
    again = onboard(
        platform, "run", "--data", str(ORDERS), "--approve", "auto", "--json", str(tmp_path / "report.json")
    )
    assert again.exit_code == 5, again.errors
    assert again.report["status"] == "blocked"
    assert "duplicate source" in again.report["reason"]


def _files(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder, by its path in it."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_export_writes_the_same_bytes_twice(
    orders: tuple[Finished, Path], platform: PlatformInfo, tmp_path: Path
) -> None:
    workload = orders[0].report["workload"]
    for name in ("first", "second"):
        assert onboard(platform, "export", workload, "--to", str(tmp_path / name)).exit_code == 0
    first, second = _files(tmp_path / "first"), _files(tmp_path / "second")
    assert Path(workload, ".onboarding", "manifest.json") in first
    assert first == second
    assert onboard(platform, "lint", str(tmp_path / "first" / workload)).exit_code == 0


def test_status_names_it(orders: tuple[Finished, Path], platform: PlatformInfo) -> None:
    finished = onboard(platform, "status", "--json")
    rows = {row["run_id"]: row for row in json.loads(finished.output)}
    row = rows[orders[0].report["run_ids"][0]]
    assert (row["state"], row["pipeline"]) == ("deployed", "success")


def test_the_pipeline_does_not_need_the_workspace(orders: tuple[Finished, Path], platform: PlatformInfo) -> None:
    """Last of this file's orders tests: the workspace goes away before the pipeline runs again."""
    workload = orders[0].report["workload"]
    shutil.rmtree(platform.home / "workspace")
    (platform.home / "workspace").mkdir()
    client = AirflowClient(platform, "requester")
    client.trigger(workload, "without-workspace", {})
    assert wait_for_run(client, workload, "without-workspace", progress=print, timeout_seconds=300) == "success"
    assert count_rows(platform.home / "lake" / "gold" / workload) > 0


EVENTS: list[dict[str, Any]] = [
    {
        "event": f"evt-{number:05d}",
        "kind": ("view", "click", "buy")[number % 3],
        "at": f"2026-03-{1 + number % 28:02d}T10:{number % 60:02d}:00",
        "value": round(number * 1.37 % 91, 2),
        "ok": number % 5 != 0,
    }
    for number in range(400)
]


def _jsonl(folder: Path) -> Path:
    path = folder / "web_events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    return path


def _parquet(folder: Path) -> Path:
    path = folder / "readings.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (SELECT 1 + range % 7 AS sensor, DATE '2026-01-01' + (range // 20)::INT AS day,
                (range * 7919 % 500) / 10.0 AS celsius, CASE WHEN range % 9 = 0 THEN NULL ELSE 'ok' END AS note
                FROM range(600)) TO '{path}' (FORMAT parquet)"""
        )
    return path


@pytest.mark.parametrize(
    ("make", "rows"),
    [pytest.param(_jsonl, 400, id="jsonl"), pytest.param(_parquet, 600, id="parquet")],
)
@pytest.mark.slow
def test_other_formats_without_a_conf(platform: PlatformInfo, tmp_path: Path, make: Any, rows: int) -> None:
    finished = onboard(
        platform, "run", "--data", str(make(tmp_path)), "--approve", "auto",
        "--json", str(tmp_path / "report.json"), "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    assert finished.report["rows"]["source"] == rows
    check_balance(finished.report, tmp_path / "out")
