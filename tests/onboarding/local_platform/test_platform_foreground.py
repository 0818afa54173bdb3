from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.local_platform import foreground, state
from onboarding.local_platform.info import Home, PlatformError
from onboarding.local_platform.processes import Component

RUNNING = state.State(api_port=1, execution_port=4, aws_port=2, since=3.0, ready=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home.at(tmp_path / "home")
    place.create()
    state.write(place, RUNNING)
    return place


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_platform_and_the_old_handlers_come_back(home: Home, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    stopped: list[bool] = []
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    foreground.stay(home, lambda: stopped.append(True), lambda text: None)
    assert stopped == [True]
    assert signal.getsignal(number) is before


def test_somebody_elses_down_ends_it(home: Home) -> None:
    home.state_file.unlink()
    foreground.stay(home, lambda: None, lambda text: None)


def test_a_component_that_died_is_an_error_with_its_log(home: Home) -> None:
    state.write(home, replace(RUNNING, components=(Component("scheduler", 2**22, 1.0),)))
    (home.logs / "scheduler.log").write_text("the last words\n")
    stopped: list[bool] = []
    with pytest.raises(PlatformError, match="the last words"):
        foreground.stay(home, lambda: stopped.append(True), lambda text: None)
    assert stopped == [True]
