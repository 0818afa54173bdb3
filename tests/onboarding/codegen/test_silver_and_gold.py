"""Silver (masking, duplicates, derived columns) and Gold on the real engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import sqlglot

from onboarding.codegen import CodegenError, schema
from onboarding.codegen.sql.bronze import bronze_ddl
from onboarding.codegen.sql.engines import DUCKDB, ENGINES, SPARK
from onboarding.codegen.sql.gold import gold_columns, gold_sql
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import (
    DeduplicationPlan,
    DerivedColumn,
    GoldMeasure,
    GoldTablePlan,
    TransformationPlan,
)
from shared.testing.statements import embedded
from tests.onboarding.codegen.sales import sales_metadata, sales_transformation

KEY = {"masking_key": "a key for tests only"}
BRONZE = """
CREATE VIEW bronze AS SELECT * FROM (VALUES
 (' A-1 ', '31/12/2024', 'Bob@X.com ', 'north west', 'p',    '3',   '10.50', '4111111111111111', 1),
 ('A-1',   '01/12/2024', 'bob@x.com',  'North',      'PAID', '2',   '1',     '4111',             2),
 ('A-2',   '30/02/2024', 'bad',        'North',      'OPEN', '2.5', 'x',     NULL,               3),
 (NULL,    NULL,         NULL,         NULL,         NULL,   NULL,  NULL,    NULL,               4),
 (NULL,    NULL,         NULL,         NULL,         NULL,   NULL,  NULL,    NULL,               5),
 ('A-3',   '01/01/2024', 'al@x.com',   'North',      'CANCELLED', '1', '2',  '4111111111111111', 6)
) t("Order ID", order_date, customer_email, region, status, quantity, unit_price, card_number, _source_row)
CROSS JOIN (SELECT 'f' AS _source_file, '2024-12-31-aa' AS _load_id)
"""


@pytest.fixture
def con() -> Iterator[Any]:
    with duckdb.connect() as connection:
        connection.execute(BRONZE)
        yield connection


def silver(con: Any, transformation: TransformationPlan, *, technical: bool = False) -> list[dict[str, Any]]:
    metadata = sales_metadata()
    if technical:
        metadata = metadata.model_copy(update={"technical_key": True, "primary_key": ["row_hash"]})
    keyed = schema.needs_masking_key(metadata, transformation)
    statement = silver_sql(metadata, transformation, DUCKDB)
    assert ("$masking_key" in statement) == keyed
    result = con.execute(statement, KEY) if keyed else con.execute(statement)
    names = [item[0] for item in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    on_spark = embedded(silver_sql(metadata, transformation, SPARK))
    again = (con.execute(on_spark, KEY) if keyed else con.execute(on_spark)).fetchall()
    assert sorted(map(str, again)) == sorted(str(tuple(row.values())) for row in rows)
    return sorted(rows, key=lambda row: row["_source_row"])


def changed(**update: Any) -> TransformationPlan:
    if "masking" in update:
        update["masking"] |= {"internal_note": Masking.DROP}
    return sales_transformation().model_copy(update=update)


def test_the_columns_are_the_planned_ones(con: Any) -> None:
    columns = [item.name for item in schema.silver_columns(sales_metadata(), sales_transformation())]
    assert list(silver(con, sales_transformation())[0]) == [
        *columns, *schema.ORIGIN_COLUMNS, *schema.CONTROL_COLUMNS,
    ]  # fmt: skip


def test_the_last_row_of_a_key_stays_and_rows_without_key_are_no_duplicates(con: Any) -> None:
    ranks = [row["_duplicate_rank"] for row in silver(con, sales_transformation())]
    assert ranks == [1, 2, 1, 1, 1, 1]


def test_keep_first_by_arrival(con: Any) -> None:
    plan = changed(deduplication=DeduplicationPlan(mode="remove", keys=["order_id"], keep="first"))
    assert [row["_duplicate_rank"] for row in silver(con, plan)][:2] == [1, 2]
    plan = changed(deduplication=DeduplicationPlan(mode="remove", keys=["order_id"], keep="last"))
    assert [row["_duplicate_rank"] for row in silver(con, plan)][:2] == [2, 1]


def test_a_technical_key_flags_exact_duplicates(con: Any) -> None:
    plan = changed(deduplication=DeduplicationPlan(mode="flag", keys=["row_hash"]), masking={})
    rows = silver(con, plan, technical=True)
    assert [row["is_exact_duplicate"] for row in rows] == [False, False, False, False, True, False]
    assert {row["_duplicate_rank"] for row in rows} == {1}
    assert rows[3]["row_hash"] == rows[4]["row_hash"]
    assert len({row["row_hash"] for row in rows}) == 5


def test_a_row_hash_over_masked_columns_needs_the_key(con: Any) -> None:
    flag = DeduplicationPlan(mode="flag", keys=["row_hash"])
    plain = changed(deduplication=flag, masking={})
    masked = changed(deduplication=flag, masking={"customer_email": Masking.REDACT})
    first, second = silver(con, plain, technical=True), silver(con, masked, technical=True)
    assert first[0]["row_hash"] != second[0]["row_hash"]


def test_what_could_not_be_read_is_named_between_commas(con: Any) -> None:
    marks = [row["_unparsed"] for row in silver(con, sales_transformation())]
    assert marks == ["", "", ",order_date,customer_email,quantity,unit_price,", "", "", ""]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Masking.LAST4, ["****", "****", "****", None]),
        (Masking.EMAIL, ["b***@x.com", "b***@x.com", "***", None]),
        (Masking.PARTIAL, ["b***", "b***", "b***", None]),
        (Masking.REDACT, ["[REDACTED]", "[REDACTED]", "[REDACTED]", None]),
        (Masking.KEEP, ["bob@x.com", "bob@x.com", "bad", None]),
    ],
)
def test_masking_of_text(con: Any, how: Masking, expected: list[str | None]) -> None:
    rows = silver(con, changed(masking={"customer_email": how}))
    got = [row["customer_email"] for row in rows[:4]]
    assert got == expected if how is not Masking.LAST4 else [g and g[:4] for g in got] == expected


def test_a_keyed_hash_is_stable_and_is_not_the_plain_one(con: Any) -> None:
    first, second = (row["customer_email"] for row in silver(con, sales_transformation())[:2])
    inner = hashlib.sha256(f"{KEY['masking_key']}:bob@x.com".encode()).hexdigest()
    assert first == second == hashlib.sha256(f"{KEY['masking_key']}:{inner}".encode()).hexdigest()


def test_a_card_shows_its_last_digits_only_when_it_is_long(con: Any) -> None:
    assert [row["card_number"] for row in silver(con, sales_transformation())[:3]] == ["****1111", "****", None]


def test_dates_are_masked_to_their_year(con: Any) -> None:
    rows = silver(con, changed(masking={"order_date": Masking.YEAR}))
    assert [row["order_date"] for row in rows[:3]] == [2024, 2024, None]
    with pytest.raises(CodegenError, match="region"):
        schema.silver_columns(sales_metadata(), changed(masking={"region": Masking.YEAR}))


def test_derived_columns_see_masked_values_and_earlier_derived_ones(con: Any) -> None:
    derived = [
        DerivedColumn(name="net", expression="quantity * unit_price", type=ColumnType.DECIMAL),
        DerivedColumn(name="per_unit", expression="net / quantity", type=ColumnType.DOUBLE),
        DerivedColumn(name="by_zero", expression="net / (quantity - 3)", type=ColumnType.DOUBLE),
        DerivedColumn(name="shown", expression="customer_email", type=ColumnType.TEXT),
        DerivedColumn(name="order_month", expression="date_trunc('month', order_date)", type=ColumnType.DATE),
    ]
    masking = {"customer_email": Masking.REDACT}
    row = silver(con, changed(derived=derived, masking=masking, gold_tables=[]))[0]
    assert (row["net"], row["per_unit"], row["by_zero"]) == (Decimal("31.5000"), 10.5, None)
    assert (row["shown"], row["order_month"]) == ("[REDACTED]", date(2024, 12, 1))


def test_dropped_columns_are_nowhere() -> None:
    for engine in ENGINES:
        assert "internal_note" not in silver_sql(sales_metadata(), sales_transformation(), engine)
    assert "internal_note" not in bronze_ddl("w", sales_metadata(), sales_transformation())


def test_a_clash_of_names_is_refused() -> None:
    derived = [DerivedColumn(name="region", expression="status", type=ColumnType.TEXT)]
    with pytest.raises(CodegenError, match="region"):
        schema.silver_columns(sales_metadata(), changed(derived=derived))


def gold(con: Any, table: GoldTablePlan, plan: TransformationPlan) -> list[tuple[Any, ...]]:
    con.execute(f"CREATE TEMP TABLE silver AS {silver_sql(sales_metadata(), plan, DUCKDB)}", KEY)
    described = con.execute(f"DESCRIBE {gold_sql(table, sales_metadata(), plan, DUCKDB)}").fetchall()
    names = [item.name for item in gold_columns(table, sales_metadata(), plan)]
    assert [row[0] for row in described] == names
    assert "HUGEINT" not in {row[1] for row in described}
    rows: list[tuple[Any, ...]] = con.execute(gold_sql(table, sales_metadata(), plan, DUCKDB)).fetchall()
    return sorted(rows, key=str)


def test_flat_gold_has_the_rows_that_pass_the_filters(con: Any) -> None:
    plan = sales_transformation()
    assert [row[0] for row in gold(con, plan.gold_tables[0], plan)] == ["A-1", "A-1", "A-2"]


def test_aggregate_gold(con: Any) -> None:
    plan = sales_transformation()
    rows = gold(con, plan.gold_tables[1], plan)
    assert next(row for row in rows if row[1] == "North West") == (
        date(2024, 12, 31),
        "North West",
        Decimal("31.5000"),
        1,
        3,
        10.5,
    )


def test_every_aggregation_has_a_type_that_parquet_knows(con: Any) -> None:
    measures = [
        GoldMeasure(name=f"m_{number}", aggregation=how, expression=value)
        for number, (how, value) in enumerate(
            [("sum", "quantity"), ("sum", "quantity * unit_price"), ("avg", "quantity"), ("min", "order_date"),
             ("max", "region"), ("count", "*"), ("count", "status"), ("sum", "unit_price / quantity")]
        )
    ]  # fmt: skip
    table = GoldTablePlan.model_validate({"name": "g", "kind": "aggregate", "grain": [], "measures": measures})
    row = gold(con, table, changed(gold_filters=[], gold_tables=[table]))[0]
    assert row[0] == 6
    assert row[5:7] == (6, 4)
    assert row[3] == date(2024, 1, 1)


def test_unknown_gold_columns_are_named() -> None:
    table = GoldTablePlan(name="g", kind="flat", columns=["nothing"])
    with pytest.raises(CodegenError, match="nothing"):
        gold_columns(table, sales_metadata(), sales_transformation())


def test_spark_statements_are_single_selects() -> None:
    plan = sales_transformation()
    texts = [silver_sql(sales_metadata(), plan, SPARK)]
    texts += [gold_sql(table, sales_metadata(), plan, SPARK) for table in plan.gold_tables]
    for text in texts:
        assert [type(item).__name__ for item in sqlglot.parse(text, dialect="spark")] == ["Select"]
    assert ":masking_key" in texts[0]


def test_the_bronze_table_is_external_parquet() -> None:
    ddl = bronze_ddl("sales_orders", sales_metadata(), None)
    for part in ("CREATE EXTERNAL TABLE", "`order id` STRING", "PARTITIONED BY", "STORED AS PARQUET", "${lake_uri}"):
        assert part in ddl
