"""The card of ``fix_environment``: the REQUIRED MCP servers that are not connected."""

from __future__ import annotations

from onboarding.environment.mcp_config import FILES
from onboarding.environment.mcp_health import ServerState
from onboarding.gates.card import Card, CardItem, NextRun
from onboarding.operators.step import StepContext
from onboarding.operators.steps.health import SERVERS_FILE, down_required


def environment_card(context: StepContext) -> Card:
    """What is down and why, and the ways on."""
    content = context.json("environment", SERVERS_FILE)
    servers = [ServerState.model_validate(entry) for entry in content["servers"]]
    mode, others = str(content["mode"]), [name for name in content["modes"] if name != content["mode"]]
    # What was approved in an earlier round stays so: nothing of it rests on these servers.
    phase = context.run.from_phase
    following = {"retry": NextRun(from_phase=phase, mcp_mode="" if mode == "NONE" else mode)}
    if others:
        following["switch mode"] = NextRun(from_phase=phase, mcp_mode=others[0])
    connected = [server.name for server in servers if server.status == "connected"]
    also = [f"{server.name} ({server.kind})" for server in servers if server.status == "down"]
    return Card(
        gate="fix_environment",
        workload=str((context.record.read("request") or {}).get("workload") or ""),
        first_option="retry",
        effect="looks again; `go on without` needs no MCP server: all that is done here uses the APIs of AWS.",
        items=[
            CardItem(
                title=f"{server.name} is {server.status}",
                evidence=f"{server.detail} ({server.transport or 'no transport'} {server.endpoint})",
                proposed="start or configure it, then retry",
                cost_of_error="agents of people who work with this server see nothing of it",
            )
            for server in down_required(servers)
        ],
        numbers=[
            f"Mode: {mode}{f' ({FILES[mode]})' if mode in FILES else ''}"
            + (f"; `switch mode` goes to {others[0]} ({FILES[others[0]]})" if others else ""),
            f"Connected: {len(connected)} of {len(servers)}: {', '.join(connected) or 'none'}",
            f"Down: {', '.join(also) or 'none'}",
        ],
        options=["retry", *(["switch mode"] if others else []), "go on without", "stop"],
        following=following,
    )
