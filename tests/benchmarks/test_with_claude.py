"""``make eval-claude`` over the wire: what it compares, what it says without a key, and what a failure is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claude_server import Received, Reply, claude_server, error, filled

ROOT = Path(__file__).resolve().parents[2]


def _evaluate(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if "ANTHROPIC" not in name}
    command = [sys.executable, "-m", "benchmarks.personal_data.with_claude", "--only", "held-back", "--tables", "2"]
    command += ["--journal", str(tmp_path / "journal"), *arguments]
    inherited |= {"AIRFLOW_HOME": str(tmp_path / "airflow"), **environment}
    return subprocess.run(command, cwd=ROOT, env=inherited, capture_output=True, text=True, check=False)


def test_without_a_key_nothing_is_compared(tmp_path: Path) -> None:
    done = _evaluate(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no key" in done.stderr and "AIRFLOW_CONN_ANTHROPIC_DEFAULT" in done.stderr
    assert _evaluate(tmp_path, ANTHROPIC_API_KEY="sk-ant-alone").returncode == 2


def _finds_something(request: Received) -> Reply:
    """Calls the first column without personal data a device identifier."""
    columns = request.data["columns"]
    harmless = next(column["name"] for column in columns if column["personal_data"] == "NONE")
    amendment = {"kind": "personal_data", "column": harmless, "type": "DEVICE_ID", "reason": "it looks like one"}
    return filled({"amendments": [amendment]})


@pytest.mark.slow
def test_both_ways_stand_side_by_side_and_a_second_run_pays_nothing(tmp_path: Path) -> None:
    with claude_server() as server:
        server.script = _finds_something
        first = _evaluate(tmp_path, AIRFLOW_CONN_ANTHROPIC_DEFAULT=server.connection())
        assert first.returncode == 0, first.stderr
        assert len(server.received) == 2
        assert "tables: amended 2" in first.stdout
        assert "NONE -> DEVICE_ID (it is" in first.stdout
        assert "2 calls, 3,000 tokens" in first.stdout
        second = _evaluate(tmp_path, AIRFLOW_CONN_ANTHROPIC_DEFAULT=server.connection())
        assert len(server.received) == 2
        assert second.stdout == first.stdout
    precision = next(line.split() for line in first.stdout.splitlines() if line.split()[:1] == ["precision"])
    assert float(precision[2]) < float(precision[1]), "a wrong amendment costs precision"


def test_a_table_without_a_usable_answer_is_a_failure(tmp_path: Path) -> None:
    with claude_server() as server:
        server.script = [filled({"amendments": []}), error(401, "authentication_error")]
        done = _evaluate(tmp_path, AIRFLOW_CONN_ANTHROPIC_DEFAULT=server.connection())
    assert done.returncode == 1
    assert "tables: agreed 1, rules (not_allowed) 1" in done.stdout
