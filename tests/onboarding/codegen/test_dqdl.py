"""Rulesets of AWS Glue Data Quality: valid, with the same meaning as the rules, and honest about what is not said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pyparsing
import pytest
import sqlglot

from onboarding.codegen.schema import TableColumn, bronze_columns, silver_columns
from onboarding.codegen.scripts import dqdl_rulesets
from onboarding.codegen.sql.dqdl import dqdl_ruleset
from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.rules import rule_predicates
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import QualityRule
from tests.onboarding.codegen.dqdl_grammar import DqdlRule, parse_ruleset
from tests.onboarding.codegen.sales import rule, sales_metadata, sales_plan, sales_transformation

DUCKDB, SPARK = (next(engine for engine in ENGINES if engine.name == name) for name in ("duckdb", "spark"))
COLUMNS = {
    "name": TableColumn("name", ColumnType.TEXT),
    "amount": TableColumn("amount", ColumnType.DECIMAL, 10, 2),
    "day": TableColumn("day", ColumnType.DATE),
}
ROWS = """
SELECT * FROM (VALUES ('a', 1.00, DATE '2026-01-01'), ('b', 5.00, DATE '2026-01-02'), ('a', NULL, NULL),
                      (NULL, 50.00, DATE '1990-01-01'), ('it''s', -3.00, DATE '2026-01-03')) AS t(name, amount, day)
"""


def ruleset(*rules: QualityRule, columns: dict[str, TableColumn] = COLUMNS) -> str:
    return dqdl_ruleset("silver", "t", rules, columns, SPARK)


def only(*rules: QualityRule, columns: dict[str, TableColumn] = COLUMNS) -> list[DqdlRule]:
    """The rules of a ruleset that has one entry."""
    (found,) = parse_ruleset(ruleset(*rules, columns=columns))
    return found


def test_every_ruleset_of_a_workload_is_valid() -> None:
    plan = sales_plan()
    found = dqdl_rulesets(plan.metadata, plan.transformation, plan.quality)

    assert list(found) == [f"sql/quality/{stem}.dqdl" for stem in ("bronze", "silver", "gold", "gold_sales_by_region")]
    counted = sum(len(parse_ruleset(text)) + text.count("\n#   ") for text in found.values())
    assert counted == len(plan.quality.rules)
    assert found == dqdl_rulesets(plan.metadata, plan.transformation, plan.quality)


@pytest.mark.parametrize(
    ("check", "columns", "more", "expected"),
    [
        ("not_null", ["name"], {"min_pass_rate": 0.9}, DqdlRule("Completeness", ("name",), (">=", "0.9"))),
        ("not_null", ["name"], {"min_pass_rate": 1.0}, DqdlRule("IsComplete", ("name",))),
        ("not_null", ["name"], {"min_pass_rate": 0.5, "on_fail": "block"}, DqdlRule("IsComplete", ("name",))),
        ("unique", ["name"], {"min_pass_rate": 0.99}, DqdlRule("Uniqueness", ("name",), (">=", "0.99"))),
        ("unique", ["name"], {"min_pass_rate": 1.0}, DqdlRule("IsUnique", ("name",))),
        ("row_count", [], {"arguments": {"minimum": 7}}, DqdlRule("RowCount", (), (">=", "7"))),
        (
            "in_set",
            ["name"],
            {"arguments": {"values": ["a", "it's", "b\\c"]}, "min_pass_rate": 0.9},
            DqdlRule("ColumnValues", ("name",), ("in", "a", "it's", "b\\c"), "`name` IS NOT NULL", (">=", "0.9")),
        ),
    ],
)
def test_rule_types(check: str, columns: list[str], more: dict[str, Any], expected: DqdlRule) -> None:
    assert only(rule("r", "silver", columns, check, "validity", **more)) == [expected]


def test_a_small_rate_is_written_out() -> None:
    assert only(rule("r", "silver", ["name"], "not_null", "validity", min_pass_rate=1e-05))[0].condition[1] == "0.00001"


def test_rows_between_two_numbers() -> None:
    found = only(rule("r", "silver", [], "row_count", "validity", arguments={"minimum": 1, "maximum": 9}))

    assert found == [DqdlRule("RowCount", (), (">=", "1")), DqdlRule("RowCount", (), ("<=", "9"))]


CUSTOM = [
    rule("range", "silver", ["amount"], "range", "accuracy", arguments={"minimum": 0, "maximum": 10}),
    rule("numbers", "silver", ["amount"], "in_set", "accuracy", arguments={"values": [1, 5]}),
    rule("dates", "silver", ["name"], "in_set", "accuracy", arguments={"values": ["2026-01-01", "a"]}),
    rule("both", "silver", ["name", "amount"], "not_null", "completeness"),
    rule("pair", "silver", ["name", "amount"], "unique", "uniqueness"),
    rule("date", "silver", ["day"], "date", "accuracy", arguments={"minimum": "2000-01-01"}),
    rule("expression", "silver", ["amount"], "expression", "consistency", arguments={"expression": "amount > 0"}),
    rule("none", "silver", ["name"], "in_set", "accuracy", arguments={"values": ["12:30"]}),
]


@pytest.mark.parametrize("given", CUSTOM, ids=lambda given: given.id)
def test_custom_sql_counts_what_the_rule_counts(given: QualityRule) -> None:
    (found,) = only(given.model_copy(update={"min_pass_rate": 0.25}))
    assert (found.kind, found.condition) == ("CustomSql", (">=", "0.25"))
    predicates = rule_predicates(given, COLUMNS, DUCKDB)
    with duckdb.connect() as con:
        con.execute(f'CREATE TABLE "primary" AS {ROWS}')
        applicable, kept = con.execute(
            f"SELECT count(*) FILTER (applies), count(*) FILTER (applies AND keeps) FROM "
            f'(SELECT ({predicates.applies}) AS applies, ({predicates.satisfied}) AS keeps FROM "primary")'
        ).fetchall()[0]
        statement = sqlglot.transpile(found.parameters[0], read="spark", write="duckdb", identify=True)[0]
        rate = con.execute(statement).fetchall()[0][0]
    assert 0 < applicable <= 5
    assert rate == pytest.approx(kept / applicable)


def test_a_rule_that_applies_to_no_row_is_kept() -> None:
    (found,) = only(CUSTOM[0])
    statement = sqlglot.transpile(found.parameters[0], read="spark", write="duckdb", identify=True)[0]
    with duckdb.connect() as con:
        con.execute(f'CREATE TABLE "primary" AS SELECT * FROM ({ROWS}) WHERE false')
        assert con.execute(statement).fetchall() == [(1.0,)]


def test_a_table_rule_is_one_condition() -> None:
    columns = {"day": COLUMNS["day"], "_load_id": TableColumn("_load_id", ColumnType.TEXT)}
    (found,) = only(
        rule("fresh", "silver", ["day"], "freshness", "validity", arguments={"maximum_age_days": 3}), columns=columns
    )

    assert (found.kind, found.condition) == ("CustomSql", ("=", "1"))
    assert found.parameters[0].startswith("SELECT CASE WHEN COALESCE(")


def test_bronze_is_asked_by_the_names_of_the_source() -> None:
    columns = bronze_columns(sales_metadata(), sales_transformation())
    text = dqdl_ruleset("bronze", "t", [rule("r", "bronze", ["order_id"], "not_null", "validity")], columns, SPARK)

    assert parse_ruleset(text) == [[DqdlRule("Completeness", ("Order ID",), (">=", "0.0"))]]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (rule("said", "silver", ["name"], "in_set", "validity", arguments={"values": ['5" nail']}), "a double quote"),
        (rule("said", "silver", ["name"], "parsed", "validity"), "asks how the source's text was read"),
    ],
)
def test_what_dqdl_cannot_say_is_said_in_a_comment(given: QualityRule, reason: str) -> None:
    text = ruleset(given)

    assert parse_ruleset(text) == []
    assert f"#   said: {reason}" in text or reason in text.splitlines()[-1]


def test_hostile_names_and_values_stay_inside_their_quotes() -> None:
    name = 'a"] , IsComplete "b'
    columns = {"odd": TableColumn(name, ColumnType.TEXT), "name": COLUMNS["name"]}
    hostile = ["] with threshold >= 0.0 #", "\\", "x\\", "',", "a\nb", "`", "Rules = ["]
    rules = [
        rule("quoted", "silver", ["odd"], "not_null", "validity"),
        rule("listed", "silver", ["name"], "in_set", "validity", arguments={"values": hostile}),
    ]

    text = ruleset(*rules, columns=columns)

    assert "IsComplete" not in text.split("# Not said here:")[0]
    ((found,),) = parse_ruleset(text)
    assert found.condition == ("in", *hostile)


def test_silver_rules_over_silver_columns() -> None:
    columns = {column.name: column for column in silver_columns(sales_metadata(), sales_transformation())}
    quantity = rule("q", "silver", ["quantity"], "range", "accuracy", arguments={"minimum": 1}, min_pass_rate=0.5)

    (found,) = only(quantity, columns=columns)

    assert Decimal(found.condition[1]) == Decimal("0.5")


@pytest.mark.parametrize(
    "text",
    [
        "Rules = [ IsComplete order_id ]", 'Rules = [ IsComplete "a" IsUnique "b" ]', 'Rules = [ IsComplete "a", ]',
        'rules = [ IsComplete "a" ]', 'Rules = [ ColumnValues "a" in ["x", "2026-01-01"] ]', 'Rules = [ IsComplete "a"',
        'Rules = [ Completeness "a" >= 1e-05 ]', "Rules = [ RowCount >= ]",
    ],
)  # fmt: skip
def test_the_grammar_refuses_what_is_no_dqdl(text: str) -> None:
    with pytest.raises(pyparsing.ParseException):
        parse_ruleset(text)
