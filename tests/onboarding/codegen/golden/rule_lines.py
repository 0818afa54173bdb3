"""The golden table, quality rules: check, arguments, type, values, each with whether the rule applies and holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onboarding.codegen.schema import TableColumn
from onboarding.codegen.sql.engines import ENGINES, Engine
from onboarding.codegen.sql.rules import rule_predicates
from onboarding.spec.column_types import ColumnType
from onboarding.spec.plans import QualityRule
from tests.onboarding.codegen.golden.cleaning import Of, Unreadable, plan_of
from tests.onboarding.codegen.golden.sheet import Cell, Sheet, texts_of

D = Decimal
TEXT, INTEGER = Of(), Of(ColumnType.INTEGER, physical="BIGINT")
MONEY, DOUBLE = Of(ColumnType.DECIMAL, 9, 2, "DECIMAL(9,2)"), Of(ColumnType.DOUBLE, physical="DOUBLE")
DATE, TIMESTAMP = Of(ColumnType.DATE, physical="DATE"), Of(ColumnType.TIMESTAMP, physical="TIMESTAMP")
BOOLEAN = Of(ColumnType.BOOLEAN, physical="BOOLEAN")
HOLDS, BROKEN, SKIPPED, UNKNOWN = (True, True), (True, False), (False, None), (True, None)
LOAD_DAY = "2024-01-02"

# Check, arguments, type of the column, value -> whether the rule applies, and whether it holds.
LINES: list[tuple[str, dict[str, Any], Of, list[tuple[Any, tuple[bool | None, bool | None]]]]] = [
    ("not_null", {}, TEXT, [("a", HOLDS), ("", HOLDS), (None, BROKEN)]),
    ("unique", {}, TEXT, [("a", BROKEN), ("A", HOLDS), ("a", BROKEN), ("a ", HOLDS)]),
    ("unique", {}, MONEY, [(D("1.00"), BROKEN), (D("1.00"), BROKEN), (D("1.01"), HOLDS)]),
    ("in_set", {"values": ["it's", "a\\b"]}, TEXT,
     [("it's", HOLDS), ("a\\b", HOLDS), ("IT'S", BROKEN), (None, SKIPPED)]),
    ("in_set", {"values": [1, "2"]}, INTEGER, [(1, HOLDS), (2, HOLDS), (3, BROKEN), (None, SKIPPED)]),
    ("in_set", {"values": [1.5]}, MONEY, [(D("1.50"), HOLDS), (D("1.51"), BROKEN)]),
    ("in_set", {"values": [True]}, BOOLEAN, [(True, HOLDS), (False, BROKEN), (None, SKIPPED)]),
    ("in_set", {"values": ["2024-01-01"]}, DATE, [(date(2024, 1, 1), HOLDS), (date(2024, 1, 2), BROKEN)]),
    ("range", {"minimum": 1, "maximum": 10}, INTEGER, [(1, HOLDS), (10, HOLDS), (11, BROKEN), (None, SKIPPED)]),
    ("range", {"minimum": -5.5}, DOUBLE, [(-5.5, HOLDS), (-5.6, BROKEN), (float("inf"), HOLDS)]),
    ("range", {"maximum": "0.10"}, MONEY, [(D("0.10"), HOLDS), (D("0.11"), BROKEN)]),
    ("range", {"minimum": "2024-01-01"}, TIMESTAMP,
     [(datetime(2024, 1, 1), HOLDS), (datetime(2023, 12, 31, 23), BROKEN)]),
    ("regex", {"pattern": "[a-z]+"}, TEXT,
     [("ab", HOLDS), ("ab\n", BROKEN), ("é", BROKEN), ("", BROKEN), (None, SKIPPED)]),
    ("regex", {"pattern": "a.c|(?i)é"}, TEXT, [("a\rc", HOLDS), ("É", HOLDS), ("a\nc", BROKEN)]),
    ("regex", {"pattern": "[0-9]"}, INTEGER, [(5, HOLDS), (50, BROKEN)]),
    ("regex", {"pattern": "[0-9]+[.]5"}, DOUBLE, [(12345678.5, HOLDS), (1e20, BROKEN)]),
    ("date", {"minimum": "2024-01-02", "maximum": "2024-01-31"}, DATE,
     [(date(2024, 1, 2), HOLDS), (date(2024, 1, 1), BROKEN), (None, SKIPPED)]),
    ("date", {"not_future": True}, DATE, [(date(2024, 1, 2), HOLDS), (date(2024, 1, 3), BROKEN)]),
    ("date", {"not_future": True}, TIMESTAMP, [(datetime(2024, 1, 2, 23), HOLDS), (datetime(2024, 1, 3), BROKEN)]),
    ("luhn", {}, TEXT, [("4111 1111 1111 1111", HOLDS), ("4111111111111112", BROKEN), ("378282246310005", HOLDS),
                        ("0", BROKEN), ("", BROKEN), (None, SKIPPED)]),
    ("luhn", {}, INTEGER, [(4111111111111111, HOLDS), (4111111111111112, BROKEN)]),
    ("expression", {"expression": "v / 2 > 1"}, INTEGER, [(3, HOLDS), (2, BROKEN), (None, SKIPPED)]),
    ("expression", {"expression": "10 / v > 1"}, INTEGER, [(0, SKIPPED), (5, HOLDS)]),
    ("expression", {"expression": "length(trim(v)) > 1"}, TEXT, [("\u00a0ab", HOLDS), ("\u00a0a", BROKEN)]),
    ("parsed", {}, INTEGER, [(1, HOLDS), (Unreadable(), BROKEN), (None, SKIPPED)]),
]  # fmt: skip

# The same over Bronze, where the value is text that is read as its type.
BRONZE_LINES: list[tuple[str, dict[str, Any], Of, list[tuple[Any, tuple[bool | None, bool | None]]]]] = [
    ("not_null", {}, TEXT, [("a", HOLDS), (None, BROKEN)]),
    ("range", {"maximum": 5}, Of(ColumnType.INTEGER), [("5", HOLDS), ("6", BROKEN), ("5.0", SKIPPED), (None, SKIPPED)]),
    ("range", {"minimum": 1}, Of(ColumnType.DECIMAL, 6, 2), [("1.00", HOLDS), ("0.99", BROKEN), ("x", SKIPPED)]),
    ("date", {"minimum": "2024-01-01"}, Of(ColumnType.DATE, date_format="%d/%m/%Y"),
     [("01/01/2024", HOLDS), ("31/12/2023", BROKEN), ("2024-01-01", SKIPPED)]),
    ("parsed", {}, Of(ColumnType.INTEGER), [("6", HOLDS), ("six", BROKEN), (None, (False, False))]),
    ("expression", {"expression": "v <> '6'"}, Of(ColumnType.INTEGER), [("5", HOLDS), ("6", BROKEN)]),
    ("expression", {"expression": "v > 5"}, Of(ColumnType.INTEGER), [("10", HOLDS), ("4", BROKEN), ("x", SKIPPED)]),
]  # fmt: skip

# Table rules over three rows with the newest date one day before the load: check, arguments, whether it holds.
TABLE_LINES: list[tuple[str, dict[str, Any], bool]] = [
    ("row_count", {"minimum": 3}, True),
    ("row_count", {"minimum": 4}, False),
    ("row_count", {"minimum": 1, "maximum": 2}, False),
    ("freshness", {"maximum_age_days": 1}, True),
    ("freshness", {"maximum_age_days": 0}, False),
]


def _row_sheet(name: str, zone: str, lines: list[Any]) -> Sheet:
    height = max(len(values) for _, _, _, values in lines)
    columns: dict[str, str] = {"_number": "BIGINT"}
    stored: list[list[Any]] = [list(range(height))]
    marks = [","] * height
    cells: list[Cell] = []
    selected: list[tuple[QualityRule, dict[str, TableColumn], int]] = []
    for number, (check, arguments, of, values) in enumerate(lines):
        column = f"c{number}"
        columns[column] = of.physical.replace("VARCHAR", "STRING")
        given = [None if isinstance(value, Unreadable) else value for value, _ in values]
        stored.append([*given, *[None] * (height - len(given))])
        for row, (value, (applies, holds)) in enumerate(values):
            marks[row] += f"{column}," if isinstance(value, Unreadable) else ""
            what = f"{zone} {check} {arguments} of {value!r}"
            cells.append(Cell(f"{what} applies", row, f"a{number}", applies))
            if applies:
                cells.append(Cell(f"{what} holds", row, f"s{number}", holds))
        selected.append((_rule(zone, column, check, arguments), _table(zone, column, of), number))
    columns |= {"_unparsed": "STRING", "_load_id": "STRING"}
    rows = [
        (*row, "" if mark == "," else mark, f"{LOAD_DAY}-l")
        for *row, mark in zip(*stored, marks, strict=True)
    ]  # fmt: skip
    texts = texts_of(ENGINES, lambda engine: f"SELECT {_selected(selected, engine)} FROM candidate ORDER BY _number")
    return Sheet(name, "candidate", columns, rows, texts, cells)


def _rule(zone: str, column: str, check: str, arguments: dict[str, Any]) -> QualityRule:
    if "expression" in arguments:
        arguments = {"expression": re.sub(r"\bv\b", column, arguments["expression"])}
    return QualityRule.model_validate(
        {"id": "r", "zone": zone, "table": "t", "columns": [column], "check": check, "dimension": "validity",
         "arguments": arguments}
    )  # fmt: skip


def _table(zone: str, column: str, of: Of) -> dict[str, TableColumn]:
    bronze = plan_of(column, of) if zone == "bronze" else None
    return {column: TableColumn(column, of.type, of.precision, of.scale, bronze=bronze)}


def _selected(rules: list[tuple[QualityRule, dict[str, TableColumn], int]], engine: Engine) -> str:
    parts = []
    for rule, table, number in rules:
        predicates = rule_predicates(rule, table, engine)
        parts += [f"({predicates.applies}) AS a{number}", f"({predicates.satisfied}) AS s{number}"]
    return ", ".join(parts)


def _table_sheet() -> Sheet:
    def emit(engine: Engine) -> str:
        return f"SELECT {_selected(rules, engine)} FROM candidate"

    rules = [
        (_rule("silver", "d", check, arguments), {"d": TableColumn("d", ColumnType.DATE)}, number)
        for number, (check, arguments, _) in enumerate(TABLE_LINES)
    ]
    cells = [
        Cell(f"{check} {arguments}", 0, f"s{number}", holds)
        for number, (check, arguments, holds) in enumerate(TABLE_LINES)
    ]
    rows = [(day, f"{LOAD_DAY}-l") for day in (date(2024, 1, 1), None, date(2023, 1, 1))]
    return Sheet("table rules", "candidate", {"d": "DATE", "_load_id": "STRING"}, rows, texts_of(ENGINES, emit), cells)


def _sheets() -> Iterator[Sheet]:
    yield _row_sheet("rules", "silver", LINES)
    yield _row_sheet("bronze rules", "bronze", BRONZE_LINES)
    yield _table_sheet()


SHEETS = list(_sheets())
