"""`fix_environment` on real Airflow: each of its answers, by button and by mark, with servers that really are down."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate
from onboarding.environment.mcp_config import FILES
from onboarding.gates.card import plain
from onboarding.local_platform import PlatformInfo, down, up
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from tests.end_to_end.test_gates import _ended, _gate, _mark, _source
from tests.shared.hooks.test_mcp_servers import MODULE, ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REQUIRED = ("glue-athena", "lakeformation", "iam")


def _configure(folder: Path, mode: str, *connected: str) -> None:
    """A file of this mode, in which these of the REQUIRED servers answer and the others crash."""
    entries: dict[str, Any] = {}
    for name in REQUIRED:
        behaviour = "" if name in connected else "crash"
        code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['stdio', '0', {behaviour!r}]; "
        code += f"runpy.run_module({MODULE!r}, run_name='__main__')"
        entries[name] = {"command": sys.executable, "args": ["-c", code]}
    (folder / FILES[mode]).write_text(json.dumps({"mcpServers": entries}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the configurations are."""
    return tmp_path_factory.mktemp("mcp")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[PlatformInfo]:
    """A platform of its own, on which MCP servers are required."""
    home = tmp_path_factory.mktemp("watched") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONBOARD_MCP_FOLDER", str(folder))
        patch.setenv("ONBOARD_MCP_REQUIRED", "true")
        yield up(home, progress=print)
        down(home, print)


class Asked:
    """An onboarding that was begun while a server is down."""

    def __init__(self, platform: PlatformInfo, name: str) -> None:
        self.requester, self.reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
        self.name = name
        self.record = RunRecord(Store((platform.home / "workspace").as_uri()), name)
        given = {"source.location": _source(platform, f"{name}_codes"), "intent": "onboard"}
        self.requester.trigger(META_DAG, name, given)
        self.gate: WaitingGate = _gate(self.reviewer, name, "fix_environment")

    def next_gate_is_the_plan(self, run_id: str) -> None:
        """What waits next is the plan; it is turned down."""
        plan = _gate(self.reviewer, run_id, "approve_plan")
        self.reviewer.answer(plan, "reject")
        assert _ended(self.requester, run_id)["note"] == (
            "rejected: approve_plan: reject by reviewer (required actions)"
        )


def test_a_server_that_is_there_again_is_found_by_a_retry(watched: PlatformInfo, folder: Path) -> None:
    _configure(folder, "LOCAL", "glue-athena", "iam")
    asked = Asked(watched, "retried")
    assert "lakeformation is down" in plain(asked.gate.body)
    assert "Connected: 2 of 13" in plain(asked.gate.body)
    assert asked.gate.options == ("retry", "go on without", "stop")
    _configure(folder, "LOCAL", *REQUIRED)
    asked.reviewer.answer(asked.gate, "retry")
    assert _ended(asked.requester, "retried")["note"] == (
        "superseded: fix_environment: retry by reviewer (required actions)"
    )
    asked.next_gate_is_the_plan("retried__round_02")
    kept = asked.record.read("environment") or {}
    assert kept["line"] == "Environment ready. 3/13 MCP servers connected (LOCAL)."


def test_the_mode_is_switched(watched: PlatformInfo, folder: Path) -> None:
    _configure(folder, "LOCAL", "iam")
    (folder / FILES["GATEWAY"]).write_text(json.dumps({"mcpServers": {"iam": {"url": "http://127.0.0.1:9/mcp"}}}))
    asked = Asked(watched, "switched")
    shown = plain(asked.gate.body)
    first, second = ("GATEWAY", "LOCAL") if "Mode: GATEWAY" in shown else ("LOCAL", "GATEWAY")
    assert f"`switch mode` goes to {second}" in asked.gate.body or f"switch mode goes to {second}" in shown
    asked.reviewer.answer(asked.gate, "switch mode")
    assert _ended(asked.requester, "switched")["note"].startswith(
        "superseded: fix_environment: switch mode by reviewer"
    )
    again = _gate(asked.reviewer, "switched__round_02", "fix_environment")
    assert f"Mode: {second}" in plain(again.body)
    assert first != second
    # To mark it success goes on without them.
    _mark(asked.reviewer, again, "success")
    asked.next_gate_is_the_plan("switched__round_02")
    (folder / FILES["GATEWAY"]).unlink()


def test_a_mark_of_success_goes_on_without(watched: PlatformInfo, folder: Path) -> None:
    _configure(folder, "LOCAL", "iam")
    asked = Asked(watched, "without")
    _mark(asked.reviewer, asked.gate, "success")
    asked.next_gate_is_the_plan("without")
    answer = asked.record.read("gate-fix_environment-01") or {}
    assert (answer["option"], answer["by"], answer["how"]) == ("go on without", "reviewer", "marked_success")


def test_stop_and_a_mark_of_failed_end_it(watched: PlatformInfo, folder: Path) -> None:
    _configure(folder, "LOCAL", "iam")
    stopped = Asked(watched, "stopped")
    stopped.reviewer.answer(stopped.gate, "stop")
    run = _ended(stopped.requester, "stopped")
    assert (run["state"], run["note"]) == (
        "success", "rejected: fix_environment: stop by reviewer (required actions)",
    )  # fmt: skip
    marked = Asked(watched, "marked_down")
    _mark(marked.reviewer, marked.gate, "failed")
    run = _ended(marked.requester, "marked_down")
    assert (run["state"], run["note"]) == ("success", "rejected: fix_environment: stop by reviewer (marked failed)")
