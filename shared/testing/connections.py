"""Connections of a workload's own tests, all of them to one embedded engine of the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from shared.pipeline import engine
from shared.pipeline.resources import measure_resources


@contextmanager
def connection() -> Iterator[Any]:
    """A connection whose temporary tables no other one sees, closed at the end.

    To start an engine takes longer than most statements on twenty rows, and a test gate would start seventy.
    """
    with closing(_engine().cursor()) as con:
        engine.configure(con, measure_resources())
        yield con


@cache
def _engine() -> Any:
    return engine.connect()
