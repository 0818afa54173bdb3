"""Bronze -> Silver and Silver -> Gold: run the approved statement and write a candidate."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.pipeline import engine, schema_drift, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import StepOrderError, WorkloadChangedError
from shared.pipeline.measures import forget_measures, record_measures
from shared.pipeline.reading.tables import UNCAST_COLUMN
from shared.pipeline.secrets import masking_key
from shared.pipeline.session import Session, engine_of
from shared.pipeline.source import LOAD_COLUMN, ROW_COLUMN
from shared.pipeline.tables import (
    PART,
    bring,
    columns_in,
    count_rows,
    create_view,
    parquet_files,
    put_table,
    quoted,
    relation,
    scan,
    write_parquet,
)
from shared.pipeline.zones import Lake, published_files, read_pointer

log = logging.getLogger(__name__)
UNPARSED_COLUMN = "_unparsed"
RANK_COLUMN = "_duplicate_rank"
#: Columns of a candidate that are never published; ``_uncast`` only where a column changed its type.
CONTROL_COLUMNS = (UNPARSED_COLUMN, RANK_COLUMN, UNCAST_COLUMN)
#: So that the same input gives the same files, whatever the threads did.
ARRIVAL = f"ORDER BY {LOAD_COLUMN}, {ROW_COLUMN}"


@dataclass(frozen=True)
class TransformSpec:
    """One statement and what it reads and writes.

    :ivar zone: ``silver`` or ``gold``.
    :ivar inputs: name of a view -> ``bronze/<table>`` or ``silver/<table>``.
    :ivar sql: engine (``duckdb``, ``spark``) -> path of the statement in the workload's directory.
    :ivar partition_columns: by which the published table is partitioned.
    :ivar needs_masking_key: whether the statement has the parameter ``$masking_key``.
    :ivar source_names: of Silver: column -> its name in Bronze, as in the source.
    :ivar source_types: of Silver: name in Bronze -> type that the statement reads, of those that are no text.
    :ivar measures: of Silver: what is measured of each load, as :func:`shared.pipeline.measures.measure` takes it.
    """

    workload: str
    table: str
    zone: str
    inputs: Mapping[str, str]
    sql: Mapping[str, str]
    partition_columns: tuple[str, ...] = ()
    needs_masking_key: bool = False
    source_names: Mapping[str, str] = field(default_factory=dict)
    source_types: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Sequence[str]] = field(default_factory=dict)


def transform(spec: TransformSpec, arguments: RunArguments) -> dict[str, Any]:
    """Write the candidate of one table; nothing that a consumer sees changes.

    Silver: the candidate has the duplicates too, marked as such; they also go to ``quarantine/<w>/duplicates``.

    :returns: ``input_rows``, ``rows`` (without the duplicates), ``duplicates`` (Silver) or ``filtered`` (Gold:
        rows of Silver that are not in the candidate), and the same by table under ``tables``.
    :raises StepOrderError: an input was never written.
    :raises WorkloadChangedError: the statement is missing, or does not give the columns it must.
    """
    lake = Lake(arguments.lake_uri, spec.workload)
    with tempfile.TemporaryDirectory(prefix="onboarding_transform_") as scratch, engine.opened(arguments) as con:
        folder = Path(scratch)
        input_rows = sum(_create_input(con, lake, spec, name, folder) for name in spec.inputs)
        _run_statement(con, spec, arguments, folder / "all")
        if spec.zone == "silver":
            _report_drift(con, lake, spec, arguments, folder)
            _mark_uncast(con, spec, folder)
        write = _write_silver if spec.zone == "silver" else _write_gold
        counts = write(con, lake, spec, arguments, folder)
        if spec.measures:
            _measure(con, lake, spec, arguments, folder)
    counts = {"input_rows": input_rows, **counts}
    if spec.zone == "gold":
        counts["filtered"] = input_rows - counts["rows"]
    return _summarise(lake, arguments, spec, counts)


def _run_statement(con: Any, spec: TransformSpec, arguments: RunArguments, target: Path) -> None:
    parameters = {"masking_key": masking_key(spec.workload)} if spec.needs_masking_key else None
    write_parquet(con, _statement(con, spec, arguments), target, parameters=parameters)


def _measure(con: Any, lake: Lake, spec: TransformSpec, arguments: RunArguments, folder: Path) -> None:
    """Measure the load of this run, its duplicates included: so the figures do not depend on any other load.

    A snapshot of an old date is not what Silver is made of: it goes through the statement for its figures alone.
    """
    own = next((load for load in state.read_loads(lake) if load.load_id == arguments.load_id), None)
    if own is None:
        forget_measures(lake, arguments)
        return
    every = folder / "all"
    if own not in state.current_loads(lake):
        (name,) = spec.inputs
        files = parquet_files(lake.bronze_load(spec.table, own.run_date, own.load_id))
        _show_input(con, spec, name, files, folder / "own_load")
        every = folder / "own"
        _run_statement(con, spec, arguments, every)
    record_measures(con, lake, arguments, relation(con, [every / PART]), spec.measures)


def _create_input(con: Any, lake: Lake, spec: TransformSpec, name: str, folder: Path) -> int:
    zone, _, table = spec.inputs[name].partition("/")
    uris = _bronze_files(lake, table) if zone == "bronze" else _published_files(lake, zone, table)
    return _show_input(con, spec, name, uris, folder / f"input_{name}")


def _show_input(con: Any, spec: TransformSpec, name: str, uris: Sequence[str], folder: Path) -> int:
    """The view that the statement reads, over these files; returns their rows."""
    zone, _, table = spec.inputs[name].partition("/")
    paths = bring(con, uris, folder)
    create_view(con, name, paths)
    if zone == "bronze" and isinstance(con, Session):
        _check_for_spark(con, name)
    if zone == "bronze" and spec.source_names:
        _fit_bronze(con, spec, name, table, paths)
    return count_rows(con, paths)


def _fit_bronze(con: Any, spec: TransformSpec, name: str, table: str, paths: Sequence[Path]) -> None:
    """Loads from before a change of the workload, under the columns and types that its statement reads now."""
    known = {column: spec.source_types.get(column, "VARCHAR") for column in spec.source_names.values()}
    given = {column: kind for column, kind in columns_in(con, relation(con, paths)) if column in known}
    # On Spark columns have the onboarded types, or were not loaded; some types have several names.
    if given == known or (isinstance(con, Session) and set(given) == set(known)):
        return
    create_view(con, "loads", paths)
    present = {column for column, _ in columns_in(con, "loads")}
    carried = [LOAD_COLUMN, *([UNCAST_COLUMN] if UNCAST_COLUMN in present else [])]
    schema_drift.Delivery(table, known, given).create_view(con, "loads", quoted(con, name), carried=carried)


def _check_for_spark(con: Session, view: str) -> None:
    """What only the embedded engine can hold back.

    :raises WorkloadChangedError: Bronze has values that did not fit the onboarded type of their column.
    """
    if UNCAST_COLUMN in {column for column, _ in con.columns(f"SELECT * FROM {con.quote(view)}")}:  # noqa: S608
        raise WorkloadChangedError(
            "Bronze has values that did not fit the type of their column: the engine aws cannot hold back their rows.",
            where=view,
            expected=f"loads without the column {UNCAST_COLUMN}",
            remedy="Onboard the workload with deployment.engine local, or ask for the deliveries again.",
        )


def _bronze_files(lake: Lake, table: str) -> list[str]:
    loads = state.current_loads(lake)
    if not loads:
        raise _nothing_there(lake, f"bronze/{table}", "extract")
    files = [uri for load in loads for uri in parquet_files(lake.bronze_load(table, load.run_date, load.load_id))]
    if len(files) < len(loads):
        raise _nothing_there(lake, f"bronze/{table}", "extract")
    return files


def _published_files(lake: Lake, zone: str, table: str) -> list[str]:
    published = read_pointer(lake, zone, table)
    if published is None:
        raise _nothing_there(lake, f"{zone}/{table}", f"check_{zone}")
    return published_files(lake, zone, table, published)


def _statement(con: Any, spec: TransformSpec, arguments: RunArguments) -> str:
    uri = storage.join(arguments.workload_uri, spec.sql[engine_of(con)])
    content = storage.read_bytes(uri)
    if content is None:
        raise WorkloadChangedError(
            "A statement of the workload is missing.",
            where=uri,
            remedy="Deploy the workload again; a deployed directory is never edited.",
        )
    return content.decode().strip().rstrip(";")


def _bronze_view(con: Any, spec: TransformSpec) -> str:
    return quoted(con, next(name for name, place in spec.inputs.items() if place.startswith("bronze/")))


def _report_drift(con: Any, lake: Lake, spec: TransformSpec, arguments: RunArguments, folder: Path) -> None:
    every, bronze = relation(con, [folder / "all" / PART]), _bronze_view(con, spec)
    found = schema_drift.unreadable_texts(con, spec.table, every, bronze, arguments.load_id, spec.source_names)
    schema_drift.write_report(lake, arguments, "silver", found)
    for finding in found:
        log.warning("%s: %s", spec.workload, finding.text())


def _mark_uncast(con: Any, spec: TransformSpec, folder: Path) -> None:
    """Name, in each row, the columns whose values did not fit the onboarded type; nothing when all did.

    The names only: the values stay in Bronze, for nobody has masked them.
    """
    view = _bronze_view(con, spec)
    if UNCAST_COLUMN not in {name for name, _ in columns_in(con, view)}:
        return
    origin = f"{LOAD_COLUMN}, {ROW_COLUMN}"
    query = (
        f"SELECT every.*, misfits.{UNCAST_COLUMN} FROM {scan([folder / 'all' / PART])} AS every "  # noqa: S608
        f"LEFT JOIN (SELECT {origin}, map_keys({UNCAST_COLUMN}) AS {UNCAST_COLUMN} FROM {view} "
        f"WHERE {UNCAST_COLUMN} IS NOT NULL) AS misfits USING ({origin})"
    )
    write_parquet(con, query, folder / "marked")
    (folder / "marked" / PART).replace(folder / "all" / PART)


def _write_silver(con: Any, lake: Lake, spec: TransformSpec, arguments: RunArguments, folder: Path) -> dict[str, int]:
    """All rows are the candidate; the duplicates among them, which the check leaves out, are kept apart as well."""
    every = relation(con, [folder / "all" / PART])
    _check_silver_columns(con, every, spec)
    names = [name for name, _ in columns_in(con, every) if name not in CONTROL_COLUMNS]
    removed = f"SELECT {quoted(con, *names)} FROM {every} WHERE {RANK_COLUMN} > 1 {ARRIVAL}"  # noqa: S608
    duplicates = folder / "duplicates"
    write_parquet(con, removed, duplicates)
    rows, count = count_rows(con, [folder / "all" / PART]), count_rows(con, [duplicates / PART])
    if count:
        put_table(con, duplicates, lake.quarantine("duplicates", arguments))
    else:
        storage.delete_tree(lake.quarantine("duplicates", arguments))
    put_table(con, folder / "all", lake.candidate(arguments.load_id, "silver", spec.table))
    return {"rows": rows - count, "duplicates": count}


def _write_gold(con: Any, lake: Lake, spec: TransformSpec, arguments: RunArguments, folder: Path) -> dict[str, int]:
    put_table(con, folder / "all", lake.candidate(arguments.load_id, "gold", spec.table))
    return {"rows": count_rows(con, [folder / "all" / PART])}


def _check_silver_columns(con: Any, every: str, spec: TransformSpec) -> None:
    names = {name for name, _ in columns_in(con, every)}
    needed = {UNPARSED_COLUMN, RANK_COLUMN, "_source_file", ROW_COLUMN, LOAD_COLUMN}
    if needed - names:
        raise WorkloadChangedError(
            "The Silver statement does not return the columns that the run-time needs.",
            where=spec.sql[engine_of(con)],
            expected=", ".join(sorted(needed)),
            given=f"missing: {', '.join(sorted(needed - names))}",
            remedy="Generate the workload again with this version.",
        )


def _summarise(lake: Lake, arguments: RunArguments, spec: TransformSpec, counts: dict[str, int]) -> dict[str, Any]:
    step = f"transform_{spec.zone}"
    earlier = state.read_summary(lake, arguments.load_id, step) or {"tables": {}}
    tables = {**earlier["tables"], spec.table: counts}
    totals = {key: sum(table[key] for table in tables.values()) for key in counts}
    state.write_summary(lake, arguments, step, {**totals, "inputs": _inputs(spec), "tables": tables})
    return counts


def _inputs(spec: TransformSpec) -> list[str]:
    return sorted(spec.inputs.values())


def _nothing_there(lake: Lake, place: str, step: str) -> StepOrderError:
    return StepOrderError(
        "An input of the transformation does not exist.",
        where=f"{place} of {lake.workload}",
        expected=f"what the step {step} writes",
        remedy="Run the steps in the order of the DAG.",
    )
