"""Text for Athena: only functions of the list, with their number and types of arguments. It is not run anywhere."""

from __future__ import annotations

import pytest
from sqlglot import exp

from onboarding.codegen import CodegenError
from onboarding.codegen.sql.athena import MARK, athena_expression, profile_query, read_query
from onboarding.codegen.sql.athena_functions import DENIED, FUNCTIONS, Typed, call, check_text
from onboarding.codegen.sql.bronze import bronze_ddl
from onboarding.spec.column_types import ColumnType
from onboarding.spec.expressions import ExpressionError
from onboarding.spec.plans import GoldMeasure
from tests.onboarding.codegen.golden import expression_lines
from tests.onboarding.codegen.sales import sales_metadata

COLUMNS = {
    "i": ColumnType.INTEGER, "m": ColumnType.DECIMAL, "x": ColumnType.DOUBLE, "t": ColumnType.TEXT,
    "u": ColumnType.TEXT, "b": ColumnType.BOOLEAN, "day": ColumnType.DATE, "at": ColumnType.TIMESTAMP,
}  # fmt: skip


def text_of(sql: str) -> str:
    return str(athena_expression(sql, COLUMNS, where="here").tree.sql(dialect="athena", identify=True))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("i / m", 'TRY_CAST("i" AS DOUBLE) / NULLIF(TRY_CAST("m" AS DOUBLE), 0)'),
        ("i % 2", '"i" % NULLIF(2, 0)'),
        ("greatest(i, m)", 'GREATEST(COALESCE("i", "m"), COALESCE("m", "i"))'),
        ("left(t, 2)", 'SUBSTR("t", 1, 2)'),
        ("right(t, 4)", 'SUBSTR("t", GREATEST(LENGTH("t") - 4 + 1, 1))'),
        ("regexp_full_match(t, '[a-z]+')", "REGEXP_LIKE(\"t\", '\\A(?:[a-z]+)\\z')"),
        ("t ILIKE 'a%'", "LOWER(\"t\") LIKE LOWER('a%')"),
        ("concat(t, i)", "CONCAT(COALESCE(\"t\", ''), COALESCE(TRY_CAST(\"i\" AS VARCHAR), ''))"),
        ("t || u", 'CONCAT("t", "u")'),
        ("extract(quarter FROM day)", 'QUARTER("day")'),
        ("date_trunc('month', at)", "DATE_TRUNC('month', \"at\")"),
        ("datediff('day', day, at)", 'DATE_DIFF(\'day\', "day", TRY_CAST("at" AS DATE))'),
        ("day - DATE '2024-01-01'", "DATE_DIFF('day', TRY_CAST('2024-01-01' AS DATE), \"day\")"),
        ("day >= '2024-01-01'", "\"day\" >= TRY_CAST('2024-01-01' AS DATE)"),
        ("CASE WHEN b THEN 1 ELSE 0 END", 'CASE WHEN "b" THEN 1 ELSE 0 END'),
        ("t IN ('it''s', 'b') AND NOT u IS NULL", "\"t\" IN ('it''s', 'b') AND NOT \"u\" IS NULL"),
    ],
)
def test_expressions_are_said_with_the_list(sql: str, expected: str) -> None:
    assert text_of(sql) == expected
    check_text(f"SELECT {expected}")


@pytest.mark.parametrize(
    ("sql", "given"),
    [
        ("t = 5", "t = 5"),
        ("t IN (1, 2)", "t IN (1, 2)"),
        ("day + 1", "day + 1"),
        ("i BETWEEN 'a' AND 'b'", "a"),
        ("upper(i)", "integer"),
    ],
)
def test_types_that_trino_does_not_mix_are_refused(sql: str, given: str) -> None:
    with pytest.raises(CodegenError) as raised:
        text_of(sql)
    assert given in raised.value.given


def test_every_allowed_expression_is_translated_or_refused_with_a_reason() -> None:
    columns = {name: of.type for name, of in expression_lines.COLUMNS.items()}
    refused = set()
    for text, *_ in expression_lines.LINES:
        try:
            found = athena_expression(text, columns, where="here").tree.sql(dialect="athena", identify=True)
        except CodegenError as error:
            assert error.expected and error.remedy
            refused.add(text)
        else:
            check_text(f"SELECT {found}")
    assert refused == {"t = 5", "t > i", "t IN (1, 2)", "t >= DATE '2024-01-01'", "day + 1"}


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("SELECT REPEAT('*', 3)", "LPAD"),
        ("SELECT PERCENTILE_CONT(x, 0.5) FROM t", "APPROX_PERCENTILE"),
        ("SELECT TRY_STRPTIME(t, '%Y') FROM t", "DATE_PARSE"),
        ("SELECT RIGHT(t, 4) FROM t", "SUBSTR"),
        ("SELECT STRING_AGG(t, ',') FROM t", "not on the list"),
        ("SELECT upperr(t) FROM t", "UPPER"),
        ("SELECT REGEXP_REPLACE(t, 'a', 'b', 'g') FROM t", "leave the others out"),
        ("SELECT ROUND() FROM t", "leave the others out"),
        ("SELECT 1; DROP TABLE t", "split them"),
    ],
)
def test_text_that_trino_refuses_is_refused_here(text: str, instead: str) -> None:
    with pytest.raises(CodegenError) as raised:
        check_text(text)
    assert instead in raised.value.remedy


def test_a_hash_takes_bytes() -> None:
    value = Typed(exp.column("t"), ColumnType.TEXT)
    with pytest.raises(CodegenError, match="SHA256") as raised:
        call("SHA256", value)
    assert raised.value.remedy == "TO_UTF8(text) gives bytes"
    assert call("TO_HEX", call("SHA256", call("TO_UTF8", value))).kind is ColumnType.TEXT


def test_nothing_is_both_allowed_and_denied() -> None:
    assert not set(DENIED) & set(FUNCTIONS)


def test_queries_read_one_table_and_say_that_nobody_ran_them() -> None:
    measures = [
        GoldMeasure(name="n", aggregation="count", expression="*"),
        GoldMeasure(name="total", aggregation="sum", expression="i * m"),
        GoldMeasure(name="kinds", aggregation="count_distinct", expression="u"),
        GoldMeasure(name="mean", aggregation="avg", expression="i"),
    ]
    query = read_query("lake", "gold", COLUMNS, show=["t"], measures=measures, filters=["x > 0 OR b"], limit=99999)
    assert query == MARK + (
        'SELECT\n  "t",\n  COUNT(*) AS "n",\n  SUM("i" * "m") AS "total",\n  COUNT(DISTINCT "u") AS "kinds",\n'
        '  AVG(TRY_CAST("i" AS DOUBLE)) AS "mean"\nFROM "lake"."gold"\nWHERE\n  (\n    "x" > 0 OR "b"\n  )\n'
        'GROUP BY\n  "t"\nLIMIT 1000\n'
    )
    assert read_query("lake", "gold", {"a": ColumnType.TEXT}).endswith('SELECT\n  "a"\nFROM "lake"."gold"\nLIMIT 100\n')


def test_a_profile_asks_the_same_of_every_column() -> None:
    query = profile_query("lake", "bronze", {"a b": ColumnType.TEXT, "n": ColumnType.INTEGER})
    assert query.startswith(MARK)
    for part in ('COUNT(*) AS "rows"', 'APPROX_DISTINCT("a b") AS "a b__approx_distinct"', 'MAX("n") AS "n__max"'):
        assert part in query


@pytest.mark.parametrize("text", ["(SELECT 1)", "x; DROP TABLE t", "read_csv('/etc/passwd')", "now() > at"])
def test_filters_are_held_against_the_allow_list(text: str) -> None:
    with pytest.raises(ExpressionError):
        read_query("lake", "gold", COLUMNS, filters=[text])


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(CodegenError, match="nothing"):
        read_query("lake", "gold", COLUMNS, show=["nothing"])


def test_the_ddl_says_that_nobody_ran_it() -> None:
    assert bronze_ddl("sales_orders", sales_metadata(), None).startswith(MARK)
