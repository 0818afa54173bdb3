"""``onboard answer``: a gate from the terminal."""

from __future__ import annotations

from typing import Any

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate, root_of
from onboarding.cli.console import is_interactive, say
from onboarding.cli.follow import Reply
from onboarding.cli.platform_access import running_platform
from onboarding.cli.terminal_answer import AnswerError, ask_in_terminal, show
from onboarding.gates.corrections import corrected_conf
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store


def answer(gate_name: str, workload: str, option: str | None, changes: list[str], user: str) -> int:
    """Show the card; answer it when an option is given (or typed, in a terminal). Exit code 0, or 3: still waits."""
    platform = running_platform()
    if user not in platform.users:
        raise AnswerError(
            f"there is no user `{user}`",
            expected=f"one of: {', '.join(sorted(platform.users))}",
            given=f"`{user}`",
            remedy="name a user with --user",
        )
    client = AirflowClient(platform, user)
    gate, conf = _waiting_gate(client, gate_name, workload)
    if option is None:
        if not is_interactive():
            show(gate)
            return 3
        reply = ask_in_terminal(gate)
        if reply is None:
            return 3
        return _send(client, gate, reply)
    if option not in gate.options:
        raise AnswerError(
            f"{gate.gate} has no option `{option}`",
            where=gate.url,
            expected=f"one of: {', '.join(gate.options)}",
            given=f"`{option}`",
            remedy="repeat the command with one of these",
        )
    if changes:
        corrected_conf(gate.gate, {key: value for key, value in conf.items() if key != "resume"}, changes)
    return _send(client, gate, Reply(option, changes))


def _send(client: AirflowClient, gate: WaitingGate, reply: Reply) -> int:
    client.answer(gate, reply.option, reply.changes)
    say(f"{gate.gate}: {reply.option} (as {client.user})")
    return 0


def _waiting_gate(client: AirflowClient, gate_name: str, workload: str) -> tuple[WaitingGate, dict[str, Any]]:
    """The gate, and the conf of the run that waits there."""
    workspace = Store(load_settings().workspace_uri)
    waiting: list[str] = []
    for meta_run in client.runs(META_DAG):
        if meta_run["state"] not in ("running", "queued"):
            continue
        run_id = str(meta_run["dag_run_id"])
        request = RunRecord(workspace, root_of(meta_run)).read("request") or {}
        if request.get("workload") != workload:
            continue
        for gate in client.waiting_gates(run_id):
            if gate.gate == gate_name:
                return gate, dict(request.get("conf") or {})
            waiting.append(gate.gate)
    raise AnswerError(
        f"{gate_name} of `{workload}` does not wait for an answer",
        expected="a waiting gate",
        given=f"waiting: {', '.join(waiting) or 'nothing'}",
        remedy="`onboard status` shows what waits",
    )
