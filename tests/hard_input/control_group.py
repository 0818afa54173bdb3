"""A control group of Linux for a child process: so much memory and so many processors, and no more."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_MOUNT = Path("/sys/fs/cgroup")
_PERIOD = 100_000


class CannotLimitError(Exception):
    """This machine lets nobody make control groups here."""


@contextmanager
def control_group(name: str, *, memory_bytes: int, processors: float) -> Iterator[list[Path]]:
    """A new group, removed afterwards; yields the files that a process writes its id to, to enter it.

    :raises CannotLimitError: the groups cannot be made.
    """
    second = (_MOUNT / "cgroup.controllers").is_file()
    limits = (
        {_MOUNT / name: {"memory.max": memory_bytes, "cpu.max": f"{int(processors * _PERIOD)} {_PERIOD}"}}
        if second
        else {
            _MOUNT / "memory" / name: {"memory.limit_in_bytes": memory_bytes},
            _MOUNT / "cpu" / name: {"cpu.cfs_period_us": _PERIOD, "cpu.cfs_quota_us": int(processors * _PERIOD)},
        }
    )
    made: list[Path] = []
    try:
        try:
            for folder, values in limits.items():
                folder.mkdir()
                made.append(folder)
                for file, value in values.items():
                    (folder / file).write_text(str(value))
        except OSError as error:
            raise CannotLimitError(str(error)) from error
        yield [folder / "cgroup.procs" for folder in made]
    finally:
        for folder in made:
            _remove(folder)


def run_inside(group: Sequence[Path], command: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command whose process, and all that it starts, is in the group from its first moment on."""
    enter = "".join('echo $$ > "$1" && shift && ' for _ in group)
    shell = ["sh", "-c", f'{enter}exec "$@"', "sh", *map(str, group), *command]
    return subprocess.run(shell, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def _remove(folder: Path) -> None:
    """A group with a process that has just ended is busy for a moment."""
    for _ in range(100):
        with suppress(OSError):
            folder.rmdir()
        if not folder.exists():
            return
        time.sleep(0.05)
    folder.rmdir()
