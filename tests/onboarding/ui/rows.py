"""Rows of Airflow's tables that the pages read."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from sqlalchemy import insert
from sqlalchemy.orm import Session

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Rows:
    """Adds rows; runs get later from call to call."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._runs = 0

    def run(self, run_id: str, dag_id: str = "onboard_meta_dag", state: str = "running", **more: Any) -> int:
        self._runs += 1
        after = START + timedelta(minutes=self._runs)
        values = {
            "id": self._runs, "dag_id": dag_id, "run_id": run_id, "state": state, "run_type": "manual",
            "run_after": after, "conf": {}, "triggering_user_name": "requester", "clear_number": 0, "span_status": "x",
            "log_template_id": None,
        }  # fmt: skip
        self._add(DagRun, values | more)
        return self._runs

    def task(self, run_id: str, task_id: str, state: str, dag_id: str = "onboard_meta_dag") -> uuid.UUID:
        identity = uuid.uuid4()
        values = {
            "id": identity, "dag_id": dag_id, "run_id": run_id, "task_id": task_id, "state": state, "map_index": -1,
            "try_number": 1, "max_tries": 0, "pool": "default_pool", "pool_slots": 1, "queue": "default",
            "priority_weight": 1, "executor_config": {}, "custom_operator_name": "", "span_status": "x",
        }  # fmt: skip
        self._add(TaskInstance, values)
        return identity

    def gate(self, name: str, meta_run_id: str, state: str = "awaiting_input") -> None:
        """A gate run that waits for a person."""
        dag_id, run_id = f"onboard_gate_{name}", f"{meta_run_id}__{name}"
        self.run(run_id, dag_id, conf={"meta_run_id": meta_run_id})
        identity = self.task(run_id, "approve", state, dag_id)
        self._add(
            HITLDetail,
            {"ti_id": identity, "options": ["approve"], "subject": "s", "params": {}, "params_input": {}},
        )

    def output(self, number: int, run_id: str, task_id: str, value: Any) -> None:
        """What a task of the run with this number returned."""
        self._add(
            XComModel,
            {
                "dag_run_id": number, "dag_id": "onboard_meta_dag", "run_id": run_id, "task_id": task_id,
                "map_index": -1, "key": "return_value", "value": value,
            },
        )  # fmt: skip

    def _add(self, model: Any, values: dict[str, Any]) -> None:
        self._session.execute(insert(model.__table__), [values])
        self._session.commit()
