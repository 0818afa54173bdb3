"""What is compared with the statements by hand leaves the same tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data_plane.by_hand import TABLES, run_by_hand, table_file
from benchmarks.data_plane.equal import rows_of_tables
from benchmarks.data_plane.ours import LOAD_ID, SAMPLE_ROWS, onboard, run_embedded
from shared.pipeline import engine


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_workload_leaves_what_the_statements_by_hand_leave(tmp_path: Path, kind: str) -> None:
    source, by_hand = tmp_path / "in" / f"lines.{kind}", tmp_path / "by_hand"
    by_hand.mkdir()
    workload = onboard(source, tmp_path)
    assert set(run_by_hand(source, by_hand, LOAD_ID)) == {"start", "read", *TABLES}
    assert list(run_embedded(tmp_path, workload.plan.workload)) == [Path(name).stem for name in workload.scripts]
    rows = rows_of_tables(workload, by_hand)
    assert rows["bronze"] == SAMPLE_ROWS
    assert rows["silver"] + rows["duplicates"] + rows["quarantine"] == SAMPLE_ROWS
    assert min(rows.values()) > 0, "every table has rows"

    with engine.connection() as con:
        silver = table_file(by_hand, "silver")
        other = f"SELECT * REPLACE (CAST(amount + 1 AS DECIMAL(18, 2)) AS amount) FROM read_parquet('{silver}')"
        con.execute(f"COPY ({other}) TO '{silver}.new' (FORMAT parquet)")
    silver.with_suffix(".parquet.new").rename(silver)
    with pytest.raises(SystemExit, match="silver: the rows differ"):
        rows_of_tables(workload, by_hand)
