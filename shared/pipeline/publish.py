"""Write, audit, publish: a version is written beside the one that is read, then the pointer moves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.pipeline.arguments import RunArguments
from shared.pipeline.storage import join
from shared.pipeline.tables import columns_of, put_table, write_parquet
from shared.pipeline.zones import Lake, Published, PublishedFile, free_version, read_pointer, switch


def prepare_version(
    con: Any,
    lake: Lake,
    zone: str,
    table: str,
    arguments: RunArguments,
    query: str,
    partition_columns: Sequence[str],
    folder: Path,
) -> Published:
    """Write the rows of ``query`` as a version that nobody reads yet.

    :param folder: scratch on this machine.
    :returns: what the pointer will say.
    """
    staged = folder / f"version_{zone}_{table}"
    write_parquet(con, query, staged, partition_by=partition_columns)
    version = free_version(lake, zone, table, arguments.load_id)
    path = f"version={version}"
    target = join(lake.table(zone, table), path)
    written = put_table(con, staged, target)
    files = tuple(PublishedFile(f"{path}/{name}", rows) for name, rows in written)
    columns = tuple({"name": name, "type": kind} for name, kind in columns_of(con, query))
    before = read_pointer(lake, zone, table)
    return Published(
        version=version,
        load_id=arguments.load_id,
        run_date=arguments.run_date,
        path=path,
        rows=sum(file.rows for file in files),
        files=files,
        columns=columns,
        previous=before.version if before else "",
    )


def publish(lake: Lake, zone: str, table: str, version: Published) -> None:
    """Let readers see a prepared version, in one switch."""
    switch(lake, zone, table, version)
