"""A pytest plugin of the test gate: what the tests of a draft may take of the worker.

Loaded with ``-p shared.testing.limits``, before any generated code. The limits are hard: code of a draft cannot raise
them again. A test that hits one fails by an error of its own (out of memory, file too large) or ends the process, and
both make the gate red.
"""

from __future__ import annotations

import resource

#: Address space; a draft's tests with Airflow and the engine take under 2 GiB of it.
ADDRESS_SPACE_BYTES = 8 * 1024**3
#: A file that a test writes; synthetic lakes have kilobytes.
FILE_BYTES = 256 * 1024**2
#: Seconds of processor time of the whole process; the gate's own time limit counts waiting too.
PROCESSOR_SECONDS = 600
OPEN_FILES = 1024

LIMITS = {
    resource.RLIMIT_AS: ADDRESS_SPACE_BYTES,
    resource.RLIMIT_FSIZE: FILE_BYTES,
    resource.RLIMIT_CPU: PROCESSOR_SECONDS,
    resource.RLIMIT_NOFILE: OPEN_FILES,
    resource.RLIMIT_CORE: 0,
}


def apply_limits() -> None:
    """Lower this process's limits; one that is lower already stays."""
    for kind, wanted in LIMITS.items():
        _, hard = resource.getrlimit(kind)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (limit, limit))


apply_limits()
