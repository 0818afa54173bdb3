"""Integration tests of the transformation agent: its scripts on a lake in a scratch folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from shared.pipeline.check import CheckSpec, check_zone
from shared.testing.expected import alike
from shared.testing.planted import groups_of, unusual
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
# The statement of Silver, then those of Gold, by engine.
STATEMENTS = [
    {"duckdb": "sql/silver/transform_silver.duckdb.sql", "spark": "sql/silver/transform_silver.sql"},
    {"duckdb": "sql/gold/aggregate_gold.duckdb.sql", "spark": "sql/gold/aggregate_gold.sql"},
]
SPARK_STATEMENTS = [paths["spark"] for paths in STATEMENTS]
CLEANING = [
    ("order_id", "trim"),
    ("order_id", "nullify"),
    ("order_date", "trim"),
    ("order_date", "nullify"),
    ("order_date", "parse_date"),
    ("customer_name", "trim"),
    ("customer_name", "nullify"),
    ("customer_email", "trim"),
    ("customer_email", "nullify"),
    ("customer_email", "require_format"),
    ("phone", "trim"),
    ("phone", "nullify"),
    ("phone", "require_format"),
    ("product", "trim"),
    ("product", "nullify"),
    ("category", "trim"),
    ("category", "nullify"),
    ("category", "title"),
    ("region", "trim"),
    ("region", "nullify"),
    ("region", "title"),
    ("quantity", "trim"),
    ("quantity", "nullify"),
    ("quantity", "cast"),
    ("unit_price", "trim"),
    ("unit_price", "nullify"),
    ("unit_price", "cast"),
    ("amount", "trim"),
    ("amount", "nullify"),
    ("amount", "cast"),
    ("currency", "trim"),
    ("currency", "nullify"),
    ("status", "trim"),
    ("status", "nullify"),
    ("shipped_date", "trim"),
    ("shipped_date", "nullify"),
    ("shipped_date", "parse_date"),
]
MASKS = {"customer_email": "hash", "customer_name": "partial", "phone": "last4"}
DEDUPLICATION = ["remove", ["order_id"], "", "last"]
FILTERS = []
# Table -> column -> type, mask and sensitivity, as query agents are told.
SEMANTIC = {
    "sales_orders": {
        "order_id": ("text", "keep", "INTERNAL"),
        "order_date": ("date", "keep", "INTERNAL"),
        "customer_name": ("text", "partial", "RESTRICTED"),
        "customer_email": ("text", "hash", "RESTRICTED"),
        "phone": ("text", "last4", "RESTRICTED"),
        "product": ("text", "keep", "INTERNAL"),
        "category": ("text", "keep", "INTERNAL"),
        "region": ("text", "keep", "INTERNAL"),
        "quantity": ("integer", "keep", "INTERNAL"),
        "unit_price": ("decimal", "keep", "INTERNAL"),
        "amount": ("decimal", "keep", "INTERNAL"),
        "currency": ("text", "keep", "INTERNAL"),
        "status": ("text", "keep", "INTERNAL"),
        "shipped_date": ("date", "keep", "INTERNAL"),
    },
}
PARTITION_COLUMNS = ()


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


@pytest.fixture(scope="module")
def transformed(workload: WorkloadFolder, tmp_path_factory: pytest.TempPathFactory) -> PipelineRun:
    run = PipelineRun(workload, tmp_path_factory.mktemp("transformed"))
    run.extract(workload.rows(30))
    run.run(TO_SILVER)
    return run


@pytest.fixture
def pipeline(transformed: PipelineRun, tmp_path: Path) -> PipelineRun:
    return transformed.copied(tmp_path)


def without_rules(pipeline: PipelineRun, zone: str, table: str) -> CheckSpec:
    """A check that lets every row pass: rules are not this agent's."""
    return CheckSpec(
        workload=pipeline.workload.workload,
        table=table,
        zone=zone,
        threshold=0.0,
        dimension_weights={},
        rules=(),
        partition_columns=PARTITION_COLUMNS if zone == "silver" else (),
    )


def publish_silver(pipeline: PipelineRun) -> None:
    check_zone(without_rules(pipeline, "silver", pipeline.workload.table), pipeline.arguments())


def test_every_bronze_row_is_in_the_candidate(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    held = pipeline.candidate("silver", workload.table) + pipeline.quarantine("duplicates")
    assert len({row["_source_row"] for row in held}) == 30


def test_the_script_writes_what_the_statement_says(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    expected = workload.silver(pipeline.bronze())
    written = sorted(pipeline.candidate("silver", workload.table), key=lambda row: row["_source_row"])
    for name in SILVER_COLUMNS:
        assert [row[name] for row in written] == [row[name] for row in expected], name
    assert len(written) == len(expected)


def test_the_same_run_again_writes_the_same(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    first = sorted(map(str, pipeline.candidate("silver", workload.table)))
    pipeline.run(TO_SILVER)
    assert sorted(map(str, pipeline.candidate("silver", workload.table))) == first


def test_published_silver_has_its_columns_and_where_they_come_from(
    workload: WorkloadFolder, pipeline: PipelineRun
) -> None:
    publish_silver(pipeline)
    rows = pipeline.published("silver", workload.table)
    for name in SILVER_COLUMNS:
        assert name in rows[0], name
    assert set(rows[0]) == {*SILVER_COLUMNS, "_source_file", "_source_row", "_load_id"}
    assert len(rows) == 30


def test_gold_candidates_have_their_columns(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    publish_silver(pipeline)
    pipeline.run(TO_GOLD)
    for table, columns in GOLD_COLUMNS.items():
        rows = pipeline.candidate("gold", table)
        for name in columns:
            assert all(name in row for row in rows), (table, name)
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
    assert [dict(spec.sql) for spec in (silver, *golds)] == STATEMENTS
    assert [spec.needs_masking_key for spec in (silver, *golds)] == [True, *(False for _ in golds)]
    assert list(workload.script("scripts/load/load_gold.py").SPEC.tables) == list(GOLD_COLUMNS)


def test_publication_shows_what_passed(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    publish_silver(pipeline)
    pipeline.run(TO_GOLD)
    candidates = {table: pipeline.candidate("gold", table) for table in GOLD_COLUMNS}
    for table in GOLD_COLUMNS:
        check_zone(without_rules(pipeline, "gold", table), pipeline.arguments())
        assert pipeline.published("gold", table) == [], table
    pipeline.run("scripts/load/load_gold.py")
    for table, rows in candidates.items():
        assert sorted(map(str, pipeline.published("gold", table))) == sorted(map(str, rows)), table


def test_the_spark_statement_of_silver_gives_the_same(workload: WorkloadFolder) -> None:
    rows = unusual(workload.rows(6), workload.text_columns)
    embedded, spark = workload.silver(rows), workload.silver(rows, engine_name="spark")
    for name in [*SILVER_COLUMNS, "_unparsed", "_duplicate_rank"]:
        found = [row.get(name, "no such column") for row in spark]
        assert found == [row.get(name) for row in embedded], name
    assert list(spark[0]) == list(embedded[0])


@pytest.mark.parametrize("table", list(GOLD_COLUMNS))
def test_the_spark_statement_of_gold_gives_the_same(workload: WorkloadFolder, table: str) -> None:
    paths = STATEMENTS[1 + list(GOLD_COLUMNS).index(table)]
    embedded, spark = (workload.gold(workload.rows(20), paths[name]) for name in ("duckdb", "spark"))
    for name in GOLD_COLUMNS[table]:
        found = [(row.get(name, "no such column"),) for row in spark]
        assert alike(found, [(row.get(name),) for row in embedded]), name
    assert [list(row) for row in spark] == [list(row) for row in embedded], table
    assert alike([list(row.values()) for row in spark], [list(row.values()) for row in embedded]), table


def test_the_configs_say_what_the_statements_do(workload: WorkloadFolder) -> None:
    config = workload.config("transformations")
    for name, how in MASKS.items():
        assert config["masking"].get(name) == how, name
    assert len(config["masking"]) == len(MASKS)
    assert [(item["column"], item["operation"]) for item in config["cleaning"]] == CLEANING
    deduplication = config["deduplication"]
    assert [deduplication[key] for key in ("mode", "keys", "order_by", "keep")] == DEDUPLICATION
    assert config["gold_filters"] == FILTERS
    files = {table["name"]: table["sql"] for table in config["gold_tables"]}
    assert files == dict(zip(GOLD_COLUMNS, SPARK_STATEMENTS[1:], strict=True))


def test_query_agents_are_told_what_gold_holds(workload: WorkloadFolder) -> None:
    tables = {table["name"]: table["columns"] for table in workload.config("semantic")["tables"]}
    assert list(tables) == list(SEMANTIC)
    for table, columns in SEMANTIC.items():
        found = {
            item["name"]: (item["type"], item.get("masking"), item["lf_tags"].get("Data_Sensitivity"))
            for item in tables[table]
        }
        for name, told in columns.items():
            assert found.get(name) == told, (table, name)
        assert list(found) == list(columns), table


def test_lineage_names_every_column_that_a_value_depends_on(workload: WorkloadFolder) -> None:
    """Each row has other values in one group of Bronze's columns: what does not come from there stays as it is."""
    lineage = workload.lineage()
    silver = lineage.pop(f"silver.{workload.table}")
    assert list(silver) == SILVER_COLUMNS
    right, wrong = workload.rows(1)[0], workload.bad_row()
    varied = [name for name in right]
    groups = groups_of(varied)
    first, *others = workload.silver([right, *(right | {name: wrong[name] for name in group} for group in groups)])
    for group, row in zip(groups, others, strict=True):
        for column, origins in silver.items():
            assert row[column] == first[column] or not set(group).isdisjoint(origins), (column, group)
    assert {table: list(columns) for table, columns in lineage.items()} == {
        f"gold.{name}": columns for name, columns in GOLD_COLUMNS.items()
    }
    for table, columns in lineage.items():
        for column, origins in columns.items():
            assert set(origins) <= set(SILVER_COLUMNS), (table, column)


@pytest.mark.parametrize("path", SPARK_STATEMENTS)
def test_the_spark_statements_are_one_select_each(workload: WorkloadFolder, path: str) -> None:
    statements = sqlglot.parse(workload.text(path), dialect="spark")
    assert [type(statement).__name__ for statement in statements] == ["Select"]
