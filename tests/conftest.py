"""Fixtures that tests of several packages share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.postgres_server import PostgresServer, postgres_server

if TYPE_CHECKING:
    from onboarding.local_platform import PlatformInfo


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Several workers: the tests of the platform share one, and begin first; those of one file stay together."""
    if not config.pluginmanager.hasplugin("dsession") and not hasattr(config, "workerinput"):
        return
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
    for item in items:
        together = "platform" if item.get_closest_marker("e2e") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformInfo]:
    """The local platform, started once per session (about half a minute) in a home of its own.

    Tests that use it carry the marker ``e2e``. At the end it is stopped, and nothing of it may be left.
    """
    from onboarding.local_platform import down, processes, up

    home = tmp_path_factory.mktemp("platform") / "home"
    yield up(home, progress=_say)
    down(home, _say)
    assert not processes.marked(home.resolve()), "`down` left processes behind"


def _say(text: str) -> None:
    sys.stderr.write(f"platform: {text}\n")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server."""
    with postgres_server() as server:
        yield server
