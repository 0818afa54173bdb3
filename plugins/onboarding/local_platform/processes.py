"""The platform's processes: started in groups of their own, recognised by start time, ended without orphans.

A process is ours if it is (or descends from) one that the state file names with its start time, or if its
environment carries the platform's marker. Nothing else is ever signalled.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from onboarding.local_platform.environment import MARKER

# Two readings of one start time may differ by a clock tick.
_SAME_START_SECONDS = 0.05
_ORPHAN_GRACE_SECONDS = 1.0
_LOG_BYTES_KEPT = 10 * 1024 * 1024
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


@dataclass(frozen=True)
class Component:
    """One started process.

    :param started: its start time in seconds since the epoch, as the operating system reports it.
    """

    name: str
    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """The living process, or None when it ended (a process that took over its id is not it)."""
        with contextlib.suppress(*_GONE):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started) < _SAME_START_SECONDS and _lives(process):
                return process
        return None


def python_command(*arguments: str) -> list[str]:
    """A command of the interpreter that runs this."""
    return [sys.executable, *arguments]


def start(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, cwd: Path) -> Component:
    """Start a process in a session of its own; its output goes to ``log``, a full log is put aside first."""
    if log.exists() and log.stat().st_size > _LOG_BYTES_KEPT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Component(name, child.pid, psutil.Process(child.pid).create_time())


def stop(components: Iterable[Component], root: Path, *, grace_seconds: float = 5.0) -> int:
    """End these processes, what descends from them, and whatever else carries the marker of ``root``.

    First politely, then by force; returns how many had to be ended.

    :param grace_seconds: how long a component may take to end by itself (two to four seconds are usual; the
        scheduler and the triggerer now and then do not end at all). Force does no harm: whatever must outlive
        the platform is on disk before it is reported.
    """
    ours, leaders = _ours(known := list(components), root), _living(known)
    count = len(ours)
    # The components end their own children; those of a killed one (and now and then the triggerer's runner)
    # stay and do not listen.
    _signal(leaders or ours, signal.SIGTERM)
    _wait_for_end(leaders, grace_seconds)
    _wait_for_end(ours, _ORPHAN_GRACE_SECONDS)
    _signal(_ours(known, root) + ours, signal.SIGKILL)
    _wait_for_end(ours, grace_seconds)
    while remaining := marked(root):  # what was forked while we looked
        _signal(remaining, signal.SIGKILL)
        _wait_for_end(remaining, 1.0)
    return count


def marked(root: Path) -> list[psutil.Process]:
    """Living processes that carry the marker of this home, except this one and its ancestors."""
    return list(_marked(root))


def _ours(components: Iterable[Component], root: Path) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for process in _living(components):
        found[process.pid] = process
        with contextlib.suppress(*_GONE):
            found.update({child.pid: child for child in process.children(recursive=True)})
    found.update({process.pid: process for process in _marked(root)})
    return list(found.values())


def _living(components: Iterable[Component]) -> list[psutil.Process]:
    return [process for component in components if (process := component.process()) is not None]


def _marked(root: Path) -> Iterator[psutil.Process]:
    here = psutil.Process()
    excluded = {here.pid, *(parent.pid for parent in here.parents())}
    for process in psutil.process_iter():
        if process.pid in excluded:
            continue
        with contextlib.suppress(*_GONE, OSError):
            if process.uids().real == os.getuid() and process.environ().get(MARKER) == str(root):
                yield process


def _lives(process: psutil.Process) -> bool:
    """True while it runs; one that ended but was not collected by its parent yet does not."""
    with contextlib.suppress(*_GONE):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _wait_for_end(targets: Iterable[psutil.Process], seconds: float) -> None:
    wait_for(lambda: not any(_lives(process) for process in targets), seconds, every=0.1)


def _signal(targets: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in targets:
        with contextlib.suppress(*_GONE):
            process.send_signal(number)  # psutil checks the start time first


def wait_for(condition: Callable[[], bool], seconds: float, *, every: float = 0.2) -> bool:
    """Poll until the condition holds; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(every)
    return condition()
