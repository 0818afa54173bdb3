"""What is measured of the rows of one load, as they are after cleaning: the figures that baselines are made of.

A value of the data is kept only when its column says nothing about persons (the plan names those columns) and the
value occurs at least :data:`LEAST_ROWS` times in the load; means are kept of at least as many values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.pipeline import state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.literals import quote_literal
from shared.pipeline.session import Session
from shared.pipeline.source import LOAD_COLUMN
from shared.pipeline.tables import quoted
from shared.pipeline.zones import Lake

STEP = "measured"
LEAST_ROWS = 10
MOST_CATEGORIES = 50
LONGEST_CATEGORY = 100
# Significant digits: sums of floating point numbers depend on the order of the rows beyond them.
DIGITS = 9
# Squares of larger numbers are no numbers.
_LARGEST = "1e150"
# Aggregates of a statement: DuckDB's memory grows with their number.
_COLUMNS_AT_ONCE = 100


def measure(con: Any, source: str, measures: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Measure the rows of a table.

    :param source: SQL that stands after FROM.
    :param measures: ``missing`` (columns whose missing values are counted), ``numbers`` (of them those that have a
        mean), ``categories`` (of them those whose values may be kept).
    :returns: ``rows``, and ``columns``: name -> ``missing`` (rows), ``mean`` and ``deviation`` (of the sample; for
        ``numbers`` with at least ten values), ``categories`` (value -> rows; not when there are more than fifty, or
        long ones: then the column has none).
    """
    rows = int(con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])  # noqa: S608
    columns: dict[str, dict[str, Any]] = {name: {} for name in measures.get("missing", ())}
    for names in _parts(list(columns)):
        counts = ", ".join(f"count({quoted(con, name)})" for name in names)
        found = con.execute(f"SELECT {counts} FROM {source}").fetchall()[0]  # noqa: S608
        for name, present in zip(names, found, strict=True):
            columns[name]["missing"] = rows - int(present)
    for names in _parts(measures.get("numbers", ())):
        _measure_numbers(con, source, names, columns)
    for name in measures.get("categories", ()):
        categories = _categories(con, source, name)
        if categories is not None:
            columns[name]["categories"] = categories
    return {"rows": rows, "columns": columns}


def record_measures(
    con: Any, lake: Lake, arguments: RunArguments, source: str, measures: Mapping[str, Sequence[str]]
) -> None:
    """Measure the rows that this run loaded, among others in ``source``, and keep that with the run's summaries."""
    own = f"(SELECT * FROM {source} WHERE {LOAD_COLUMN} = {quote_literal(arguments.load_id)})"  # noqa: S608
    state.write_summary(lake, arguments, STEP, measure(con, own, measures))


def forget_measures(lake: Lake, arguments: RunArguments) -> None:
    """A run that loaded nothing has no measurements; nothing happens when it never had."""
    state.forget_summary(lake, arguments.load_id, STEP)


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        yield names[start : start + _COLUMNS_AT_ONCE]


def _measure_numbers(con: Any, source: str, names: Sequence[str], columns: dict[str, dict[str, Any]]) -> None:
    aggregates = []
    mean_of = "avg" if isinstance(con, Session) else "favg"
    for name in names:
        value = f"CAST({quoted(con, name)} AS DOUBLE)"
        finite = f"CASE WHEN abs({value}) < {_LARGEST} THEN {value} END"
        aggregates += [f"count({finite})", f"{mean_of}({finite})", f"stddev_samp({finite})"]
    found = con.execute(f"SELECT {', '.join(aggregates)} FROM {source}").fetchall()[0]  # noqa: S608
    for index, name in enumerate(names):
        count, mean, deviation = found[3 * index : 3 * index + 3]
        if count >= LEAST_ROWS:
            columns[name] |= {"mean": _rounded(mean), "deviation": _rounded(deviation)}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _categories(con: Any, source: str, name: str) -> dict[str, int] | None:
    """Value -> rows, of the values that occur often enough; ``None`` for a column that is none of a few short words."""
    value = f"CAST({quoted(con, name)} AS STRING)"
    found = con.execute(
        f"SELECT {value}, count(*) FROM {source} WHERE {quoted(con, name)} IS NOT NULL "  # noqa: S608
        f"GROUP BY 1 HAVING count(*) >= {LEAST_ROWS} LIMIT {MOST_CATEGORIES + 1}"
    ).fetchall()
    if len(found) > MOST_CATEGORIES or any(len(category) > LONGEST_CATEGORY for category, _ in found):
        return None
    return {category: int(rows) for category, rows in sorted(found)}
