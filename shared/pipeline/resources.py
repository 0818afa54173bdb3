"""How much memory, how many threads and which scratch directory one DuckDB connection may take."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.pipeline.control_groups import granted_memory, granted_processors

CONCURRENCY_VARIABLE = "ONBOARDING_WORKER_CONCURRENCY"
CELERY_VARIABLES = ("AIRFLOW__CELERY__WORKER_AUTOSCALE", "AIRFLOW__CELERY__WORKER_CONCURRENCY")
DEFAULT_CONCURRENCY = 2
# Of one task's share: the rest is for Python, the Airflow task process and what DuckDB does not count.
USABLE_FRACTION = 0.6
MINIMUM_BYTES = 128 * 1024 * 1024
MEMORY_UNKNOWN_BYTES = 2 * 1024**3


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

    The memory is the smaller of what the machine has available and what the control group still grants, divided by
    the number of tasks that share the worker: ``ONBOARDING_WORKER_CONCURRENCY``, or what Airflow's Celery worker was
    given (``AIRFLOW__CELERY__WORKER_AUTOSCALE``, ``AIRFLOW__CELERY__WORKER_CONCURRENCY``), or 2. The threads are the
    processors that the process may use, at most the control group's quota.

    :param root: root of the file system that ``proc`` and ``sys`` are read from.
    :param environment: environment variables; those of the process when absent.
    """
    variables = os.environ if environment is None else environment
    concurrency = _concurrency(variables)
    known = [found for found in (_machine_bytes(root), granted_memory(root)) if found is not None]
    available = min(known) if known else MEMORY_UNKNOWN_BYTES
    share = int(available * USABLE_FRACTION / concurrency)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = granted_processors(root)
    return Resources(
        memory_bytes=max(share, MINIMUM_BYTES),
        threads=max(1, min(processors, math.ceil(quota)) if quota else processors),
        temp_directory=str(Path(tempfile.gettempdir()) / f"onboarding_spill_{os.getpid()}"),
    )


def _concurrency(environment: Mapping[str, str]) -> int:
    for name in (CONCURRENCY_VARIABLE, *CELERY_VARIABLES):
        # The option of autoscaling is "most,least".
        most = environment.get(name, "").partition(",")[0].strip()
        if most.isdigit() and int(most):
            return int(most)
    return DEFAULT_CONCURRENCY


def _machine_bytes(root: Path) -> int | None:
    path = root / "proc/meminfo"
    if not path.is_file():
        return None
    for line in path.read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None
