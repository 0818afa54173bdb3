"""A disk that is full, a quota that is used up, a file that may not grow: one clear error for all of them."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.pipeline.errors import DiskFullError

_FULL = {
    errno.ENOSPC: "no space left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file may not grow any further (ulimit -f)",
}
# What DuckDB's texts end in: it reports the same conditions without their number.
_TEXTS = {
    "no space left on device": _FULL[errno.ENOSPC],
    "disk quota exceeded": _FULL[errno.EDQUOT],
    "file too large": _FULL[errno.EFBIG],
}


@contextmanager
def full_disk_is_clear(where: str) -> Iterator[None]:
    """Turn the system's error for a full disk into :class:`DiskFullError`; every other error passes.

    :param where: what was being written.
    """
    try:
        yield
    except OSError as error:
        reason = _FULL.get(error.errno or 0)
        if reason is None:
            raise
        raise disk_full(where, reason) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder that becomes ``path`` at the end, or goes away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def reason_of(text: str) -> str:
    """Which of the conditions DuckDB's message tells of; empty for none."""
    lowered = text.lower()
    return next((reason for part, reason in _TEXTS.items() if part in lowered), "")


def disk_full(where: str, reason: str) -> DiskFullError:
    """The error; what was begun is removed by the one who raises it."""
    return DiskFullError(
        "The disk is full: nothing half-written is left.",
        where=where,
        expected="room for about three times the source",
        given=reason,
        remedy="Make room, or point TMPDIR and the lake to a larger disk; then clear the failed task.",
    )
