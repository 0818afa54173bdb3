"""Integration tests of the metadata agent: synthetic files in the source's format, read by the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline.source import Source, open_source
from shared.testing.workload import LOAD_ID, PipelineRun, WorkloadFolder


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


class TestProfile:
    """Phase 3: a file like the source's is read the way the config says."""

    def test_the_columns_are_read_under_their_names(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        with opened(workload, workload.rows(5), tmp_path) as source:
            read = [column.name for column in source.columns]
        assert sorted(read) == sorted(column["source_name"] for column in workload.source["columns"])

    def test_every_row_is_read(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        with opened(workload, workload.rows(25), tmp_path) as source:
            assert (source.rows, source.unreadable) == (25, 0)

    def test_two_files_are_one_source(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        workload.write_source(workload.rows(5), tmp_path / "source" / "a")
        workload.write_source(workload.rows(7), tmp_path / "source" / "b")
        options = workload.source["source"]
        with open_source((tmp_path / "source").as_uri(), options["format"], options["options"]) as source:
            assert source.rows == 12


def opened(workload: WorkloadFolder, rows: list[dict[str, str | None]], folder: Path) -> Source:
    options = workload.source["source"]
    return open_source(workload.write_source(rows, folder), options["format"], options["options"])


@pytest.fixture
def pipeline(workload: WorkloadFolder, tmp_path: Path) -> PipelineRun:
    return PipelineRun(workload, tmp_path)


class TestMetadata:
    """Phase 4.2: the extract script writes Bronze as read."""

    def test_every_row_reaches_bronze(self, workload: WorkloadFolder, pipeline: PipelineRun) -> None:
        pipeline.extract(workload.rows(20))
        assert len(pipeline.bronze()) == 20

    def test_bronze_has_the_columns_of_the_source_and_where_they_come_from(
        self, workload: WorkloadFolder, pipeline: PipelineRun
    ) -> None:
        pipeline.extract(workload.rows(3))
        dropped = set(workload.script("scripts/extract/extract_sales_orders.py").SPEC.dropped_columns)
        expected = {column["source_name"] for column in workload.source["columns"]} - dropped
        assert set(pipeline.bronze()[0]) == expected | {"_source_file", "_source_row", "_load_id"}

    def test_rows_are_numbered_and_carry_their_load(self, workload: WorkloadFolder, pipeline: PipelineRun) -> None:
        pipeline.extract(workload.rows(10))
        rows = pipeline.bronze()
        assert sorted(row["_source_row"] for row in rows) == list(range(1, 11))
        assert {row["_load_id"] for row in rows} == {LOAD_ID}

    def test_the_same_load_again_changes_nothing(self, workload: WorkloadFolder, pipeline: PipelineRun) -> None:
        pipeline.extract(workload.rows(8))
        first = pipeline.bronze()
        pipeline.extract(workload.rows(8))
        assert pipeline.bronze() == first
