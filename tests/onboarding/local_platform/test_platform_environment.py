from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from onboarding.local_platform import environment, secrets_store
from onboarding.local_platform.info import Home
from onboarding.spec.settings import OPTIONS

API, AWS = "http://127.0.0.1:18080", "http://127.0.0.1:15000"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home.at(tmp_path / "home")
    place.create()
    secrets_store.ensure(place)
    return place


def test_real_credentials_and_other_airflow_settings_do_not_get_in() -> None:
    given = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW_HOME": "/elsewhere",
        "AIRFLOW_CONN_ANTHROPIC_DEFAULT": "anthropic://",
        "AIRFLOW__ONBOARDING__GATE_TIMEOUT_HOURS": "1",
        "PATH": "/bin",
    }
    kept = environment.cleaned(given)
    assert set(kept) == {"AIRFLOW_CONN_ANTHROPIC_DEFAULT", "AIRFLOW__ONBOARDING__GATE_TIMEOUT_HOURS", "PATH"}


def test_every_option_without_a_default_is_set(home: Home) -> None:
    overlay = environment.overlay(home, API, AWS)
    for option in OPTIONS:
        if option.default is None:
            assert overlay[f"AIRFLOW__ONBOARDING__{option.name.upper()}"]


def test_every_address_is_loopback(home: Home) -> None:
    overlay = environment.overlay(home, API, AWS)
    for connection in ("AIRFLOW_CONN_AWS_DEFAULT", "AIRFLOW_CONN_ONBOARDING_AIRFLOW_API"):
        value = json.loads(overlay[connection])
        assert (value.get("host") or urlsplit(value["extra"]["endpoint_url"]).hostname) == "127.0.0.1"
    assert overlay["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert overlay["AWS_ENDPOINT_URL"] == AWS


def test_bundles_lie_in_the_home_and_name_the_meta_dag(home: Home) -> None:
    overlay = environment.overlay(home, API, AWS)
    bundles = {
        bundle["name"]: bundle["kwargs"]
        for bundle in json.loads(overlay["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"])
    }
    assert (Path(bundles["onboarding"]["path"]) / "onboard_meta_dag.py").is_file()
    assert bundles["workloads"]["prefix"] == "dags"
    assert overlay["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH"].startswith(str(home.root))


def test_the_users_own_file_roots_are_added(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.FILE_ROOTS_VARIABLE, "/data/in, /data/more")
    roots = environment.overlay(home, API, AWS)["AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS"].split(",")
    assert roots[0] == str(home.landing)
    assert roots[-2:] == ["/data/in", "/data/more"]


def test_only_the_platforms_own_processes_carry_the_marker(home: Home) -> None:
    assert environment.MARKER not in environment.overlay(home, API, AWS)
    own = environment.component_environment(home, API, AWS, "http://127.0.0.1:9")
    assert own[environment.MARKER] == str(home.root)
    assert own["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:9/execution/"
