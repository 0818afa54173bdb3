"""Golden rows of every cleaning operation on the real engine, and the Spark text parsed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from onboarding.codegen import CodegenError
from onboarding.codegen.sql.cleaning import clean_column
from onboarding.codegen.sql.engines import DUCKDB, SPARK, column
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.conf import ColumnType, Role
from onboarding.spec.plans import (
    CleaningOperation,
    ColumnPlan,
    DeduplicationPlan,
    MetadataPlan,
    TransformationPlan,
)
from onboarding.spec.profile import PersonalData
from shared.testing.statements import embedded

NBSP = "\u00a0"


def plans(
    kind: ColumnType, operations: list[tuple[str, dict[str, Any]]], **more: Any
) -> tuple[MetadataPlan, TransformationPlan]:
    column = ColumnPlan(
        name="v", source_name="V 1", position=0, type=kind, role=Role.ATTRIBUTE, nullable=True, description="A value.",
        personal_data=PersonalData(), **more,
    )  # fmt: skip
    metadata = MetadataPlan(table="t", columns=[column], primary_key=["v"], technical_key=False)
    transformation = TransformationPlan(
        cleaning=[CleaningOperation(column="v", operation=name, arguments=arguments) for name, arguments in operations],
        masking={}, deduplication=DeduplicationPlan(mode="remove", keys=["v"]), gold_tables=[],
    )  # fmt: skip
    return metadata, transformation


def cleaned(values: list[str | None], kind: ColumnType, *operations: Any, **more: Any) -> list[tuple[Any, bool]]:
    """For each value what Silver has, and whether it was readable; the Spark text must say the same."""
    metadata, transformation = plans(kind, [op if isinstance(op, tuple) else (op, {}) for op in operations], **more)
    statements = [silver_sql(metadata, transformation, DUCKDB), embedded(silver_sql(metadata, transformation, SPARK))]
    with duckdb.connect() as con:
        kind_of_column = more.get("physical_type", "VARCHAR")
        con.execute(
            f'CREATE TABLE bronze ("V 1" {kind_of_column}, _source_file TEXT, _source_row BIGINT, _load_id TEXT)'
        )
        for number, value in enumerate(values):
            con.execute("INSERT INTO bronze VALUES (?, 'f', ?, '2025-01-01-a')", [value, number])
        queries = [f"SELECT v, _unparsed FROM ({statement}) ORDER BY _source_row" for statement in statements]
        found, on_spark = ([(row[0], row[1] == "") for row in con.execute(query).fetchall()] for query in queries)
        assert on_spark == found
        return found


@pytest.mark.parametrize(
    ("operations", "value", "expected"),
    [
        (["trim"], f" \t{NBSP}a b\r\n\ufeff", "a b"),
        (["trim"], NBSP, ""),
        (["lower"], "ÄBC", "äbc"),
        (["upper"], "äbc", "ÄBC"),
        (["title"], "north-east  O'NEIL", "North-east  O'neil"),
        (["trim", ("nullify", {"values": ["N/A", "it's"]})], " it's ", None),
        ([("default", {"value": "none"})], None, "none"),
        ([("replace", {"old": ".", "new": ""})], "1.2.3", "123"),
        ([("replace", {"pattern": "([0-9]+)-([0-9]+)", "replacement": "\\2/\\1"})], "1-2 3-4", "2/1 4/3"),
        ([("map_values", {"mapping": {"a": "A", "b": None}})], "a", "A"),
        ([("map_values", {"mapping": {"a": "A", "b": None}})], "b", None),
        ([("map_values", {"mapping": {"a": "A"}})], "c", "c"),
        ([("map_values", {"mapping": {"a": "A"}, "default": "X"})], "c", "X"),
        ([("map_values", {"mapping": {"a": "A"}, "default": "X"})], None, None),
        ([("phone_e164", {"country_code": "1"})], "(202) 555-0123", "+12025550123"),
        ([("phone_e164", {"country_code": "1"})], "1-202-555-0123", "+12025550123"),
        ([("phone_e164", {"country_code": "49"})], "030 1234567", "+49301234567"),
        (["phone_e164"], "+49 (30) 123-4567", "+49301234567"),
        (["phone_e164"], "0049 30 1234567", "+49301234567"),
    ],
)  # fmt: skip
def test_text_operations(operations: list[Any], value: str | None, expected: str | None) -> None:
    assert cleaned([value], ColumnType.TEXT, *operations) == [(expected, True)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", 12), ("+7", 7), ("-0", 0), ("12.5", None), ("1e3", None), ("0x1F", None), ("99999999999999999999", None)],
)
def test_integers_are_not_guessed(value: str, expected: int | None) -> None:
    assert cleaned([value], ColumnType.INTEGER) == [(expected, expected is not None)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.005", "1.01"), (".5", "0.50"), ("5.", "5.00"), ("1e3", None), ("123456", None), ("12\n", None)],
)
def test_decimals_round_half_up_and_do_not_overflow(value: str, expected: str | None) -> None:
    result = cleaned([value], ColumnType.DECIMAL, precision=6, scale=2)
    assert result == [(None if expected is None else Decimal(expected), expected is not None)]


def test_grouped_numbers_are_read_when_the_plan_says_how() -> None:
    operation = ("cast", {"thousands_separator": ".", "decimal_separator": ","})
    assert cleaned(["1.234,50"], ColumnType.DECIMAL, operation, precision=9, scale=2) == [(Decimal("1234.50"), True)]


def test_doubles_and_booleans() -> None:
    assert cleaned(["1.5e3", "nan"], ColumnType.DOUBLE) == [(1500.0, True), (None, False)]
    assert cleaned(["Yes", "f", "2"], ColumnType.BOOLEAN) == [(True, True), (False, True), (None, False)]
    given = ("cast", {"true_values": ["ja"], "false_values": ["nein"]})
    assert cleaned(["JA", "nein", "yes"], ColumnType.BOOLEAN, given) == [(True, True), (False, True), (None, False)]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (None, "2024-02-29", date(2024, 2, 29)),
        (None, "2024-02-30", None),
        (None, "2024", None),
        (None, "2024-1-2", None),
        ("%d/%m/%Y", "1/2/2024", date(2024, 2, 1)),
        ("%d/%m/%Y", "31/04/2024", None),
        ("%d/%m/%Y", "2024-01-01", None),
        ("%Y%m%d", "20240131", date(2024, 1, 31)),
        ("%d/%m/%y", "01/02/68", date(2068, 2, 1)),
        ("%d/%m/%y", "01/02/69", date(1969, 2, 1)),
        ("%d-%b-%Y", "05-SEP-2024", date(2024, 9, 5)),
        ("%B %d, %Y", "December 3, 2024", date(2024, 12, 3)),
        ("%b %d, %Y", "Foo 3, 2024", None),
        ("%Y.%m.%d", "2024x01x02", None),
        ("iso", "2024-05-06T07:08:09Z", date(2024, 5, 6)),
    ],
)
def test_dates(form: str | None, value: str, expected: date | None) -> None:
    assert cleaned([value], ColumnType.DATE, date_format=form) == [(expected, expected is not None)]


def test_the_first_format_that_fits_wins() -> None:
    operation = ("parse_date", {"formats": ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"]})
    result = cleaned(["03/04/2024", "12/31/2024", "2024-05-06"], ColumnType.DATE, operation)
    assert [value for value, _ in result] == [date(2024, 4, 3), date(2024, 12, 31), date(2024, 5, 6)]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (None, "2024-01-02 03:04:05", datetime(2024, 1, 2, 3, 4, 5)),
        (None, "2024-01-02T03:04", datetime(2024, 1, 2, 3, 4)),
        (None, "2024-01-02T03:04:05.123456Z", datetime(2024, 1, 2, 3, 4, 5, 123456)),
        (None, "2024-01-02T03:04:05+05:30", datetime(2024, 1, 1, 21, 34, 5)),
        (None, "2024-01-02 03:04:05 -0800", datetime(2024, 1, 2, 11, 4, 5)),
        (None, "2024-01-02 24:00:00", None),
        (None, "2024-01-02", None),
        ("%d/%m/%Y %H:%M", "02/01/2024 3:04", datetime(2024, 1, 2, 3, 4)),
        ("%m/%d/%Y %I:%M %p", "01/02/2024 12:05 AM", datetime(2024, 1, 2, 0, 5)),
        ("%m/%d/%Y %I:%M %p", "01/02/2024 12:05 pm", datetime(2024, 1, 2, 12, 5)),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-01-02T00:00:00-01:30", datetime(2024, 1, 2, 1, 30)),
        ("%Y-%m-%d %H:%M:%S.%f", "2024-01-02 00:00:00.5", datetime(2024, 1, 2, 0, 0, 0, 500000)),
    ],
)
def test_timestamps_are_in_utc(form: str | None, value: str, expected: datetime | None) -> None:
    assert cleaned([value], ColumnType.TIMESTAMP, date_format=form) == [(expected, expected is not None)]


def test_missing_and_empty_values_are_no_errors() -> None:
    for kind in ColumnType:
        assert [readable for _, readable in cleaned([None, ""], kind)] == [True, True], kind


def test_a_default_does_not_hide_what_could_not_be_read() -> None:
    operations = ["cast", ("default", {"value": 0})]
    assert cleaned(["x", None, "3"], ColumnType.INTEGER, *operations) == [(0, False), (0, True), (3, True)]


def test_a_required_format_changes_nothing() -> None:
    operation = ("require_format", {"format": "email"})
    assert cleaned(["a@b.org", "a@b"], ColumnType.TEXT, operation) == [("a@b.org", True), ("a@b", False)]


def test_typed_bronze_columns_are_taken_as_they_are() -> None:
    assert cleaned(["2024-01-02"], ColumnType.DATE, physical_type="DATE") == [(date(2024, 1, 2), True)]
    assert cleaned(["1.5"], ColumnType.TEXT, physical_type="DOUBLE") == [("1.5", True)]
    assert cleaned(["12.345"], ColumnType.DECIMAL, ("round", {"scale": 1}), physical_type="DOUBLE", scale=1) == [
        (Decimal("12.3"), True)
    ]


def test_what_cannot_be_rendered_is_named() -> None:
    for operation in ("explode", "title"):
        metadata, transformation = plans(ColumnType.INTEGER, [("cast", {}), (operation, {})])
        with pytest.raises(CodegenError, match=operation):
            silver_sql(metadata, transformation, DUCKDB)
    with pytest.raises(CodegenError, match="%j"):
        silver_sql(*plans(ColumnType.DATE, [], date_format="%Y %j"), DUCKDB)


def test_spark_text_avoids_the_known_traps() -> None:
    kinds = [ColumnType.INTEGER, ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.DECIMAL]
    texts = [silver_sql(*plans(kind, [("trim", {})]), SPARK) for kind in kinds]
    for text in texts:
        assert "STRPTIME" not in text
        assert "TRY_CAST" in text
        assert "'g'" not in text
    replaced = plans(ColumnType.TEXT, [("replace", {"pattern": "(a)", "replacement": "<\\1>"})])
    assert "<$1>" in silver_sql(*replaced, SPARK)


@pytest.mark.parametrize(
    ("kind", "operation", "arguments", "more", "expected"),
    [
        (ColumnType.INTEGER, "default", {"value": "many"}, {}, "a value of type integer"),
        (ColumnType.DATE, "default", {"value": "2024-02-30"}, {}, "a value of type date"),
        (ColumnType.DECIMAL, "default", {"value": 123456}, {"precision": 6, "scale": 2}, "a value of type decimal"),
        (ColumnType.INTEGER, "clip", {"minimum": 0.5}, {}, "a value of type integer"),
        (ColumnType.BOOLEAN, "clip", {"minimum": 0}, {}, "a column of type integer, decimal, double"),
        (ColumnType.DECIMAL, "multiply", {"factor": 1.5}, {"precision": 38, "scale": 2}, "at most 38 digits"),
        (ColumnType.DECIMAL, "parse_date", {}, {}, "a column of type date"),
        (ColumnType.INTEGER, "cast", {"type": "double"}, {}, "a column of type double"),
        (ColumnType.INTEGER, "parse_currency", {}, {"physical_type": "BIGINT"}, "a column that arrives as text"),
        (ColumnType.TEXT, "round", {"scale": 1}, {}, "a column of type integer, decimal, double"),
        (ColumnType.TEXT, "split", {"separator": "-"}, {}, "the argument `part`"),
    ],
)
def test_arguments_that_do_not_fit_the_column_are_named(
    kind: ColumnType, operation: str, arguments: dict[str, Any], more: dict[str, Any], expected: str
) -> None:
    with pytest.raises(CodegenError) as raised:
        silver_sql(*plans(kind, [(operation, arguments)], **more), DUCKDB)
    assert expected in raised.value.expected
    assert raised.value.where.startswith("transformation.cleaning (v)")
    assert raised.value.remedy


EDGES = [
    None, "", " ", "~", "~ ", " ~", "!", "a", "a ", " a", "\ta\r\n", "a\x0b\x0c", "\u00a0a\u00a0", "\u200ba", "a\u3000",
    "\ufeffa", "é", "é ", "aé", "aé\u00a0", "\x00a", "a\x7f", "~a", "a~", "a b", "🙂", "🙂 ", "e\u0301", "e\u0301 ",
]  # fmt: skip


def test_trim_of_a_column_does_what_trim_does() -> None:
    quick, plain = DUCKDB.trim_column(column("v")), DUCKDB.trim(column("v"))
    assert DUCKDB.inline(quick) != DUCKDB.inline(plain)
    with duckdb.connect() as con:
        con.execute("CREATE TABLE edges AS SELECT unnest($edges) AS v", {"edges": EDGES})
        rows = con.execute(f"SELECT v, {DUCKDB.inline(quick)}, {DUCKDB.inline(plain)} FROM edges").fetchall()
    assert len(rows) == len(EDGES)
    assert [row for row in rows if row[1] != row[2]] == []
    assert {row[0]: row[1] for row in rows}["\ta\r\n"] == "a"


@pytest.mark.parametrize(("columns", "quick"), [(100, True), (101, False)])
def test_wide_tables_have_the_short_trim(columns: int, quick: bool) -> None:
    plan = plans(ColumnType.TEXT, [])[0].columns[0]
    made = clean_column(plan, [CleaningOperation(column="v", operation="trim")], DUCKDB, of=columns)
    assert ("ARRAY_EXTRACT" in DUCKDB.inline(made.trimmed)) is quick
