"""Loads by watermark: which rows of the source a date takes.

A new date takes the rows above the highest value that earlier dates have loaded. A date that runs again, or before
dates that were loaded already, reads from its own lower end up to the highest value of later dates, and takes what no
other date has: its own rows once more, and rows that came late. So a row is in one load, whatever the order of runs.

A row without a value in the watermark column cannot be placed: it is taken by the first date that sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.pipeline.reading.tables import ROW_COLUMN
from shared.pipeline.session import Session, engine_of, parameter
from shared.pipeline.state import Load
from shared.pipeline.tables import PART, bring, columns_in, parquet_files, quoted, relation, write_parquet
from shared.pipeline.zones import Lake

# Logical type -> the type that its values are compared as; every engine has it under this name.
COMPARED_AS = {"integer": "BIGINT", "decimal": "DECIMAL(38, 9)", "date": "DATE", "timestamp": "TIMESTAMP"}


@dataclass(frozen=True)
class Watermark:
    """The column whose values grow.

    :ivar column: its name in the source.
    :ivar kind: ``integer``, ``decimal``, ``date`` or ``timestamp``.
    :ivar values: engine -> SQL of the value, from the approved plan; NULL where there is none, or none that others
        can be compared with.
    """

    column: str
    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Type of its values."""
        return COMPARED_AS[self.kind]

    def value(self, con: Any) -> str:
        """SQL of the value."""
        return f"({self.values[engine_of(con)]})"

    def text(self, value: Any) -> str:
        """A value that was read as text; empty when there is none. Decimals with all their digits."""
        if value is None:
            return ""
        return format(Decimal(value), "f") if self.kind == "decimal" else str(value)


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

    def condition(self, con: Any, watermark: Watermark) -> tuple[str, dict[str, str]]:
        """SQL condition over the source's columns, and its parameters."""
        bounds, parameters = [], {}
        value = watermark.value(con)
        for name, sign, bound in (("low", ">", self.low), ("high", "<=", self.high)):
            if bound:
                bounds.append(f"{value} {sign} CAST({parameter(con, name)} AS {watermark.type})")
                parameters[name] = bound
        inside = " AND ".join(bounds) or "true"
        return f"(({inside}) OR {value} IS NULL)", parameters


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
    parameters = {f"value_{number}": value for number, value in enumerate(given)}
    values = " UNION ALL ".join(
        f"SELECT CAST({parameter(con, name)} AS {watermark.type}) AS value" for name in parameters
    )
    found = con.execute(f"SELECT CAST({which}(value) AS STRING) FROM ({values}) AS given", parameters)  # noqa: S608
    return watermark.text(found.fetchall()[0][0])


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
    every = relation(con, [candidate / PART])
    missing = f"SELECT count(*) FROM {every} WHERE {watermark.value(con)} IS NULL"  # noqa: S608
    without_value = con.execute(missing).fetchall()[0][0]
    if not uris or not (window.repeated or without_value):
        return candidate
    others = relation(con, bring(con, uris, candidate.parent / "others"))
    condition, parameters = window.condition(con, watermark)
    row = _row_digest(con, columns)
    names = quoted(con, *(name for name, _ in columns_in(con, every)))
    query = f"""
        WITH loaded AS (SELECT {row} AS digest, count(*) AS copies FROM {others} WHERE {condition} GROUP BY 1),
        numbered AS (
            SELECT *, {row} AS digest, row_number() OVER (PARTITION BY {row} ORDER BY {ROW_COLUMN}) AS copy
            FROM {every})
        SELECT {names} FROM numbered
        LEFT JOIN loaded USING (digest) WHERE copy > coalesce(copies, 0) ORDER BY {ROW_COLUMN}"""  # noqa: S608
    target = candidate.parent / "own"
    write_parquet(con, query, target, parameters=parameters or None)
    return target


def _row_digest(con: Any, columns: Sequence[str]) -> str:
    """SHA-256 over length and text of each column: equal for equal rows only."""
    texts = [f"CAST({quoted(con, name)} AS STRING)" for name in columns]
    parts = [f"coalesce(length({text}) || ':' || {text} || ';', '-;')" for text in texts]
    row = f"concat({', '.join(parts)})"
    return f"sha2({row}, 256)" if isinstance(con, Session) else f"sha256({row})"


def highest(con: Any, folder: Path, watermark: Watermark) -> str:
    """The highest value among rows that go to Bronze, as text; empty when no row has one."""
    query = f"SELECT CAST(max({watermark.value(con)}) AS STRING) FROM {relation(con, [folder / PART])}"  # noqa: S608
    return watermark.text(con.execute(query).fetchall()[0][0])
