"""What the control group of this process grants it: memory and processors, in version 1 and 2 of control groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_MOUNT = "sys/fs/cgroup"
# Version 1 says "no limit" with a number near 2^63.
_NO_LIMIT = 1 << 60


def granted_memory(root: Path = Path("/")) -> int | None:
    """Bytes that the group and those above it still grant; ``None`` without a limit.

    Page cache counts as used there, though the kernel gives it back: the floor is a quarter of the limit.

    :param root: root of the file system that ``proc`` and ``sys`` are read from.
    """
    found = []
    for folder in _folders(root, "memory"):
        for limit_file, usage_file in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit = _number(folder / limit_file)
            if limit is not None and limit < _NO_LIMIT:
                found.append(max(limit - (_number(folder / usage_file) or 0), limit // 4))
    return min(found, default=None)


def granted_processors(root: Path = Path("/")) -> float | None:
    """Processors that the group and those above it grant, 1.5 for one and a half; ``None`` without a quota."""
    found = []
    for folder in _folders(root, "cpu"):
        quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        words = _text(folder / "cpu.max").split()
        if len(words) == 2 and words[0].isdigit():
            quota, period = int(words[0]), int(words[1])
        if quota and period:
            found.append(quota / period)
    return min(found, default=None)


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Folders of the process's group and of those above it, of both versions.

    In a container the mount shows the container's own group at its top, whatever ``/proc/self/cgroup`` calls it.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        mount = root / _MOUNT / controller if controllers else root / _MOUNT
        for name in (PurePosixPath(path.lstrip("/")), *PurePosixPath(path.lstrip("/")).parents):
            if str(name) != ".":
                yield mount / name
    yield root / _MOUNT / controller
    yield root / _MOUNT


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None
