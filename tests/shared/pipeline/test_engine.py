"""A connection takes its limits from the resources, and a partitioned table takes no more than its share of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline.engine import MOST_UNWRITTEN_ROWS, connection, unwritten_rows
from shared.pipeline.resources import Resources
from shared.pipeline.tables import write_parquet

MEBIBYTE = 1024**2


@pytest.mark.parametrize(
    ("memory_mebibytes", "threads", "rows"),
    [(237, 1, 60_672), (2_048, 1, 524_288), (16_384, 2, MOST_UNWRITTEN_ROWS), (512, 4, 32_768), (1, 8, 2_048)],
)
def test_rows_that_a_partitioned_table_keeps_follow_from_the_memory(
    memory_mebibytes: int, threads: int, rows: int
) -> None:
    assert unwritten_rows(Resources(memory_mebibytes * MEBIBYTE, threads, "unused")) == rows


def test_a_partitioned_table_is_written_in_little_memory_and_is_whole(tmp_path: Path) -> None:
    limits = Resources(128 * MEBIBYTE, 1, str(tmp_path / "spill"))
    query = (
        "SELECT i % 8 AS kind, i, repeat(chr(97 + CAST(i % 26 AS INTEGER)), 100) || i AS text "
        "FROM range(1500000) AS t(i) ORDER BY hash(i)"
    )
    with connection(limits) as con:
        assert con.execute("SELECT current_setting('partitioned_write_flush_threshold')").fetchall() == [(32_768,)]
        write_parquet(con, query, tmp_path / "table", partition_by=["kind"])
        files = f"read_parquet('{tmp_path}/table/**/*.parquet', hive_partitioning = false)"
        found = con.execute(f"SELECT count(*), count(DISTINCT i), count(DISTINCT kind) FROM {files}").fetchall()
    assert found == [(1_500_000, 1_500_000, 8)]
    assert len(list((tmp_path / "table").rglob("*.parquet"))) == 8
