"""All that the pages take from inside Airflow's api-server: who asks, what they may read, and the rows.

These are internals of Airflow's core without a promise of stability: nothing else below ``ui/`` imports them.
Everything here reads; nothing writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep, get_user, requires_access_dag
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from fastapi import Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.gates.links import META_DAG
from onboarding.workspace.chain import root_run_id

__all__ = ["MAY_LIST", "MAY_READ_RUN", "ReadableDags", "SessionDep", "get_user", "requires_access_dag"]

# Every route declares one of these. Both demand a user first: anonymous is 401, without the permission 403.
MAY_LIST = [Depends(requires_access_dag("GET", DagAccessEntity.RUN, META_DAG))]
MAY_READ_RUN = [
    Depends(requires_access_dag("GET", DagAccessEntity.RUN)),
    Depends(requires_access_dag("GET", DagAccessEntity.TASK_INSTANCE)),
]
# In Airflow 3.2 a task that waits for a person is deferred.
_WAITING = ("awaiting_input", "deferred")


def readable_dags(user: GetUserDep) -> frozenset[str]:
    """DAGs that the user may read: what is shown beside an onboarding is limited to them."""
    return frozenset(get_auth_manager().get_authorized_dag_ids(user=user, method="GET"))


ReadableDags = Annotated[frozenset[str], Depends(readable_dags)]


@dataclass(frozen=True)
class Run:
    """A DAG run; ``state`` is Airflow's."""

    dag_id: str
    run_id: str
    state: str
    run_after: datetime
    start: datetime | None = None
    end: datetime | None = None
    triggered_by: str = ""
    conf: dict[str, Any] = field(default_factory=dict)

    @property
    def root_run_id(self) -> str:
        """Run id of the first run of the chain that this meta run belongs to."""
        return root_run_id(self.run_id, self.conf.get("resume"))

    @property
    def is_finished(self) -> bool:
        """Whether Airflow will do nothing more with it."""
        return self.state in ("success", "failed")


@dataclass(frozen=True)
class WaitingGate:
    """A gate run whose ``approve`` task waits for a person."""

    gate: str
    dag_id: str
    run_id: str
    meta_run_id: str
    since: datetime


_RUN_COLUMNS = (
    DagRun.dag_id,
    DagRun.run_id,
    DagRun._state,
    DagRun.run_after,
    DagRun.start_date,
    DagRun.end_date,
    DagRun.triggering_user_name,
    DagRun.conf,
)


def newest_runs(session: Session, dag_id: str, limit: int) -> list[Run]:
    """The newest runs of a DAG, the newest first."""
    found = select(*_RUN_COLUMNS).where(DagRun.dag_id == dag_id)
    return [_run(row) for row in session.execute(found.order_by(DagRun.run_after.desc()).limit(limit))]


def find_run(session: Session, dag_id: str, run_id: str) -> Run | None:
    """One run, or None."""
    found = select(*_RUN_COLUMNS).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    row = session.execute(found).first()
    return None if row is None else _run(row)


def last_runs(session: Session, dag_ids: Collection[str]) -> dict[str, Run]:
    """The run of each of these DAGs that was created last."""
    newest = select(func.max(DagRun.id)).where(DagRun.dag_id.in_(dag_ids)).group_by(DagRun.dag_id)
    rows = session.execute(select(*_RUN_COLUMNS).where(DagRun.id.in_(newest)))
    return {row.dag_id: _run(row) for row in rows}


def task_states(session: Session, dag_id: str, run_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Run id -> task id -> state."""
    columns = select(TaskInstance.run_id, TaskInstance.task_id, TaskInstance.state)
    rows = session.execute(columns.where(TaskInstance.dag_id == dag_id, TaskInstance.run_id.in_(run_ids)))
    states: dict[str, dict[str, str]] = {run_id: {} for run_id in run_ids}
    for row in rows:
        states[row.run_id][row.task_id] = str(row.state or "none")
    return states


def waiting_gates(session: Session, readable: Collection[str]) -> dict[str, list[WaitingGate]]:
    """Meta run id -> its gates that wait for a person, oldest first; only gates that the user may read."""
    gates = {gate.dag_id: gate.name for gate in GATE_BY_NAME.values() if gate.dag_id in readable}
    rows = session.execute(
        select(TaskInstance.dag_id, TaskInstance.run_id, DagRun.conf, HITLDetail.created_at)
        .join(TaskInstance, TaskInstance.id == HITLDetail.ti_id)
        .join(DagRun, (DagRun.dag_id == TaskInstance.dag_id) & (DagRun.run_id == TaskInstance.run_id))
        .where(
            HITLDetail.responded_at.is_(None),
            TaskInstance.state.in_(_WAITING),
            TaskInstance.dag_id.in_(gates),
        )
        .order_by(HITLDetail.created_at)
    )
    found: dict[str, list[WaitingGate]] = {}
    for row in rows:
        meta_run_id = str((row.conf or {}).get("meta_run_id") or "")
        gate = WaitingGate(gates[row.dag_id], row.dag_id, row.run_id, meta_run_id, row.created_at)
        found.setdefault(meta_run_id, []).append(gate)
    return found


def task_outputs(session: Session, dag_id: str, run_id: str) -> dict[str, Any]:
    """Task id -> what the task returned."""
    columns = select(XComModel.task_id, XComModel.value)
    rows = session.execute(
        columns.where(XComModel.dag_id == dag_id, XComModel.run_id == run_id, XComModel.key == "return_value")
    )
    return {row.task_id: XComModel.deserialize_value(row) for row in rows}


def _run(row: Any) -> Run:
    return Run(
        dag_id=row.dag_id,
        run_id=row.run_id,
        state=str(row[2] or "none"),
        run_after=row.run_after,
        start=row.start_date,
        end=row.end_date,
        triggered_by=str(row.triggering_user_name or "unknown"),
        conf=row.conf if isinstance(row.conf, dict) else {},
    )
