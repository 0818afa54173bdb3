"""What a scheduler imports for the tasks that are forked from it, each time in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: A step, a module that a step imports inside a function, and the engine.
WANTED = ("onboarding.operators.steps.build", "onboarding.codegen.sql.silver", "shared.pipeline.transform", "duckdb")
SCRIPT = """
import json, multiprocessing, sys
from airflow.jobs.job import Job
{start}
def loaded():
    return [name for name in {wanted} if name in sys.modules]
def child(connection):
    connection.send((loaded(), __import__("threading").active_count()))
ours, theirs = multiprocessing.get_context("fork").Pipe()
process = multiprocessing.get_context("fork").Process(target=child, args=(theirs,))
process.start()
names, threads = ours.recv()
process.join()
spark = [name for name in sys.modules if name.startswith(("pyspark", "shared.pipeline.spark."))]
print(json.dumps([names, threads, spark]))
"""


def found(tmp_path: Path, executor: str, start: str) -> tuple[list[str], int, list[str]]:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__EXECUTOR": executor,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    script = SCRIPT.format(start=start, wanted=repr(WANTED))
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == 0, said.stderr[-3000:]
    names, threads, spark = json.loads(said.stdout.splitlines()[-1])
    return names, threads, spark


def test_a_task_that_is_forked_from_the_scheduler_has_the_steps(tmp_path: Path) -> None:
    names, threads, spark = found(tmp_path, "LocalExecutor", "Job()")
    assert names == list(WANTED)
    assert threads == 1, "a fork of a process with threads may wait for a lock for ever"
    assert spark == []


@pytest.mark.parametrize(
    ("executor", "start"),
    [("airflow.providers.celery.executors.celery_executor.CeleryExecutor", "Job()"), ("LocalExecutor", "")],
)
def test_nothing_is_imported_where_tasks_come_from_elsewhere(tmp_path: Path, executor: str, start: str) -> None:
    assert found(tmp_path, executor, start)[0] == []
