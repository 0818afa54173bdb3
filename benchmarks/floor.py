"""The floor: the meta-DAG's own tasks with empty bodies, on real Airflow.

A step does nothing, in a worker. A gate is a real run of the real gate DAG, waited for with the stock sensor.
This module is imported by every task of the floor: it imports nothing of the project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import DAG, BaseOperator, Context, SkipMixin, TaskGroup
from airflow.sdk.configuration import conf

FLOOR_DAG = "onboard_floor"
CARD_KEY = "floor/card.json"
CARD = json.dumps({"subject": "floor", "body": "Nothing to decide."}).encode()


class EmptyTask(BaseOperator, SkipMixin):
    """A task that does nothing, in a worker (Airflow's EmptyOperator never reaches one), but skip what is not asked.

    :param skips: ids of the tasks that the straight path does not take.
    """

    def __init__(self, *, skips: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.skips = list(skips)

    def execute(self, context: Context) -> None:
        """Skip."""
        self.skip(ti=context["ti"], tasks=[found for found in self.get_flat_relatives() if found.task_id in self.skips])


class EmptyRequest(TriggerDagRunOperator):
    """Trigger the gate's DAG with a card that is always there."""

    template_fields = ()

    def execute(self, context: Context) -> Any:
        """The least that the sensor and the gate's DAG need."""
        self.trigger_run_id = f"{context['dag_run'].run_id}__{self.trigger_dag_id}"
        self.logical_date = datetime.now(tz=UTC)
        workspace = conf.get("onboarding", "workspace_uri").rstrip("/")
        self.conf = {"card_uri": f"{workspace}/{CARD_KEY}", "card_sha256": hashlib.sha256(CARD).hexdigest()}
        context["ti"].xcom_push(key="date", value=self.logical_date.isoformat())
        super().execute(context)


def requested_date(logical_date: datetime, **context: Any) -> datetime:
    """Date of the gate run that the ``request`` task beside a ``wait`` task triggered."""
    group = context["task"].task_id.rsplit(".", maxsplit=1)[0]
    return datetime.fromisoformat(context["ti"].xcom_pull(task_ids=f"{group}.request", key="date"))


def floor_dag(structure: dict[str, Any]) -> DAG:
    """A DAG with this structure (see ``benchmarks.structure``) and nothing in its tasks."""
    dag = DAG(
        dag_id=FLOOR_DAG,
        description="The meta-DAG with empty bodies.",
        schedule=None,
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=structure["max_active_runs"],
    )
    groups: dict[str, TaskGroup] = {"": dag.task_group}
    for group_id in structure["groups"]:
        parent, _, label = group_id.rpartition(".")
        groups[group_id] = TaskGroup(group_id=label, parent_group=groups[parent], dag=dag)
    for task in structure["tasks"]:
        _empty_copy(task, dag=dag, task_group=groups[task["group"]])
    for task in structure["tasks"]:
        for downstream in task["downstream"]:
            dag.get_task(task["task_id"]).set_downstream(dag.get_task(downstream))
    return dag


def _empty_copy(task: dict[str, Any], **place: Any) -> None:
    seconds = task["execution_timeout"]
    arguments = {
        "task_id": task["task_id"].rsplit(".", maxsplit=1)[-1],
        "trigger_rule": task["trigger_rule"],
        "retries": task["retries"],
        "retry_delay": timedelta(seconds=task["retry_delay"]),
        "execution_timeout": timedelta(seconds=seconds) if seconds else None,
        **place,
    }
    if task["kind"] == "request":
        EmptyRequest(trigger_dag_id=task["gate_dag_id"], openlineage_inject_parent_info=False, **arguments)
    elif task["kind"] == "wait":
        ExternalTaskSensor(execution_date_fn=requested_date, **task["sensor"], **arguments)
    else:
        EmptyTask(skips=task["skips"], **arguments)
