"""Comparison of results as the generated tests do it."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.testing.expected import alike

TENTH = 0.1 + 0.2  # 0.30000000000000004


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([], []),
        ([(1, 0.3), (2, 0.5)], [(2, 0.5), (1, TENTH)]),
        ([("a", math.nan)], [["a", math.nan]]),
        ([("a", 0.0)], [("a", 1e-17)]),
        ([(date(2024, 1, 1), Decimal("1.10"), None)], [(date(2024, 1, 1), Decimal("1.1"), None)]),
        ([(0.3,), (0.3,)], [(TENTH,), (0.3,)]),
    ],
)
def test_rows_in_any_order_and_last_digits_are_alike(first: list[Any], second: list[Any]) -> None:
    assert alike(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([(1,)], []),
        ([(1,), (1,)], [(1,), (2,)]),
        ([(1, 0.3)], [(1, 0.30001)]),
        ([(1, 0.3)], [(1,)]),
        ([(1,)], [("1",)]),
        ([(None,)], [(0.0,)]),
        ([(1.0,)], [(math.nan,)]),
        ([("a", 1.0), ("b", 2.0)], [("a", 2.0), ("b", 1.0)]),
    ],
)
def test_other_values_counts_and_types_are_not(first: list[Any], second: list[Any]) -> None:
    assert not alike(first, second)
