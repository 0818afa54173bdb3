"""Which of the flow's MCP servers are connected."""

from __future__ import annotations

from typing import Literal

from onboarding.environment.mcp_config import SERVERS, McpConfig
from onboarding.spec.conf import Strict
from shared.hooks.mcp_servers import ServerHealth, Status, check_servers

#: A gateway lists the tools of a server behind it under the server's name and this.
_TARGET = "___"


class ServerState(Strict):
    """One of the flow's servers.

    :ivar kind: how much is lost without it.
    """

    name: str
    kind: Literal["REQUIRED", "WARN", "OPTIONAL"]
    status: Status
    transport: str = ""
    endpoint: str = ""
    seconds: float = 0.0
    tools: list[str] = []
    detail: str = ""


def server_states(config: McpConfig, *, deadline_seconds: float) -> list[ServerState]:
    """The state of each server of the flow, in its order."""
    if config.aggregated is not None:
        (health,) = check_servers([config.aggregated], deadline_seconds=deadline_seconds)
        return [_behind(name, health) for name in SERVERS]
    named = [config.addresses[name] for name in SERVERS if name in config.addresses]
    known = {health.name: health for health in check_servers(named, deadline_seconds=deadline_seconds)} if named else {}
    return [_state(name, known.get(name), config) for name in SERVERS]


def _state(name: str, health: ServerHealth | None, config: McpConfig) -> ServerState:
    if health is None:
        why = "no MCP servers are configured" if config.mode == "NONE" else f"{config.file} does not name it"
        return ServerState(name=name, kind=SERVERS[name], status="not available", detail=why)
    return ServerState(
        name=name, kind=SERVERS[name], status=health.status, transport=health.transport, endpoint=health.endpoint,
        seconds=health.seconds, tools=list(health.tools), detail=health.detail,
    )  # fmt: skip


def _behind(name: str, gateway: ServerHealth) -> ServerState:
    """A server behind a gateway that has one address for all of them."""
    tools = [tool for tool in gateway.tools if tool.startswith(f"{name}{_TARGET}")]
    status: Status = gateway.status
    detail = gateway.detail
    if status == "connected" and not tools:
        status, detail = "not available", f"the gateway {gateway.name} lists no tool of it"
    return ServerState(
        name=name, kind=SERVERS[name], status=status, transport=gateway.transport, endpoint=gateway.endpoint,
        seconds=gateway.seconds, tools=tools, detail=detail,
    )  # fmt: skip
