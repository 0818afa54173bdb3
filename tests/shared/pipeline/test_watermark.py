"""The ends of loads by watermark, and the window of a date."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from shared.pipeline import engine
from shared.pipeline.errors import WorkloadChangedError
from shared.pipeline.state import Load
from shared.pipeline.watermark import Watermark, extreme, value_of_formats, window_of


@pytest.mark.parametrize(
    ("kind", "formats", "literal", "value"),
    [
        ("integer", (), "'  +12 '", 12),
        ("integer", (), "12::SMALLINT", 12),
        ("integer", (), "'1e3'", None),
        ("decimal", (), "'12.5'", Decimal("12.5")),
        ("date", (), "DATE '2026-01-05'", date(2026, 1, 5)),
        ("date", ("%d/%m/%Y", "%Y-%m-%d"), "'2026-01-05'", date(2026, 1, 5)),
        ("date", (), "'infinity'::DATE", None),
        ("timestamp", (), "'2026-01-05 03:04:05+02:00'", datetime(2026, 1, 5, 1, 4, 5)),
        ("timestamp", (), "TIMESTAMPTZ '2026-01-05 03:04:05+01'", datetime(2026, 1, 5, 2, 4, 5)),
        ("timestamp", ("%d.%m.%Y %H:%M",), "'05.01.2026 03:04'", datetime(2026, 1, 5, 3, 4)),
        ("timestamp", (), "'infinity'::TIMESTAMP", None),
        ("timestamp", (), "NULL", None),
    ],
)
def test_scripts_of_earlier_versions_keep_their_values(
    kind: str, formats: tuple[str, ...], literal: str, value: object
) -> None:
    watermark = Watermark("w", kind, value_of_formats("w", kind, formats))
    with engine.connection() as con:
        found = con.execute(f"SELECT {watermark.value(con)} FROM (SELECT {literal} AS w)").fetchall()[0][0]
    assert found == value


def test_an_engine_that_the_workload_does_not_know_is_refused() -> None:
    with engine.connection() as con, pytest.raises(WorkloadChangedError, match="could not load by a watermark"):
        Watermark("w", "integer", {"spark": "`w`"}).value(con)


def read_as(kind: str) -> Watermark:
    """A column ``w`` that has its type already."""
    return Watermark("w", kind, {"duckdb": '"w"'})


@pytest.mark.parametrize(
    ("kind", "literals", "lowest", "highest"),
    [
        ("integer", ["9", "10"], "9", "10"),
        ("decimal", ["0", "-0.5"], "-0.500000000", "0.000000000"),
        ("date", ["2026-01-05", "2025-12-31"], "2025-12-31", "2026-01-05"),
        (
            "timestamp",
            ["2026-01-05 03:04:05", "2026-01-05 03:04:05.25"],
            "2026-01-05 03:04:05",
            "2026-01-05 03:04:05.25",
        ),
    ],
)
def test_ends_are_found_by_value_and_read_again(kind: str, literals: list[str], lowest: str, highest: str) -> None:
    with engine.connection() as con:
        assert extreme(con, "min", literals, read_as(kind)) == lowest
        assert extreme(con, "max", ["", *literals], read_as(kind)) == highest
        assert extreme(con, "max", [lowest, highest], read_as(kind)) == highest
        assert extreme(con, "max", [""], read_as(kind)) == ""


def test_a_decimal_of_any_engine_is_written_with_all_its_digits() -> None:
    assert read_as("decimal").text("0E-9") == "0.000000000"


def load(day: int, low: str, high: str) -> Load:
    return Load(f"2026-01-{day:02d}", f"2026-01-{day:02d}-run", "watermark", (), 1, 0, low, high)


WATERMARK = read_as("integer")


@pytest.mark.parametrize(
    ("loads", "day", "window"),
    [
        ([], 5, ("", "", False)),
        ([load(4, "", "9")], 5, ("9", "", False)),
        ([load(3, "", "9"), load(4, "9", "10")], 5, ("10", "", False)),
        ([load(4, "", "9"), load(5, "9", "10")], 5, ("9", "", False)),
        ([load(4, "", "9"), load(5, "9", "10"), load(6, "10", "12")], 5, ("9", "12", True)),
        ([load(6, "", "12")], 5, ("", "12", True)),
        ([load(4, "", "9"), load(5, "", "10")], 5, ("", "", True)),
        ([load(4, "", "")], 5, ("", "", False)),
    ],
)
def test_windows(loads: list[Load], day: int, window: tuple[str, str, bool]) -> None:
    with engine.connection() as con:
        found = window_of(con, loads, f"2026-01-{day:02d}", WATERMARK)
    assert (found.low, found.high, found.repeated) == window
