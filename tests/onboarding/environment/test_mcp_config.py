"""Where MCP servers are: both files, both kinds of gateway, and what cannot be understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onboarding.environment.errors import McpConfigError
from onboarding.environment.mcp_config import SERVERS, available_modes, read_config
from onboarding.environment.mcp_health import server_states

AUTHORIZED = {"Authorization": "Bearer ${MCP_TEST_TOKEN}"}
LOCAL = {"mcpServers": {"iam": {"command": "uvx", "args": ["x==1"], "env": {"TOKEN": "${MCP_TEST_TOKEN}"}}}}
GATEWAY = {"mcpServers": {"all": {"url": "https://gateway/mcp", "headers": AUTHORIZED}}}


def _write(folder: Path, name: str, content: Any) -> str:
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return str(folder)


def test_the_flow_has_thirteen_servers_of_which_three_are_required() -> None:
    assert len(SERVERS) == 13
    assert [name for name, kind in SERVERS.items() if kind == "REQUIRED"] == ["glue-athena", "lakeformation", "iam"]


def test_without_a_file_there_is_none_and_that_is_quiet(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path)):
        config = read_config(folder)
        assert (config.mode, available_modes(folder)) == ("NONE", [])
        states = server_states(config, deadline_seconds=1)
        assert {state.status for state in states} == {"not available"}
        assert {state.detail for state in states} == {"no MCP servers are configured"}


def test_a_gateway_comes_first_and_either_may_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_TEST_TOKEN", "abc")
    _write(tmp_path, ".mcp.json", LOCAL)
    folder = _write(tmp_path, ".mcp.gateway.json", GATEWAY)
    assert available_modes(folder) == ["GATEWAY", "LOCAL"]
    config = read_config(folder)
    assert config.mode == "GATEWAY"
    assert config.aggregated is not None
    assert config.aggregated.headers == {"Authorization": "Bearer abc"}
    local = read_config(folder, "LOCAL")
    assert (local.mode, local.aggregated) == ("LOCAL", None)
    assert local.addresses["iam"].env == {"TOKEN": "abc"}
    assert "abc" not in repr(local) + repr(config)


def test_a_gateway_with_a_server_of_the_flow_has_one_address_for_each(tmp_path: Path) -> None:
    each = {"mcpServers": {"iam": {"url": "https://gateway/iam", "type": "sse"}}}
    config = read_config(_write(tmp_path, ".mcp.gateway.json", each))
    assert config.aggregated is None
    assert config.addresses["iam"].transport == "sse"


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", {"mcpServers": []}, {"mcpServers": {"iam": {}}},
     {"mcpServers": {"iam": {"url": "u", "transport": "pigeon"}}}],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path, content: Any) -> None:
    folder = _write(tmp_path, ".mcp.json", content)
    with pytest.raises(McpConfigError) as caught:
        read_config(folder)
    assert caught.value.where == f"{folder}/.mcp.json"


def test_a_command_that_is_not_there_is_not_available(tmp_path: Path) -> None:
    missing = {"mcpServers": {"iam": {"command": "no-such-command-anywhere"}}}
    config = read_config(_write(tmp_path, ".mcp.json", missing))
    states = {state.name: state for state in server_states(config, deadline_seconds=1)}
    assert (states["iam"].status, states["iam"].detail) == (
        "not available", "there is no command no-such-command-anywhere",
    )  # fmt: skip
    assert states["core"].detail.endswith(".mcp.json does not name it")
