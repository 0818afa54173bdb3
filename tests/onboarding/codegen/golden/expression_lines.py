"""The golden table, expressions of derived columns and filters: expression, the cells that it reads, its value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.column_types import ColumnType
from onboarding.spec.expressions import check_expression
from onboarding.spec.plans import DeduplicationPlan, DerivedColumn, MetadataPlan, TransformationPlan
from tests.onboarding.codegen.golden.cleaning import ORIGIN, Of, plan_of
from tests.onboarding.codegen.golden.sheet import Cell, Sheet, texts_of

D = Decimal
N, M, X, T, B, DAY, AT = (
    ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.DATE,
    ColumnType.TIMESTAMP,
)  # fmt: skip
COLUMNS = {
    "i": Of(N, physical="BIGINT"), "j": Of(N, physical="BIGINT"), "m": Of(M, 12, 2, "DECIMAL(12,2)"),
    "n": Of(M, 12, 2, "DECIMAL(12,2)"), "x": Of(X, physical="DOUBLE"), "t": Of(T), "u": Of(T),
    "day": Of(DAY, physical="DATE"), "other_day": Of(DAY, physical="DATE"), "moment": Of(AT, physical="TIMESTAMP"),
    "b": Of(B, physical="BOOLEAN"),
}  # fmt: skip
LARGEST = 9223372036854775807

# Expression, type of the derived column, cells, value.
LINES: list[tuple[str, ColumnType, dict[str, Any], Any]] = [
    ("i / j", X, {"i": 7, "j": 2}, 3.5),
    ("i / j", X, {"i": 7, "j": 0}, None),
    ("i / j", X, {"i": 0, "j": 0}, None),
    ("i / j", X, {"i": None, "j": 2}, None),
    ("m / n", X, {"m": D("1.00"), "n": D("3.00")}, 1 / 3),
    ("x / i", X, {"x": 1.0, "i": 0}, None),
    ("(i / j) / (i - i)", X, {"i": 7, "j": 2}, None),
    ("1 / (i / j)", X, {"i": 0, "j": 2}, None),
    ("i % j", N, {"i": -7, "j": 3}, -1),
    ("i % j", N, {"i": 7, "j": 0}, None),
    ("i + j", N, {"i": LARGEST, "j": 1}, None),
    ("i + j", N, {"i": LARGEST, "j": -1}, LARGEST - 1),
    ("i - j", N, {"i": -LARGEST, "j": 2}, None),
    ("i * j", N, {"i": LARGEST, "j": 2}, None),
    ("i * j", N, {"i": 3, "j": 2}, 6),
    ("i * m", M, {"i": 3, "m": D("1.25")}, D("3.7500")),
    ("m * n", M, {"m": D("1.25"), "n": D("0.10")}, D("0.1250")),
    ("m * n", M, {"m": D("9999999999.99"), "n": D("9999999999.99")}, None),
    ("m + 0.005", M, {"m": D("1.25")}, D("1.2550")),
    ("x * 2", X, {"x": 1e308}, float("inf")),
    ("x + 0.1", X, {"x": 0.2}, 0.1 + 0.2),
    ("-i", N, {"i": 5}, -5),
    ("round(x, 2)", X, {"x": 2.675}, 2.68),
    ("round(x, 2)", X, {"x": 1.005}, 1.0),
    ("round(x)", X, {"x": -2.5}, -3.0),
    ("round(i / j, 2)", X, {"i": 2, "j": 3}, 0.67),
    ("round(m, 1)", M, {"m": D("2.25")}, D("2.3000")),
    ("round(m, 1)", M, {"m": D("-2.25")}, D("-2.3000")),
    ("round(m)", M, {"m": D("2.50")}, D("3.0000")),
    ("floor(x)", X, {"x": -2.5}, -3.0),
    ("ceil(x)", X, {"x": 2.1}, 3.0),
    ("floor(m)", M, {"m": D("-2.50")}, D("-3.0000")),
    ("ceil(m)", M, {"m": D("2.10")}, D("3.0000")),
    ("abs(m)", M, {"m": D("-2.10")}, D("2.1000")),
    ("greatest(i, j)", N, {"i": 1, "j": None}, 1),
    ("greatest(i, j)", N, {"i": None, "j": None}, None),
    ("least(i, j, 5)", N, {"i": 7, "j": 9}, 5),
    ("least(day, other_day)", DAY, {"day": date(2024, 1, 2), "other_day": None}, date(2024, 1, 2)),
    ("coalesce(t, u, '-')", T, {"t": None, "u": None}, "-"),
    ("nullif(t, '')", T, {"t": ""}, None),
    ("coalesce(i, 0) + 1", N, {"i": None}, 1),
    ("upper(t)", T, {"t": "straße é"}, "STRAẞE É"),
    ("lower(t)", T, {"t": "İΣ"}, "iσ"),
    ("trim(t)", T, {"t": "\t\u00a0a "}, "a"),
    ("length(t)", N, {"t": "é😀"}, 2),
    ("length(t)", N, {"t": ""}, 0),
    ("substring(t, 2, 2)", T, {"t": "é😀数x"}, "😀数"),
    ("substring(t, 5)", T, {"t": "abc"}, ""),
    ("left(t, 2) || right(t, 1)", T, {"t": "abc"}, "abc"),
    ("left(t, 0)", T, {"t": "abc"}, ""),
    ("concat(t, u, '!')", T, {"t": "a", "u": None}, "a!"),
    ("t || u", T, {"t": "a", "u": None}, None),
    ("concat(t, i, x, m, b, day)", T, {"t": "a", "i": 1, "x": 1e7, "m": D("1.50"), "b": True, "day": date(2024, 1, 2)},
     "a1100000001.50true2024-01-02"),
    ("t || '-' || x", T, {"t": "a", "x": 0.1}, "a-0.1"),
    ("replace(t, '.', '')", T, {"t": "1.2"}, "12"),
    ("starts_with(t, 'a%')", B, {"t": "a%b"}, True),
    ("t LIKE 'a_%'", B, {"t": "ab\nc"}, True),
    ("t LIKE 'A%'", B, {"t": "ab"}, False),
    ("t NOT LIKE '%.%'", B, {"t": "a.b"}, False),
    ("t ILIKE 'ä%'", B, {"t": "ÄB"}, True),
    ("t ILIKE 'i%'", B, {"t": "İx"}, True),
    ("regexp_matches(t, '^[0-9]+$')", B, {"t": "12"}, True),
    ("regexp_matches(t, '^[0-9]+$')", B, {"t": "12\n"}, False),
    ("regexp_matches(t, 'b.d')", B, {"t": "ab\rd"}, True),
    ("regexp_full_match(t, '(?i)é+')", B, {"t": "ÉéÉ"}, True),
    ("CAST(t AS INT)", N, {"t": "12.5"}, None),
    ("CAST(t AS INT)", N, {"t": "3000000000"}, None),
    ("CAST(t AS BIGINT)", N, {"t": "-12"}, -12),
    ("CAST(t AS BIGINT)", N, {"t": "0x1F"}, None),
    ("CAST(t AS DECIMAL(9, 2))", M, {"t": "1.005"}, D("1.0100")),
    ("CAST(t AS DOUBLE)", X, {"t": "nan"}, None),
    ("CAST(t AS DATE)", DAY, {"t": "2024"}, None),
    ("CAST(t AS DATE)", DAY, {"t": "2024-02-29"}, date(2024, 2, 29)),
    ("CAST(t AS TIMESTAMP)", AT, {"t": "2024-02-29"}, datetime(2024, 2, 29)),
    ("CAST(t AS TIMESTAMP)", AT, {"t": "2024-02-29 10:00:00+02:00"}, datetime(2024, 2, 29, 8)),
    ("CAST(x AS INT)", N, {"x": 2.5}, 3),
    ("CAST(m AS INT)", N, {"m": D("-2.50")}, -3),
    ("CAST(x AS DECIMAL(9, 2))", M, {"x": 1.005}, D("1.0000")),
    ("CAST(x AS DECIMAL(9, 2))", M, {"x": 1e9}, None),
    ("CAST(x AS TEXT)", T, {"x": 1e7}, "10000000"),
    ("CAST(b AS INT)", N, {"b": True}, 1),
    ("CAST(moment AS DATE)", DAY, {"moment": datetime(2024, 1, 2, 23, 59)}, date(2024, 1, 2)),
    ("CAST(moment AS TEXT)", T, {"moment": datetime(2024, 1, 2, 3, 4, 5, 500000)}, "2024-01-02 03:04:05.5"),
    ("year(day) * 100 + month(day)", N, {"day": date(2024, 2, 29)}, 202402),
    ("extract(quarter FROM day)", N, {"day": date(2024, 12, 31)}, 4),
    ("extract(week FROM day)", N, {"day": date(2024, 12, 30)}, 1),
    ("extract(minute FROM moment)", N, {"moment": datetime(2024, 1, 2, 3, 4, 5)}, 4),
    ("hour(moment)", N, {"moment": datetime(2024, 1, 2, 3, 4, 5)}, 3),
    ("day(day)", N, {"day": None}, None),
    ("date_trunc('month', day)", DAY, {"day": date(2024, 2, 29)}, date(2024, 2, 1)),
    ("date_trunc('week', moment)", AT, {"moment": datetime(2024, 2, 29, 10)}, datetime(2024, 2, 26)),
    ("datediff('day', day, other_day)", N, {"day": date(2024, 2, 28), "other_day": date(2024, 3, 1)}, 2),
    ("datediff('day', moment, day)", N, {"moment": datetime(2024, 2, 28, 23), "day": date(2024, 2, 29)}, 1),
    ("other_day - day", N, {"day": date(2024, 2, 28), "other_day": date(2024, 3, 1)}, 2),
    ("day + 1", DAY, {"day": date(2024, 2, 29)}, date(2024, 3, 1)),
    ("day >= '2024-01-01'", B, {"day": date(2024, 1, 1)}, True),
    ("day BETWEEN DATE '2024-01-01' AND DATE '2024-01-31'", B, {"day": date(2024, 1, 31)}, True),
    ("moment < TIMESTAMP '2024-01-01 12:00:00'", B, {"moment": datetime(2024, 1, 1)}, True),
    ("t = 5", B, {"t": "5"}, True),
    ("t = 5", B, {"t": "x"}, None),
    ("t > i", B, {"t": "10", "i": 9}, True),
    ("t IN (1, 2)", B, {"t": "2"}, True),
    ("t IN (1, 2)", B, {"t": "two"}, None),
    ("t >= DATE '2024-01-01'", B, {"t": "2024"}, None),
    ("t IN ('a', 'it''s')", B, {"t": "it's"}, True),
    ("t IN ('a', 'b')", B, {"t": None}, None),
    ("t <> 'a\\b'", B, {"t": "a\\b"}, False),
    ("i IS NOT DISTINCT FROM j", B, {"i": None, "j": None}, True),
    ("b AND i > 0", B, {"b": None, "i": 0}, False),
    ("NOT b OR i IS NULL", B, {"b": False, "i": 1}, True),
    ("CASE WHEN i > 10 THEN 'big' WHEN i > 5 THEN 'middle' END", T, {"i": 7}, "middle"),
    ("CASE WHEN i > 10 THEN 'big' WHEN i > 5 THEN 'middle' END", T, {"i": 1}, None),
    ("CASE t WHEN 'a' THEN 1 ELSE 0 END", N, {"t": None}, 0),
    ("CASE WHEN b THEN m ELSE 0 END", M, {"b": False, "m": D("1.00")}, D("0.0000")),
]  # fmt: skip


def _sheet() -> Sheet:
    """Every expression is a derived column, every line a row."""
    columns = [plan_of(name, of) for name, of in COLUMNS.items()]
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["i"], technical_key=False)
    names = {
        (text, kind): f"e{number}" for number, (text, kind) in enumerate(dict.fromkeys(item[:2] for item in LINES))
    }
    derived = [
        DerivedColumn(name=name, expression=check_expression(text, where=text, columns=COLUMNS).sql, type=kind)
        for (text, kind), name in names.items()
    ]
    plan = TransformationPlan(
        cleaning=[], masking={}, deduplication=DeduplicationPlan(mode="remove", keys=["i"]), derived=derived,
        gold_tables=[],
    )  # fmt: skip
    rows = [
        (*(cells.get(name) for name in COLUMNS), "f", number, "2025-01-01-a")
        for number, (_, _, cells, _) in enumerate(LINES)
    ]
    expected = [
        Cell(f"{text} with {cells}", row, names[text, kind], value)
        for row, (text, kind, cells, value) in enumerate(LINES)
    ]
    kinds = {column.name: column.physical_type.replace("VARCHAR", "STRING") for column in columns}
    texts = texts_of(
        ENGINES, lambda engine: silver_sql(metadata, plan, engine), "SELECT * FROM ({}) AS s ORDER BY _source_row"
    )
    return Sheet("expressions", "bronze", kinds | ORIGIN, rows, texts, expected)


SHEETS = [_sheet()]
