"""Health of MCP servers: a handshake with each under a deadline, and the tools that it lists. Nothing is called."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

Transport = Literal["stdio", "streamable-http", "sse"]
#: ``not available``: it cannot even be tried, and that is nobody's outage.
Status = Literal["connected", "down", "not available"]
#: What a server's process gets of this one's environment beside what the protocol's library passes on.
_PASSED_ON = (
    "AWS_",
    "UV_",
    "SSL_CERT_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
_TAIL = 400


@dataclass(frozen=True)
class ServerAddress:
    """How a server is reached.

    :ivar command, args, env: of a process that talks over its standard streams.
    :ivar url, headers: of one that listens.
    """

    name: str
    transport: Transport
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def endpoint(self) -> str:
        """The command, or the address without what may be secret in it."""
        return self.command if self.transport == "stdio" else self.url.partition("?")[0]


@dataclass(frozen=True)
class ServerHealth:
    """What a handshake said.

    :ivar seconds: until the tools were listed, or it was given up.
    :ivar tools: names as the server lists them, sorted.
    :ivar detail: why it is not connected, with the end of what it wrote to standard error.
    """

    name: str
    status: Status
    transport: str
    endpoint: str
    seconds: float
    tools: tuple[str, ...] = ()
    detail: str = ""


def check_servers(
    addresses: Sequence[ServerAddress], *, deadline_seconds: float, at_once: int | None = None
) -> list[ServerHealth]:
    """Shake hands with every server, and list its tools.

    :param deadline_seconds: for each server.
    :param at_once: servers that are tried at the same time; as many as there are processors when absent: each is a
        process that starts up.
    :returns: in the order of the addresses; never raises for a server's sake.
    """
    if find_spec("mcp") is None:
        why = "the package mcp is not installed (extra `mcp`)"
        return [_not_available(address, why) for address in addresses]
    import anyio

    return anyio.run(_check_all, list(addresses), deadline_seconds, at_once or os.cpu_count() or 1)


async def _check_all(addresses: list[ServerAddress], deadline_seconds: float, at_once: int) -> list[ServerHealth]:
    import anyio

    limiter = anyio.CapacityLimiter(at_once)
    found: dict[int, ServerHealth] = {}

    async def check(number: int, address: ServerAddress) -> None:
        async with limiter:
            found[number] = await _check(address, deadline_seconds)

    async with anyio.create_task_group() as group:
        for number, address in enumerate(addresses):
            group.start_soon(check, number, address)
    return [found[number] for number in range(len(addresses))]


async def _check(address: ServerAddress, deadline_seconds: float) -> ServerHealth:
    import anyio

    if address.transport == "stdio" and shutil.which(address.command) is None:
        return _not_available(address, f"there is no command {address.command}")
    started, tools, detail = time.monotonic(), None, ""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        try:
            with anyio.move_on_after(deadline_seconds) as scope:
                tools = await _listed_tools(address, errors)
            if scope.cancelled_caught:
                tools, detail = None, f"no answer in {deadline_seconds:g} seconds"
        except Exception as error:  # noqa: BLE001 - whatever a foreign server does is its health, and is told
            detail = _in_a_line(error)
        if tools is None:
            detail = _without_secrets(f"{detail}{_tail(errors)}", address)
    seconds = round(time.monotonic() - started, 3)
    status: Status = "down" if tools is None else "connected"
    return ServerHealth(
        address.name, status, address.transport, address.endpoint, seconds, tuple(sorted(tools or ())), detail
    )


async def _listed_tools(address: ServerAddress, errors: Any) -> list[str]:
    """Open, call and close in one task: the library's scopes may not be left in another one."""
    from mcp import ClientSession
    from mcp_types import PaginatedRequestParams

    async with _connection(address, errors) as streams, ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        names: list[str] = []
        cursor: str | None = None
        while True:
            page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
            names += [tool.name for tool in page.tools]
            cursor = page.next_cursor
            if not cursor:
                return names


def _connection(address: ServerAddress, errors: Any) -> AbstractAsyncContextManager[Any]:
    if address.transport == "stdio":
        from mcp.client.stdio import StdioServerParameters, stdio_client

        passed = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
        parameters = StdioServerParameters(
            command=address.command, args=list(address.args), env={**passed, **address.env}
        )
        return stdio_client(parameters, errlog=errors)
    if address.transport == "sse":
        from mcp.client.sse import sse_client

        return sse_client(address.url, headers=dict(address.headers))
    return _over_http(address)


def _over_http(address: ServerAddress) -> AbstractAsyncContextManager[Any]:
    from contextlib import asynccontextmanager

    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    @asynccontextmanager
    async def opened() -> Any:
        async with (
            create_mcp_http_client(headers=dict(address.headers)) as client,
            streamable_http_client(address.url, http_client=client) as streams,
        ):
            yield streams

    return opened()


def _in_a_line(error: BaseException) -> str:
    """The first fault inside a group of them: groups say nothing themselves."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return " ".join(f"{type(error).__name__}: {error}".split())[:_TAIL]


def _tail(errors: Any) -> str:
    errors.seek(0)
    written = " ".join(errors.read().split())
    return f"; standard error: {written[-_TAIL:]}" if written else ""


def _without_secrets(text: str, address: ServerAddress) -> str:
    for value in {*address.env.values(), *address.headers.values()}:
        if len(value) >= 4:
            text = text.replace(value, "***")
    return text


def _not_available(address: ServerAddress, why: str) -> ServerHealth:
    return ServerHealth(address.name, "not available", address.transport, address.endpoint, 0.0, (), why)
