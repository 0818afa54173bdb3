"""Integration tests of the transformation agent: its scripts on a lake in a scratch folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from shared.pipeline.check import CheckSpec, check_zone
from shared.testing.statements import outline
from shared.testing.workload import PipelineRun, WorkloadFolder

TO_SILVER = "scripts/transform/bronze_to_silver.py"
TO_GOLD = "scripts/transform/silver_to_gold.py"
SILVER_COLUMNS = [
    "order_id",
    "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
]
GOLD_COLUMNS = {
    "sales_orders": [
        "order_id",
        "order_date",
        "customer_name",
        "customer_email",
        "phone",
        "product",
        "category",
        "region",
        "quantity",
        "unit_price",
        "amount",
        "currency",
        "status",
        "shipped_date",
    ],
}
SPARK_STATEMENTS = ["sql/silver/transform_silver.sql", "sql/gold/aggregate_gold.sql"]
STATEMENTS = [*SPARK_STATEMENTS, *(path.removesuffix(".sql") + ".duckdb.sql" for path in SPARK_STATEMENTS)]
PARTITION_COLUMNS = ()


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


@pytest.fixture
def pipeline(workload: WorkloadFolder, tmp_path: Path) -> PipelineRun:
    run = PipelineRun(workload, tmp_path)
    run.extract(workload.rows(30))
    run.run(TO_SILVER)
    return run


def publish_silver(pipeline: PipelineRun) -> None:
    """Let every row pass: rules are not this agent's."""
    spec = CheckSpec(
        workload=pipeline.workload.workload,
        table=pipeline.workload.table,
        zone="silver",
        threshold=0.0,
        dimension_weights={},
        rules=(),
        partition_columns=(),
    )
    check_zone(spec, pipeline.arguments())


def test_every_bronze_row_is_in_the_candidate(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    held = pipeline.candidate("silver", workload.table) + pipeline.quarantine("duplicates")
    assert len({row["_source_row"] for row in held}) == 30


def test_the_script_writes_what_the_statement_says(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    expected = workload.silver(pipeline.bronze())
    written = sorted(pipeline.candidate("silver", workload.table), key=lambda row: row["_source_row"])
    unmarked = [{name: row[name] for name in SILVER_COLUMNS} for row in written]
    assert unmarked == [{name: row[name] for name in SILVER_COLUMNS} for row in expected]


def test_the_same_run_again_writes_the_same(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    first = sorted(map(str, pipeline.candidate("silver", workload.table)))
    pipeline.run(TO_SILVER)
    assert sorted(map(str, pipeline.candidate("silver", workload.table))) == first


def test_published_silver_has_its_columns_and_where_they_come_from(
    workload: WorkloadFolder, pipeline: PipelineRun
) -> None:
    publish_silver(pipeline)
    rows = pipeline.published("silver", workload.table)
    assert set(rows[0]) == {*SILVER_COLUMNS, "_source_file", "_source_row", "_load_id"}
    assert len(rows) == 30


def test_gold_candidates_have_their_columns(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    publish_silver(pipeline)
    pipeline.run(TO_GOLD)
    for table, columns in GOLD_COLUMNS.items():
        rows = pipeline.candidate("gold", table)
        assert all(set(columns) <= set(row) for row in rows), table
        assert len(rows) <= 30, table


def test_a_repeated_row_does_not_change_gold_twice(workload: WorkloadFolder, tmp_path: Path) -> None:
    rows = workload.rows(10)
    run = PipelineRun(workload, tmp_path)
    run.extract([*rows, dict(rows[0])])
    run.run(TO_SILVER)
    publish_silver(run)
    silver = run.published("silver", workload.table)
    held = run.quarantine("duplicates")
    assert len(silver) + len(held) == 11
    assert len(held) == 1


def test_the_scripts_read_and_write_what_was_planned(workload: WorkloadFolder) -> None:
    (silver,) = workload.script(TO_SILVER).SPECS
    assert (silver.zone, silver.table, dict(silver.inputs)) == (
        "silver", workload.table, {"bronze": f"bronze/{workload.table}"}
    )  # fmt: skip
    assert silver.partition_columns == PARTITION_COLUMNS
    golds = workload.script(TO_GOLD).SPECS
    assert [spec.table for spec in golds] == list(GOLD_COLUMNS)
    assert {str(dict(spec.inputs)) for spec in golds} == {str({"silver": f"silver/{workload.table}"})}
    written = [path for spec in (silver, *golds) for path in spec.sql.values()]
    assert sorted(written) == sorted(STATEMENTS)
    assert list(workload.script("scripts/load/load_gold.py").SPEC.tables) == list(GOLD_COLUMNS)


@pytest.mark.parametrize("path", SPARK_STATEMENTS)
def test_the_spark_statement_says_what_the_embedded_one_says(workload: WorkloadFolder, path: str) -> None:
    embedded = workload.text(path.removesuffix(".sql") + ".duckdb.sql")
    assert outline(workload.text(path), "spark") == outline(embedded, "duckdb")


@pytest.mark.parametrize("path", SPARK_STATEMENTS)
def test_the_spark_statements_are_one_select_each(workload: WorkloadFolder, path: str) -> None:
    statements = sqlglot.parse(workload.text(path), dialect="spark")
    assert [type(statement).__name__ for statement in statements] == ["Select"]
