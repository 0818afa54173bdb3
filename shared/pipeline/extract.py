"""Source -> Bronze: one immutable load, as read."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline import engine, state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import BalanceError, NothingNewError, SourceError
from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.reading.files import named
from shared.pipeline.source import FILE_COLUMN, LOAD_COLUMN, ROW_COLUMN, Source, StoredFile, open_source
from shared.pipeline.tables import PART, count_rows, replace_tree, write_parquet
from shared.pipeline.zones import Lake

log = logging.getLogger(__name__)
STEP = "extract"


@dataclass(frozen=True)
class ExtractSpec:
    """How a workload reads its source.

    :ivar columns: names in the source, in the order of Bronze.
    :ivar dropped_columns: those of them that never reach Bronze.
    :ivar filter: SQL condition over the source's columns, from the approved plan; empty for all rows.
    :ivar load: ``full`` (each delivery is a snapshot) or ``new_files`` (files that no other date has loaded).
    """

    workload: str
    table: str
    location: str
    format: str
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool = True
    encoding: str | None = None
    null_values: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    filter: str = ""
    load: str = "full"

    def read_options(self) -> dict[str, Any]:
        """The options for :func:`shared.pipeline.source.open_source`."""
        options: dict[str, Any] = {"null_values": self.null_values, "encoding": self.encoding}
        if self.format == "csv":
            options |= {
                "delimiter": self.delimiter,
                "quote": self.quote,
                "escape": self.escape,
                "header": self.header,
            }
        return options


def extract_to_bronze(spec: ExtractSpec, arguments: RunArguments) -> dict[str, Any]:
    """Read the source and write it as the load of this run; a repeated run replaces its own load.

    :returns: ``source`` (rows read, the unreadable included, without those the filter leaves out),
        ``bronze``, ``unreadable``, ``filtered_out``, ``files``, ``empty_files`` (without a row), ``new_columns``
        (not loaded, for nobody has classified them).
    :raises SourceError: missing, empty, not what its format says, or columns are gone.
    :raises NothingNewError: there is nothing that was not loaded before; the state of the run says so.
    """
    lake = Lake(arguments.lake_uri, spec.workload)
    try:
        summary = _extract(lake, spec, arguments)
    except NothingNewError as error:
        state.write_summary(lake, arguments, state.SKIPPED, {"reason": error.what, "where": error.where})
        raise
    state.forget_summary(lake, arguments.load_id, state.SKIPPED)
    return summary


def _extract(lake: Lake, spec: ExtractSpec, arguments: RunArguments) -> dict[str, Any]:
    with open_source(
        spec.location, spec.format, spec.read_options(), leave_out=_loaded_before(lake, spec, arguments)
    ) as source:
        new_columns = _check_columns(spec, source)
        target = lake.bronze_load(spec.table, arguments.run_date, arguments.load_id)
        rows = _write(spec, source, arguments.load_id, target)
        # Empty files count as loaded, too: they are no delivery of tomorrow.
        files = tuple(sorted([*source.files, *source.empty_files]))
        load = state.Load(arguments.run_date, arguments.load_id, spec.load, files, rows, source.unreadable)
        summary = {
            "source": rows + source.unreadable,
            "bronze": rows,
            "rows": rows,
            "unreadable": source.unreadable,
            "filtered_out": source.rows - rows,
            "files": len(source.files),
            "empty_files": _empty_files(spec, source),
            "new_columns": new_columns,
            "columns": [
                {"name": column.name, "type": column.physical_type}
                for column in source.columns
                if column.name in spec.columns and column.name not in spec.dropped_columns
            ],
            "path": target,
        }
    state.record_load(lake, load)
    return state.write_summary(lake, arguments, STEP, summary)


def _loaded_before(lake: Lake, spec: ExtractSpec, arguments: RunArguments) -> set[StoredFile]:
    """Files that are current loads of other dates; a repeated date loads its own files again.

    Later dates count as well: a file is loaded once, whatever the order of the runs.
    """
    if spec.load == "full":
        return set()
    if spec.load != "new_files":
        raise SourceError(
            "The way of loading is not known.",
            where=f"workload {spec.workload}",
            expected="full or new_files",
            given=spec.load,
            remedy="Set source.load to full or new_files and onboard the source again.",
        )
    others = [load for load in state.current_loads(lake) if load.run_date != arguments.run_date]
    return {file for load in others for file in load.files}


def _empty_files(spec: ExtractSpec, source: Source) -> int:
    without = source.files_without_rows
    if without:
        log.warning("%s: files without a row: %s", spec.workload, named(without))
    return len(without)


def _check_columns(spec: ExtractSpec, source: Source) -> list[str]:
    """Names of columns that came up since the onboarding.

    A missing column is an error, but in JSON, where a key that no row has is a column of NULL.

    :raises SourceError: columns are missing.
    """
    names = [column.name for column in source.columns]
    missing = [name for name in spec.columns if name not in names]
    if missing and source.format not in ("json", "jsonl"):
        raise SourceError(
            "The source lacks columns that it had when it was onboarded.",
            where=spec.location,
            expected=", ".join(spec.columns),
            given=f"missing: {', '.join(missing)}",
            remedy="Ask the sender, or onboard the change with intent modify.",
        )
    new = [name for name in names if name not in spec.columns]
    if new:
        log.warning("%s: columns that are not onboarded are left out: %s", spec.workload, ", ".join(new))
    return new


def _write(spec: ExtractSpec, source: Source, load_id: str, target: str) -> int:
    with tempfile.TemporaryDirectory(prefix="onboarding_extract_") as scratch, engine.connection() as con:
        source.create_view(con, "source")
        folder = Path(scratch) / "bronze"
        write_parquet(con, _query(spec, source, load_id), folder)
        rows = count_rows(con, [folder / PART])
        if not rows:
            raise SourceError(
                "The filter leaves no row of the source.",
                where=spec.location,
                expected="at least one row",
                given=f"{source.rows} rows, none of which passes the filter",
                remedy="Check source.filter, or ask for the delivery again.",
            )
        if not spec.filter and rows != source.rows:
            raise BalanceError(
                "Bronze does not have the rows that were read.",
                where=target,
                expected=f"{source.rows} rows",
                given=f"{rows} rows",
                remedy="Run the task again; report it if it happens twice.",
            )
        replace_tree(folder, target)
    return rows


def _query(spec: ExtractSpec, source: Source, load_id: str) -> str:
    present = {column.name for column in source.columns}
    selected = [
        quote_identifier(name) if name in present else f"NULL::VARCHAR AS {quote_identifier(name)}"
        for name in spec.columns
        if name not in spec.dropped_columns
    ]
    selected += [FILE_COLUMN, ROW_COLUMN, f"{quote_literal(load_id)} AS {LOAD_COLUMN}"]
    condition = f" WHERE ({spec.filter})" if spec.filter else ""
    return f"SELECT {', '.join(selected)} FROM source{condition}"  # noqa: S608
