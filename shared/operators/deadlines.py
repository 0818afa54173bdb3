"""From when the deadlines of DAG runs count.

Not Airflow's ``DeadlineReference.DAGRUN_QUEUED_AT``: *Clear task* moves the deadlines of that reference, and in
Airflow 3.3.1 it answers 500 while doing so (it takes the stored interval for a number of seconds).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from airflow.sdk.definitions.deadline import BaseDeadlineReference

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RunQueued(BaseDeadlineReference):
    """A deadline that counts from when its DAG run was queued; clearing a task of the run does not move it.

    Airflow finds it by its path (3.2) or in the plugin's ``deadline_references`` (3.3).
    """

    required_kwargs = frozenset({"dag_id", "run_id"})

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        """When the run was queued; None, and so no deadline, for a run that never was."""
        from airflow.models import DagRun
        from sqlalchemy import select

        return session.scalar(select(DagRun.queued_at).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
