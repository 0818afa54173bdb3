"""One run of the floor or of the meta-DAG: triggered, answered like a person would, and timed by Airflow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from onboarding.cli.airflow_client import REQUESTER, REVIEWER, AirflowClient, WaitingGate
from onboarding.cli.follow import approving_answer, follow_meta_run, phases_of
from onboarding.local_platform import PlatformInfo, processes
from shared.hooks.airflow_api import AirflowApiError

_TIMEOUT_SECONDS = 1200.0
_MEGABYTE = 1024 * 1024


class BenchmarkError(Exception):
    """A measured run did not end well: its numbers mean nothing."""


@dataclass(frozen=True)
class Measured:
    """Seconds of one run, as Airflow recorded them.

    :ivar total: from the run's start to its end, the time that gates stood open included.
    :ivar answering: how long the gates stood open, waiting for their answer.
    :ivar tasks: task id -> seconds from start to end.
    """

    kind: str
    run_id: str
    total: float
    answering: float
    phases: dict[str, float]
    tasks: dict[str, float]

    @property
    def machine(self) -> float:
        """The total without the time that gates waited for an answer."""
        return self.total - self.answering


@dataclass(frozen=True)
class Memory:
    """Megabytes of all processes of the platform, the emulated AWS included."""

    moment: str
    processes: int
    pss: float
    rss: float


class Session:
    """A platform, and what was measured on it."""

    def __init__(self, platform: PlatformInfo) -> None:
        self.platform = platform
        self.requester = AirflowClient(platform, REQUESTER)
        self.reviewer = AirflowClient(platform, REVIEWER)
        self.memory: list[Memory] = []

    def wait_until_listed(self, dag_id: str, seconds: float = 120.0) -> None:
        """Wait until Airflow knows the DAG."""
        deadline = time.monotonic() + seconds
        while self.requester.api.dag(dag_id) is None:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"{dag_id} is not listed: {self._import_errors()}")
            time.sleep(1)

    def _import_errors(self) -> list[str]:
        try:
            return AirflowClient(self.platform, "admin").api.import_errors(".py")
        except AirflowApiError as error:
            return [error.text()]

    def run(self, kind: str, dag_id: str, run_id: str, conf: dict[str, Any]) -> Measured:
        """One run from trigger to end.

        :raises BenchmarkError: it did not succeed.
        """

        def answer(gate: WaitingGate) -> str | None:
            self.note_memory(f"{kind}, {gate.gate} open")
            return approving_answer(gate)

        self.requester.trigger(dag_id, run_id, conf)
        state = follow_meta_run(
            self.requester, self.reviewer, run_id,
            answer=answer, progress=lambda text: None, timeout_seconds=_TIMEOUT_SECONDS, dag_id=dag_id,
        )  # fmt: skip
        run = self.requester.run(dag_id, run_id)
        if state != "success" or (run.get("note") or "deployed") != "deployed":
            raise BenchmarkError(f"{dag_id} {run_id} ended as {state}: {run.get('note')}")
        tasks = self.requester.tasks(dag_id, run_id)
        return Measured(
            kind=kind,
            run_id=run_id,
            total=seconds_between(run["start_date"], run["end_date"]),
            answering=self._answering(run_id, tasks),
            phases={str(phase["phase"]): float(phase["seconds"]) for phase in phases_of(tasks)},
            tasks={str(task["task_id"]): float(task["duration"] or 0.0) for task in tasks},
        )

    def _answering(self, run_id: str, tasks: list[dict[str, Any]]) -> float:
        """Seconds from a gate's opening to the answer, over all gates of the run."""
        gates = {str(task["task_id"]).split(".")[-2] for task in tasks if str(task["task_id"]).endswith(".wait")}
        details = [
            detail
            for gate in gates
            for detail in self.reviewer.api.get(f"/dags/onboard_gate_{gate}/dagRuns/~/hitlDetails", limit=50)[
                "hitl_details"
            ]
            if str(detail["task_instance"]["dag_run_id"]).startswith(f"{run_id}__")
        ]
        return sum(seconds_between(detail["created_at"], detail["responded_at"]) for detail in details)

    def note_memory(self, moment: str) -> None:
        """Add up the memory of every process of the platform now."""
        pss = rss = count = 0
        for process in processes.marked(self.platform.home):
            try:
                info = process.memory_full_info()
            except psutil.Error:
                continue
            pss, rss, count = pss + info.pss, rss + info.rss, count + 1
        self.memory.append(Memory(moment, count, round(pss / _MEGABYTE), round(rss / _MEGABYTE)))


def seconds_between(start: str, end: str) -> float:
    """Seconds between two of the REST API's times."""
    first, last = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (start, end))
    return (last - first).total_seconds()


def real_conf(platform: PlatformInfo, sample: Path, workload: str) -> dict[str, Any]:
    """The conf of a real run on a copy of the sample of its own, so that it is no duplicate of another run."""
    source = platform.home / "landing" / workload / sample.name
    source.parent.mkdir(parents=True)
    source.write_bytes(sample.read_bytes())
    return {
        "source.location": source.as_uri(),
        "workload": workload,
        "mode": "assume_defaults",
        "schedule.paused": True,
    }
