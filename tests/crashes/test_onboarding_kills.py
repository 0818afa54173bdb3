"""SIGKILL at writes of an onboarding's tasks: what is visible is whole, and the task run again finishes the job."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.crashes.airflow_stand_in import StandIn
from tests.crashes.conftest import MakePlaces
from tests.crashes.onboarding_run import DEPLOY, SEED, Onboarding, every_write, some_writes
from tests.crashes.task_driver import TaskHost

AGENT_TESTS = tuple(f"phase_4_build.{agent}.test_gate" for agent in ("metadata", "transformation", "quality", "dag"))
# Task -> how many of its writes a quick run tries.
QUICK = {
    "route.validate_conf": 1, "phase_2_validate.approve_plan.request": 1, "phase_3_profile.measure": 1,
    "phase_4_build.transformation.render": 1, "phase_4_build.review": 1, DEPLOY: 3, "phase_5_deploy.verify": 1,
    "summary": 1,
}  # fmt: skip


def quick_choice(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """A few writes all over the onboarding; of the deployment always the DAG file and the end."""
    count = min(QUICK.get(task_id, 0), len(writes))
    if task_id != DEPLOY:
        return random.Random(f"{SEED} {task_id}").sample(range(1, len(writes) + 1), count)
    dag_file = next(number for number, write in enumerate(writes, 1) if "_dag.py if-none-match" in write)
    return [random.Random(SEED).randrange(2, dag_file), dag_file, dag_file + 1]


def finished(onboarding: Onboarding) -> bool:
    """Whether the last task said that the workload is deployed, and it is."""
    said = next(value for _, task, key, value in onboarding.run.xcoms if (task, key) == ("summary", "return_value"))
    dag_file = "dags/workloads/orders/orders_dag.py"
    return bool(said == {"status": "deployed", "reason": ""} and dag_file in onboarding.places.content())


def test_killed_here_and_there_an_onboarding_on_s3_finishes(
    host: TaskHost, make_places: MakePlaces, airflow: StandIn, aws_url: str
) -> None:
    onboarding = Onboarding(host, make_places("s3"), airflow, aws_url, leave_out=AGENT_TESTS)
    onboarding.deliver()
    onboarding.to_the_end(quick_choice)
    assert finished(onboarding)
    assert len(onboarding.tried) == 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_every_write_an_onboarding_on_s3_finishes(
    host: TaskHost, make_places: MakePlaces, airflow: StandIn, aws_url: str
) -> None:
    onboarding = Onboarding(host, make_places("s3"), airflow, aws_url)
    onboarding.deliver()
    onboarding.to_the_end(every_write)
    assert finished(onboarding)
    print(f"{len(onboarding.tried)} kills at {onboarding.writes} writes")
    assert len(onboarding.tried) >= 150
    assert sum("if-none-match" in write for write in onboarding.tried) >= 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_writes_of_every_task_an_onboarding_in_folders_finishes(
    host: TaskHost, make_places: MakePlaces, airflow: StandIn, aws_url: str
) -> None:
    onboarding = Onboarding(host, make_places("file"), airflow, aws_url)
    onboarding.deliver()
    choice = some_writes(2)
    onboarding.to_the_end(lambda task, writes: every_write(task, writes) if task == DEPLOY else choice(task, writes))
    assert finished(onboarding)
    print(f"{len(onboarding.tried)} kills at {onboarding.writes} writes")
    assert len(onboarding.tried) >= 100
