"""``onboard history`` and ``onboard verify-record``: what the records of onboardings say, and if they are whole."""

from __future__ import annotations

import json
from typing import Any

from onboarding.cli.airflow_client import META_DAG, REVIEWER, AirflowClient
from onboarding.cli.console import say
from onboarding.cli.platform_access import running_platform
from onboarding.spec.settings import load_settings
from onboarding.workspace.journal import Head
from onboarding.workspace.record import RunRecord, last_attempts, run_ids
from onboarding.workspace.store import Store
from shared.hooks.airflow_api import AirflowApiError
from shared.pipeline.errors import DataOnboardingError

_RECORD_KEY = "record"


class HistoryError(DataOnboardingError):
    """There is no such onboarding."""

    code = "history"


def history(workload: str, *, as_json: bool) -> int:
    """Print every onboarding of a workload, the oldest first: who asked, who decided what, tests, outcome.

    :raises HistoryError: there was none.
    """
    running_platform()
    workspace = Store(load_settings().workspace_uri)
    found = [_onboarding(workspace, root) for root in _roots(workspace, workload)]
    found.sort(key=lambda onboarding: (onboarding["started"], onboarding["root_run_id"]))
    if as_json:
        say(json.dumps(found, indent=2, sort_keys=True))
    else:
        for onboarding in found:
            say("\n".join(_lines(onboarding)))
    return 0


def verify_record(name: str) -> int:
    """Check the records of a run or of a workload; exit code 1 when one was changed.

    :param name: root run id of an onboarding, or name of a workload: all of its onboardings.
    :raises HistoryError: there is no such record.
    """
    platform = running_platform()
    workspace = Store(load_settings().workspace_uri)
    client, changed = AirflowClient(platform, REVIEWER), False
    for root in [name] if name in run_ids(workspace) else _roots(workspace, name):
        record = RunRecord(workspace, root)
        last = str((record.read("outcome") or record.read("request") or {}).get("run_id") or root)
        problems = record.verify(_head(client, last))
        changed |= bool(problems)
        if not problems:
            say(f"{root}: intact, {record.journal.head().entries} entries")
        for problem in problems:
            say(f"{root}: {problem}")
    return 1 if changed else 0


def _roots(workspace: Store, workload: str) -> list[str]:
    found = [root for root in run_ids(workspace) if _named(workspace, root, workload)]
    if not found:
        raise HistoryError(
            f"there is no onboarding of `{workload}`",
            where=f"{workspace.uri}/runs",
            expected="the name of a workload, or for verify-record a run id",
            given=f"`{workload}`",
            remedy="`onboard status` lists what was onboarded",
        )
    return found


def _named(workspace: Store, root: str, workload: str) -> bool:
    return (RunRecord(workspace, root).read("request") or {}).get("workload") == workload


def _head(client: AirflowClient, run_id: str) -> Head | None:
    """Where the journal ended when the run was over, as Airflow's database has it; None while it goes on."""
    path = f"/dags/{META_DAG}/dagRuns/{run_id}/taskInstances/summary/xcomEntries/{_RECORD_KEY}"
    try:
        value = client.api.get(path)["value"]
    except AirflowApiError as error:
        if error.status == 404:
            return None
        raise
    found = json.loads(value) if isinstance(value, str) else value
    return Head(int(found["entries"]), str(found["sha256"]))


def _onboarding(workspace: Store, root: str) -> dict[str, Any]:
    record = RunRecord(workspace, root)
    journal, entries = record.journal.entries(), record.entries()
    request, outcome = entries.get("request", {}), entries.get("outcome", {})
    gates = [
        {"at": item["at"], **{key: item["entry"].get(key) for key in ("gate", "option", "by", "how", "report_sha256")}}
        | {"changes": item["entry"].get("changes", [])}
        for item in journal
        if item["name"].startswith("gate-")
    ]
    tests = [
        {"agent": item["agent"], "passed": _passed(item), "failed": _failed(item), "attempts": item["attempts"]}
        for item in last_attempts(entries)
    ]
    return {
        "root_run_id": root,
        "started": journal[0]["at"] if journal else "",
        "ended": journal[-1]["at"] if outcome else "",
        "asked_by": request.get("triggered_by", "unknown"),
        "source": request.get("conf", {}).get("source", {}).get("location", ""),
        "runs": 1 + sum(name.startswith("handover-") for name in entries),
        "gates": gates,
        "tests": tests,
        "version": entries.get("deployment", {}).get("version", ""),
        "status": outcome.get("status", "unfinished"),
        "reason": outcome.get("reason", ""),
        "entries": len(journal),
    }


def _passed(item: dict[str, Any]) -> int:
    return int(item["unit"]["passed"]) + int(item["integration"]["passed"])


def _failed(item: dict[str, Any]) -> int:
    return int(item["unit"]["failed"]) + int(item["integration"]["failed"])


def _lines(onboarding: dict[str, Any]) -> list[str]:
    tests = sum(item["passed"] for item in onboarding["tests"])
    red = sum(item["failed"] for item in onboarding["tests"])
    reason = f" ({onboarding['reason']})" if onboarding["reason"] else ""
    version = f", version {onboarding['version']}" if onboarding["version"] else ""
    return [
        f"{_minute(onboarding['started'])}  {onboarding['root_run_id']}",
        f"  asked by   {onboarding['asked_by']}, for {onboarding['source']}",
        *(f"  {_minute(gate['at'])}  {_answer(gate)}" for gate in onboarding["gates"]),
        f"  tests      {tests} passed, {red} failed; runs {onboarding['runs']}, entries {onboarding['entries']}",
        f"  ended      {onboarding['status']}{version}{reason}",
    ]


def _answer(gate: dict[str, Any]) -> str:
    given = f" with {'; '.join(gate['changes'])}" if gate["changes"] else ""
    shown = str(gate["report_sha256"])[:12]
    return f"{gate['gate']}: {gate['option']} by {gate['by']} ({gate['how']}){given}; shown {shown}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
