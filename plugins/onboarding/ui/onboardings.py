"""The list of onboardings: one row for each chain of meta runs, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from onboarding.gates.links import META_DAG, report_url, required_actions_url, run_url
from onboarding.spec.phases import phase_statuses
from onboarding.ui.airflow_access import Run, WaitingGate, last_runs, newest_runs, task_states, waiting_gates
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store

LIMIT = 50
# Entries of a record that a row needs; in S3 each is a request, so several records are read at a time.
_ENTRIES = ("request", "outcome", "deployment")
_READERS = 8


@dataclass(frozen=True)
class Link:
    """A link to one of Airflow's pages."""

    text: str
    url: str


@dataclass(frozen=True)
class Row:
    """One onboarding in the list."""

    workload: str
    source: str
    state: str
    phase: str
    triggered_by: str
    started: datetime
    runs: int
    report: str
    reason: str = ""
    waiting: list[Link] = field(default_factory=list)
    version: str = ""
    pipeline: Link | None = None


def onboardings(session: Session, workspace: Store, readable: Collection[str], base: str) -> list[Row]:
    """The newest onboardings.

    :param readable: DAGs that the user may read; gates and pipelines outside of them are left out.
    :param base: path or address that Airflow's own pages start with.
    """
    chains = group_chains(newest_runs(session, META_DAG, LIMIT))
    records = _read_records(workspace, list(chains))
    running = [runs[0].run_id for runs in chains.values() if not runs[0].is_finished]
    states = task_states(session, META_DAG, running)
    gates = waiting_gates(session, readable)
    deployed = {str(record["deployment"].get("workload") or "") for record in records.values()}
    pipelines = last_runs(session, sorted(deployed & set(readable)))
    return [
        _row(runs, records[root], gates.get(runs[0].run_id, []), states.get(runs[0].run_id, {}), pipelines, base)
        for root, runs in chains.items()
    ]


def group_chains(runs: list[Run]) -> dict[str, list[Run]]:
    """Root run id -> the chain's runs, in the order given."""
    chains: dict[str, list[Run]] = {}
    for run in runs:
        chains.setdefault(run.root_run_id, []).append(run)
    return chains


def state_of(run: Run, outcome: Mapping[str, Any], *, waiting: bool) -> str:
    """State of an onboarding, from its newest run and the outcome that this run left (empty: none yet)."""
    if waiting:
        return "waiting"
    if run.state == "failed":
        return "failed"
    return str(outcome.get("status") or run.state)


def outcome_of(run: Run, record: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The outcome that this very run left; an earlier run of the chain may have left another one."""
    outcome = record.get("outcome", {})
    return outcome if outcome.get("run_id") == run.run_id else {}


def current_phase(run: Run, states: Mapping[str, str]) -> str:
    """The phase that a run is in; empty when it is over or has not begun."""
    if run.is_finished:
        return ""
    running = [phase for phase, status in phase_statuses(states).items() if status == "running"]
    return running[-1] if running else ""


def _row(
    runs: list[Run],
    record: Mapping[str, Mapping[str, Any]],
    gates: list[WaitingGate],
    states: Mapping[str, str],
    pipelines: Mapping[str, Run],
    base: str,
) -> Row:
    run, request, outcome = runs[0], record["request"], outcome_of(runs[0], record)
    workload = str(request.get("workload") or run.conf.get("workload") or "")
    deployment = record["deployment"]
    last = pipelines.get(str(deployment.get("workload") or ""))
    return Row(
        workload=workload or "not named yet",
        source=str(request.get("conf", {}).get("source", {}).get("location") or ""),
        state=state_of(run, outcome, waiting=bool(gates)),
        phase=current_phase(run, states),
        triggered_by=run.triggered_by,
        started=run.run_after,
        runs=len(runs),
        report=report_url(base, run.dag_id, run.run_id),
        reason=str(outcome.get("reason") or ""),
        waiting=[Link(gate.gate, required_actions_url(base, gate.dag_id, gate.run_id)) for gate in gates],
        version=str(deployment.get("version") or ""),
        pipeline=Link(last.state, run_url(base, last.dag_id, last.run_id)) if last else None,
    )


def _read_records(workspace: Store, roots: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    def read(root: str) -> dict[str, dict[str, Any]]:
        record = RunRecord(workspace, root)
        return {name: record.read(name) or {} for name in _ENTRIES}

    with ThreadPoolExecutor(max_workers=_READERS) as readers:
        return dict(zip(roots, readers.map(read, roots), strict=True))
