"""``onboard status``: phase, waiting gate and last result of each workload."""

from __future__ import annotations

import json
from typing import Any

from onboarding.cli.airflow_client import META_DAG, REVIEWER, AirflowClient, root_of
from onboarding.cli.console import say
from onboarding.cli.follow import phases_of
from onboarding.cli.platform_access import running_platform
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store


def status(workload: str | None, *, as_json: bool) -> int:
    """Print one line for each onboarding, the newest first; exit code 1 when the named workload is not known."""
    platform = running_platform()
    client = AirflowClient(platform, REVIEWER)
    workspace = Store(load_settings().workspace_uri)
    newest: dict[str, dict[str, Any]] = {}
    for run in client.runs(META_DAG):
        newest.setdefault(root_of(run), run)
    rows = [_row(client, workspace, root, run) for root, run in newest.items()]
    rows = [row for row in rows if workload in (None, row["workload"])]
    if as_json:
        say(json.dumps(rows, indent=2, sort_keys=True))
    else:
        _print(rows, platform.api_url)
    return 0 if rows or workload is None else 1


def _row(client: AirflowClient, workspace: Store, root: str, run: dict[str, Any]) -> dict[str, Any]:
    """One onboarding, from the newest run of its chain."""
    run_id = str(run["dag_run_id"])
    record = RunRecord(workspace, root)
    request, outcome = record.read("request") or {}, record.read("outcome") or {}
    if outcome.get("run_id") != run_id:
        outcome = {}  # left by an earlier run of the chain
    name = str(request.get("workload") or "?")
    gates = client.waiting_gates(run_id) if run["state"] == "running" else []
    pipeline = client.runs(name, limit=1) if outcome.get("status") == "deployed" else []
    return {
        "workload": name,
        "run_id": run_id,
        "state": _state(run, outcome, waiting=bool(gates)),
        "reason": str(outcome.get("reason", "")),
        "phase": _phase(client, run_id) if run["state"] == "running" else "",
        "waiting": [{"gate": gate.gate, "url": gate.url} for gate in gates],
        "pipeline": str(pipeline[0]["state"]) if pipeline else "",
    }


def _state(run: dict[str, Any], outcome: dict[str, Any], *, waiting: bool) -> str:
    if waiting:
        return "waiting"
    if run["state"] == "failed":
        return "failed"
    return str(outcome.get("status") or run["state"])


def _phase(client: AirflowClient, run_id: str) -> str:
    running = [phase["phase"] for phase in phases_of(client.tasks(META_DAG, run_id)) if phase["status"] == "running"]
    return running[-1] if running else ""


def _print(rows: list[dict[str, Any]], api_url: str) -> None:
    if not rows:
        say(f"nothing was onboarded yet; trigger {META_DAG} at {api_url} or use `onboard run`")
    for row in rows:
        gates = ", ".join(gate["gate"] for gate in row["waiting"])
        parts = [
            f"{row['workload']:<30} {row['state']:<10}",
            f"phase {row['phase']}" if row["phase"] else "",
            f"answer {gates}" if gates else "",
            f"pipeline {row['pipeline']}" if row["pipeline"] else "",
            row["reason"],
        ]
        say("  ".join(part for part in parts if part))
