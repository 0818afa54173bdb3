"""Settings of a workspace on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunRecord]:
    """The record of ``run-1`` in a workspace that every operator of the test writes to; no REST API."""
    for name in ("WORKSPACE", "DAGS", "LAKE", "LANDING"):
        monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{name}_URI", (tmp_path / name.lower()).as_uri())
    monkeypatch.setenv("AIRFLOW__ONBOARDING__AIRFLOW_API_CONN_ID", "")
    monkeypatch.setenv("AIRFLOW__ONBOARDING__MWAA_ENVIRONMENT", "")
    load_settings.cache_clear()
    yield RunRecord(Store((tmp_path / "workspace").as_uri()), "run-1")
    load_settings.cache_clear()


@pytest.fixture
def readable(record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources in the test's own folder may be read."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    load_settings.cache_clear()
