"""Spark's text on the embedded engine, and what DDL says."""

from __future__ import annotations

import hashlib
from typing import Any

import duckdb
import pytest

from shared.testing.statements import condition_of, embedded, listed, selected, table_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARRAY_JOIN(TRANSFORM(SPLIT('a  B', ' '), `word` -> LOWER(`word`)), ' ')", "a  b"),
        ("REGEXP_REPLACE('a1b2', '([a-z])([0-9])', '$2$1')", "1a2b"),
        ("REGEXP_REPLACE('a1', '[0-9]', '\\\\$')", "a$"),
        ("SHA2('x', 256)", hashlib.sha256(b"x").hexdigest()),
        ("'ab' RLIKE '\\\\A(?:a)\\\\z'", False),
        ("TYPEOF(TRY_CAST('2024-01-02 03:04:05' AS TIMESTAMP))", "TIMESTAMP"),
        ("DATE_SUB(DATE '2024-03-01', 1) = DATE '2024-02-29'", True),
    ],
)
def test_spark_text_runs_on_the_embedded_engine(text: str, expected: Any) -> None:
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {embedded(text)}").fetchall()[0][0] == expected


def test_a_statement_is_taken_apart() -> None:
    text = "SELECT a, SUM(b) AS total FROM t WHERE a IN ('x', 'y') GROUP BY a"
    assert selected(text) == {"a": '"a"', "total": 'SUM("b")'}
    assert condition_of(text) == "\"a\" IN ('x', 'y')"
    assert listed("`a` IN ('x', 'y')", "spark") == ["x", "y"]


def test_a_table_has_columns_partitions_and_a_place() -> None:
    ddl = (
        "CREATE EXTERNAL TABLE IF NOT EXISTS `${db}`.`t` (`a b` STRING COMMENT 'x', `n` BIGINT)\n"
        "PARTITIONED BY (`day` DATE)\nSTORED AS PARQUET\nLOCATION '${lake_uri}/t/'"
    )
    assert table_of(ddl) == {
        "columns": {"a b": "STRING", "n": "BIGINT"},
        "partitions": {"day": "DATE"},
        "format": "PARQUET",
        "location": "${lake_uri}/t/",
    }
