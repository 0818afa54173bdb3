"""Whether the generated workload and the statements by hand left the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.data_plane.by_hand import TABLES, table_file
from benchmarks.data_plane.ours import LOAD_ID
from shared.pipeline import engine, tables
from shared.pipeline.arguments import RunArguments
from shared.pipeline.zones import Lake, published_files, read_pointer
from tests.spark.both_engines import RUN_DATE, Workload


def rows_of_tables(workload: Workload, by_hand: Path) -> dict[str, int]:
    """Rows of every table, once both runs are over.

    :param by_hand: the folder of the statements' files.
    :raises SystemExit: a table has other rows, a row other values, or a column another type or place.
    """
    counts = {}
    with engine.connection() as con:
        for table, files in _files(workload.lake("local")).items():
            left, right = tables.scan(files), tables.scan([table_file(by_hand, table)])
            if tables.columns_in(con, left) != tables.columns_in(con, right):
                raise SystemExit(f"{table}: the columns differ")
            for one, other in ((left, right), (right, left)):
                query = f"SELECT count(*) FROM (SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other})"
                if con.execute(query).fetchall()[0][0]:
                    raise SystemExit(f"{table}: the rows differ, so the times mean nothing")
            counts[table] = int(con.execute(f"SELECT count(*) FROM {left}").fetchall()[0][0])
    return counts


def _files(lake: Lake) -> Mapping[str, list[Path]]:
    arguments = RunArguments("file:///workload", RUN_DATE, LOAD_ID, "local", lake.uri)
    uris = {
        "bronze": tables.parquet_files(lake.bronze_load(lake.workload, RUN_DATE, LOAD_ID)),
        "silver": _published(lake, "silver", lake.workload),
        "gold": _published(lake, "gold", "revenue"),
        "duplicates": tables.parquet_files(lake.quarantine("duplicates", arguments)),
        "quarantine": tables.parquet_files(lake.quarantine("silver", arguments)),
    }
    assert set(uris) == set(TABLES)
    return {table: [Path(uri.removeprefix("file://")) for uri in found] for table, found in uris.items()}


def _published(lake: Lake, zone: str, table: str) -> list[str]:
    pointer = read_pointer(lake, zone, table)
    return [] if pointer is None else published_files(lake, zone, table, pointer)
