"""Handshakes with real MCP servers over each transport, and what is said of those that fail."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.hooks.mcp_servers import ServerAddress, ServerHealth, check_servers

ROOT = Path(__file__).resolve().parents[3]
MODULE = "tests.shared.hooks.mcp_test_server"
TOOLS = ("alpha_read", "zeta_list")


def _stdio(name: str, behaviour: str = "", **env: str) -> ServerAddress:
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['stdio', '0', {behaviour!r}]; "
    code += f"runpy.run_module({MODULE!r}, run_name='__main__')"
    return ServerAddress(name, "stdio", command=sys.executable, args=("-c", code), env=env)


def _one(address: ServerAddress, deadline_seconds: float = 60) -> ServerHealth:
    (found,) = check_servers([address], deadline_seconds=deadline_seconds)
    return found


@pytest.fixture(params=["streamable-http", "sse"])
def listening(request: pytest.FixtureRequest) -> Iterator[ServerAddress]:
    """A server that listens on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", MODULE, request.param, str(port)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        path = "sse" if request.param == "sse" else "mcp"
        yield ServerAddress("one", request.param, url=f"http://127.0.0.1:{port}/{path}", headers={"x-key": "k"})
    finally:
        process.kill()
        process.wait()


def test_a_server_that_listens_is_connected_and_lists_its_tools(listening: ServerAddress) -> None:
    found = _one(listening)
    assert (found.status, found.tools, found.detail) == ("connected", TOOLS, "")
    assert found.endpoint == listening.url
    assert found.seconds > 0


def test_a_server_over_its_standard_streams_is_connected() -> None:
    found = _one(_stdio("iam"))
    assert (found.status, found.tools, found.transport) == ("connected", TOOLS, "stdio"), found.detail


def test_a_server_that_ends_is_down_with_the_end_of_what_it_said_and_no_secret() -> None:
    found = _one(_stdio("iam", "crash", SERVER_TOKEN="hunter2-hunter2"))
    assert found.status == "down"
    assert "standard error: no access to the account with ***" in found.detail
    assert "hunter2" not in repr(found)


def test_a_server_that_never_answers_is_given_up() -> None:
    found = _one(_stdio("slow", "silent"), deadline_seconds=2)
    assert (found.status, found.tools) == ("down", ())
    assert "no answer in 2 seconds" in found.detail
    assert found.seconds < 60


def test_what_cannot_even_be_tried_is_no_outage() -> None:
    found = _one(ServerAddress("x", "stdio", command="no-such-command-anywhere"))
    assert (found.status, found.detail) == ("not available", "there is no command no-such-command-anywhere")
    refused = _one(ServerAddress("y", "streamable-http", url="http://127.0.0.1:9/mcp?token=secret"), 20)
    assert refused.status == "down"
    assert "secret" not in repr(refused)


def test_the_answers_come_in_the_order_of_the_questions() -> None:
    names = ["a", "b", "c", "d"]
    addresses = [ServerAddress(name, "streamable-http", url="http://127.0.0.1:9/mcp") for name in names]
    assert [found.name for found in check_servers(addresses, deadline_seconds=20, at_once=2)] == names
