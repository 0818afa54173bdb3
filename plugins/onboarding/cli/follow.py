"""Follow a run until it ends or waits for a person; answer approvals the way a person would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.cli.airflow_client import FINISHED, META_DAG, AirflowClient, WaitingGate
from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.spec.phases import phase_of, phase_statuses
from shared.hooks.airflow_api import AirflowApiError

POLL_SECONDS = 1.0
# An answer within seconds of the gate's opening can meet the scheduler before it has seen the task parked.
SECONDS_BEFORE_ANSWER = 6.0
SECONDS_AFTER_ANSWER = 60.0
# A platform that was killed is up again a minute after `onboard up`; its runs have gone on where they were.
OUTAGE_SECONDS = 300.0

Progress = Callable[[str], None]
Answerer = Callable[[WaitingGate], "Reply | None"]


@dataclass(frozen=True)
class Reply:
    """An answer to a gate: the option, and what shall be changed, ``KEY = VALUE``."""

    option: str
    changes: list[str] = field(default_factory=list)


@dataclass
class PhaseProgress:
    """Says once when a phase starts, and once how it ended."""

    progress: Progress
    started: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    def update(self, tasks: Iterable[dict[str, Any]]) -> None:
        """Report what has changed since the last call."""
        for phase in phases_of(tasks):
            name, state = phase["phase"], phase["status"]
            if state != "waiting" and name not in self.started:
                self.started.add(name)
                self.progress(f"{name} ...")
            if state in ("success", "failed", "skipped") and name not in self.ended:
                self.ended.add(name)
                self.progress(f"{name}: {state} ({phase['seconds']:.0f} s)")


def phases_of(tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Status and seconds of each task group, in the order of the flow."""
    known = list(tasks)
    statuses = phase_statuses({str(task["task_id"]): task["state"] for task in known})
    return [
        {
            "phase": phase,
            "status": status,
            "seconds": _seconds([task for task in known if phase_of(str(task["task_id"])) == phase]),
        }
        for phase, status in statuses.items()
    ]


def _seconds(tasks: list[dict[str, Any]]) -> float:
    starts = [_time(task["start_date"]) for task in tasks if task.get("start_date")]
    ends = [_time(task["end_date"]) for task in tasks if task.get("end_date")]
    return round((max(ends) - min(starts)).total_seconds(), 1) if starts and ends else 0.0


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclass
class Outage:
    """Bridges a time in which Airflow does not answer.

    :ivar clock: seconds, for the length of the outage.
    """

    progress: Progress
    clock: Callable[[], float] = time.monotonic
    since: float | None = None

    @contextmanager
    def bridged(self) -> Iterator[None]:
        """Within it, what may pass is left for the next look.

        :raises AirflowApiError: Airflow refuses the call, or has not answered for five minutes.
        """
        try:
            yield
            self.since = None
        except AirflowApiError as error:
            if not error.transient:
                raise
            if self.since is None:
                self.since = self.clock()
                self.progress("Airflow does not answer: waiting for it; `onboard up` starts it again")
            elif self.clock() - self.since > OUTAGE_SECONDS:
                raise


def follow_meta_run(
    requester: AirflowClient,
    reviewer: AirflowClient,
    run_id: str,
    *,
    answer: Answerer,
    progress: Progress,
    timeout_seconds: float,
    dag_id: str = META_DAG,
) -> str:
    """Follow the meta run; returns its final state, or ``waiting`` when a gate is left to a person.

    :param answer: the reply to a gate, or None to leave it.
    :param dag_id: the meta-DAG, or another DAG with the same gates.
    """
    shown = PhaseProgress(progress)
    opened: dict[str, float] = {}
    deadline = time.monotonic() + timeout_seconds
    outage = Outage(progress)
    while time.monotonic() < deadline:
        with outage.bridged():
            shown.update(requester.tasks(dag_id, run_id))
            state = str(requester.run(dag_id, run_id)["state"])
            if state in FINISHED:
                return state
            for gate in reviewer.waiting_gates(run_id):
                opened.setdefault(gate.run_id, time.monotonic())
                if time.monotonic() - opened[gate.run_id] < SECONDS_BEFORE_ANSWER:
                    continue
                reply = answer(gate)
                if reply is None:
                    return "waiting"
                _answer_until_taken(reviewer, gate, reply, progress)
        time.sleep(POLL_SECONDS)
    return "timeout"


def _answer_until_taken(reviewer: AirflowClient, gate: WaitingGate, reply: Reply, progress: Progress) -> None:
    """Answer, and look again: a task that the scheduler failed in between asks anew after its retry delay."""
    progress(f"{gate.gate}: {reply.option} (as {reviewer.user})")
    reviewer.answer(gate, reply.option, reply.changes)
    deadline = time.monotonic() + SECONDS_AFTER_ANSWER
    while time.monotonic() < deadline:
        if reviewer.approve_state(gate) in ("success", "failed", "skipped"):
            return
        time.sleep(POLL_SECONDS)


def approving_answer(gate: WaitingGate) -> Reply | None:
    """`--approve auto`: the approving choice of the three approvals; any other gate is left to a person."""
    known = GATE_BY_NAME.get(gate.gate)
    return Reply(known.approving) if known is not None and known.approval else None


def wait_for_run(client: AirflowClient, dag_id: str, run_id: str, *, progress: Progress, timeout_seconds: float) -> str:
    """Wait until a run of a generated DAG ends; returns its state, or ``timeout``."""
    said: set[str] = set()
    deadline = time.monotonic() + timeout_seconds
    outage = Outage(progress)
    while time.monotonic() < deadline:
        with outage.bridged():
            for task in client.tasks(dag_id, run_id):
                line = f"{task['task_id']}: {task['state']}"
                if task["state"] in ("success", "failed", "skipped", "upstream_failed") and line not in said:
                    said.add(line)
                    progress(line)
            state = str(client.run(dag_id, run_id)["state"])
            if state in FINISHED:
                return state
        time.sleep(POLL_SECONDS)
    return "timeout"
