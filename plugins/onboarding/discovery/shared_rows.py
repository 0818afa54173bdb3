"""Is a new source a copy of one that is onboarded already: the same columns, and the same rows in them?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onboarding.discovery.answers import read_options
from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.first_look import source_location
from onboarding.spec.conf import Conf
from onboarding.spec.names import column_names
from shared.pipeline import state
from shared.pipeline.engine import connection
from shared.pipeline.errors import DataOnboardingError
from shared.pipeline.literals import quote_identifier
from shared.pipeline.source import open_source
from shared.pipeline.storage import join
from shared.pipeline.tables import bring_tables, create_view, parquet_files
from shared.pipeline.zones import Lake

if TYPE_CHECKING:
    import duckdb

#: Rows of the new source that are looked for.
SAMPLE_ROWS = 1_000
#: Share of all columns of both that both have, from which their rows are compared.
ALIKE = 0.8
#: Rows of Bronze up to which they are; a larger one is not read for a question.
MOST_ROWS = 20_000_000


class NotComparableError(DiscoveryError):
    """Another workload's rows cannot be read: no fault of the source that is onboarded."""


def are_alike(columns: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two sources have nearly the same columns."""
    ours, theirs = set(column_names(list(columns))), set(others)
    return len(ours & theirs) >= ALIKE * len(ours | theirs) > 0


def share_of_known_rows(conf: Conf, lake_uri: str, workload: str) -> float | None:
    """Share of the first rows of a source that a workload's Bronze has, equal in every column that both have.

    :returns: 0 to 1; None where there is no Bronze, or too much of it.
    :raises NotComparableError: the workload's Bronze, or what is known of it, cannot be read.
    :raises SourceError: the source cannot be read.
    """
    import duckdb

    lake = Lake(lake_uri, workload)
    try:
        loads = state.current_loads(lake)
    except (DataOnboardingError, ValueError) as error:
        raise _not_comparable(workload, error) from error
    rows = sum(load.rows for load in loads)
    if not loads or rows > MOST_ROWS:
        return None
    ids = {f"/load_id={load.load_id}/" for load in loads}
    bronze = parquet_files(join(lake.uri, "bronze", workload))
    uris = [uri for uri in bronze if any(load_id in uri for load_id in ids)]
    given = conf.source.format.value if conf.source.format else None
    with (
        tempfile.TemporaryDirectory(prefix="onboarding_known_rows_") as folder,
        connection() as con,
        open_source(source_location(conf), given, read_options(conf)) as source,
    ):
        source.create_view(con, "source")
        # What is wrong with the source itself shows here; everything after it reads the other workload's files.
        con.execute(f"CREATE TEMP TABLE s AS SELECT * FROM source LIMIT {SAMPLE_ROWS}")  # noqa: S608
        try:
            create_view(con, "known", bring_tables(uris, Path(folder)))
            return _share(con, [column.name for column in source.columns])
        except (DataOnboardingError, duckdb.Error) as error:
            raise _not_comparable(workload, error) from error


def _share(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> float | None:
    """Share of the rows of ``s`` that ``known`` has."""
    known = {str(row[0]) for row in con.execute("DESCRIBE known").fetchall()}
    both = [name for name in columns if name in known]
    if not both:
        return None
    matches = " AND ".join(_equal(quote_identifier(name)) for name in both)
    found, asked = con.execute(
        f"SELECT (SELECT count(*) FROM s WHERE EXISTS (SELECT 1 FROM known AS k WHERE {matches})), "  # noqa: S608
        "(SELECT count(*) FROM s)"
    ).fetchall()[0]
    return float(found / asked) if asked else None


def _not_comparable(workload: str, error: Exception) -> NotComparableError:
    said = error.what if isinstance(error, DataOnboardingError) else str(error).splitlines()[0]
    return NotComparableError(
        f"the Bronze of `{workload}` cannot be read, so its rows were not compared",
        where=f"bronze of {workload}",
        expected="the loads that its state names",
        given=said,
        remedy="a run of that workload says what is wrong with it",
    )


def _equal(column: str) -> str:
    return f"CAST(s.{column} AS VARCHAR) IS NOT DISTINCT FROM CAST(k.{column} AS VARCHAR)"
