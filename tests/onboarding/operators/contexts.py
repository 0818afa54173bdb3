"""Task contexts as Airflow gives them to an operator, without Airflow's database."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any


class Instance:
    """The part of a task instance that the operators use.

    :ivar outputs: ``(dag id or "", task id, key)`` -> value that :meth:`xcom_pull` finds.
    """

    map_index = -1

    def __init__(self, task_id: str = "task") -> None:
        self.task_id = task_id
        self.outputs: dict[tuple[str, str, str], Any] = {}
        self.states: dict[str, dict[str, str]] = {}
        self.existing_runs: set[str] = set()
        self.active_runs: set[str] = set()

    def give(self, value: Any, task_id: str, key: str = "return_value", dag_id: str = "") -> None:
        """Put a value where a pull finds it."""
        self.outputs[dag_id, task_id, key] = value

    def xcom_pull(self, *, task_ids: str, key: str = "return_value", dag_id: str = "", run_id: str = "") -> Any:
        return self.outputs.get((dag_id, task_ids, key))

    def xcom_push(self, key: str, value: Any) -> None:
        self.outputs["", self.task_id, key] = value

    def get_task_states(self, *, dag_id: str, run_ids: list[str], task_ids: list[str] | None = None) -> Any:
        return {run_id: self.states[run_id] for run_id in run_ids if run_id in self.states}

    def get_dr_count(self, *, dag_id: str, run_ids: list[str], states: list[str] | None = None) -> int:
        return len((self.active_runs if states else self.existing_runs) & set(run_ids))


def make_context(instance: Instance, conf: dict[str, Any] | None = None, run_id: str = "run-1") -> Any:
    """A context of a task of one meta run."""
    run = SimpleNamespace(
        dag_id="onboard_meta_dag", run_id=run_id, conf=conf or {}, triggering_user_name="requester",
        run_after=datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip
    return {"ti": instance, "dag_run": run}
