"""One onboarding, task by task, in which tasks are killed at writes and run again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from onboarding.gates.definitions import GATES
from tests.crashes.airflow_stand_in import StandIn
from tests.crashes.places import Content, Places, task_environment
from tests.crashes.task_driver import Attempt, Run, TaskHost, small_source
from tests.crashes.what_readers_see import check_dags, check_outputs, comparable, unfinished

# Chooses the writes (from 1) of a task before which it is killed.
Chooser = Callable[[str, Sequence[str]], Sequence[int]]
DEPLOY = "phase_5_deploy.deploy"
SEED = 20260105


OPTIONAL = tuple(f".{gate.name}." for gate in GATES if not gate.approval)
BESIDE = (".second_attempt", "route.check_quality", "route.query_gold")


@dataclass
class Onboarding:
    """An onboarding of a small file.

    :ivar leave_out: tasks that are not run, because no task reads what they leave.
    :ivar tried: the kills so far, ``<task>: <write>``.
    """

    host: TaskHost
    places: Places
    airflow: StandIn
    aws_url: str
    run_id: str = "run-1"
    leave_out: Sequence[str] = ()
    tried: list[str] = field(default_factory=list)
    writes: int = 0

    def __post_init__(self) -> None:
        self.airflow.places = self.places
        environment = task_environment(self.places, self.aws_url, self.airflow.port)
        conf = {"source.location": f"{self.places.uri('landing')}/orders.csv"}
        self.run = Run(self.host, self.places, environment, self.run_id, conf)

    def deliver(self) -> None:
        """Empty stores, but for the source."""
        self.places.restore({"landing/orders.csv": small_source()})

    def tasks(self, *, until: str = "") -> Iterator[str]:
        """Task ids in order, without gates' sensors (the person has answered when they look) and what is beside.

        That is second attempts, and what is asked or answered only where there is something to ask.
        """
        for task in self.host.tasks:
            if task["task_id"] == until:
                return
            if task["operator"] == "ExternalTaskSensor" or task["task_id"] in self.leave_out:
                self.run.states[task["task_id"]] = "success"
            elif task["task_id"].endswith(BESIDE) or any(gate in task["task_id"] for gate in OPTIONAL):
                self.run.states[task["task_id"]] = "skipped"
            else:
                yield task["task_id"]

    def to_the_end(self, chosen: Chooser, *, until: str = "") -> None:
        """Run task after task, each first undisturbed, then killed and run again for every chosen write."""
        for task_id in self.tasks(until=until):
            self.run.keep(task_id, self.disturbed(task_id, chosen))

    def disturbed(self, task_id: str, chosen: Chooser) -> Attempt:
        """The attempt that went through: after the last kill, or undisturbed when there is none."""
        before = self.places.content()
        attempt = expected = self.run.attempt(task_id)
        after = self.places.content()
        self.writes += len(expected.writes)
        for number in chosen(task_id, expected.writes):
            self.places.restore(before)
            self._kill(task_id, number, expected, before, after)
            attempt = self.run.attempt(task_id)
            label = self.tried[-1]
            assert attempt.exit == 0, f"{label}\n{attempt.log}"
            assert _outcome(attempt) == _outcome(expected), label
            assert comparable(self.places.content()) == comparable(after), label
            check_dags(self.places.content())
        return attempt

    def _kill(self, task_id: str, number: int, expected: Attempt, before: Content, after: Content) -> None:
        killed = self.run.attempt(task_id, kill_at=number)
        self.tried.append(f"{task_id}: {expected.writes[number - 1]}")
        label = self.tried[-1]
        assert killed.killed, f"{label}\n{killed.log}"
        assert killed.writes == expected.writes[:number], label
        found = self.places.content()
        check_outputs(found)
        dag_files = check_dags(found)
        if dag_files:
            assert all(found[name] == data for name, data in after.items() if name.startswith("dags/workloads/")), label
        assert {name for name in found if not unfinished(name)} <= {*before, *after}, label
        assert not [name for name in found if name.startswith("lake/")], label


def _outcome(attempt: Attempt) -> Any:
    """State and XComs, without the digest of what holds how long tests took or when something was written."""
    assert attempt.result is not None, attempt.log
    result = attempt.result
    xcoms = [
        [*names, _without(("digest", "sha256"), value)]
        for *names, value in result["xcoms"]
        if ".test_gate" in names[1] or names[1] == "summary"
    ]
    return result["state"], xcoms or result["xcoms"], result["triggered"]


def _without(keys: Sequence[str], value: Any) -> Any:
    return {key: item for key, item in value.items() if key not in keys} if isinstance(value, dict) else value


def every_write(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """All writes; of a test gate, which takes seconds, its manifest and one more."""
    if not task_id.endswith(".test_gate"):
        return range(1, len(writes) + 1)
    manifest = next(number for number, write in enumerate(writes, 1) if write.endswith("/_complete.json"))
    return sorted({manifest, random.Random(f"{SEED} {task_id}").randint(1, len(writes))})


def no_write(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """Undisturbed."""
    return ()


def some_writes(per_task: int) -> Chooser:
    """A seeded choice, and always what names a thing: manifests of outputs, the DAG file."""

    def chosen(task_id: str, writes: Sequence[str]) -> Sequence[int]:
        naming = [number for number, write in enumerate(writes, 1) if names_something(write)]
        count = min(per_task, len(writes))
        return sorted({*naming, *random.Random(f"{SEED} {task_id}").sample(range(1, len(writes) + 1), count)})

    return chosen


def names_something(write: str) -> bool:
    """A write after which readers see something new as a whole."""
    made = write.split(" if-none-match")[0]
    return not write.startswith(("open", "DELETE", "os.remove")) and (
        made.endswith("/_complete.json") or (made.endswith("_dag.py") and "/tests/" not in made)
    )
