"""The Glue Data Catalog: what is written, and what of others stays."""

from __future__ import annotations

import pytest

from shared.hooks.catalog import CatalogTable, GlueCatalog, glue_type

COLUMNS = [{"name": "Id", "type": "VARCHAR", "comment": "key"}, {"name": "amount", "type": "DECIMAL(10,2)"}]


def table(**changes) -> CatalogTable:
    given = {
        "zone": "silver",
        "name": "orders",
        "location": "s3://lake/silver/orders/version=1",
        "columns": COLUMNS,
        "description": "Orders.",
        "parameters": {"quality_score": "0.9000", "lineage": ["bronze.orders"]},
    }
    return CatalogTable(**{**given, **changes})


@pytest.fixture
def glue(aws):
    return aws("glue")


def read(glue) -> dict:
    return glue.get_table(DatabaseName="onboarding_silver", Name="orders")["Table"]


def test_a_table_and_its_database_are_created(glue):
    assert GlueCatalog(glue, "onboarding_").write_table(table()) == "onboarding_silver.orders"

    found = read(glue)
    assert [(column["Name"], column["Type"]) for column in found["StorageDescriptor"]["Columns"]] == [
        ("id", "string"),
        ("amount", "decimal(10,2)"),
    ]
    assert found["Parameters"]["onboarding:lineage"] == '["bronze.orders"]'
    assert found["StorageDescriptor"]["Location"].endswith("version=1")


def test_nothing_that_others_wrote_is_lost(glue):
    catalog = GlueCatalog(glue, "onboarding_")
    catalog.write_table(table())
    edited = {key: read(glue)[key] for key in ("Name", "StorageDescriptor", "TableType", "Parameters")}
    edited |= {"Owner": "ann", "Description": "By hand.", "Retention": 7}
    edited["Parameters"]["team"] = "sales"
    edited["StorageDescriptor"]["Columns"][1] |= {"Comment": "in EUR", "Parameters": {"unit": "EUR"}}
    glue.update_table(DatabaseName="onboarding_silver", TableInput=edited)

    catalog.write_table(table(location="s3://lake/silver/orders/version=2", parameters={"quality_score": "0.8"}))

    found = read(glue)
    assert (found["Owner"], found["Description"], found["Retention"]) == ("ann", "By hand.", 7)
    assert found["Parameters"]["team"] == "sales"
    assert found["Parameters"]["onboarding:quality_score"] == "0.8"
    assert found["Parameters"]["onboarding:lineage"] == '["bronze.orders"]'
    assert found["StorageDescriptor"]["Columns"][1]["Comment"] == "in EUR"
    assert found["StorageDescriptor"]["Columns"][1]["Parameters"] == {"unit": "EUR"}
    assert found["StorageDescriptor"]["Location"].endswith("version=2")


def test_parameters_of_a_table_that_is_not_there(glue):
    assert GlueCatalog(glue, "onboarding_").write_parameters("silver", "none", {"x": "1"}) is False


def test_parameters_change_nothing_else(glue):
    catalog = GlueCatalog(glue, "onboarding_")
    catalog.write_table(table())
    before = read(glue)

    assert catalog.write_parameters("silver", "orders", {"quality_verdict": "FAIL"})

    after = read(glue)
    assert after["Parameters"].pop("onboarding:quality_verdict") == "FAIL"
    assert after["StorageDescriptor"] == before["StorageDescriptor"]
    assert after["Parameters"] == before["Parameters"]


def test_partitions_are_registered_once(glue):
    catalog = GlueCatalog(glue, "onboarding_")
    catalog.write_table(table(partition_keys=("ingestion_date",)))

    for _ in range(2):
        catalog.add_partition("silver", "orders", ["2026-01-05"], "s3://lake/x")

    found = glue.get_partitions(DatabaseName="onboarding_silver", TableName="orders")["Partitions"]
    assert [(part["Values"], part["StorageDescriptor"]["Location"]) for part in found] == [
        (["2026-01-05"], "s3://lake/x")
    ]


def test_a_partition_is_taken_away_once_and_nothing_else(glue):
    catalog = GlueCatalog(glue, "onboarding_")
    catalog.write_table(table(partition_keys=("ingestion_date",)))
    for day in ("2026-01-05", "2026-01-06"):
        catalog.add_partition("silver", "orders", [day], "s3://lake/x")

    for _ in range(2):
        catalog.remove_partition("silver", "orders", ["2026-01-05"])

    found = glue.get_partitions(DatabaseName="onboarding_silver", TableName="orders")["Partitions"]
    assert [part["Values"] for part in found] == [["2026-01-06"]]


@pytest.mark.parametrize(
    ("duckdb", "glue_name"),
    [("BIGINT", "bigint"), ("DECIMAL(18, 4)", "decimal(18,4)"), ("VARCHAR[]", "array<string>"), ("DATE", "date"),
     ("TIMESTAMP WITH TIME ZONE", "timestamp"), ("HUGEINT", "double"), ("STRUCT(a INTEGER)", "string")],
)  # fmt: skip
def test_types(duckdb, glue_name):
    assert glue_type(duckdb) == glue_name
