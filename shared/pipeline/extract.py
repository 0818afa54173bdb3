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
from shared.pipeline.selection import Selection, select
from shared.pipeline.source import FILE_COLUMN, LOAD_COLUMN, ROW_COLUMN, Source, open_source
from shared.pipeline.tables import PART, count_rows, replace_tree, write_parquet
from shared.pipeline.watermark import Watermark
from shared.pipeline.zones import Lake

log = logging.getLogger(__name__)
STEP = "extract"


@dataclass(frozen=True)
class ExtractSpec:
    """How a workload reads its source.

    :ivar columns: names in the source, in the order of Bronze.
    :ivar dropped_columns: those of them that never reach Bronze.
    :ivar filter: SQL condition over the source's columns, from the approved plan; empty for all rows.
    :ivar load: ``full`` (each delivery is a snapshot), ``new_files`` (files that no other date has loaded) or
        ``watermark`` (rows above the highest value that earlier dates have loaded).
    :ivar watermark_column: its name in the source; for ``watermark``.
    :ivar watermark_type: ``integer``, ``decimal``, ``date`` or ``timestamp``.
    :ivar watermark_formats: of dates and timestamps in text: strptime, or ``iso``.
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
    watermark_column: str = ""
    watermark_type: str = ""
    watermark_formats: tuple[str, ...] = ()

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

    :returns: ``source`` (rows read, the unreadable included, without those the filter or the watermark leaves out),
        ``bronze``, ``unreadable``, ``filtered_out``, ``not_new`` (by the watermark), ``files``, ``empty_files``
        (without a row), ``new_columns`` (not loaded, for nobody has classified them).
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
    with engine.connection() as con:
        selection = select(con, state.current_loads(lake), arguments.run_date, spec.load, _watermark(spec))
    with open_source(
        spec.location, spec.format, spec.read_options(), leave_out=selection.leave_out, bounds=selection.bounds
    ) as source:
        new_columns = _check_columns(spec, source)
        target = lake.bronze_load(spec.table, arguments.run_date, arguments.load_id)
        written = _write(spec, source, selection, lake, arguments.load_id, target)
        rows, marks = written.rows, written.marks
        # Empty files count as loaded, too: they are no delivery of tomorrow.
        files = tuple(sorted([*source.files, *source.empty_files]))
        load = state.Load(arguments.run_date, arguments.load_id, spec.load, files, rows, source.unreadable, **marks)
        summary = {
            "source": rows + source.unreadable,
            "bronze": rows,
            "rows": rows,
            "unreadable": source.unreadable,
            "filtered_out": source.rows - written.passed,
            "not_new": written.passed - rows,
            "files": len(source.files),
            "empty_files": _empty_files(spec, source),
            "new_columns": new_columns,
            **({"watermark": marks} if marks else {}),
            "columns": [
                {"name": column.name, "type": column.physical_type}
                for column in source.columns
                if column.name in spec.columns and column.name not in spec.dropped_columns
            ],
            "path": target,
        }
    state.record_load(lake, load)
    return state.write_summary(lake, arguments, STEP, summary)


def _watermark(spec: ExtractSpec) -> Watermark | None:
    if not spec.watermark_column:
        return None
    return Watermark(spec.watermark_column, spec.watermark_type, spec.watermark_formats)


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


@dataclass(frozen=True)
class _Written:
    """Rows that pass the filter, those of them in Bronze, and what the load's watermark says."""

    passed: int
    rows: int
    marks: dict[str, str]


def _write(spec: ExtractSpec, source: Source, selection: Selection, lake: Lake, load_id: str, target: str) -> _Written:
    with tempfile.TemporaryDirectory(prefix="onboarding_extract_") as scratch, engine.connection() as con:
        source.create_view(con, "source")
        folder = Path(scratch) / "bronze"
        condition, parameters = selection.condition()
        write_parquet(con, _query(spec, source, load_id, condition), folder, parameters=parameters or None)
        kept = [name for name in spec.columns if name not in spec.dropped_columns]
        passed = _count_passed(con, spec, source)
        folder = selection.own_rows(con, lake, spec.table, folder, kept)
        rows = count_rows(con, [folder / PART])
        _check_rows(spec, source, passed, rows, target)
        marks = dict(selection.marks(con, folder))
        replace_tree(folder, target)
    return _Written(passed, rows, marks)


def _count_passed(con: Any, spec: ExtractSpec, source: Source) -> int:
    if not spec.filter:
        return source.rows
    return int(con.execute(f"SELECT count(*) FROM source WHERE ({spec.filter})").fetchall()[0][0])  # noqa: S608


def _check_rows(spec: ExtractSpec, source: Source, passed: int, rows: int, target: str) -> None:
    """Nothing is loaded when the filter leaves no row, or when rows were lost.

    :raises SourceError: the filter leaves no row.
    :raises BalanceError: rows were read and are not there.
    """
    if not passed:
        raise SourceError(
            "The filter leaves no row of the source.",
            where=spec.location,
            expected="at least one row",
            given=f"{source.rows} rows, none of which passes the filter",
            remedy="Check source.filter, or ask for the delivery again.",
        )
    if spec.load != "watermark" and rows != passed:
        raise BalanceError(
            "Bronze does not have the rows that were read.",
            where=target,
            expected=f"{passed} rows",
            given=f"{rows} rows",
            remedy="Run the task again; report it if it happens twice.",
        )


def _query(spec: ExtractSpec, source: Source, load_id: str, condition: str) -> str:
    present = {column.name for column in source.columns}
    selected = [
        quote_identifier(name) if name in present else f"NULL::VARCHAR AS {quote_identifier(name)}"
        for name in spec.columns
        if name not in spec.dropped_columns
    ]
    selected += [FILE_COLUMN, ROW_COLUMN, f"{quote_literal(load_id)} AS {LOAD_COLUMN}"]
    conditions = [f"({spec.filter})"] if spec.filter else []
    conditions += [condition] if condition != "true" else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(selected)} FROM source{where}"  # noqa: S608
