"""What a person sees, and what is left running, when a part does not start."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onboarding.local_platform import PlatformError, PlatformInfo, down, lifecycle, processes, up
from onboarding.local_platform.info import Home

INFO = PlatformInfo(Path("/home"), "http://127.0.0.1:1", "http://127.0.0.1:2", {}, {})


@pytest.fixture
def messages() -> list[str]:
    return []


def test_a_dead_component_is_named_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    failing = ["-c", "import sys; print('port is cursed'); sys.exit(3)"]
    monkeypatch.setattr(processes, "python_command", lambda *arguments: [processes.sys.executable, *failing])
    with pytest.raises(PlatformError) as raised:
        up(tmp_path / "home", progress=messages.append)
    assert "emulated AWS did not start" in raised.value.what
    assert "port is cursed" in str(raised.value)
    assert processes.marked((tmp_path / "home").resolve()) == []
    assert not (tmp_path / "home" / "platform.json").exists()


def test_whatever_goes_wrong_nothing_is_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    sleeping = ["-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(processes, "python_command", lambda *arguments: [processes.sys.executable, *sleeping])

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle, "_prepare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        up(tmp_path / "home", progress=messages.append)
    assert processes.marked((tmp_path / "home").resolve()) == []


def test_down_without_a_platform_does_nothing(tmp_path: Path, messages: list[str]) -> None:
    down(tmp_path / "never", messages.append)
    assert messages == []
    assert not (tmp_path / "never").exists()


def test_the_second_starter_waits_and_finds_the_work_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    started: list[bool] = []

    def start(home: Home, port: int | None, progress: object) -> PlatformInfo:
        started.append(True)
        time.sleep(0.5)
        return INFO

    monkeypatch.setattr(lifecycle, "_running", lambda home: INFO if started else None)
    monkeypatch.setattr(lifecycle, "_start", start)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(up, tmp_path / "home", progress=messages.append) for _ in range(2)]
        assert [future.result() for future in both] == [INFO, INFO]
    assert started == [True]
    assert messages == ["waiting for another start or stop of this platform"]
