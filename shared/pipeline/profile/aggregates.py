"""The one aggregate pass over all rows: counts, distinct values, type matches, lengths, numbers, dates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.pipeline.profile.predicates import WRITTEN_NUMBERS, moment, number_value, predicate
from shared.pipeline.profile.table import EXACT_DISTINCT_ROWS, TextTable
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE

#: Columns of one statement. Planning a statement costs more than in proportion to its columns: over few rows
#: narrow slices are four times faster, over many rows each slice is another pass.
COLUMNS_A_PASS = 60
COLUMNS_A_PASS_OVER_FEW_ROWS = 6
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_NUMERIC = ("integer", "decimal", "double")

#: Moments outside are placeholders or slips more often than data.
EARLIEST_USUAL, LATEST_USUAL = "1900-01-01", "2100-12-31"
_USUAL_MOMENTS = f"TIMESTAMP '{EARLIEST_USUAL}' AND TIMESTAMP '{LATEST_USUAL} 23:59:59'"

Measures = dict[str, Any]


def aggregate(table: TextTable, wanted: dict[int, list[str]]) -> dict[int, Measures]:
    """Measure columns over all rows.

    :param wanted: position -> type measures worth counting (see ``shapes.candidates``).
    :returns: position -> name of the aggregate -> value as DuckDB returns it.
    """
    result: dict[int, Measures] = {}
    width = COLUMNS_A_PASS_OVER_FEW_ROWS if table.rows <= VALIDATOR_SAMPLE else COLUMNS_A_PASS
    for part in _slices(sorted(wanted), width):
        expressions = {(i, name): sql for i in part for name, sql in _expressions(table, i, wanted[i]).items()}
        rows = _computed(table.values("all_rows", part), {i: wanted[i] for i in part})
        row = table.one(f"SELECT {', '.join(expressions.values())} FROM {rows}")  # noqa: S608 (own aliases)
        for (position, name), value in zip(expressions, row, strict=True):
            result.setdefault(position, {})[name] = value
    return result


def _slices(positions: list[int], width: int) -> Iterator[list[int]]:
    for start in range(0, len(positions), width):
        yield positions[start : start + width]


def _computed(values: str, wanted: dict[int, list[str]]) -> str:
    """The values with what several aggregates need, computed once a row: ``n<i>`` numbers, ``m<i>_<k>`` moments."""
    cells: list[str] = []
    for i, keys in wanted.items():
        if any(key in _NUMERIC for key in keys):
            cells.append(f"CASE WHEN {predicate('double', f'v{i}')} THEN try_cast(v{i} AS DOUBLE) END AS n{i}")
        if any(key in WRITTEN_NUMBERS for key in keys):
            cells.append(f"{number_value(keys, f'v{i}')} AS w{i}")
        cells += [f"{moment(key, f'v{i}')} AS m{i}_{number}" for number, key in enumerate(keys) if ":" in key]
    return f"(SELECT *, {', '.join(cells)} FROM {values})" if cells else values  # noqa: S608 (own aliases)


def _expressions(table: TextTable, i: int, keys: list[str]) -> dict[str, str]:
    exact = table.rows <= EXACT_DISTINCT_ROWS
    expressions = {
        "nulls": f"count(*) - count(r{i})",
        "empty": f"count(CASE WHEN t{i} = '' THEN 1 END)",
        "values": f"count(v{i})",
        "distinct": f"count(DISTINCT v{i})" if exact else f"approx_count_distinct(v{i})",
        "padded": f"count(CASE WHEN strlen(r{i}) <> strlen(t{i}) THEN 1 END)",
        "shortest": f"min(length(v{i}))",
        "longest": f"max(length(v{i}))",
        "average_length": f"avg(length(v{i}))",
    }
    for number, key in enumerate(keys):
        if ":" in key:
            expressions[key] = f"count(m{i}_{number})"
            expressions[f"minimum {key}"] = f"min(m{i}_{number})"
            expressions[f"maximum {key}"] = f"max(m{i}_{number})"
            expressions[f"far {key}"] = f"count(CASE WHEN NOT m{i}_{number} BETWEEN {_USUAL_MOMENTS} THEN 1 END)"
        elif key != "double":
            expressions[key] = f"count(CASE WHEN {predicate(key, f'v{i}')} THEN 1 END)"
    if "integer" in keys:
        expressions["leading_zeros"] = f"count(CASE WHEN v{i} >= '00' AND v{i} < '0:' THEN 1 END)"
        expressions["integer_minimum"] = f"min(CASE WHEN n{i} IS NOT NULL THEN try_cast(v{i} AS HUGEINT) END)"
        expressions["integer_maximum"] = f"max(CASE WHEN n{i} IS NOT NULL THEN try_cast(v{i} AS HUGEINT) END)"
    if any(key in _NUMERIC for key in keys):
        point = f"strpos(v{i}, '.')"
        expressions["double"] = f"count(n{i})"
        expressions |= _number_expressions(f"n{i}")
        expressions["scale"] = f"max(CASE WHEN n{i} IS NOT NULL AND {point} > 0 THEN length(v{i}) - {point} END)"
    if any(key in WRITTEN_NUMBERS for key in keys):
        expressions |= _number_expressions(f"w{i}")
        points = "".join(WRITTEN_NUMBERS[key][1] for key in keys if key in WRITTEN_NUMBERS)
        fraction = f"length(regexp_extract(v{i}, '[{points}]([0-9]+)[^0-9]*$', 1))"
        expressions["scale"] = f"max(CASE WHEN w{i} IS NOT NULL THEN {fraction} END)"
    return expressions


def _number_expressions(number: str) -> dict[str, str]:
    return {
        "minimum": f"min({number})",
        "maximum": f"max({number})",
        "mean": f"favg({number})",
        "deviation": f"stddev_samp({number})",
        "negative": f"count(CASE WHEN {number} < 0 THEN 1 END)",
    }


def quantiles(table: TextTable, wanted: dict[int, list[str]]) -> dict[int, dict[str, float]]:
    """Quantiles of numeric columns over the sample (see ``TextTable``): position -> ``p50`` -> value.

    :param wanted: as in :func:`aggregate`.
    """
    numeric = sorted(i for i, keys in wanted.items() if {*_NUMERIC, *WRITTEN_NUMBERS} & set(keys))
    result: dict[int, dict[str, float]] = {}
    for part in _slices(numeric, COLUMNS_A_PASS_OVER_FEW_ROWS):
        result |= _quantiles(table, part, wanted)
    return result


def _quantiles(table: TextTable, positions: list[int], wanted: dict[int, list[str]]) -> dict[int, dict[str, float]]:
    listed = ", ".join(str(share) for share in QUANTILES)
    selected = ", ".join(f"quantile_disc({number_value(wanted[i], f'v{i}')}, [{listed}])" for i in positions)
    row = table.one(f"SELECT {selected} FROM {table.values('sample_rows', positions)}")  # noqa: S608 (own aliases)
    names = [f"p{round(share * 100):02d}" for share in QUANTILES]
    return {
        position: dict(zip(names, (float(value) for value in values), strict=True))
        for position, values in zip(positions, row, strict=True)
        if values is not None
    }
