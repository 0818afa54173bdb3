from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.local_platform import read_platform, secrets_store, state
from onboarding.local_platform.info import Home
from onboarding.local_platform.processes import Component

STATE = state.State(
    api_port=1, execution_port=4, aws_port=2, since=3.0, components=(Component("aws", 2**22, 1.5),), ready=True
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home.at(tmp_path / "home")
    place.create()
    return place


def test_what_is_written_is_read(home: Home) -> None:
    state.write(home, STATE)
    assert state.read(home) == STATE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema_version": 2}', '{"schema_version": 99}'])
def test_a_damaged_or_foreign_file_is_no_platform(home: Home, text: str) -> None:
    home.state_file.write_text(text)
    assert state.read(home) is None
    assert read_platform(home.root) is None


def test_a_platform_whose_processes_died_is_not_running(home: Home) -> None:
    state.write(home, STATE)
    assert [component.name for component in STATE.dead()] == ["aws"]
    assert read_platform(home.root) is None


def test_a_platform_that_never_became_healthy_is_not_running(home: Home) -> None:
    state.write(home, replace(STATE, ready=False, components=()))
    assert read_platform(home.root) is None


def test_secrets_are_made_once_and_for_the_owner_only(home: Home) -> None:
    secrets_store.ensure(home)
    first = secrets_store.passwords(home), secrets_store.airflow_keys(home)
    secrets_store.ensure(home)
    assert (secrets_store.passwords(home), secrets_store.airflow_keys(home)) == first
    for file in (home.secrets_file, home.passwords_file):
        assert file.stat().st_mode & 0o777 == 0o600
    assert home.root.stat().st_mode & 0o077 == 0


def test_users_are_people_without_the_service_user_and_never_shown(home: Home) -> None:
    secrets_store.ensure(home)
    info = STATE.info(home, secrets_store.people(home))
    assert set(info.users) == {"admin", "requester", "reviewer", "viewer"}
    assert not any(password in repr(info) for password in info.users.values())


def test_only_one_person_is_an_administrator() -> None:
    assert [name for name, role in secrets_store.ROLES.items() if role == "admin"] == ["admin"]
    assert secrets_store.ROLES[secrets_store.SERVICE_USER] == "user"


def test_the_state_file_holds_no_secret(home: Home) -> None:
    secrets_store.ensure(home)
    state.write(home, STATE)
    assert set(json.loads(home.state_file.read_text())) == {
        "schema_version",
        "api_port",
        "execution_port",
        "aws_port",
        "since",
        "components",
        "ready",
    }
