"""Group ``phase_0_health``: a read-only look at what this environment has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from onboarding.environment.errors import EnvironmentNotReadyError
from onboarding.environment.inventory import Resource, take_inventory
from onboarding.environment.mcp_config import McpConfig, available_modes, read_config
from onboarding.environment.mcp_health import ServerState, server_states
from onboarding.operators.step import StepContext, StepResult
from onboarding.spec.parse import fold
from onboarding.workspace.store import canonical_json, sha256
from shared.hooks.environment import AwsAccount

ENTRY, SERVERS_FILE = "environment", "servers.json"
GATE = "fix_environment"
#: What was found is taken over by onboardings within this time.
FRESH = timedelta(hours=1)
_KEPT = "environment/{}.json"


def check_environment(context: StepContext) -> StepResult:
    """The inventory of resources, and the MCP servers; nothing is created.

    Where ``[onboarding] mcp_required`` says so and a REQUIRED server is not connected, somebody is asked what to do.

    :raises EnvironmentNotReadyError: something is missing that nothing runs without; its remedy is how to set it up.
    """
    engine = str((fold(context.run.conf).get("deployment") or {}).get("engine") or "")
    resources = _resources(context, engine)
    missing = [resource for resource in resources if resource.critical and not resource.found]
    if missing:
        raise EnvironmentNotReadyError(
            f"{len(missing)} of the resources that onboarding needs are not there",
            where=", ".join(resource.where for resource in missing),
            expected="each of them, to be seen by this worker",
            given="; ".join(f"{resource.kind} {resource.status}: {resource.detail}" for resource in missing),
            remedy="; ".join(dict.fromkeys(resource.remedy for resource in missing)),
        )
    config = read_config(context.settings.mcp_folder, context.run.mcp_mode)
    servers = _servers(context, config)
    line = ready_line(config, servers)
    context.record.write(
        ENTRY,
        {
            "line": line,
            "mode": config.mode,
            "resources": [resource.model_dump() for resource in resources],
            "servers": [server.model_dump() for server in servers],
        },
    )
    asks = context.settings.needs_mcp and bool(down_required(servers)) and not _goes_on_without(context)
    found = sum(resource.found for resource in resources)
    return StepResult(
        files={
            "inventory.json": canonical_json([resource.model_dump() for resource in resources]),
            SERVERS_FILE: canonical_json(
                {
                    "mode": config.mode,
                    "modes": available_modes(context.settings.mcp_folder),
                    "servers": [server.model_dump() for server in servers],
                }
            ),
        },
        summary={"found": found, "resources": len(resources), "ready": line},
        branch=f"phase_0_health.{GATE}" if asks else "",
    )


def ready_line(config: McpConfig, servers: Sequence[ServerState]) -> str:
    """The end of the phase in a line."""
    connected = sum(server.status == "connected" for server in servers)
    told = {"NONE": " (none are configured; none are needed)"}.get(config.mode, f" ({config.mode})")
    return f"Environment ready. {connected}/{len(servers)} MCP servers connected{told}."


def down_required(servers: Sequence[ServerState]) -> list[ServerState]:
    """The REQUIRED servers that are not connected."""
    return [server for server in servers if server.kind == "REQUIRED" and server.status != "connected"]


def _resources(context: StepContext, engine: str) -> list[Resource]:
    """The inventory, taken now or by another onboarding within the hour; what was missing is looked for again."""
    settings = context.settings
    basis = sha256(canonical_json([asdict(settings), engine]))
    kept = _fresh(context, "inventory", basis)
    if kept is not None:
        return [Resource.model_validate(entry) for entry in kept]
    found = take_inventory(settings, AwsAccount(settings.aws_conn_id), engine=engine)
    if not any(resource.critical and not resource.found for resource in found):
        _keep(context, "inventory", basis, [resource.model_dump() for resource in found])
    return found


def _servers(context: StepContext, config: McpConfig) -> list[ServerState]:
    """The servers' states, as fresh as the inventory; while a REQUIRED one is down all are tried again."""
    deadline = float(context.settings.number("mcp_deadline_seconds"))
    if config.mode == "NONE":
        return server_states(config, deadline_seconds=deadline)
    basis = sha256(canonical_json([config.mode, sha256(Path(config.file).read_bytes()), deadline]))
    kept = _fresh(context, "mcp", basis)
    if kept is not None:
        return [ServerState.model_validate(entry) for entry in kept]
    found = server_states(config, deadline_seconds=deadline)
    if not down_required(found):
        _keep(context, "mcp", basis, [server.model_dump() for server in found])
    return found


def _fresh(context: StepContext, name: str, basis: str) -> list[Mapping[str, Any]] | None:
    kept = context.store.find_json(_KEPT.format(name))
    if kept is None or kept["basis"] != basis:
        return None
    age = datetime.now(tz=UTC) - datetime.fromisoformat(kept["at"])
    return list(kept["found"]) if timedelta(0) <= age < FRESH else None


def _keep(context: StepContext, name: str, basis: str, found: list[dict[str, Any]]) -> None:
    content = {"at": datetime.now(tz=UTC).isoformat(), "basis": basis, "found": found}
    context.store.write_json(_KEPT.format(name), content)


def _goes_on_without(context: StepContext) -> bool:
    """Whether somebody said in an earlier run of this onboarding that it goes on without them."""
    entries = (context.record.read(f"gate-{GATE}-{number:02d}") for number in range(1, context.run.iteration + 1))
    return any(entry is not None and entry["verdict"] == "approve" for entry in entries)
