"""Deadlines count from when the run was queued, and Airflow stores and finds the reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.models import DagRun
from airflow.sdk import DeadlineAlert, SyncCallback
from airflow.serialization.decoders import decode_deadline_alert
from airflow.serialization.encoders import encode_deadline_alert
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from shared.operators.approval import remind
from shared.operators.deadlines import RunQueued

QUEUED = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def alert() -> DeadlineAlert:
    return DeadlineAlert(reference=RunQueued(), interval=HOUR, callback=SyncCallback(remind))


def database() -> Session:
    """A database with the runs of the DAG ``orders``: ``queued``, and ``never`` that was never queued."""
    engine = create_engine("sqlite://")
    table: Any = DagRun.__table__
    table.create(engine)
    session = Session(engine)
    common = {"dag_id": "orders", "run_type": "manual", "run_after": QUEUED, "log_template_id": 1}
    for name, queued_at in (("queued", QUEUED), ("never", None)):
        session.execute(table.insert().values(**common, run_id=name, queued_at=queued_at))
    return session


def deadline(session: Session, run_id: str) -> datetime | None:
    """What Airflow computes for a new run from the stored alert."""
    read: Any = decode_deadline_alert(encode_deadline_alert(alert()))
    found = read.reference.evaluate_with(session=session, interval=read.interval, dag_id="orders", run_id=run_id)
    assert found is None or isinstance(found, datetime)
    return found


def test_the_stored_deadline_counts_from_when_the_run_was_queued() -> None:
    with database() as session:
        assert deadline(session, "queued") == QUEUED + HOUR


def test_a_run_that_never_was_queued_has_no_deadline() -> None:
    with database() as session:
        assert deadline(session, "never") is None
