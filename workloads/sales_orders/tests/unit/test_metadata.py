"""Unit tests of the metadata agent: what was measured, and the schema made of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from shared.testing.statements import table_of
from shared.testing.synthetic import value
from shared.testing.workload import WorkloadFolder

# Rows, unreadable ones, different ones; column -> missing, different and, where they are nobody's, outermost values.
MEASURED_AT = "s3://onboarding-landing/sales/"
MEASURED_ROWS = (1530, 0, 1500)
MEASURED = {
    "order_id": (0, 1500, None, None),
    "order_date": (0, 363, "2024-01-01", "2024-12-31"),
    "customer_name": (0, 321),
    "customer_email": (20, 425),
    "phone": (14, 304),
    "product": (0, 13, None, None),
    "category": (0, 8, None, None),
    "region": (0, 8, None, None),
    "quantity": (0, 5, "1", "5"),
    "unit_price": (0, 13, "6.2", "499.0"),
    "amount": (0, 65, "6.2", "2495.0"),
    "currency": (0, 3, None, None),
    "status": (0, 5, None, None),
    "shipped_date": (287, 352, "2024-01-03", "2025-01-06"),
}
CANDIDATES = [(["order_id"], 1500, 0)]
LOCATION = "s3://onboarding-landing/sales/"
# Column -> type and sensitivity of what it tells about a person.
PERSONAL = {
    "order_id": ("NONE", "NONE"),
    "order_date": ("NONE", "NONE"),
    "customer_name": ("PERSON_NAME", "HIGH"),
    "customer_email": ("EMAIL", "HIGH"),
    "phone": ("PHONE", "HIGH"),
    "product": ("NONE", "NONE"),
    "category": ("NONE", "NONE"),
    "region": ("NONE", "NONE"),
    "quantity": ("NONE", "NONE"),
    "unit_price": ("NONE", "NONE"),
    "amount": ("NONE", "NONE"),
    "currency": ("NONE", "NONE"),
    "status": ("NONE", "NONE"),
    "shipped_date": ("NONE", "NONE"),
}
# Column -> type, precision, scale, date format, role, and whether values may be missing.
COLUMNS = {
    "order_id": ("text", None, None, None, "identifier", False),
    "order_date": ("date", None, None, "%Y-%m-%d", "temporal", True),
    "customer_name": ("text", None, None, None, "attribute", False),
    "customer_email": ("text", None, None, None, "attribute", True),
    "phone": ("text", None, None, None, "attribute", True),
    "product": ("text", None, None, None, "dimension", False),
    "category": ("text", None, None, None, "dimension", False),
    "region": ("text", None, None, None, "dimension", False),
    "quantity": ("integer", None, None, None, "measure", False),
    "unit_price": ("decimal", 18, 2, None, "measure", False),
    "amount": ("decimal", 18, 2, None, "measure", True),
    "currency": ("text", None, None, None, "dimension", False),
    "status": ("text", None, None, None, "dimension", False),
    "shipped_date": ("date", None, None, "%Y-%m-%d", "temporal", True),
}
PRIMARY_KEY = ["order_id"]
DROPPED = []
ORIGIN = {"_source_file": "STRING", "_source_row": "BIGINT", "_load_id": "STRING"}


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


class TestProfile:
    """Phase 3: the profile report and the source's config."""

    def test_every_measured_column_is_in_the_config_in_order(self, workload: WorkloadFolder) -> None:
        measured = [column["source_name"] for column in workload.profile["columns"]]
        assert [column["source_name"] for column in workload.source["columns"]] == measured

    def test_the_report_says_what_was_measured(self, workload: WorkloadFolder) -> None:
        report = workload.profile
        assert (report["rows"], report["unreadable_rows"], report["distinct_rows"]) == MEASURED_ROWS
        assert sorted(column["name"] for column in report["columns"]) == sorted(MEASURED)
        for column in report["columns"]:
            found = tuple(column[key] for key in ("null_count", "distinct_count", "minimum", "maximum"))
            measured = MEASURED[column["name"]]
            assert found[: len(measured)] == measured, column["name"]

    def test_column_names_need_no_quotes_and_are_unique(self, workload: WorkloadFolder) -> None:
        names = [column["name"] for column in workload.source["columns"]]
        for name in names:
            assert re.fullmatch(r"[a-z_][a-z0-9_]*", name), name
            assert names.count(name) == 1, name

    def test_the_source_is_read_the_way_and_where_it_was_measured(self, workload: WorkloadFolder) -> None:
        source = workload.source["source"]
        measured = {key: item for key, item in workload.profile["read_options"].items() if item is not None}
        assert source["format"] == workload.profile["format"]
        assert source["options"] == measured
        assert (source["location"], workload.profile["location"]) == (LOCATION, MEASURED_AT)

    def test_no_value_of_a_personal_column_is_stored(self, workload: WorkloadFolder) -> None:
        personal = [column for column in workload.profile["columns"] if column["personal_data"]["type"] != "NONE"]
        assert [column["name"] for column in personal if column["top_values"]] == []

    def test_key_candidates_are_columns_and_counted_exactly(self, workload: WorkloadFolder) -> None:
        found = [
            (candidate["columns"], candidate["distinct_count"], candidate["null_count"])
            for candidate in workload.profile["key_candidates"]
        ]
        assert found == CANDIDATES
        for columns, distinct, missing in found:
            assert set(columns) <= set(MEASURED), columns
            assert max(distinct, missing) <= (workload.profile["source_rows"] or workload.profile["rows"]), columns

    def test_every_column_is_classified_and_tagged(self, workload: WorkloadFolder) -> None:
        assert sorted(column["name"] for column in workload.source["columns"]) == sorted(PERSONAL)
        for column in workload.source["columns"]:
            kind, sensitivity = PERSONAL[column["name"]]
            classified = (column["classification"]["type"], column["classification"]["sensitivity"])
            assert classified == (kind, sensitivity), column["name"]
            tags = {
                "PII_Type": kind,
                "PII_Classification": sensitivity,
                "Data_Sensitivity": "RESTRICTED" if sensitivity in ("CRITICAL", "HIGH") else "INTERNAL",
            }
            assert column["lf_tags"] == tags, column["name"]


class TestMetadata:
    """Phase 4.2: schema, key, Bronze table and extraction."""

    def test_the_primary_key_is_the_planned_one(self, workload: WorkloadFolder) -> None:
        assert workload.source["primary_key"] == PRIMARY_KEY
        assert set(PRIMARY_KEY) <= {*COLUMNS, "row_hash"}
        assert workload.source["technical_key"] == (PRIMARY_KEY == ["row_hash"])

    def test_every_column_is_what_was_planned(self, workload: WorkloadFolder) -> None:
        keys = ("type", "precision", "scale", "date_format", "role", "nullable")
        for column in workload.source["columns"]:
            assert column["description"].strip(), column["name"]
            assert tuple(column.get(key) for key in keys) == COLUMNS[column["name"]], column["name"]

    def test_decimals_have_room_for_their_digits(self, workload: WorkloadFolder) -> None:
        for column in workload.source["columns"]:
            if column["type"] == "decimal":
                assert 0 <= column.get("scale", 4) <= column.get("precision", 18) <= 38, column["name"]

    def test_date_formats_read_what_they_write(self, workload: WorkloadFolder) -> None:
        for column in workload.columns:
            if column.type in ("date", "timestamp") and "%" in column.date_format:
                made = value(replace(column, values=()), 3)
                assert datetime.strptime(made, column.date_format), column.name

    def test_the_bronze_table_has_every_column_and_its_partitions(self, workload: WorkloadFolder) -> None:
        table = table_of(workload.text("sql/bronze/create_bronze.sql"))
        for column in workload.source["columns"]:
            there = column["source_name"].lower() in table["columns"]
            assert there == (column["source_name"] not in DROPPED), column["name"]
        wanted = {column["source_name"].lower() for column in workload.source["columns"]} | set(ORIGIN)
        assert [name for name in table["columns"] if name not in wanted] == []
        assert table["partitions"] == {"ingestion_date": "DATE", "load_id": "STRING"}

    def test_the_bronze_table_lies_where_extraction_writes(self, workload: WorkloadFolder) -> None:
        table = table_of(workload.text("sql/bronze/create_bronze.sql"))
        assert table["location"] == "${lake_uri}" + f"/bronze/{workload.workload}/{workload.table}/"
        assert table["format"] == "PARQUET"

    def test_extraction_reads_the_columns_of_the_schema(self, workload: WorkloadFolder) -> None:
        spec = workload.script("scripts/extract/extract_sales_orders.py").SPEC
        for column in workload.source["columns"]:
            assert column["source_name"] in spec.columns, column["name"]
            assert (column["source_name"] in spec.dropped_columns) == (column["source_name"] in DROPPED), column["name"]
        assert list(spec.columns) == [column["source_name"] for column in workload.source["columns"]]
        assert sorted(spec.dropped_columns) == sorted(DROPPED)
        assert (spec.workload, spec.table) == (workload.workload, workload.table)

    def test_extraction_reads_the_source_of_the_config(self, workload: WorkloadFolder) -> None:
        spec = workload.script("scripts/extract/extract_sales_orders.py").SPEC
        source = workload.source["source"]
        assert (spec.location, spec.format, spec.load) == (source["location"], source["format"], source["load"])
        assert (source.get("filter") or "") == ""
        given = {key: list(item) if isinstance(item, tuple) else item for key, item in spec.read_options().items()}
        assert given == {key: source["options"].get(key, given[key]) for key in given}

    def test_extraction_is_the_planned_one(self, workload: WorkloadFolder) -> None:
        spec = workload.script("scripts/extract/extract_sales_orders.py").SPEC
        assert (spec.location, spec.load) == (LOCATION, "full")
        assert spec.filter == {}

    def test_bronze_keeps_text_as_text(self, workload: WorkloadFolder) -> None:
        columns = table_of(workload.text("sql/bronze/create_bronze.sql"))["columns"]
        assert {name: columns.get(name) for name in ORIGIN} == ORIGIN
        for name in workload.text_columns:
            assert name in DROPPED or columns.get(name.lower()) == "STRING", name
