"""How much memory, how many threads and which scratch directory one DuckDB connection may take."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONCURRENCY_VARIABLE = "ONBOARDING_WORKER_CONCURRENCY"
DEFAULT_CONCURRENCY = 2
# Of one task's share: the rest is for Python, the Airflow task process and what DuckDB does not count.
USABLE_FRACTION = 0.6
MINIMUM_BYTES = 128 * 1024 * 1024
MEMORY_UNKNOWN_BYTES = 2 * 1024**3
_CGROUP_FILES = (
    ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current"),
    ("sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True)
class Resources:
    """Settings of one connection.

    :ivar memory_bytes: DuckDB's ``memory_limit``.
    :ivar threads: DuckDB's ``threads``.
    :ivar temp_directory: where DuckDB may spill.
    """

    memory_bytes: int
    threads: int
    temp_directory: str


def measure_resources(root: Path = Path("/"), environment: Mapping[str, str] | None = None) -> Resources:
    """Derive the settings from what this process can really use.

    The memory is the smaller of what the machine has available and what the control group (version 1 or 2)
    still grants, divided by the number of tasks that share the worker.

    :param root: root of the file system that ``proc`` and ``sys`` are read from.
    :param environment: environment variables; those of the process when absent.
    """
    variables = os.environ if environment is None else environment
    concurrency = _concurrency(variables)
    known = [found for found in (_machine_bytes(root), _group_bytes(root)) if found is not None]
    available = min(known) if known else MEMORY_UNKNOWN_BYTES
    share = int(available * USABLE_FRACTION / concurrency)
    threads = max(1, (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1))
    return Resources(
        memory_bytes=max(share, MINIMUM_BYTES),
        threads=threads,
        temp_directory=str(Path(tempfile.gettempdir()) / f"onboarding_spill_{os.getpid()}"),
    )


def _concurrency(environment: Mapping[str, str]) -> int:
    given = environment.get(CONCURRENCY_VARIABLE, "")
    return max(1, int(given)) if given.isdigit() else DEFAULT_CONCURRENCY


def _machine_bytes(root: Path) -> int | None:
    path = root / "proc/meminfo"
    if not path.is_file():
        return None
    for line in path.read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _group_bytes(root: Path) -> int | None:
    """What the control group still grants; ``None`` without a limit.

    Page cache counts as used there, though the kernel gives it back: the floor is a quarter of the limit.
    """
    for limit_file, usage_file in _CGROUP_FILES:
        limit = _number(root / limit_file)
        if limit is None or limit >= 1 << 60:
            continue
        used = _number(root / usage_file) or 0
        return max(limit - used, limit // 4)
    return None


def _number(path: Path) -> int | None:
    if not path.is_file():
        return None
    text = path.read_text().strip()
    return int(text) if text.isdigit() else None
