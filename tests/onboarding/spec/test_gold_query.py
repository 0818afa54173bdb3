"""Only a SELECT over the named Gold tables passes, and it is limited; everything else is refused with a reason."""

from __future__ import annotations

import pytest

from onboarding.spec.gold_query import MOST_ROWS, GoldQueryError, check_query, is_sql

TABLES = {"orders": ["order_id", "region", "amount", "ordered_on"], "orders_by_region": ["region", "amount"]}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT region, sum(amount) AS amount FROM orders GROUP BY region ORDER BY amount DESC LIMIT 5",
        "select count(*) from Orders",
        "SELECT o.region, r.amount FROM orders AS o JOIN orders_by_region AS r ON o.region = r.region",
        "WITH big AS (SELECT region, amount FROM orders WHERE amount > 10) SELECT region FROM big",
        "SELECT region, row_number() OVER (PARTITION BY region ORDER BY amount) AS place FROM orders",
        "SELECT DISTINCT region FROM orders UNION SELECT region FROM orders_by_region",
        "SELECT date_trunc('month', ordered_on) AS month, count(DISTINCT order_id) AS orders FROM orders GROUP BY 1",
    ],
)
def test_a_select_over_gold_passes_with_a_limit(text: str) -> None:
    checked = check_query(text, TABLES, where="question")
    assert "LIMIT" in checked.sql
    assert set(checked.tables) <= set(TABLES)
    assert check_query(checked.sql, TABLES, where="question").sql == checked.sql


def test_the_limit_is_ours_at_most() -> None:
    assert check_query("SELECT * FROM orders", TABLES, where="q").sql.endswith(f"LIMIT {MOST_ROWS}")
    assert check_query("SELECT * FROM orders LIMIT 999999", TABLES, where="q").sql.endswith(f"LIMIT {MOST_ROWS}")
    assert check_query("SELECT * FROM orders LIMIT 7", TABLES, where="q").sql.endswith("LIMIT 7")


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE orders",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM 's3://landing/raw.parquet'",
        "SELECT * FROM other.orders",
        "SELECT * FROM customers",
        "SELECT getenv('HOME') FROM orders",
        "SELECT current_setting('s3_secret_access_key') FROM orders",
        "SELECT salary FROM orders",
        "INSERT INTO orders SELECT * FROM orders",
        "COPY orders TO '/tmp/x'",
        "SELECT * FROM orders, range(1000000000)",
        "ATTACH 'x.db'",
        "SELECT 1",
        "region by amount please",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(GoldQueryError) as caught:
        check_query(text, TABLES, where="conf: question")
    assert caught.value.where == "conf: question"
    assert caught.value.given


@pytest.mark.parametrize(
    ("text", "sql"), [("SELECT 1", True), (" with a as (", True), ("which region sells most?", False)]
)
def test_words_are_told_from_sql(text: str, sql: bool) -> None:
    assert is_sql(text) is sql
