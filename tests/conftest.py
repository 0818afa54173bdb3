"""Fixtures that tests of several packages share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.postgres_server import PostgresServer, postgres_server

if TYPE_CHECKING:
    from onboarding.local_platform import PlatformInfo


def pytest_configure(config: pytest.Config) -> None:
    """Where pytest-xdist is, say which tests share a worker."""
    if config.pluginmanager.hasplugin("xdist"):
        from tests import side_by_side

        config.pluginmanager.register(side_by_side)


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


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """A moto server on a free port of the loopback interface."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
