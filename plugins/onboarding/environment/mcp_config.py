"""The MCP servers of the flow, and where ``.mcp.json`` and ``.mcp.gateway.json`` say that they are."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from onboarding.environment.errors import McpConfigError
from shared.hooks.mcp_servers import ServerAddress, Transport

Mode = Literal["LOCAL", "GATEWAY", "NONE"]
FILES: dict[str, str] = {"LOCAL": ".mcp.json", "GATEWAY": ".mcp.gateway.json"}
#: The servers of the flow, and how much is lost without each.
SERVERS: dict[str, Literal["REQUIRED", "WARN", "OPTIONAL"]] = {
    "glue-athena": "REQUIRED", "lakeformation": "REQUIRED", "iam": "REQUIRED", "cloudtrail": "WARN",
    "redshift": "WARN", "core": "WARN", "s3-tables": "WARN", "pii-detection": "WARN", "sagemaker-catalog": "OPTIONAL",
    "lambda": "OPTIONAL", "cloudwatch": "OPTIONAL", "cost-explorer": "OPTIONAL", "dynamodb": "OPTIONAL",
}  # fmt: skip
#: What ``${NAME}`` in a header or a variable stands for is read from the environment, so that no file needs a secret.
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class McpConfig:
    """Where servers are.

    :ivar file: the file that says so; empty for ``NONE``.
    :ivar addresses: by name, of the flow's servers and of others.
    """

    mode: Mode
    file: str
    addresses: dict[str, ServerAddress]

    @property
    def aggregated(self) -> ServerAddress | None:
        """The one address behind which a gateway has all servers; None where each has its own."""
        if self.mode == "GATEWAY" and len(self.addresses) == 1 and not self.addresses.keys() & SERVERS.keys():
            return next(iter(self.addresses.values()))
        return None


def available_modes(folder: str) -> list[Mode]:
    """The modes whose file is there; a gateway first."""
    if not folder:
        return []
    modes: tuple[Mode, ...] = ("GATEWAY", "LOCAL")
    return [mode for mode in modes if (Path(folder) / FILES[mode]).is_file()]


def read_config(folder: str, wanted: str = "") -> McpConfig:
    """The configuration that counts.

    :param folder: where the two files may be; empty: there are none.
    :param wanted: ``LOCAL`` or ``GATEWAY``; the first that is there when empty.
    :raises McpConfigError: the file cannot be understood.
    """
    modes = available_modes(folder)
    if wanted:
        modes = [mode for mode in modes if mode == wanted]
    if not modes:
        return McpConfig("NONE", "", {})
    path = Path(folder) / FILES[modes[0]]
    try:
        servers = json.loads(path.read_text("utf-8"))["mcpServers"]
        addresses = {str(name): _address(str(name), entry) for name, entry in servers.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise McpConfigError(
            f"{path.name} cannot be understood",
            where=str(path),
            expected='{"mcpServers": {NAME: {"command": ..., "args": [...], "env": {...}}}} or, of a gateway, '
            '{NAME: {"url": ..., "transport": "streamable-http" or "sse", "headers": {...}}}',
            given=f"{type(error).__name__}: {error}",
            remedy="correct the file, or take it away: without it no MCP server is looked for",
        ) from error
    return McpConfig(modes[0], str(path), addresses)


def _address(name: str, entry: Mapping[str, Any]) -> ServerAddress:
    if "url" in entry:
        transport = str(entry.get("transport") or entry.get("type") or "streamable-http")
        transport = "streamable-http" if transport == "http" else transport
        if transport not in ("streamable-http", "sse"):
            raise ValueError(f"{name} has the transport {transport!r}")
        known: Transport = "sse" if transport == "sse" else "streamable-http"
        return ServerAddress(name, known, url=str(entry["url"]), headers=_filled(entry.get("headers") or {}))
    command, args = str(entry["command"]), tuple(str(arg) for arg in entry.get("args") or ())
    return ServerAddress(name, "stdio", command=command, args=args, env=_filled(entry.get("env") or {}))


def _filled(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name): _VARIABLE.sub(lambda match: os.environ.get(match.group(1), ""), str(value))
        for name, value in given.items()
    }
