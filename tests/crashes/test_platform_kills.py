"""SIGKILL of the platform's components while an onboarding runs: ``onboard up``, and it goes on to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from onboarding.cli.airflow_client import META_DAG, REQUESTER, AirflowClient
from onboarding.local_platform import PlatformInfo, down, processes, up
from shared.hooks.airflow_api import AirflowApiError
from tests.crashes.task_driver import small_source

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(3600)]
# Component -> the task during which it is killed.
KILLS = {
    "scheduler": "phase_3_profile.test_gate",
    "dag-processor": "phase_4_build.transformation.test_gate",
    "api-server": "phase_4_build.dag.test_gate",
}
RUNNING_SECONDS = 900.0


def say(text: str) -> None:
    """A line for whoever looks."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


@contextmanager
def own_platform(home: Path) -> Iterator[PlatformInfo]:
    """A platform that nobody else needs."""
    try:
        yield up(home, progress=say)
    finally:
        down(home, say)
        assert not processes.marked(home.resolve()), "`down` left processes behind"


def onboard(home: Path, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start ``onboard`` with these arguments; its output goes to ``log.txt``."""
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "onboarding.cli.main", *arguments],
            env={**os.environ, "ONBOARD_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """The first value that counts; Airflow may be away for a moment."""
    end = time.monotonic() + RUNNING_SECONDS
    while time.monotonic() < end:
        try:
            found = condition()
        except AirflowApiError:
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} within {RUNNING_SECONDS:.0f} s")


def state_of(client: AirflowClient, run_id: str, task_id: str) -> str:
    """State of a task of the meta run."""
    return next(str(task["state"]) for task in client.tasks(META_DAG, run_id) if task["task_id"] == task_id)


def test_scheduler_dag_processor_and_api_server_killed_in_turn_an_onboarding_finishes(tmp_path: Path) -> None:
    home, source, report = tmp_path / "home", tmp_path / "orders.csv", tmp_path / "report.json"
    source.write_bytes(small_source())
    with own_platform(home) as platform:
        command = onboard(
            home, tmp_path, "run", "--data", str(source), "--approve", "auto", "--json", str(report),
        )  # fmt: skip
        client = AirflowClient(platform, REQUESTER)
        run_id = str(wait_for(lambda: client.runs(META_DAG), "a meta run")[0]["dag_run_id"])
        for component, task_id in KILLS.items():
            _kill_during(client, platform, run_id, component, task_id)
            assert onboard(home, tmp_path, "up").wait(600) == 0, (tmp_path / "log.txt").read_text()
            platform = up(home, progress=say)
        exit_code, tasks = command.wait(RUNNING_SECONDS), client.tasks(META_DAG, run_id)
        tries = {task["task_id"]: (task["try_number"], task["state"]) for task in tasks if task["try_number"] > 1}
        say(f"tasks that ran again by themselves: {tries}")
        assert exit_code == 0, (tmp_path / "log.txt").read_text()[-6000:]
        print((tmp_path / "log.txt").read_text()[-3000:])
    finished = json.loads(report.read_text())
    assert finished["status"] == "succeeded"
    assert finished["run_ids"][0] == run_id
    assert finished["rows"]["source"] == 240


def _kill_during(client: AirflowClient, platform: PlatformInfo, run_id: str, component: str, task_id: str) -> None:
    """Kill a component while the task runs; what it has started goes on, or does not, as after a crash."""
    wait_for(lambda: state_of(client, run_id, task_id) == "running", f"{task_id} running")
    victim = psutil.Process(platform.pids[component])
    victim.kill()
    victim.wait(30)
    say(f"killed {component} while {task_id} was running")
