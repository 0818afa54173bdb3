"""The value of a watermark column, and the window of a date."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from shared.pipeline import engine
from shared.pipeline.state import Load
from shared.pipeline.watermark import Watermark, window_of


def value_of(watermark: Watermark, literal: str) -> object:
    with engine.connection() as con:
        return con.execute(f"SELECT {watermark.value} FROM (SELECT {literal} AS w)").fetchall()[0][0]


@pytest.mark.parametrize(
    ("kind", "formats", "literal", "value"),
    [
        ("integer", (), "'  +12 '", 12),
        ("integer", (), "12::SMALLINT", 12),
        ("integer", (), "'1e3'", None),
        ("integer", (), "'99999999999999999999'", None),
        ("decimal", (), "'12.5'", Decimal("12.5")),
        ("decimal", (), "12.50::DECIMAL(9, 2)", Decimal("12.5")),
        ("decimal", (), "'NaN'", None),
        ("date", (), "'2026-01-05'", date(2026, 1, 5)),
        ("date", (), "DATE '2026-01-05'", date(2026, 1, 5)),
        ("date", ("%d/%m/%Y",), "'05/01/2026'", date(2026, 1, 5)),
        ("date", ("%d/%m/%Y", "%Y-%m-%d"), "'2026-01-05'", date(2026, 1, 5)),
        ("date", (), "'infinity'::DATE", None),
        ("timestamp", (), "'2026-01-05T03:04:05Z'", datetime(2026, 1, 5, 3, 4, 5)),
        ("timestamp", (), "'2026-01-05 03:04:05.25'", datetime(2026, 1, 5, 3, 4, 5, 250000)),
        ("timestamp", (), "'2026-01-05 03:04:05+02:00'", datetime(2026, 1, 5, 1, 4, 5)),
        ("timestamp", (), "TIMESTAMP '2026-01-05 03:04:05'", datetime(2026, 1, 5, 3, 4, 5)),
        ("timestamp", (), "TIMESTAMPTZ '2026-01-05 03:04:05+01'", datetime(2026, 1, 5, 2, 4, 5)),
        ("timestamp", ("%d.%m.%Y %H:%M",), "'05.01.2026 03:04'", datetime(2026, 1, 5, 3, 4)),
        ("timestamp", (), "'infinity'::TIMESTAMP", None),
        ("timestamp", (), "'soon'", None),
        ("timestamp", (), "NULL", None),
    ],
)
def test_values(kind: str, formats: tuple[str, ...], literal: str, value: object) -> None:
    assert value_of(Watermark("w", kind, formats), literal) == value


def load(day: int, low: str, high: str) -> Load:
    return Load(f"2026-01-{day:02d}", f"2026-01-{day:02d}-run", "watermark", (), 1, 0, low, high)


WATERMARK = Watermark("w", "integer")


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
