"""What the columns of the sample say of each other: counts of rows, by position; the caller says what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.pipeline.errors import SourceError
from shared.pipeline.literals import quote_identifier
from shared.pipeline.profile.table import TextTable
from shared.pipeline.tables import scan


def first_numbers(table: TextTable, readings: dict[int, str], rows: int) -> list[tuple[float | None, ...]]:
    """The first rows of the sample, read as numbers.

    :param readings: position -> expression over ``v<position>`` that gives a number or NULL.
    """
    if not readings:
        return []
    cells = ", ".join(f"CAST({sql} AS DOUBLE)" for sql in readings.values())
    found = table.connection.execute(
        f"SELECT {cells} FROM {table.sample_values(list(readings))} LIMIT {rows}"  # noqa: S608 (own aliases)
    ).fetchall()
    return [tuple(row) for row in found]


def rows_where(table: TextTable, positions: list[int], conditions: Sequence[str]) -> list[int]:
    """Rows of the sample for which each of the conditions over ``v<position>`` is true."""
    if not conditions:
        return []
    counted = ", ".join(f"count(CASE WHEN {condition} THEN 1 END)" for condition in conditions)
    return [int(rows) for rows in table.one(f"SELECT {counted} FROM {table.sample_values(positions)}")]  # noqa: S608 (own aliases)


def missing_by_value(table: TextTable, position: int, others: list[int]) -> list[tuple[str, int, list[int]]]:
    """For each value of a column: its rows in the sample, and how many of them lack a value of each other column."""
    lacking = ", ".join(f"count(*) - count(v{i})" for i in others)
    found = table.connection.execute(
        f"SELECT v{position}, count(*), {lacking} FROM {table.sample_values([position, *others])}"  # noqa: S608 (own aliases)
        f" WHERE v{position} IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [(str(row[0]), int(row[1]), [int(count) for count in row[2:]]) for row in found]


def decided_by(table: TextTable, position: int, others: list[int]) -> dict[int, int]:
    """The other columns that have one value in all rows of the sample with the same value of this column.

    Upper and lower case are the same, on both sides.

    :returns: position -> rows that have both.
    """
    ends = ", ".join(f"min(lower(v{i})) AS low{i}, max(lower(v{i})) AS high{i}, count(v{i}) AS rows{i}" for i in others)
    judged = ", ".join(f"bool_and(low{i} IS NOT DISTINCT FROM high{i}), sum(rows{i})" for i in others)
    row: tuple[Any, ...] = table.one(
        f"SELECT {judged} FROM (SELECT {ends} FROM {table.sample_values([position, *others])}"  # noqa: S608 (own aliases)
        f" WHERE v{position} IS NOT NULL GROUP BY lower(v{position}))"
    )
    return {i: int(row[2 * k + 1] or 0) for k, i in enumerate(others) if row[2 * k]}


def rows_found_in(table: TextTable, position: int, paths: Sequence[Path], column: str) -> tuple[int, int]:
    """Rows of the sample with a value, and those whose value is in a column of Parquet files, compared as texts.

    :raises SourceError: the files are gone, are no Parquet, or have no such column.
    """
    import duckdb

    keys = f"SELECT CAST({quote_identifier(column)} AS VARCHAR) FROM {scan(paths)}"  # noqa: S608 (quoted)
    statement = (
        f"SELECT count(*), count(CASE WHEN v{position} IN ({keys}) THEN 1 END)"  # noqa: S608 (own aliases)
        f" FROM {table.sample_values([position])} WHERE v{position} IS NOT NULL"
    )
    try:
        rows, found = table.one(statement)
    except duckdb.Error as error:
        raise SourceError(
            "The table that a column may refer to cannot be read.",
            where=str(paths[0]),
            expected=f"Parquet with the column {column}",
            given=type(error).__name__,
            remedy="Run the pipeline that publishes it again.",
        ) from error
    return int(rows), int(found)
