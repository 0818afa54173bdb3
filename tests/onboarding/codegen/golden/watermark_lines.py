"""The golden table, watermarks: type of the column, formats, values, each with what it is compared as."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onboarding.codegen.sql.watermark import watermark_values
from onboarding.spec.column_types import ColumnType
from tests.onboarding.codegen.golden.cleaning import Of, plan_of
from tests.onboarding.codegen.golden.sheet import Cell, Sheet

D = Decimal
# Type of the column, formats, value -> the value that loads are compared by.
LINES: list[tuple[Of, list[str], list[tuple[Any, Any]]]] = [
    (Of(ColumnType.INTEGER), [],
     [("12", 12), (" \u00a0+12\t", 12), ("-3", -3), ("12.5", None), ("1e3", None), ("9" * 20, None), ("", None),
      (None, None), ("soon", None)]),
    (Of(ColumnType.INTEGER, physical="SMALLINT"), [], [(12, 12), (None, None)]),
    (Of(ColumnType.DECIMAL), [],
     [("12.5", D("12.500000000")), ("0", D("0.000000000")), ("-0.000000001", D("-0.000000001")), ("NaN", None),
      ("1" * 30, None)]),
    (Of(ColumnType.DECIMAL, 9, 2, "DECIMAL(9,2)"), [], [(D("12.50"), D("12.500000000")), (None, None)]),
    (Of(ColumnType.DATE), [],
     [("2026-01-05", date(2026, 1, 5)), (" 2026-01-05 ", date(2026, 1, 5)), ("2026-01-05T10:00:00", date(2026, 1, 5)),
      ("2026-02-30", None), ("2026", None), ("infinity", None)]),
    (Of(ColumnType.DATE), ["%d/%m/%Y", "%Y-%m-%d"],
     [("05/01/2026", date(2026, 1, 5)), ("2026-01-05", date(2026, 1, 5)), ("31/02/2026", None)]),
    (Of(ColumnType.DATE, physical="DATE"), [], [(date(2026, 1, 5), date(2026, 1, 5)), (None, None)]),
    (Of(ColumnType.TIMESTAMP), [],
     [("2026-01-05T03:04:05Z", datetime(2026, 1, 5, 3, 4, 5)),
      ("2026-01-05 03:04:05.25", datetime(2026, 1, 5, 3, 4, 5, 250000)),
      ("2026-01-05 03:04:05+02:00", datetime(2026, 1, 5, 1, 4, 5)), ("2026-01-05", datetime(2026, 1, 5)),
      ("03:04:05", None), ("soon", None), (None, None)]),
    (Of(ColumnType.TIMESTAMP), ["%d.%m.%Y %H:%M"],
     [("05.01.2026 03:04", datetime(2026, 1, 5, 3, 4)), ("2026-01-05 03:04:05", None)]),
    (Of(ColumnType.TIMESTAMP), ["epoch"], [("1767582245", datetime(2026, 1, 5, 3, 4, 5)), ("today", None)]),
    (Of(ColumnType.TIMESTAMP, physical="BIGINT"), ["epoch_ms"],
     [(1767582245250, datetime(2026, 1, 5, 3, 4, 5, 250000)), (None, None)]),
    (Of(ColumnType.TIMESTAMP, physical="TIMESTAMP"), [],
     [(datetime(2026, 1, 5, 3, 4, 5, 1), datetime(2026, 1, 5, 3, 4, 5, 1)), (None, None)]),
]  # fmt: skip


def _sheet(number: int, of: Of, formats: list[str], values: list[tuple[Any, Any]]) -> Sheet:
    plan = plan_of("v", of)
    return Sheet(
        f"watermark {number} {of.type.value}",
        "delivered",
        {"n": "INT", "v": of.physical if of.physical != "VARCHAR" else "STRING"},
        [(row, given) for row, (given, _) in enumerate(values)],
        {
            engine: f"SELECT {value} AS w FROM delivered ORDER BY n"
            for engine, value in watermark_values(plan, formats).items()
        },
        [
            Cell(f"watermark {of.type.value} {formats}: {given!r}", row, "w", value)
            for row, (given, value) in enumerate(values)
        ],
    )


SHEETS = [_sheet(number, *line) for number, line in enumerate(LINES)]
