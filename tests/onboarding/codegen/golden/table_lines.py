"""The golden table, whole tables: which duplicate stays, filters, and the aggregates of Gold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.gold import gold_sql
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.column_types import ColumnType
from onboarding.spec.plans import (
    DeduplicationPlan,
    GoldMeasure,
    GoldTablePlan,
    MetadataPlan,
    TransformationPlan,
)
from tests.onboarding.codegen.golden.cleaning import ORIGIN, Of, plan_of
from tests.onboarding.codegen.golden.sheet import Cell, Sheet, texts_of

D = Decimal
LARGEST = 9223372036854775807

_KEYED = {"k": Of(), "v": Of(ColumnType.INTEGER), "day": Of(ColumnType.DATE)}
# Key, value, day, load, row of the load: the rows of all lines about duplicates.
_ARRIVED: list[tuple[str | None, str | None, str | None, str, int]] = [
    ("a", "1", "2024-01-03", "2024-01-01-x", 1),
    ("a", "2", "2024-01-01", "2024-01-02-x", 2),
    ("a", None, None, "2024-01-02-x", 3),
    ("b", "5", "2024-01-01", "2024-01-01-x", 4),
    ("b", "5", "2024-01-01", "2024-01-01-x", 5),
    ("B", "5", "2024-01-01", "2024-01-01-x", 6),
    (None, "1", "2024-01-01", "2024-01-01-x", 7),
    (None, "1", "2024-01-01", "2024-01-01-x", 8),
    ("", "1", "2024-01-01", "2024-01-01-x", 9),
    ("", "2", "2024-01-01", "2024-01-01-x", 10),
]
# Keys, order, which one stays; rank of each row above.
DUPLICATES: list[tuple[list[str], str, str, list[int]]] = [
    (["k"], "", "last", [3, 2, 1, 2, 1, 1, 1, 1, 2, 1]),
    (["k"], "", "first", [1, 2, 3, 1, 2, 1, 1, 1, 1, 2]),
    (["k"], "day", "last", [1, 2, 3, 2, 1, 1, 1, 1, 2, 1]),
    (["k"], "day", "first", [2, 1, 3, 1, 2, 1, 1, 1, 1, 2]),
    (["k"], "v", "last", [2, 1, 3, 2, 1, 1, 1, 1, 2, 1]),
    (["k"], "CASE WHEN v = 1 THEN 0 ELSE 1 END", "first", [1, 2, 3, 1, 2, 1, 1, 1, 1, 2]),
    (["k", "v"], "", "last", [1, 1, 1, 2, 1, 1, 1, 1, 1, 1]),
]


def _duplicates(number: int, keys: list[str], order_by: str, keep: Any, ranks: list[int]) -> Sheet:
    columns = [plan_of(name, of) for name, of in _KEYED.items()]
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["k"], technical_key=False)
    deduplication = DeduplicationPlan(mode="remove", keys=keys, order_by=order_by, keep=keep)
    plan = TransformationPlan(cleaning=[], masking={}, deduplication=deduplication, gold_tables=[])
    rows = [(key, value, day, "f", row, load) for key, value, day, load, row in _ARRIVED]
    texts = texts_of(
        ENGINES, lambda engine: silver_sql(metadata, plan, engine), "SELECT * FROM ({}) AS s ORDER BY _source_row"
    )
    what = f"{keep} of {keys} by {order_by or 'arrival'}"
    cells = [Cell(f"{what}: {_ARRIVED[row]}", row, "_duplicate_rank", rank) for row, rank in enumerate(ranks)]
    return Sheet(f"duplicates {number}", "bronze", dict.fromkeys(_KEYED, "STRING") | ORIGIN, rows, texts, cells)


_MEASURED = {
    "g": Of(), "i": Of(ColumnType.INTEGER, physical="BIGINT"), "m": Of(ColumnType.DECIMAL, 12, 2, "DECIMAL(12,2)"),
    "x": Of(ColumnType.DOUBLE, physical="DOUBLE"), "t": Of(), "day": Of(ColumnType.DATE, physical="DATE"),
}  # fmt: skip
_SILVER: list[tuple[Any, ...]] = [
    ("a", 1, D("1.25"), 0.5, "é", date(2024, 1, 2)),
    ("a", None, None, None, None, None),
    ("a", 1, D("2.50"), 0.25, "E", date(2024, 1, 1)),
    (None, 7, D("-1.00"), 1.0, "", date(2024, 1, 3)),
    ("big", LARGEST, D("9999999999.99"), 1e300, "z", date(2024, 1, 4)),
    ("big", LARGEST, D("9999999999.99"), 1e300, "Z", date(2024, 1, 4)),
    ("left out", 0, D("0.00"), 0.0, "x", None),
]
GROUPS = ["a", "big", None]
# Aggregation, expression; its value for each group above.
MEASURES: list[tuple[Any, str, tuple[Any, Any, Any]]] = [
    ("count", "*", (3, 2, 1)),
    ("count", "i", (2, 2, 1)),
    ("count_distinct", "i", (1, 1, 1)),
    ("count_distinct", "t", (2, 2, 1)),
    ("sum", "i", (2, None, 7)),
    ("sum", "m", (D("3.75"), D("19999999999.98"), D("-1.00"))),
    ("sum", "x", (0.75, 2e300, 1.0)),
    ("sum", "i * m", (D("3.7500"), D("184467440736911048699262904483.86"), D("-7.0000"))),
    ("sum", "m / i", (3.75, 2 * (9999999999.99 / LARGEST), -1 / 7)),
    ("sum", "i / 0", (None, None, None)),
    ("avg", "i", (1.0, float(LARGEST), 7.0)),
    ("avg", "m", (1.875, 9999999999.99, -1.0)),
    ("min", "day", (date(2024, 1, 1), date(2024, 1, 4), date(2024, 1, 3))),
    ("max", "day", (date(2024, 1, 2), date(2024, 1, 4), date(2024, 1, 3))),
    ("min", "t", ("E", "Z", "")),
    ("max", "t", ("é", "z", "")),
    ("max", "m", (D("2.50"), D("9999999999.99"), D("-1.00"))),
    ("max", "x", (0.5, 1e300, 1.0)),
    ("sum", "CASE WHEN x > 0.3 THEN 1 ELSE 0 END", (1, 2, 1)),
]


def _gold_plan(measures: list[GoldMeasure]) -> tuple[GoldTablePlan, MetadataPlan, TransformationPlan]:
    table = GoldTablePlan(name="gold", kind="aggregate", grain=["g"], measures=measures)
    columns = [plan_of(name, of) for name, of in _MEASURED.items()]
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["g"], technical_key=False)
    plan = TransformationPlan(
        cleaning=[], masking={}, deduplication=DeduplicationPlan(mode="remove", keys=["g"]), gold_tables=[table],
        gold_filters=["g IS NULL OR g <> 'left out'"],
    )  # fmt: skip
    return table, metadata, plan


def _gold() -> Sheet:
    measures = [
        GoldMeasure(name=f"m{number}", aggregation=how, expression=text)
        for number, (how, text, _) in enumerate(MEASURES)
    ]
    table, metadata, plan = _gold_plan(measures)
    texts = texts_of(
        ENGINES, lambda engine: gold_sql(table, metadata, plan, engine), "SELECT * FROM ({}) AS g ORDER BY g NULLS LAST"
    )
    cells = [
        Cell(f"{how}({text}) of group {group}", row, f"m{number}", values[row])
        for number, (how, text, values) in enumerate(MEASURES)
        for row, group in enumerate(GROUPS)
    ]
    kinds = {name: of.physical.replace("VARCHAR", "STRING") for name, of in _MEASURED.items()}
    return Sheet("gold", "silver", kinds, _SILVER, texts, cells)


SHEETS = [*(_duplicates(number, *line) for number, line in enumerate(DUPLICATES)), _gold()]
