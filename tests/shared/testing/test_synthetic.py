"""Synthetic rows are right in every column, whatever the source repeats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from shared.testing.synthetic import columns_from, value, written


def _column(kind: str, top: list[str], entry: dict[str, Any], measured: dict[str, Any]) -> list[str]:
    """The values that rows repeat from the source."""
    source = {
        "primary_key": [],
        "columns": [{"name": "a", "source_name": "A", "type": kind, "classification": {"type": "NONE"}} | entry],
    }
    tops = [{"value": text, "count": 1} for text in top]
    profile = {"columns": [{"name": "a", "distinct_count": len(top), "top_values": tops} | measured]}
    (column,) = columns_from(source, profile)
    return list(column.values)


@pytest.mark.parametrize(
    ("kind", "top", "kept", "entry", "measured"),
    [
        ("integer", ["x", "4", "4.0", "4.5", " 5 ", "NaN"], ["4", "4.0", " 5 "], {}, {}),
        ("decimal", ["1.50", "free", "Infinity"], ["1.50"], {"scale": 2}, {}),
        ("decimal", ["$1,200.00", "ask us"], ["$1,200.00"], {}, {"number_format": "grouped"}),
        ("boolean", ["Yes", "perhaps", "n"], ["Yes", "n"], {}, {}),
        ("date", ["never", "2026-01-05"], ["2026-01-05"], {"date_format": "%Y-%m-%d"}, {}),
        (
            "date",
            ["05/01/2026", "2026-01-05", "5.1.26"],
            ["05/01/2026", "2026-01-05"],
            {},
            {"date_formats": ["%Y-%m-%d", "%d/%m/%Y"]},
        ),
        ("timestamp", ["2026-01-05T10:00:00Z", "later"], ["2026-01-05T10:00:00Z"], {"date_format": "iso"}, {}),
        ("text", ["x", "4"], ["x", "4"], {}, {}),
    ],
)
def test_only_values_of_the_columns_type_are_repeated(
    kind: str, top: list[str], kept: list[str], entry: dict[str, Any], measured: dict[str, Any]
) -> None:
    assert _column(kind, top, entry, measured) == kept


def test_a_column_whose_frequent_values_are_all_wrong_gets_values_of_its_type() -> None:
    source = {
        "primary_key": [],
        "columns": [{"name": "a", "source_name": "A", "type": "date", "classification": {"type": "NONE"}}],
    }
    profile = {"columns": [{"name": "a", "distinct_count": 1, "top_values": [{"value": "never", "count": 9}]}]}
    (column,) = columns_from(source, profile)
    assert value(column, 3) == "2024-01-04"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%d/%b/%Y:%H:%M:%S %z", "02/Jan/2024:15:04:05 +0000"),
        ("%m/%d/%Y %I:%M %p", "01/02/2024 03:04 PM"),
        ("epoch_ms", "1704207845000"),
        ("iso", "2024-01-02"),
    ],
)
def test_moments_are_written_as_the_source_writes_them(form: str, text: str) -> None:
    assert written(datetime(2024, 1, 2, 15, 4, 5), form, "%Y-%m-%d") == text
