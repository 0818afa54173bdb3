from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from onboarding.local_platform import processes
from onboarding.local_platform.environment import MARKER

# A parent with a child that leaves its session, as a careless task does.
FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
time.sleep(60)
"""


@pytest.fixture
def foreign() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def _start(code: str, tmp_path: Path) -> processes.Component:
    environment = {**os.environ, MARKER: str(tmp_path)}
    command = processes.python_command("-c", code)
    return processes.start("probe", command, environment, tmp_path / "probe.log", tmp_path)


def test_a_process_leads_a_session_of_its_own(tmp_path: Path) -> None:
    component = _start("import time; time.sleep(60)", tmp_path)
    assert os.getsid(component.pid) == component.pid
    assert processes.stop([component], tmp_path) == 1
    assert component.process() is None


def test_children_end_too(tmp_path: Path) -> None:
    component = _start(FAMILY, tmp_path)
    assert processes.wait_for(lambda: len(processes.marked(tmp_path)) == 2, 10)
    assert processes.stop([component], tmp_path) == 2
    assert processes.marked(tmp_path) == []


def test_orphans_of_a_killed_predecessor_are_found_without_its_state(tmp_path: Path) -> None:
    component = _start(FAMILY, tmp_path)
    assert processes.wait_for(lambda: len(processes.marked(tmp_path)) == 2, 10)
    psutil.Process(component.pid).kill()
    assert processes.stop([], tmp_path) >= 1
    assert processes.marked(tmp_path) == []


def test_one_that_ignores_the_polite_signal_is_ended(tmp_path: Path) -> None:
    component = _start("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)", tmp_path)
    processes.wait_for(lambda: False, 0.5)
    processes.stop([component], tmp_path, grace_seconds=0.3)
    assert component.process() is None


def test_a_process_that_took_over_an_id_is_left_alone(tmp_path: Path, foreign: subprocess.Popen[bytes]) -> None:
    born = psutil.Process(foreign.pid).create_time()
    reused = processes.Component("aws", foreign.pid, born - 100)
    assert reused.process() is None
    assert replace(reused, started=born).process() is not None
    assert processes.stop([reused], tmp_path) == 0
    assert foreign.poll() is None


def test_another_platform_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    component = _start("import time; time.sleep(60)", other)
    assert processes.stop([], tmp_path) == 0
    assert component.process() is not None
    processes.stop([component], other)


def test_a_full_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LOG_BYTES_KEPT", 3)
    (tmp_path / "probe.log").write_text("old lines")
    component = _start("print('new')", tmp_path)
    assert processes.wait_for(lambda: component.process() is None, 10)
    assert (tmp_path / "probe.log").read_text() == "new\n"
    assert (tmp_path / "probe.log.1").read_text() == "old lines"
