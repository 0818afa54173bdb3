"""What columns say of each other: products, sums, the order of dates, what decides what, what is missing when.

Looked for in the sample of at most 20,000 rows, among columns that are not personal. A hint is evidence for a person
and for rules that flag; it never decides a type or a key.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from onboarding.spec.column_types import NUMBERS, TEMPORAL
from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import ColumnProfile, FunctionalHint, HintKind
from shared.pipeline.profile import Measurement
from shared.pipeline.profile.contents import MINIMUM_OCCURRENCES
from shared.pipeline.profile.dependencies import decided_by, first_numbers, missing_by_value, rows_where
from shared.pipeline.profile.predicates import moment, number_value

#: Rows that a hint rests on at least, and the share of them that agree.
LEAST_ROWS = 20
HOLDS = 0.95
#: Rows that products and sums are looked for in; what is found there is counted over the whole sample.
_FIRST_ROWS = 400
_MOST_NUMBERS, _MOST_CATEGORIES, _MOST_HINTS = 30, 12, 30
#: Columns that another may decide or explain: with all of them the time grows with the square of the columns, from 11 s
#: at 250.
_MOST_OTHERS = 100
#: Results are so many times as large as what rounding may hide, so that no chance agrees.
_ABOVE_ROUNDING = 20
#: A column decides another: it has at least so many values, at most so many, and each occurs so often on average.
_LEAST_VALUES, _MOST_VALUES, _REPEATS = 3, 1_000, 5
#: A column with hardly more than one value is decided by everything.
_NEARLY_CONSTANT = 0.95
#: Values of a column that say when another is missing: at most so many; rows with them lack it nearly always, and are
#: most of the rows that lack it.
_MOST_STATES, _ALWAYS_MISSING, _EXPLAINED = 30, 0.99, 0.80
#: What is missing less often than this, or nearly always, needs no explanation.
_WORTH_EXPLAINING = (0.01, 0.99)

#: How a column's numbers are written -> the kinds of written number that read them.
_WRITTEN = {
    "plain": [],
    "grouped": ["currency"],
    "currency": ["currency"],
    "decimal_comma": ["currency_comma"],
    "currency_comma": ["currency_comma"],
}
_MARKS: dict[HintKind, str] = {"product": "*", "sum": "+"}


def find_hints(columns: list[ColumnProfile], hidden: Collection[str], measurement: Measurement) -> list[FunctionalHint]:
    """The hints of a measured source, in the order of their kinds and columns.

    :param hidden: names of columns that no hint speaks of: personal ones and those that are masked.
    """
    shown = [column for column in columns if column.name not in hidden]
    finders: list[Callable[[list[ColumnProfile], Measurement], Iterator[FunctionalHint]]]
    finders = [_arithmetic, _order, _decided, _missing]
    hints = [hint for find in finders for hint in find(shown, measurement)]
    return hints[:_MOST_HINTS]


@dataclass(frozen=True)
class _Formula:
    """``result`` = ``left`` * ``right``, or +; the columns by their place among the numbers."""

    kind: HintKind
    result: int
    left: int
    right: int


def _arithmetic(columns: list[ColumnProfile], measurement: Measurement) -> Iterator[FunctionalHint]:
    numbers = [
        column
        for column in columns
        if column.type in NUMBERS and column.number_format in _WRITTEN and column.distinct_count >= _LEAST_VALUES
    ][:_MOST_NUMBERS]
    readings = {column.position: number_value(_WRITTEN[column.number_format], _v(column)) for column in numbers}
    rows = first_numbers(measurement.table, readings, _FIRST_ROWS)
    for formula in _formulas(len(numbers)):
        if not _agrees(formula, rows, numbers[formula.result].rounding):
            continue
        result, left, right = (numbers[place] for place in (formula.result, formula.left, formula.right))
        there, holds = _counted(formula, result, left, right, readings, measurement)
        if there >= LEAST_ROWS and holds >= HOLDS * there:
            names = [result.name, left.name, right.name]
            yield FunctionalHint(kind=formula.kind, columns=names, rows=there, holds=holds)


def _formulas(numbers: int) -> Iterator[_Formula]:
    for result in range(numbers):
        others = [place for place in range(numbers) if place != result]
        for left, right in itertools.combinations(others, 2):
            yield _Formula("product", result, left, right)
            yield _Formula("sum", result, left, right)


def _agrees(formula: _Formula, rows: list[tuple[float | None, ...]], allowed: tuple[float, float]) -> bool:
    """Whether nearly all rows that tell anything agree; 0 in a sum and 0 or 1 in a product tell nothing."""
    dull = (0.0, 1.0) if formula.kind == "product" else (0.0,)
    told = failed = 0
    total = 0.0
    results = set()
    for row in rows:
        result, left, right = row[formula.result], row[formula.left], row[formula.right]
        if result is None or left is None or right is None or left in dull or right in dull:
            continue
        told += 1
        computed = left * right if formula.kind == "product" else left + right
        # Negated, so that what is no number fails.
        failed += not abs(result - computed) <= max(allowed[0], allowed[1] * abs(result))
        if failed > (1 - HOLDS) * len(rows):
            return False
        total += abs(result)
        results.add(result)
    enough = told >= LEAST_ROWS and failed <= (1 - HOLDS) * told and len(results) >= _LEAST_VALUES
    return enough and total >= _ABOVE_ROUNDING * allowed[0] * told


def _counted(
    formula: _Formula,
    result: ColumnProfile,
    left: ColumnProfile,
    right: ColumnProfile,
    readings: dict[int, str],
    measurement: Measurement,
) -> tuple[int, int]:
    """Rows of the sample with all three numbers, and those that agree."""
    positions = [result.position, left.position, right.position]
    of_result, of_left, of_right = (f"({readings[position]})" for position in positions)
    absolute, share = result.rounding
    difference = f"abs({of_result} - ({of_left} {_MARKS[formula.kind]} {of_right}))"
    there = f"{difference} IS NOT NULL"
    counts = rows_where(
        measurement.table, positions, [there, f"{difference} <= greatest({absolute}, {share} * abs({of_result}))"]
    )
    return counts[0], counts[1]


def _order(columns: list[ColumnProfile], measurement: Measurement) -> Iterator[FunctionalHint]:
    """Pairs of dates of which one is never before the other, though their ranges overlap."""
    dates = [column for column in columns if column.type in TEMPORAL and column.minimum and column.maximum]
    dates = [column for column in dates if _moment_keys(column)][:_MOST_CATEGORIES]
    pairs = [(later, earlier) for later, earlier in itertools.permutations(dates, 2) if _overlap(later, earlier)]
    readings = {column.position: _moment_of(column) for column in dates}
    conditions = []
    for later, earlier in pairs:
        after, before = readings[later.position], readings[earlier.position]
        conditions += [f"{after} IS NOT NULL AND {before} IS NOT NULL", f"{after} >= {before}", f"{after} > {before}"]
    counts = rows_where(measurement.table, list(readings), conditions) if pairs else []
    for (later, earlier), there, holds, differ in zip(pairs, counts[::3], counts[1::3], counts[2::3], strict=True):
        if there >= LEAST_ROWS and holds >= HOLDS * there and differ >= LEAST_ROWS:
            yield FunctionalHint(kind="not_before", columns=[later.name, earlier.name], rows=there, holds=holds)


def _moment_keys(column: ColumnProfile) -> list[str]:
    """The formats of its texts; a stored date has one that its text is read by."""
    given = [f"{kind}:{name}" for name in column.date_formats for kind in ("date", "timestamp")]
    keys = [key for key in given or sorted(column.type_matches) if ":" in key and key in column.type_matches]
    return [key for key in keys if not key.endswith(("epoch", "epoch_ms"))]


def _moment_of(column: ColumnProfile) -> str:
    return f"coalesce({', '.join(moment(key, _v(column)) for key in _moment_keys(column))})"


def _overlap(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Whether the later column begins before the earlier one ends: otherwise the order says nothing of single rows."""
    return str(one.minimum) <= str(other.maximum)


def _decided(columns: list[ColumnProfile], measurement: Measurement) -> Iterator[FunctionalHint]:
    deciding = [column for column in columns if _may_decide(column, measurement.rows)][:_MOST_CATEGORIES]
    for column in deciding:
        others = [other for other in columns if _may_be_decided(other, column, measurement.rows)][:_MOST_OTHERS]
        if not others:
            continue
        found = decided_by(measurement.table, column.position, [other.position for other in others])
        for other in others:
            rows = found.get(other.position, 0)
            if rows >= LEAST_ROWS:
                yield FunctionalHint(kind="decides", columns=[column.name, other.name], rows=rows, holds=rows)


def _may_decide(column: ColumnProfile, rows: int) -> bool:
    values = rows - column.missing_count
    few = _LEAST_VALUES <= column.distinct_count <= _MOST_VALUES
    return column.type in (ColumnType.TEXT, ColumnType.INTEGER) and few and values >= _REPEATS * column.distinct_count


def _may_be_decided(other: ColumnProfile, column: ColumnProfile, rows: int) -> bool:
    values = rows - other.missing_count
    if other.name == column.name or not 2 <= other.distinct_count <= column.distinct_count:
        return False
    most = other.top_values[0].count if other.top_values else 0
    return most <= _NEARLY_CONSTANT * values and values >= LEAST_ROWS


def _missing(columns: list[ColumnProfile], measurement: Measurement) -> Iterator[FunctionalHint]:
    rows = measurement.rows
    low, high = (share * rows for share in _WORTH_EXPLAINING)
    lacking = [column for column in columns if low <= column.missing_count <= high]
    states = [
        column
        for column in columns
        if 2 <= column.distinct_count <= _MOST_STATES and column.type in (ColumnType.TEXT, ColumnType.BOOLEAN)
    ]
    for state in states[:_MOST_CATEGORIES]:
        others = [column for column in lacking if column.name != state.name][:_MOST_OTHERS]
        if not others:
            continue
        counted = missing_by_value(measurement.table, state.position, [other.position for other in others])
        for place, other in enumerate(others):
            hint = _explained(state, other, [(value, times, lack[place]) for value, times, lack in counted])
            if hint is not None:
                yield hint


def _explained(
    state: ColumnProfile, other: ColumnProfile, counted: list[tuple[str, int, int]]
) -> FunctionalHint | None:
    """Counted: value of the state, its rows, those of them without the other column."""
    empty = [
        (value, times, lack)
        for value, times, lack in counted
        if times >= MINIMUM_OCCURRENCES and lack >= _ALWAYS_MISSING * times
    ]
    missing = sum(lack for _, _, lack in counted)
    explained = sum(lack for _, _, lack in empty)
    if len(empty) == len(counted) or explained < max(_EXPLAINED * missing, LEAST_ROWS):
        return None
    rows = sum(times for _, times, _ in empty)
    values = [value for value, _, _ in empty]
    return FunctionalHint(
        kind="missing_when", columns=[other.name, state.name], values=values, rows=rows, holds=explained
    )


def _v(column: ColumnProfile) -> str:
    return f"v{column.position}"
