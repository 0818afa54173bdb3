"""Source -> Bronze: one immutable load, as read."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.pipeline import engine, schema_drift, state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.erasure_list import leave_out
from shared.pipeline.errors import BalanceError, NothingNewError, SourceError
from shared.pipeline.literals import quote_literal
from shared.pipeline.reading.alignment import check_any_known
from shared.pipeline.reading.files import named
from shared.pipeline.reading.tables import UNCAST_COLUMN
from shared.pipeline.schema_drift import Delivery, Finding
from shared.pipeline.selection import Selection, select
from shared.pipeline.session import engine_of
from shared.pipeline.source import FILE_COLUMN, LOAD_COLUMN, ROW_COLUMN, Source, open_source
from shared.pipeline.tables import PART, count_rows, put_table, quoted, write_parquet
from shared.pipeline.watermark import Watermark, value_of_formats
from shared.pipeline.zones import Lake

if TYPE_CHECKING:
    from shared.pipeline.spark.source import SparkSource

log = logging.getLogger(__name__)
STEP = "extract"


@dataclass(frozen=True)
class ExtractSpec:
    """How a workload reads its source.

    :ivar columns: names in the source, in the order of Bronze.
    :ivar column_types: their onboarded types (of DuckDB), without those of text; ``None``: not kept, any type will do.
    :ivar dropped_columns: those of them that never reach Bronze.
    :ivar filter: SQL condition over the source's columns, from the approved plan, for each engine (``duckdb`` and
        ``spark``); empty for all rows. A text, as scripts of earlier versions have it, is that of the embedded engine.
    :ivar load: ``full`` (each delivery is a snapshot), ``new_files`` (files that no other date has loaded) or
        ``watermark`` (rows above the highest value that earlier dates have loaded).
    :ivar watermark_column: its name in the source; for ``watermark``.
    :ivar watermark_type: ``integer``, ``decimal``, ``date`` or ``timestamp``.
    :ivar watermark_values: engine -> SQL of its value.
    :ivar watermark_formats: scripts of earlier versions have these instead: of dates and timestamps in text, strptime
        or ``iso``.
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
    column_types: Mapping[str, str] | None = None
    dropped_columns: tuple[str, ...] = ()
    filter: Mapping[str, str] | str = field(default_factory=dict)
    load: str = "full"
    watermark_column: str = ""
    watermark_type: str = ""
    watermark_values: Mapping[str, str] = field(default_factory=dict)
    watermark_formats: tuple[str, ...] = ()

    def compared_with(self, given: Mapping[str, str]) -> Delivery:
        """A delivery against what was onboarded.

        :param given: name -> type of its columns.
        """
        types = self.column_types
        known = {name: "" if types is None else types.get(name, "VARCHAR") for name in self.columns}
        return Delivery(self.table, known, given, frozenset(self.dropped_columns))

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
        ``bronze``, ``unreadable``, ``erased`` (of persons on the erasure list, when there are any), ``filtered_out``,
        ``not_new`` (by the watermark), ``files``, ``empty_files`` (without a row), ``schema_drift`` (in how many ways
        the columns are not those that were onboarded; the report ``schema_drift`` of the load has each).
    :raises SourceError: missing, empty, not what its format says, or none of the onboarded columns is there.
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
    selection = _selection(lake, spec, arguments)
    with ExitStack() as stack:
        source = _opened(stack, spec, arguments, selection)
        target = lake.bronze_load(spec.table, arguments.run_date, arguments.load_id)
        written = _write(spec, source, selection, lake, arguments, target)
        rows, marks = written.rows, written.marks
        # Empty files count as loaded, too: they are no delivery of tomorrow.
        files = tuple(sorted([*source.files, *source.empty_files]))
        load = state.Load(arguments.run_date, arguments.load_id, spec.load, files, rows, source.unreadable, **marks)
        summary = {
            "source": rows + written.erased + source.unreadable,
            "bronze": rows,
            "rows": rows,
            "unreadable": source.unreadable,
            "filtered_out": source.rows - written.passed,
            "not_new": written.passed - rows - written.erased,
            "files": len(source.files),
            "empty_files": _empty_files(spec, source),
            "schema_drift": len(written.drift),
            **({"watermark": marks} if marks else {}),
            **({"erased": written.erased} if written.erased else {}),
            "columns": [{"name": name, "type": kind} for name, kind in written.types.items()],
            "path": target,
        }
    schema_drift.write_report(lake, arguments, "bronze", written.drift)
    for finding in written.drift:
        log.warning("%s: %s", spec.workload, finding.text())
    state.record_load(lake, load)
    return state.write_summary(lake, arguments, STEP, summary)


def _selection(lake: Lake, spec: ExtractSpec, arguments: RunArguments) -> Selection:
    loads = state.current_loads(lake)
    if not spec.watermark_column:
        return select(None, loads, arguments.run_date, spec.load, None)
    with engine.opened(arguments) as con:
        return select(con, loads, arguments.run_date, spec.load, _watermark(spec))


def _opened(stack: ExitStack, spec: ExtractSpec, arguments: RunArguments, selection: Selection) -> Source | SparkSource:
    options = spec.read_options()
    if arguments.engine == "aws":
        from shared.pipeline.spark.source import open_spark_source

        session = stack.enter_context(engine.opened(arguments))
        return stack.enter_context(
            open_spark_source(
                session, spec.location, spec.format, options, leave_out=selection.leave_out, known=spec.columns
            )
        )
    return stack.enter_context(
        open_source(
            spec.location,
            spec.format,
            options,
            leave_out=selection.leave_out,
            bounds=selection.bounds,
            known=spec.columns,
        )
    )


def _watermark(spec: ExtractSpec) -> Watermark | None:
    if not spec.watermark_column:
        return None
    column, kind = spec.watermark_column, spec.watermark_type
    return Watermark(column, kind, spec.watermark_values or value_of_formats(column, kind, spec.watermark_formats))


def _empty_files(spec: ExtractSpec, source: Source | SparkSource) -> int:
    without = source.files_without_rows
    if without:
        log.warning("%s: files without a row: %s", spec.workload, named(without))
    return len(without)


@dataclass(frozen=True)
class _Written:
    """What went to Bronze.

    :ivar passed: rows that pass the filter.
    :ivar rows: those of them in Bronze.
    :ivar erased: rows of erased persons, which stay out.
    :ivar marks: what the load's watermark says.
    :ivar types: name -> type of its columns.
    :ivar drift: how the delivery's columns differ from those that were onboarded.
    """

    passed: int
    rows: int
    erased: int
    marks: dict[str, str]
    types: dict[str, str]
    drift: list[Finding]


def _write(
    spec: ExtractSpec,
    source: Source | SparkSource,
    selection: Selection,
    lake: Lake,
    arguments: RunArguments,
    target: str,
) -> _Written:
    with tempfile.TemporaryDirectory(prefix="onboarding_extract_") as scratch, engine.opened(arguments) as con:
        source.create_view(con, "delivered")
        # After the view: only what was read whole tells the columns of every format.
        delivery = spec.compared_with({column.name: column.physical_type for column in source.columns})
        delivery = delivery.with_values_counted(con, "delivered")
        check_any_known(list(delivery.given), spec.columns, spec.location)
        _check_watermark_column(spec, delivery)
        delivery.create_view(con, "delivered", "source")
        drift = delivery.findings(con, "delivered")
        folder = Path(scratch) / "bronze"
        condition, parameters = selection.condition(con)
        types = {name: kind for name, kind in delivery.types().items() if name not in spec.dropped_columns}
        kept = [*types, *([UNCAST_COLUMN] if delivery.kept_as_text else [])]
        write_parquet(con, _query(con, spec, kept, arguments.load_id, condition), folder, parameters=parameters or None)
        passed = _count_passed(con, spec, source)
        onboarded = [name for name in spec.columns if name not in spec.dropped_columns]
        folder = selection.own_rows(con, lake, spec.table, folder, onboarded)
        folder, erased = leave_out(con, lake, folder)
        rows = count_rows(con, [folder / PART])
        _check_rows(spec, source, passed, rows + erased, target)
        marks = dict(selection.marks(con, folder))
        put_table(con, folder, target)
    return _Written(passed, rows, erased, marks, types, drift)


def _check_watermark_column(spec: ExtractSpec, delivery: Delivery) -> None:
    """Without its watermark a delivery cannot be told from those before.

    :raises SourceError: the column is gone.
    """
    if spec.watermark_column in delivery.removed:
        raise SourceError(
            "The source lacks the column by which it is loaded.",
            where=spec.location,
            expected=f"the watermark column {spec.watermark_column}",
            given=f"{len(delivery.given)} columns, none of that name",
            remedy="Ask the sender, or onboard the change with intent modify.",
        )


def _count_passed(con: Any, spec: ExtractSpec, source: Source | SparkSource) -> int:
    if not spec.filter:
        return source.rows
    return int(con.execute(f"SELECT count(*) FROM source WHERE ({_filter(con, spec)})").fetchall()[0][0])  # noqa: S608


def _filter(con: Any, spec: ExtractSpec) -> str:
    return spec.filter if isinstance(spec.filter, str) else spec.filter[engine_of(con)]


def _check_rows(spec: ExtractSpec, source: Source | SparkSource, passed: int, rows: int, target: str) -> None:
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


def _query(con: Any, spec: ExtractSpec, columns: Sequence[str], load_id: str, condition: str) -> str:
    selected = [quoted(con, name) for name in columns]
    selected += [FILE_COLUMN, ROW_COLUMN, f"{quote_literal(load_id)} AS {LOAD_COLUMN}"]
    conditions = [f"({_filter(con, spec)})"] if spec.filter else []
    conditions += [condition] if condition != "true" else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(selected)} FROM source{where}"  # noqa: S608
