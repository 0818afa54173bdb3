"""Runs tasks in a host process, one after the other, and keeps what passes between them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onboarding.gates.definitions import GATE_BY_NAME
from tests.crashes.places import Places, cleaned_environment

ROOT = Path(__file__).resolve().parents[2]
# What a temporary name is made of differs in each attempt.
_CHANCE = re.compile(r"\.(partial|writing)-\w+")


@dataclass(frozen=True)
class Attempt:
    """One execution of a task.

    :ivar writes: what it wrote to shared storage, in order; the last one is ``end``.
    :ivar left: what is left in its folder, home and temporary folder.
    """

    exit: int
    writes: list[str]
    result: dict[str, Any] | None
    left: list[str]
    log: str

    @property
    def killed(self) -> bool:
        """Whether the process was killed."""
        return self.exit == -signal.SIGKILL


class TaskHost:
    """A warmed interpreter that forks a child per task (see :mod:`tests.crashes.task_host`)."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log
        self.tasks: list[dict[str, Any]] = self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._log.read_text(errors="replace")[-4000:]
        return json.loads(line)

    def run(self, request: Mapping[str, Any]) -> Attempt:
        """Run one task to its end, or to its kill."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        answer["writes"] = [_CHANCE.sub(".*", write) for write in answer["writes"]]
        return Attempt(**answer)


@contextmanager
def task_host(folder: Path) -> Iterator[TaskHost]:
    """A host whose tasks get their folders below ``folder``."""
    environment = {
        **cleaned_environment(),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "no-dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = folder / "host.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.task_host", str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield TaskHost(process, log)
    finally:
        process.kill()
        process.wait()


@dataclass
class Run:
    """A DAG run as far as its tasks have come: their states and XComs.

    :ivar dag_file: a generated DAG file; empty for the meta-DAG.
    :ivar run_after: of the DAG run, with its offset.
    :ivar environment: options and connections of the tasks.
    """

    host: TaskHost
    places: Places
    environment: Mapping[str, str]
    run_id: str
    conf: Mapping[str, Any]
    dag_file: str = ""
    run_after: str = "2026-01-05T00:00:00+00:00"
    states: dict[str, str] = field(default_factory=dict)
    xcoms: list[list[Any]] = field(default_factory=list)
    gate_runs: list[str] = field(default_factory=list)

    def attempt(self, task_id: str, *, kill_at: int = 0) -> Attempt:
        """Execute a task; nothing of it is kept in this run.

        :param kill_at: number of the write before which it is killed.
        """
        return self.host.run(
            {
                "task_id": task_id,
                "run_id": self.run_id,
                "conf": dict(self.conf),
                "dag_file": self.dag_file,
                "run_after": self.run_after,
                "xcoms": [xcom for xcom in self.xcoms if xcom[:2] != ["", task_id]],
                "states": {
                    self.run_id: self.states,
                    **{run_id: {"approve": "success"} for run_id in self.gate_runs},
                },
                "existing_runs": self.gate_runs,
                "environment": dict(self.environment),
                "folders": self.places.folders(),
                "kill_at": kill_at,
            }
        )

    def keep(self, task_id: str, attempt: Attempt) -> None:
        """Let the attempt be the one that counts; what it must not have done is an error."""
        assert attempt.exit == 0, f"{task_id}: exit {attempt.exit}\n{attempt.log}"
        result = attempt.result
        assert result is not None
        assert result["state"] in ("success", "skipped"), f"{task_id}: {result['error']}\n{attempt.log}"
        assert attempt.left == [], f"{task_id} left files behind: {attempt.left}"
        self.states[task_id] = result["state"]
        self.xcoms = [xcom for xcom in self.xcoms if xcom[:2] != ["", task_id]] + result["xcoms"]
        if result["triggered"]:
            self._answer_gate(task_id, result["triggered"])

    def _answer_gate(self, task_id: str, gate_run_id: str) -> None:
        """A person approves at once."""
        gate = GATE_BY_NAME[task_id.split(".")[-2]]
        answer = {
            "chosen_options": [gate.approving],
            "params_input": {},
            "responded_at": "2026-01-05T00:00:00Z",
            "responded_by_user": {"id": "reviewer", "name": "reviewer"},
        }
        self.gate_runs.append(gate_run_id)
        self.xcoms.append([gate.dag_id, "approve", "return_value", answer])


def small_source() -> bytes:
    """The first rows of the bundled orders."""
    import onboarding

    path = Path(os.fspath(onboarding.__file__)).parent / "sample_data" / "sales" / "orders.csv"
    return b"".join(path.read_bytes().splitlines(keepends=True)[:241])
