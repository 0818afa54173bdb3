"""Rule predicates on the real engine: what applies, what is satisfied."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from onboarding.codegen import CodegenError
from onboarding.codegen.schema import TableColumn, bronze_columns
from onboarding.codegen.sql.engines import DUCKDB, SPARK
from onboarding.codegen.sql.rules import rule_kind, rule_predicates
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import QualityRule
from shared.testing.statements import embedded
from tests.onboarding.codegen.sales import rule, sales_metadata

COLUMNS = {
    "n": TableColumn("n", ColumnType.INTEGER),
    "d": TableColumn("d", ColumnType.DATE),
    "t": TableColumn("t", ColumnType.TEXT),
    "h": TableColumn("h", ColumnType.TEXT, masking=Masking.HASH),
    "p": TableColumn("p", ColumnType.TEXT, masking=Masking.PARTIAL),
}
ROWS = """
(VALUES (1, DATE '2024-01-01', 'a', 'x', '', '2024-01-02-l'), (NULL, NULL, NULL, NULL, ',n,', '2024-01-02-l'),
        (50, DATE '2024-01-09', 'it''s', 'x', ',d,', '2024-01-02-l')) t(n, d, t, h, _unparsed, _load_id)
"""


def judged(quality_rule: QualityRule) -> list[tuple[bool | None, bool | None]]:
    """What the rule says of each row; its Spark text must say the same."""
    predicates, on_spark = (rule_predicates(quality_rule, COLUMNS, engine) for engine in (DUCKDB, SPARK))
    with duckdb.connect() as con:
        found, again = (
            [(row[0], row[1]) for row in con.execute(f"SELECT {applies}, {satisfied} FROM {ROWS}").fetchall()]
            for applies, satisfied in (
                (predicates.applies, predicates.satisfied),
                (embedded(on_spark.applies), embedded(on_spark.satisfied)),
            )
        )
    assert again == found
    return found


def broken(check: str, columns: list[str], **arguments: Any) -> list[bool]:
    found = judged(rule("r", "silver", columns, check, "validity", arguments=arguments))
    return [bool(applies) and not satisfied for applies, satisfied in found]


@pytest.mark.parametrize(
    ("check", "columns", "arguments", "expected"),
    [
        ("not_null", ["n"], {}, [False, True, False]),
        ("not_null", ["n", "t"], {}, [False, True, False]),
        ("unique", ["h"], {}, [True, False, True]),
        ("unique", ["n", "h"], {}, [False, False, False]),
        ("in_set", ["t"], {"values": ["it's"]}, [True, False, False]),
        ("in_set", ["n"], {"values": [1, "2"]}, [False, False, True]),
        ("range", ["n"], {"minimum": 1, "maximum": 10}, [False, False, True]),
        ("range", ["n"], {"minimum": -5.5}, [False, False, False]),
        ("range", ["d"], {"maximum": "2024-01-05"}, [False, False, True]),
        ("regex", ["t"], {"pattern": "[a-z]"}, [False, False, True]),
        ("regex", ["n"], {"pattern": "[0-9]"}, [False, False, True]),
        ("date", ["d"], {"minimum": "2024-01-02"}, [True, False, False]),
        ("date", ["d"], {"not_future": True}, [False, False, True]),
        ("expression", ["n"], {"expression": "n < 10 OR t = 'b'"}, [False, False, True]),
        ("parsed", ["n"], {}, [False, True, False]),
        ("parsed", ["n", "d"], {}, [False, True, True]),
    ],
)
def test_row_rules(check: str, columns: list[str], arguments: dict[str, Any], expected: list[bool]) -> None:
    assert broken(check, columns, **arguments) == expected


@pytest.mark.parametrize(
    ("check", "columns", "arguments", "expected"),
    [
        ("row_count", [], {"minimum": 3}, True),
        ("row_count", [], {"minimum": 1, "maximum": 2}, False),
        ("freshness", ["d"], {"maximum_age_days": 1}, True),
    ],
)
def test_table_rules(check: str, columns: list[str], arguments: dict[str, Any], expected: bool) -> None:
    table_rule = rule("r", "silver", columns, check, "completeness", arguments=arguments)
    assert rule_kind(table_rule) == "table"
    assert judged(table_rule) == [(True, expected)]


def test_luhn() -> None:
    predicates = rule_predicates(rule("r", "silver", ["t"], "luhn", "validity"), COLUMNS, DUCKDB)
    values = {"4111 1111 1111 1111": True, "4111111111111112": False, "378282246310005": True, "0": False}
    with duckdb.connect() as con:
        for value, expected in values.items():
            query = f"SELECT {predicates.satisfied} FROM (SELECT ? AS t)"
            assert con.execute(query, [value]).fetchall() == [(expected,)], value


@pytest.mark.parametrize(("check", "columns"), [("regex", ["h"]), ("in_set", ["p"]), ("unique", ["p"])])
def test_values_that_are_masked_cannot_be_judged(check: str, columns: list[str]) -> None:
    with pytest.raises(CodegenError, match="masked"):
        rule_predicates(rule("r", "silver", columns, check, "validity"), COLUMNS, DUCKDB)


@pytest.mark.parametrize(
    ("check", "columns", "arguments"),
    [
        ("not_null", ["unknown"], {}),
        ("not_null", [], {}),
        ("in_set", ["t"], {}),
        ("range", ["n"], {}),
        ("range", ["n"], {"minimum": "many"}),
        ("foreign_key", ["t"], {}),
    ],
)
def test_what_cannot_be_rendered_names_the_rule(check: str, columns: list[str], arguments: dict[str, Any]) -> None:
    with pytest.raises(CodegenError) as raised:
        rule_predicates(rule("my_rule", "silver", columns, check, "validity", arguments=arguments), COLUMNS, DUCKDB)
    assert raised.value.where == "quality.rules.my_rule"


@pytest.mark.parametrize(
    ("check", "column", "arguments", "bad", "good"),
    [
        ("not_null", "order_id", {}, None, "x"),
        ("range", "quantity", {"maximum": 5}, "6", "5"),
        ("parsed", "quantity", {}, "six", "6"),
        ("date", "order_date", {"minimum": "2024-01-01"}, "31/12/2023", "01/01/2024"),
        ("expression", "quantity", {"expression": "quantity <> '6'"}, "6", "5"),
    ],
)
def test_bronze_rules_read_text_as_its_type(
    check: str, column: str, arguments: dict[str, Any], bad: str | None, good: str
) -> None:
    columns = bronze_columns(sales_metadata(), None)
    bronze_rule = rule("r", "bronze", [column], check, "validity", arguments=arguments)
    predicates = rule_predicates(bronze_rule, columns, DUCKDB)
    with duckdb.connect() as con:
        query = f'SELECT ({predicates.satisfied}) FROM (SELECT CAST(? AS VARCHAR) AS "{columns[column].name}")'
        assert [bool(con.execute(query, [value]).fetchall()[0][0]) for value in (bad, good)] == [False, True]
