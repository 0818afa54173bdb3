"""Measures of columns that the source stores as numbers or moments: by the value itself, not by its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.pipeline.profile.lines import EVERY_ROW, moment_aggregates, number_aggregates, scale_of

_KEYS = {
    "integer": {"integer", "decimal", "double"},
    "decimal": {"whole", "decimal", "double"},
    "double": {"whole", "decimal", "double"},
    "date": {"date:%Y-%m-%d"},
    "timestamp": {"timestamp:iso"},
}
#: Larger numbers are none: their texts have an exponent of three digits, and their squares are too large.
_LARGEST = "1e100"
_YEARS_OF_FOUR_DIGITS = {
    "date": "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
    "timestamp": "BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'",
}


def measured_as_stored(kind: str) -> set[str]:
    """The type measures that a stored kind needs no text for."""
    return _KEYS[kind]


@dataclass(frozen=True)
class Stored:
    """Column ``x<position>`` of a kind (see ``TextTable.natives``); ``physical``: DuckDB's name of its type."""

    position: int
    kind: str
    physical: str

    @property
    def cell(self) -> str:
        """What the aggregates need, computed once a row: ``n<i>``, a number, or ``m<i>_0``, a moment."""
        x = f"x{self.position}"
        if self.kind == "double":
            return f"CASE WHEN abs({x}) < {_LARGEST} THEN CAST({x} AS DOUBLE) END AS n{self.position}"
        if self.kind in _YEARS_OF_FOUR_DIGITS:
            moment = f"CASE WHEN {x} {_YEARS_OF_FOUR_DIGITS[self.kind]} THEN CAST({x} AS TIMESTAMP) END"
            return f"{moment} AS m{self.position}_0"
        return f"CAST({x} AS DOUBLE) AS n{self.position}"

    def aggregates(self, keys: list[str], *, exact: bool) -> dict[str, str]:
        """Name of the measure -> expression, for the keys asked for; only whole numbers and texts have lengths."""
        i, x = self.position, f"x{self.position}"
        expressions = {
            # A stored NaN is a word for "no value", and x is NULL there.
            "nulls": f"count(CASE WHEN r{i} IS NULL THEN 1 END)" if self.kind == "double" else f"count(*) - count({x})",
            "empty": "0",
            "values": f"count({x})",
            "distinct": f"count(DISTINCT {x})" if exact else f"approx_count_distinct({x})",
            "padded": "0",
            "shortest": "NULL",
            "longest": "NULL",
            "average_length": "NULL",
        }
        if not keys:
            return expressions
        if self.kind in _YEARS_OF_FOUR_DIGITS:
            return expressions | moment_aggregates(keys[0], f"m{i}_0", EVERY_ROW)
        number = f"n{i}"
        expressions |= dict.fromkeys(keys, f"count({number})")
        expressions |= {"double": f"count({number})"} | number_aggregates(number, EVERY_ROW)
        if "whole" in keys:
            # As texts of one digit behind the point.
            expressions["whole"] = f"count(CASE WHEN {number} = trunc({number}) AND NOT contains(v{i}, 'e') THEN 1 END)"
        if self.kind == "double":
            expressions["decimal"] = f"count(CASE WHEN {number} IS NOT NULL AND NOT contains(v{i}, 'e') THEN 1 END)"
            expressions["scale"] = scale_of(number, f"v{i}")
        elif self.kind == "integer":
            expressions |= {"scale": "NULL", "leading_zeros": "0"}
            expressions |= {"integer_minimum": f"min({x})", "integer_maximum": f"max({x})"}
            ends = [f"max(CASE WHEN {x} < 0 THEN {x} END)", f"min(CASE WHEN {x} >= 0 THEN {x} END)"]
            expressions["shortest"] = f"least({', '.join(map(_length, ends))})"
            expressions["longest"] = f"greatest({_length(f'min({x})')}, {_length(f'max({x})')})"
        else:
            scale = int(re.findall(r"\d+", self.physical)[1])
            expressions["scale"] = f"CASE WHEN count({x}) > 0 AND {scale} > 0 THEN {scale} END"
        return expressions


def _length(number: str) -> str:
    return f"length(CAST({number} AS VARCHAR))"
