"""A pytest plugin of the test gate: unit and integration tests in one process, in this order.

Loaded with ``-p shared.testing.levels``. When a unit test has failed, integration tests are skipped.
"""

from __future__ import annotations

from typing import Any

import pytest  # noqa: TID253 - loaded by pytest only

_failed = False


def level_of(path: str) -> str:
    """``unit`` or ``integration``, from a test file's path."""
    return "integration" if "integration" in path.replace("\\", "/").split("/") else "unit"


def pytest_runtest_logreport(report: Any) -> None:
    """Remember a failed unit test."""
    global _failed
    if report.failed and level_of(report.nodeid) == "unit":
        _failed = True


def pytest_runtest_setup(item: Any) -> None:
    """Skip integration tests after a failed unit test."""
    if _failed and level_of(item.nodeid) == "integration":
        pytest.skip("a unit test failed")
