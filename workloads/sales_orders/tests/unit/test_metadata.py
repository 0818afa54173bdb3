"""Unit tests of the metadata agent: what was measured, and the schema made of it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from shared.testing.synthetic import value
from shared.testing.workload import WorkloadFolder


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


class TestProfile:
    """Phase 3: the profile report and the source's config."""

    def test_every_measured_column_is_in_the_config_in_order(self, workload: WorkloadFolder) -> None:
        measured = [column["source_name"] for column in workload.profile["columns"]]
        assert [column["source_name"] for column in workload.source["columns"]] == measured

    def test_counts_fit_the_number_of_rows(self, workload: WorkloadFolder) -> None:
        rows = workload.profile["rows"]
        assert 0 <= workload.profile["distinct_rows"] <= rows
        for column in workload.profile["columns"]:
            assert 0 <= column["null_count"] <= rows, column["name"]
            assert 0 <= column["distinct_count"] <= rows, column["name"]

    def test_column_names_need_no_quotes_and_are_unique(self, workload: WorkloadFolder) -> None:
        names = [column["name"] for column in workload.source["columns"]]
        assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)
        assert len(set(names)) == len(names)

    def test_the_source_is_read_the_way_it_was_measured(self, workload: WorkloadFolder) -> None:
        source = workload.source["source"]
        measured = {key: item for key, item in workload.profile["read_options"].items() if item is not None}
        assert source["format"] == workload.profile["format"]
        assert source["options"] == measured

    def test_no_value_of_a_personal_column_is_stored(self, workload: WorkloadFolder) -> None:
        personal = [column for column in workload.profile["columns"] if column["personal_data"]["type"] != "NONE"]
        assert [column["name"] for column in personal if column["top_values"]] == []

    def test_key_candidates_are_columns_and_counted_exactly(self, workload: WorkloadFolder) -> None:
        names = {column["name"] for column in workload.profile["columns"]}
        for candidate in workload.profile["key_candidates"]:
            assert set(candidate["columns"]) <= names
            assert candidate["distinct_count"] <= workload.profile["rows"]

    def test_every_column_is_classified_and_tagged(self, workload: WorkloadFolder) -> None:
        for column in workload.source["columns"]:
            assert column["lf_tags"]["PII_Type"] == column["classification"]["type"]
            assert column["lf_tags"]["PII_Classification"] == column["classification"]["sensitivity"]


class TestMetadata:
    """Phase 4.2: schema, key, Bronze table and extraction."""

    def test_the_primary_key_is_made_of_columns(self, workload: WorkloadFolder) -> None:
        names = {column["name"] for column in workload.source["columns"]} | {"row_hash"}
        assert workload.source["primary_key"]
        assert set(workload.source["primary_key"]) <= names
        assert workload.source["technical_key"] == (workload.source["primary_key"] == ["row_hash"])

    def test_every_column_says_what_it_is(self, workload: WorkloadFolder) -> None:
        for column in workload.source["columns"]:
            assert column["description"].strip(), column["name"]
            assert column["role"] in ("identifier", "measure", "dimension", "temporal", "attribute")

    def test_decimals_have_room_for_their_digits(self, workload: WorkloadFolder) -> None:
        for column in workload.source["columns"]:
            if column["type"] == "decimal":
                assert 0 <= column.get("scale", 4) <= column.get("precision", 18) <= 38, column["name"]

    def test_date_formats_read_what_they_write(self, workload: WorkloadFolder) -> None:
        for column in workload.columns:
            if column.type in ("date", "timestamp") and column.date_format not in ("", "iso"):
                assert datetime.strptime(value(column, 3), column.date_format)

    def test_the_bronze_table_has_every_column_and_its_partitions(self, workload: WorkloadFolder) -> None:
        ddl = workload.text("sql/bronze/create_bronze.sql")
        dropped = workload.script("scripts/extract/extract_sales_orders.py").SPEC.dropped_columns
        for column in workload.source["columns"]:
            assert (f"`{column['source_name'].lower()}`" in ddl) == (column["source_name"] not in dropped)
        assert "PARTITIONED BY" in ddl
        assert "`ingestion_date`" in ddl

    def test_extraction_reads_the_columns_of_the_schema(self, workload: WorkloadFolder) -> None:
        spec = workload.script("scripts/extract/extract_sales_orders.py").SPEC
        assert list(spec.columns) == [column["source_name"] for column in workload.source["columns"]]
        assert set(spec.dropped_columns) <= set(spec.columns)
        assert (spec.workload, spec.table) == (workload.workload, workload.table)

    def test_extraction_reads_the_source_of_the_config(self, workload: WorkloadFolder) -> None:
        spec = workload.script("scripts/extract/extract_sales_orders.py").SPEC
        source = workload.source["source"]
        assert (spec.location, spec.format, spec.load) == (source["location"], source["format"], source["load"])
        assert spec.filter == (source.get("filter") or "")
        given = {key: list(item) if isinstance(item, tuple) else item for key, item in spec.read_options().items()}
        assert given == {key: source["options"].get(key, given[key]) for key in given}

    def test_bronze_keeps_text_as_text(self, workload: WorkloadFolder) -> None:
        ddl = workload.text("sql/bronze/create_bronze.sql")
        dropped = workload.script("scripts/extract/extract_sales_orders.py").SPEC.dropped_columns
        if workload.source["source"]["format"] != "parquet":
            names = {column["source_name"] for column in workload.source["columns"]} - set(dropped)
            assert [name for name in names if f"`{name.lower()}` STRING" not in ddl] == []
