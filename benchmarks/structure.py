"""The structure of the meta-DAG as data, read from its DAG object: the floor cannot drift from it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

from onboarding.gates.definitions import APPROVALS
from onboarding.operators.gate import GateRequestOperator

STEP, REQUEST, WAIT = "step", "request", "wait"
_SENSOR_ARGUMENTS = (
    "external_dag_id", "external_task_id", "allowed_states", "failed_states", "deferrable", "poke_interval", "timeout",
)  # fmt: skip


def structure_of(meta_dag_file: Path) -> dict[str, Any]:
    """Tasks, groups, dependencies, trigger rules, retries and gates of the DAG in this file, as JSON values."""
    dag = runpy.run_path(str(meta_dag_file))["dag"]
    groups = [group for group in dag.task_group.get_task_group_dict() if group]
    return {
        "groups": sorted(groups, key=lambda group: (group.count("."), group)),
        "tasks": [_task(task) for task in dag.tasks],
        "max_active_runs": dag.max_active_runs,
    }


def instances(structure: dict[str, Any]) -> int:
    """Task instances on the straight path, with the one task of each gate's own DAG.

    Tasks that run only after a failure, or only where there is something to ask, are not on it.
    """
    skipped = {name for task in structure["tasks"] for name in task.get("skips", ())}
    failures = [task for task in structure["tasks"] if task["trigger_rule"] == "one_failed"]
    skipped |= {task["task_id"] for task in failures}
    asked = _asked_after_failures(structure["tasks"], {task["group"] for task in failures if task["kind"] == REQUEST})
    tasks = [task for task in structure["tasks"] if task["task_id"] not in skipped and task["group"] not in asked]
    return len(tasks) + sum(1 for task in tasks if task["kind"] == REQUEST)


def _asked_after_failures(tasks: list[dict[str, Any]], asked: set[str]) -> set[str]:
    """Groups of gates that ask only after a failure, and of those that ask only after such a gate."""
    found, before = set(asked), {task["task_id"]: set[str]() for task in tasks}
    for task in tasks:
        for name in task["downstream"]:
            before[name].add(task["group"])
    requests = [task for task in tasks if task["kind"] == REQUEST and before[task["task_id"]]]
    while more := {task["group"] for task in requests if before[task["task_id"]] <= found} - found:
        found |= more
    return found


def _task(task: Any) -> dict[str, Any]:
    timeout = task.execution_timeout
    common = {
        "task_id": task.task_id,
        "group": task.task_group.group_id or "",
        "downstream": sorted(task.downstream_task_ids),
        "trigger_rule": str(task.trigger_rule.value),
        "retries": task.retries,
        "retry_delay": task.retry_delay.total_seconds(),
        "execution_timeout": timeout.total_seconds() if timeout else None,
    }
    if isinstance(task, GateRequestOperator):
        return {**common, "kind": REQUEST, "gate_dag_id": task.trigger_dag_id}
    if isinstance(task, ExternalTaskSensor):
        return {**common, "kind": WAIT, "sensor": {name: getattr(task, name) for name in _SENSOR_ARGUMENTS}}
    skips = sorted(found for branch in getattr(task, "branches", ()) for found in _left_out(task.dag, branch))
    return {**common, "kind": STEP, "skips": skips}


def _left_out(dag: Any, branch: str) -> list[str]:
    """Tasks of a branch that the straight path does not take: all but those of an approval."""
    if any(branch.endswith(f".{gate.name}") for gate in APPROVALS):
        return []
    return [name for name in dag.task_ids if f"{name}.".startswith(f"{branch}.")]
