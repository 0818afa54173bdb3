"""Mutations of two other workloads: JSON lines without a key, and one with derived column, filter and aggregate."""

from __future__ import annotations

from dataclasses import replace

from tests.mutations.folders import AGGREGATE, KEYLESS
from tests.mutations.mutation import Edit, Mutation, mutate, on_both_engines

SILVER = "sql/silver/transform_silver"
FLAT, DAILY = "sql/gold/aggregate_gold", "sql/gold/aggregate_gold_sales_by_region"
_LEVEL_HASHED = """COALESCE(CAST(LENGTH("level") AS TEXT) || ':' || "level" || ';', '-;') || """
_RANK = 'ORDER BY "order_date" DESC, "_load_id" DESC, "_source_row" DESC'


def of(workload: str, agent: str, name: str, edits: tuple[Edit, ...], blames: str = "") -> Mutation:
    return Mutation(name, agent, edits, blames, workload=workload)


def keyless(agent: str, path: str, name: str, old: str, new: str, blames: str = "") -> Mutation:
    return replace(mutate(agent, path, name, old, new, blames), workload=KEYLESS)


def aggregate(agent: str, path: str, name: str, old: str, new: str, blames: str = "") -> Mutation:
    return replace(mutate(agent, path, name, old, new, blames), workload=AGGREGATE)


WITHOUT_KEY = (
    keyless(
        "metadata",
        "config/source.yaml",
        "key of the config invented",
        "primary_key:\n  - row_hash",
        "primary_key:\n  - sensor",
        "row_hash",
    ),
    keyless(
        "metadata",
        "scripts/extract/extract_readings.py",
        "lines read as one document",
        'format="jsonl"',
        'format="json"',
    ),
    keyless(
        "metadata",
        "scripts/extract/extract_readings.py",
        "column of the objects skipped",
        '    columns=("sensor", "day", "level", "ok"),',
        '    columns=("sensor", "day", "level"),',
        "ok",
    ),
    keyless("transformation", f"{SILVER}.duckdb.sql", "row hash without a column", _LEVEL_HASHED, "", "row_hash"),
    keyless(
        "transformation",
        f"{SILVER}.sql",
        "row hash of another kind, Spark only",
        "SHA2(",
        "MD5(CAST(1 AS STRING)) || SHA2(",
        "row_hash",
    ),
    of(
        KEYLESS,
        "transformation",
        "exact duplicates not flagged",
        (
            Edit(f"{SILVER}.duckdb.sql", '"_source_row" ASC) > 1 AS', '"_source_row" ASC) > 2 AS'),
            Edit(f"{SILVER}.sql", ") > 1 AS `is_exact_duplicate`", ") > 2 AS `is_exact_duplicate`"),
        ),
        "is_exact_duplicate",
    ),
    of(
        KEYLESS,
        "transformation",
        "exact duplicates removed",
        on_both_engines(
            SILVER,
            "CAST(1 AS INT) AS",
            'CAST(ROW_NUMBER() OVER (PARTITION BY "row_hash" ORDER BY "_source_row" ASC) AS INT) AS',
        ),
    ),
    of(
        KEYLESS,
        "transformation",
        "one row of each sensor kept",
        on_both_engines(
            SILVER,
            "CAST(1 AS INT) AS",
            'CAST(ROW_NUMBER() OVER (PARTITION BY "sensor" ORDER BY "_source_row" ASC) AS INT) AS',
        ),
    ),
    keyless("transformation", f"{SILVER}.duckdb.sql", "truth value turned round", "THEN TRUE", "THEN FALSE", "ok"),
)

WITH_AGGREGATE = (
    aggregate(
        "metadata",
        "scripts/extract/extract_sales_orders.py",
        "column kept that must not be stored",
        'dropped_columns=("internal_note",)',
        "dropped_columns=()",
        "internal_note",
    ),
    of(
        AGGREGATE,
        "transformation",
        "later row of a key no longer preferred",
        on_both_engines(SILVER, _RANK, 'ORDER BY "order_date" ASC, "_load_id" DESC, "_source_row" DESC'),
        "order_date",
    ),
    of(
        AGGREGATE,
        "transformation",
        "derived column computed otherwise",
        (
            Edit(f"{SILVER}.duckdb.sql", '"quantity" * "unit_price"', '"quantity" + "unit_price"'),
            Edit(f"{SILVER}.sql", "TRY_MULTIPLY(`quantity`", "TRY_ADD(`quantity`"),
        ),
        "total_amount",
    ),
    of(
        AGGREGATE,
        "transformation",
        "aggregation changed",
        on_both_engines(DAILY, 'TRY_CAST(SUM("total_amount") AS', 'TRY_CAST(MAX("total_amount") AS'),
        "revenue",
    ),
    of(
        AGGREGATE,
        "transformation",
        "repeated values counted",
        on_both_engines(DAILY, 'COUNT(DISTINCT "order_id")', 'COUNT(DISTINCT "status")'),
        "orders",
    ),
    of(
        AGGREGATE,
        "transformation",
        "grain of an aggregate changed",
        on_both_engines(
            DAILY, 'GROUP BY\n  "order_date",\n  "region"', 'GROUP BY\n  "order_date",\n  "region",\n  "status"'
        ),
    ),
    of(
        AGGREGATE,
        "transformation",
        "filter of Gold dropped",
        on_both_engines(FLAT, "WHERE\n  (\n    \"status\" <> 'CANCELLED'\n  )", ""),
    ),
    of(AGGREGATE, "transformation", "filter of Gold changed", on_both_engines(FLAT, "<> 'CANCELLED'", "= 'CANCELLED'")),
    aggregate(
        "transformation",
        "scripts/transform/bronze_to_silver.py",
        "partition of Silver left out",
        'partition_columns=("region",)',
        "partition_columns=()",
    ),
    aggregate(
        "quality",
        "scripts/quality/check_gold.py",
        "condition between columns loosened",
        '"duckdb": \'"total_amount" = TRY(',
        '"duckdb": \'"total_amount" >= TRY(',
        "gold_amount_consistent",
    ),
    aggregate(
        "dag",
        "dags/sales_orders_dag.py",
        "run on another continent's time",
        'timezone="Europe/Berlin"',
        'timezone="UTC"',
    ),
)

OTHERS = (*WITHOUT_KEY, *WITH_AGGREGATE)
