"""The pages on Airflow's own tables in memory, with a signed-in user whose permissions a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.api_fastapi.common.db.common import _get_session
from airflow.api_fastapi.core_api import security
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from onboarding.ui import airflow_access, app
from onboarding.workspace.store import Store
from tests.onboarding.ui.rows import Rows

TABLES: tuple[Any, ...] = (DagRun, TaskInstance, HITLDetail, XComModel)


class Permissions:
    """Airflow's auth manager as far as the pages ask it: a user may read the DAGs in ``allowed``."""

    def __init__(self, allowed: set[str]) -> None:
        self.allowed = allowed

    def is_authorized_dag(self, *, method: str, access_entity: Any, details: Any, user: Any) -> bool:
        return method == "GET" and details.id in self.allowed

    def get_authorized_dag_ids(self, *, user: Any, method: str) -> set[str]:
        return self.allowed


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    import_all_models()
    Base.metadata.create_all(engine, tables=[model.__table__ for model in TABLES])
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def rows(session: Session) -> Rows:
    return Rows(session)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(app, "load_settings", lambda: SimpleNamespace(workspace_uri=tmp_path.as_uri()))
    return Store(tmp_path.as_uri())


@pytest.fixture
def permissions(monkeypatch: pytest.MonkeyPatch) -> Permissions:
    granted = Permissions({"onboard_meta_dag", "onboard_gate_approve_plan", "orders", "other"})
    for module in (security, airflow_access):
        monkeypatch.setattr(module, "get_auth_manager", lambda: granted)
    monkeypatch.setattr(DagModel, "get_team_name", lambda dag_id: None)
    return granted


@pytest.fixture
def client(session: Session, workspace: Store, permissions: Permissions) -> TestClient:
    """A signed-in user's browser on the pages as Airflow mounts them."""
    return make_client(session, signed_in=True)


@pytest.fixture
def anonymous(session: Session, workspace: Store, permissions: Permissions) -> TestClient:
    return make_client(session, signed_in=False)


def make_client(session: Session, *, signed_in: bool) -> TestClient:
    pages = app.create_app()
    overrides: dict[Callable[..., Any], Callable[..., Any]] = {_get_session: lambda: session}
    if signed_in:
        overrides[security.get_user] = lambda: SimpleNamespace(get_name=lambda: "somebody")
    pages.dependency_overrides = overrides
    outer = FastAPI()
    outer.mount("/onboarding", pages)
    return TestClient(outer, raise_server_exceptions=True)
