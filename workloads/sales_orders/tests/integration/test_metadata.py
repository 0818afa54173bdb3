"""Integration tests of the metadata agent: synthetic files in the source's format, read by the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline.source import Source, open_source
from shared.testing.workload import LOAD_ID, PipelineRun, WorkloadFolder

DROPPED = []


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


class TestProfile:
    """Phase 3: a file like the source's is read the way the config says."""

    def test_the_columns_are_read_under_their_names(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        with opened(workload, workload.rows(5), tmp_path) as source:
            read = [column.name for column in source.columns]
        for column in workload.source["columns"]:
            assert column["source_name"] in read, column["name"]
        assert len(read) == len(workload.source["columns"])

    def test_every_row_is_read(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        with opened(workload, workload.rows(25), tmp_path) as source:
            assert (source.rows, source.unreadable) == (25, 0)

    def test_two_files_are_one_source(self, workload: WorkloadFolder, tmp_path: Path) -> None:
        workload.write_source(workload.rows(5), tmp_path / "source" / "a")
        workload.write_source(workload.rows(7), tmp_path / "source" / "b")
        options = workload.source["source"]
        with open_source((tmp_path / "source").as_uri(), workload.file_format, options["options"]) as source:
            assert source.rows == 12


def opened(workload: WorkloadFolder, rows: list[dict[str, str | None]], folder: Path) -> Source:
    options = workload.source["source"]
    return open_source(workload.write_source(rows, folder), workload.file_format, options["options"])


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
        found = set(pipeline.bronze()[0])
        for column in workload.source["columns"]:
            assert (column["source_name"] in found) == (column["source_name"] not in DROPPED), column["name"]
        known = {column["source_name"] for column in workload.source["columns"]}
        assert found - known == {"_source_file", "_source_row", "_load_id"}

    def test_values_reach_bronze_as_they_are(self, workload: WorkloadFolder, pipeline: PipelineRun) -> None:
        rows = workload.rows(6)
        pipeline.extract(rows)
        bronze = sorted(pipeline.bronze(), key=lambda row: row["_source_row"])
        for name in sorted(set(workload.text_columns) - set(DROPPED)):
            assert [row[name] for row in bronze] == [row[name] for row in rows], name

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
