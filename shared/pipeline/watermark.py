"""Loads by watermark: which rows of the source a date takes.

A new date takes the rows above the highest value that earlier dates have loaded. A date that runs again, or before
dates that were loaded already, reads from its own lower end up to the highest value of later dates, and takes what no
other date has: its own rows once more, and rows that came late. So a row is in one load, whatever the order of runs.

A row without a value in the watermark column cannot be placed: it is taken by the first date that sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline.literals import identifiers, quote_identifier, quote_literal
from shared.pipeline.reading.tables import ROW_COLUMN
from shared.pipeline.state import Load
from shared.pipeline.tables import PART, bring_tables, parquet_files, scan, write_parquet
from shared.pipeline.zones import Lake

# Logical type -> the DuckDB type that its values are compared as.
COMPARED_AS = {"integer": "BIGINT", "decimal": "DECIMAL(38, 9)", "date": "DATE", "timestamp": "TIMESTAMP"}
_NUMBER = "[+-]?[0-9]+([.][0-9]*)?"
_ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_BLANKS = " \t\r\n\u00a0"


@dataclass(frozen=True)
class Watermark:
    """The column whose values grow.

    :ivar column: its name in the source.
    :ivar kind: ``integer``, ``decimal``, ``date`` or ``timestamp``.
    :ivar formats: of dates and timestamps in text: strptime, or ``iso``; empty: ISO 8601.
    """

    column: str
    kind: str
    formats: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """DuckDB type of its values."""
        return COMPARED_AS[self.kind]

    @property
    def value(self) -> str:
        """SQL of the value; NULL where there is none, or none that others can be compared with.

        It reads the text of the column, which is the same for a text and for a column of this very type.
        """
        text = f"trim(CAST({quote_identifier(self.column)} AS VARCHAR), {quote_literal(_BLANKS)})"
        if self.kind in ("integer", "decimal"):
            return f"(CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN TRY_CAST({text} AS {self.type}) END)"
        read = [self._read(text, form) for form in self.formats or ("iso",)]
        moment = read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"
        return f"(CASE WHEN isfinite({moment}) THEN {moment} END)"

    def _read(self, text: str, form: str) -> str:
        if form not in ("iso", "%Y-%m-%d"):
            return f"CAST(try_strptime({text}, {quote_literal(form)}) AS {self.type})"
        if self.kind == "date":
            return f"(CASE WHEN regexp_full_match({text}, '{_ISO_DATE}.*') THEN TRY_CAST({text} AS DATE) END)"
        # Without an offset it is UTC: the time zone of every connection.
        return f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"


@dataclass(frozen=True)
class Window:
    """The values that a date may take.

    :ivar low: above it; empty: from the beginning.
    :ivar high: up to it; empty: without an end.
    :ivar others: current loads of other dates, whose rows are not taken again.
    :ivar repeated: whether other dates may have loaded rows of the window.
    """

    low: str
    high: str
    others: tuple[Load, ...]
    repeated: bool

    def condition(self, watermark: Watermark) -> tuple[str, dict[str, str]]:
        """SQL condition over the source's columns, and its parameters."""
        bounds, parameters = [], {}
        for name, sign, bound in (("low", ">", self.low), ("high", "<=", self.high)):
            if bound:
                bounds.append(f"{watermark.value} {sign} CAST(${name} AS {watermark.type})")
                parameters[name] = bound
        inside = " AND ".join(bounds) or "true"
        return f"(({inside}) OR {watermark.value} IS NULL)", parameters


def window_of(con: Any, loads: Sequence[Load], run_date: str, watermark: Watermark) -> Window:
    """The window of a date, as the current loads are now."""
    others = tuple(load for load in loads if load.run_date != run_date)
    own = [load for load in loads if load.run_date == run_date]
    later = [load.high for load in others if load.run_date > run_date]
    low = extreme(con, "max", [load.high for load in others if load.run_date < run_date], watermark)
    reached = low
    if own and low:
        low = extreme(con, "min", [low, own[-1].low], watermark) if own[-1].low else ""
    return Window(low, extreme(con, "max", later, watermark), others, bool(later) or low != reached)


def extreme(con: Any, which: str, values: Sequence[str], watermark: Watermark) -> str:
    """The ``min`` or ``max`` of values in their text form; empty when there is none."""
    given = [value for value in values if value]
    if not given:
        return ""
    values_sql = f"SELECT CAST(unnest($values) AS {watermark.type}) AS value"
    found = con.execute(f"SELECT CAST({which}(value) AS VARCHAR) FROM ({values_sql})", {"values": given})  # noqa: S608
    return str(found.fetchall()[0][0])


def leave_to_others(
    con: Any, lake: Lake, table: str, candidate: Path, columns: Sequence[str], window: Window, watermark: Watermark
) -> Path:
    """The candidate without the rows that other dates have loaded, each copy of equal rows counted.

    :param candidate: folder of the rows of the window, as they would go to Bronze.
    :param columns: of the source, as Bronze has them.
    :returns: folder of the rows that stay.
    """
    uris = [
        uri for load in window.others for uri in parquet_files(lake.bronze_load(table, load.run_date, load.load_id))
    ]
    every = scan([candidate / PART])
    without_value = con.execute(f"SELECT count(*) FROM {every} WHERE {watermark.value} IS NULL").fetchall()[0][0]  # noqa: S608
    if not uris or not (window.repeated or without_value):
        return candidate
    paths = bring_tables(uris, candidate.parent / "others")
    condition, parameters = window.condition(watermark)
    row = _row_digest(columns)
    query = f"""
        WITH loaded AS (SELECT {row} AS digest, count(*) AS copies FROM {scan(paths)} WHERE {condition} GROUP BY 1),
        numbered AS (
            SELECT *, {row} AS digest, row_number() OVER (PARTITION BY {row} ORDER BY {ROW_COLUMN}) AS copy
            FROM {every})
        SELECT {identifiers(_columns_of_candidate(con, every))} FROM numbered
        LEFT JOIN loaded USING (digest) WHERE copy > coalesce(copies, 0) ORDER BY {ROW_COLUMN}"""  # noqa: S608
    target = candidate.parent / "own"
    write_parquet(con, query, target, parameters=parameters or None)
    return target


def _columns_of_candidate(con: Any, every: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE FROM {every}").fetchall()]


def _row_digest(columns: Sequence[str]) -> str:
    """SHA-256 over length and text of each column: equal for equal rows only."""
    texts = [f"CAST({quote_identifier(name)} AS VARCHAR)" for name in columns]
    parts = [f"coalesce(length({text}) || ':' || {text} || ';', '-;')" for text in texts]
    return f"sha256(concat({', '.join(parts)}))"


def highest(con: Any, folder: Path, watermark: Watermark) -> str:
    """The highest value among rows that go to Bronze, as text; empty when no row has one."""
    found = con.execute(f"SELECT CAST(max({watermark.value}) AS VARCHAR) FROM {scan([folder / PART])}")  # noqa: S608
    value = found.fetchall()[0][0]
    return "" if value is None else str(value)
