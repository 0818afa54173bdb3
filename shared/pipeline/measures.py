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
# Each has a hash table of its own.
_GROUPINGS_AT_ONCE = 20


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
    for names in _parts(measures.get("categories", ()), _GROUPINGS_AT_ONCE):
        for name, categories in _categories(con, source, names).items():
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


def _parts(names: Sequence[str], at_once: int = _COLUMNS_AT_ONCE) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), at_once):
        yield names[start : start + at_once]


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


def _categories(con: Any, source: str, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Column -> value -> rows, of the values that occur often enough; no column that is none of a few short words.

    One statement for all: with two thousand columns, finding out what a table has takes longer than reading it.
    """
    values = [f"_value_{index}" for index in range(len(names))]
    read = ", ".join(
        f"CAST({quoted(con, name)} AS STRING) AS {value}" for name, value in zip(names, values, strict=True)
    )
    column = "CASE " + " ".join(f"WHEN {value} IS NOT NULL THEN {index}" for index, value in enumerate(values)) + " END"
    groups = (
        f"SELECT {column} AS _column, coalesce({', '.join([*values, 'NULL'])}) AS _value, count(*) AS _rows "  # noqa: S608
        f"FROM (SELECT {read} FROM {source}) AS _read GROUP BY GROUPING SETS ({', '.join(f'({v})' for v in values)})"
    )
    frequent = (
        f"SELECT *, row_number() OVER (PARTITION BY _column ORDER BY _value) AS _place FROM ({groups}) AS _groups "  # noqa: S608
        f"WHERE _column IS NOT NULL AND _rows >= {LEAST_ROWS}"
    )
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for index, value, rows, _ in con.execute(
        f"SELECT * FROM ({frequent}) AS _frequent WHERE _place <= {MOST_CATEGORIES + 1} ORDER BY _column, _value"  # noqa: S608
    ).fetchall():
        found[names[index]][value] = int(rows)
    return {name: dict(sorted(kept.items())) for name, kept in found.items() if _few_short(kept)}


def _few_short(categories: Mapping[str, int]) -> bool:
    return len(categories) <= MOST_CATEGORIES and all(len(category) <= LONGEST_CATEGORY for category in categories)
