"""Publishes Gold: every table of the workload in one go, after all of them passed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline import balance, engine, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import QualityGateFailed, StepOrderError
from shared.pipeline.publish import prepare_version, publish
from shared.pipeline.tables import bring, parquet_files, relation
from shared.pipeline.zones import Lake, Published, read_pointer

STEP = "load_gold"


@dataclass(frozen=True)
class LoadSpec:
    """The Gold tables of a workload.

    :ivar references: fact, its column, and the dimension that has a column of this name with all of its values.
    """

    workload: str
    tables: tuple[str, ...]
    references: tuple[tuple[str, str, str], ...] = ()


def publish_gold(spec: LoadSpec, arguments: RunArguments) -> dict[str, Any]:
    """Write every table's version, check the books, then move all pointers.

    :returns: ``rows`` (of all tables), ``published_tables`` (table -> rows).
    :raises QualityGateFailed: a table has not passed its check in this load.
    :raises BalanceError: the rows of a table do not add up, or a fact refers to what its dimension does not have;
        no table is published.
    :raises StepOrderError: a table was not checked in this load.
    """
    lake = Lake(arguments.lake_uri, spec.workload)
    checked = state.needed_summary(lake, arguments.load_id, "check_gold")
    _all_passed(spec, checked, arguments)
    with tempfile.TemporaryDirectory(prefix="onboarding_load_") as scratch, engine.opened(arguments) as con:
        versions = {table: _prepare(con, lake, table, arguments, Path(scratch)) for table in spec.tables}
        for fact, column, dimension in spec.references:
            ends = (fact, versions[fact]), (dimension, versions[dimension])
            balance.check_reference(con, lake, *ends, column, Path(scratch))
    for table, version in versions.items():
        current = read_pointer(lake, "gold", table)
        if current != version:
            publish(lake, "gold", table, version)
    rows = {table: version.rows for table, version in sorted(versions.items())}
    summary = {"rows": sum(rows.values()), "published_tables": rows}
    state.write_summary(lake, arguments, "check_gold", {**checked, "published_tables": rows})
    state.write_summary(lake, arguments, STEP, summary)
    storage.delete_tree(lake.state("candidates", arguments.load_id))
    return summary


def _all_passed(spec: LoadSpec, checked: dict[str, Any], arguments: RunArguments) -> None:
    for table in spec.tables:
        verdict = checked["tables"].get(table)
        if verdict is None:
            raise _not_ready(table, arguments)
        if not verdict["passed"]:
            raise QualityGateFailed(
                "A Gold table has not passed its quality gate: nothing is published.",
                where=f"gold/{spec.workload}/{table}, load {arguments.load_id}",
                expected=f"a score of at least {verdict['threshold']:.4f} and no critical rule failed",
                given=f"score {verdict['score']:.4f}",
                remedy="Correct the source and run again, or change the rules with intent modify.",
            )


def _prepare(con: Any, lake: Lake, table: str, arguments: RunArguments, folder: Path) -> Published:
    accepted = parquet_files(lake.accepted(arguments.load_id, table))
    if not accepted:
        published = read_pointer(lake, "gold", table)
        if published and published.load_id == arguments.load_id:
            return published
        raise _not_ready(table, arguments)
    query = f"SELECT * FROM {relation(con, bring(con, accepted, folder / table))}"  # noqa: S608
    version = prepare_version(con, lake, "gold", table, arguments, query, (), folder)
    transformed = state.needed_summary(lake, arguments.load_id, "transform_gold")
    balance.check_gold(con, lake, table, arguments, version, transformed, folder)
    return version


def _not_ready(table: str, arguments: RunArguments) -> StepOrderError:
    return StepOrderError(
        "A Gold table was not checked in this load.",
        where=f"table {table}, load {arguments.load_id}",
        expected="what scripts/quality/check_gold.py writes",
        remedy="Run the steps in the order of the DAG.",
    )
