"""Expressions of people: what is let through, and how a refusal reads."""

from __future__ import annotations

import pytest

from onboarding.spec.expressions import ExpressionError, check_expression, check_predicate

COLUMNS = ["amount", "status", "order_date", "Order Id", "order"]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("AMOUNT*2", "amount * 2"),
        ("\"order id\" || 'x'", "\"Order Id\" || 'x'"),
        ('"order" + 1', '"order" + 1'),
        ("coalesce(amount,0) /* why */ + 1 -- note", "COALESCE(amount, 0) + 1"),
        ("if(amount > 1, 'a', 'b')", "CASE WHEN amount > 1 THEN 'a' ELSE 'b' END"),
        ("amount::decimal(10,2)", "CAST(amount AS DECIMAL(10, 2))"),
        ("extract(year from order_date)", "EXTRACT(YEAR FROM order_date)"),
        ("'it''s'", "'it''s'"),
        ("(amount + 1) * 2", "(amount + 1) * 2"),
    ],
)
def test_expressions_are_written_again(text: str, canonical: str) -> None:
    first = check_expression(text, where="x", columns=COLUMNS)
    assert first.sql == canonical
    assert check_expression(first.sql, where="x", columns=COLUMNS) == first


def test_the_columns_that_are_read_are_named() -> None:
    assert check_expression("STATUS || amount || amount", where="x", columns=COLUMNS).columns == ("amount", "status")


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)", "amount in (select 1)", "exists (select 1)", "read_csv('/etc/passwd')", "read_text('x')",
        "glob('*')", "getenv('HOME')", "amount; drop table t", "drop table t", "insert into t values (1)",
        "select amount", "sum(amount)", "count(*)", "row_number() over ()", "?", "$key", ":key", "random()", "now()",
        "current_date", "uuid()", "t.amount", "*", "amount -> 'x'", "[amount]", "{'a': amount}",
        "amount + interval 1 day",
        "list_transform([1], x -> x)", "pragma version", "attach 'x'", "copy t to 'x'", "sleep(1)",
        "cast(amount as blob)",
        "datediff('month', order_date, order_date)", "trim(both 'x' from status)", "status like 'a\\_'",
        "http_get('x')", "@x", "columns('.*')", "amount at time zone 'utc'", "",  "  ", "amount >", "'open", "(amount",
        "amount amount amount", "system('x')", "install httpfs", "unknown_column + 1", "x" * 5000,
        " + ".join(["amount"] * 500), "(" * 300 + "1" + ")" * 300,
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        check_expression(text, where="conf.yaml: transformations.derived.0", columns=COLUMNS)


@pytest.mark.parametrize(
    "text", ["amount > 1", "status in ('a', 'b')", "not (amount is null)", "true", "status like 'a%' or amount < 0"]
)
def test_conditions_are_taken_as_filters(text: str) -> None:
    assert check_predicate(text, where="x", columns=COLUMNS)


@pytest.mark.parametrize("text", ["amount + 1", "'a'", "upper(status)", "1"])
def test_values_are_no_filters(text: str) -> None:
    with pytest.raises(ExpressionError, match="a condition"):
        check_predicate(text, where="x", columns=COLUMNS)


def test_an_error_says_where_and_what_is_possible() -> None:
    with pytest.raises(ExpressionError) as raised:
        check_expression("amount + nothing", where="conf.yaml: derived.0", columns=COLUMNS)
    assert raised.value.where == "conf.yaml: derived.0, character 10"
    assert "status" in raised.value.expected
    assert raised.value.given == "nothing"
