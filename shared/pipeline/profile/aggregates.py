"""The one aggregate pass over all rows: counts, distinct values, type matches, lengths, numbers, dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.pipeline.profile.beside import Ask
from shared.pipeline.profile.lines import (
    EVERY_ROW,
    VALUES_WITH_COUNTS,
    Lines,
    moment_aggregates,
    number_aggregates,
    scale_of,
)
from shared.pipeline.profile.predicates import WRITTEN_NUMBERS, moment, number_value, predicate
from shared.pipeline.profile.stored import Stored, measured_as_stored
from shared.pipeline.profile.table import ALL_ROWS, EXACT_DISTINCT_ROWS, TextTable
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE

#: Columns of one statement. Planning a statement costs more than in proportion to its columns: over few rows
#: narrow slices are four times faster, over many rows each slice is another pass.
COLUMNS_A_PASS = 60
COLUMNS_A_PASS_OVER_FEW_ROWS = 6
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_NUMERIC = ("integer", "decimal", "double")

Measures = dict[str, Any]


def of_counted(table: TextTable, wanted: dict[int, list[str]]) -> dict[int, Measures]:
    """Measure the columns whose values are counted.

    :param wanted: position -> type measures worth counting (see ``shapes.candidates``).
    :returns: position -> name of the aggregate -> value as DuckDB returns it.
    """
    statements = [_statement(table, [i], wanted) for i in sorted(table.counted)]
    return {i: found for one in statements for i, found in one.read(table.one(one.sql)).items()}


def of_rows(
    table: TextTable, positions: list[int], wanted: dict[int, list[str]], ask: Ask
) -> Callable[[], dict[int, Measures]]:
    """Measure columns whose values are not counted, over all rows.

    :param wanted: as in :func:`of_counted`.
    :returns: what gives the same as :func:`of_counted`, once it is there.
    """
    width = COLUMNS_A_PASS_OVER_FEW_ROWS if table.rows <= VALIDATOR_SAMPLE else COLUMNS_A_PASS
    statements = [_statement(table, part, wanted) for part in _slices(positions, width)]
    asked = [(statement, ask(statement.sql)) for statement in statements]
    return lambda: {i: found for one, answer in asked for i, found in one.read(answer()).items()}


def _slices(positions: list[int], width: int) -> Iterator[list[int]]:
    for start in range(0, len(positions), width):
        yield positions[start : start + width]


@dataclass(frozen=True)
class _Statement:
    """SQL that gives one row, and whose measure each value of it is: position and name."""

    sql: str
    names: tuple[tuple[int, str], ...]

    def read(self, row: tuple[Any, ...]) -> dict[int, Measures]:
        result: dict[int, Measures] = {}
        for (position, name), value in zip(self.names, row, strict=True):
            result.setdefault(position, {})[name] = value
        return result


def _statement(table: TextTable, positions: list[int], wanted: dict[int, list[str]]) -> _Statement:
    """Columns in one statement: some of those that are not counted, or one that is."""
    expressions: dict[tuple[int, str], str] = {}
    cells: list[str] = []
    for i in positions:
        found = _column(table, i, wanted[i])
        cells += found.cells
        expressions |= {(i, name): sql for name, sql in found.aggregates.items()}
    counted = positions[0] in table.counted
    rows = table.lines(positions[0]) if counted else table.values(ALL_ROWS, positions)
    rows = f"(SELECT *, {', '.join(cells)} FROM {rows})" if cells else rows  # noqa: S608 (own aliases)
    if counted:
        rows = _with_mean(positions[0], rows, cells)
    return _Statement(f"SELECT {', '.join(expressions.values())} FROM {rows}", tuple(expressions))  # noqa: S608 (own aliases)


@dataclass(frozen=True)
class _Column:
    """``cells``: what several aggregates need, computed once a row."""

    cells: list[str]
    aggregates: dict[str, str]


def _column(table: TextTable, i: int, keys: list[str]) -> _Column:
    exact = table.rows <= EXACT_DISTINCT_ROWS
    if i in table.counted:
        return _text(i, keys, VALUES_WITH_COUNTS, exact=True)
    if i in table.natives and set(keys) <= measured_as_stored(table.natives[i]):
        stored = Stored(i, table.natives[i], table.columns[i][1])
        return _Column([stored.cell], stored.aggregates(keys, exact=exact))
    return _text(i, keys, EVERY_ROW, exact=exact)


def _text(i: int, keys: list[str], rows: Lines, *, exact: bool) -> _Column:
    """A column measured by its texts: ``n<i>`` is its number, ``w<i>`` its written number, ``m<i>_<k>`` its moment."""
    cells: list[str] = []
    if any(key in _NUMERIC for key in keys):
        cells.append(f"CASE WHEN {predicate('double', f'v{i}')} THEN try_cast(v{i} AS DOUBLE) END AS n{i}")
    if any(key in WRITTEN_NUMBERS for key in keys):
        cells.append(f"{number_value(keys, f'v{i}')} AS w{i}")
    cells += [f"{moment(key, f'v{i}')} AS m{i}_{number}" for number, key in enumerate(keys) if ":" in key]
    return _Column(cells, _text_aggregates(i, keys, rows, exact=exact))


def _with_mean(i: int, rows: str, cells: list[str]) -> str:
    """Counted values with the mean that their deviation is taken from."""
    number = next((name for name in (f"w{i}", f"n{i}") if any(cell.endswith(f" AS {name}") for cell in cells)), None)
    if number is None:
        return rows
    mean = f"fsum({number} * times) OVER () / sum(CASE WHEN {number} IS NOT NULL THEN times END) OVER ()"
    return f"(SELECT *, {mean} AS mean_number FROM {rows})"  # noqa: S608 (own aliases)


def _text_aggregates(i: int, keys: list[str], rows: Lines, *, exact: bool) -> dict[str, str]:
    expressions = {
        "nulls": rows.count(f"r{i} IS NULL"),
        "empty": rows.count(f"t{i} = ''"),
        "values": rows.count(f"v{i} IS NOT NULL"),
        "distinct": f"count(DISTINCT v{i})" if exact else f"approx_count_distinct(v{i})",
        "padded": rows.count(f"strlen(r{i}) <> strlen(t{i})"),
        "shortest": f"min(length(v{i}))",
        "longest": f"max(length(v{i}))",
        "average_length": rows.mean(f"length(v{i})"),
    }
    for number, key in enumerate(keys):
        if ":" in key:
            expressions |= moment_aggregates(key, f"m{i}_{number}", rows)
        elif key != "double":
            expressions[key] = rows.count(predicate(key, f"v{i}"))
    if "integer" in keys:
        expressions["leading_zeros"] = rows.count(f"v{i} >= '00' AND v{i} < '0:'")
        expressions["integer_minimum"] = f"min(CASE WHEN n{i} IS NOT NULL THEN try_cast(v{i} AS HUGEINT) END)"
        expressions["integer_maximum"] = f"max(CASE WHEN n{i} IS NOT NULL THEN try_cast(v{i} AS HUGEINT) END)"
    if any(key in _NUMERIC for key in keys):
        expressions["double"] = rows.count(f"n{i} IS NOT NULL")
        expressions |= number_aggregates(f"n{i}", rows)
        expressions["scale"] = scale_of(f"n{i}", f"v{i}")
    if any(key in WRITTEN_NUMBERS for key in keys):
        expressions |= number_aggregates(f"w{i}", rows)
        points = "".join(WRITTEN_NUMBERS[key][1] for key in keys if key in WRITTEN_NUMBERS)
        fraction = f"length(regexp_extract(v{i}, '[{points}]([0-9]+)[^0-9]*$', 1))"
        expressions["scale"] = f"max(CASE WHEN w{i} IS NOT NULL THEN {fraction} END)"
    return expressions


def quantiles(table: TextTable, wanted: dict[int, list[str]]) -> dict[int, dict[str, float]]:
    """Quantiles of numeric columns over the sample (see ``TextTable``): position -> ``p50`` -> value.

    :param wanted: as in :func:`of_counted`.
    """
    numeric = sorted(i for i, keys in wanted.items() if {*_NUMERIC, *WRITTEN_NUMBERS} & set(keys))
    result: dict[int, dict[str, float]] = {}
    for part in _slices(numeric, COLUMNS_A_PASS_OVER_FEW_ROWS):
        result |= _quantiles(table, part, wanted)
    return result


def _quantiles(table: TextTable, positions: list[int], wanted: dict[int, list[str]]) -> dict[int, dict[str, float]]:
    listed = ", ".join(str(share) for share in QUANTILES)
    selected = ", ".join(f"quantile_disc({number_value(wanted[i], f'v{i}')}, [{listed}])" for i in positions)
    row = table.one(f"SELECT {selected} FROM {table.sample_values(positions)}")  # noqa: S608 (own aliases)
    names = [f"p{round(share * 100):02d}" for share in QUANTILES]
    return {
        position: dict(zip(names, (float(value) for value in values), strict=True))
        for position, values in zip(positions, row, strict=True)
        if values is not None
    }
