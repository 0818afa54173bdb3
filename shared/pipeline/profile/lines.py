"""Aggregates over lines that stand for one row each, or for as many as have a value."""

from __future__ import annotations

from dataclasses import dataclass

#: Moments outside are placeholders or slips more often than data.
EARLIEST_USUAL, LATEST_USUAL = "1900-01-01", "2100-12-31"
_USUAL_MOMENTS = f"TIMESTAMP '{EARLIEST_USUAL}' AND TIMESTAMP '{LATEST_USUAL} 23:59:59'"


@dataclass(frozen=True)
class Lines:
    """How lines are counted.

    :ivar weighted: a line stands for ``times`` rows, and ``mean_number`` is the mean of its column's numbers.
    """

    weighted: bool

    def count(self, condition: str) -> str:
        """Rows for which a condition holds."""
        if self.weighted:
            return f"coalesce(sum(CASE WHEN {condition} THEN times END), 0)"
        return f"count(CASE WHEN {condition} THEN 1 END)"

    def mean(self, number: str) -> str:
        """Mean of a number over the rows that have it."""
        if self.weighted:
            return f"fsum({number} * times) / sum(CASE WHEN {number} IS NOT NULL THEN times END)"
        return f"favg({number})"

    def deviation(self, number: str) -> str:
        """Standard deviation of a number in a sample (n - 1), NULL of fewer than two rows."""
        if not self.weighted:
            return f"stddev_samp({number})"
        rows = f"sum(CASE WHEN {number} IS NOT NULL THEN times END)"
        squares = f"fsum(times * ({number} - mean_number) * ({number} - mean_number))"
        return f"CASE WHEN {rows} > 1 THEN sqrt({squares} / ({rows} - 1)) END"


EVERY_ROW = Lines(weighted=False)
VALUES_WITH_COUNTS = Lines(weighted=True)


def number_aggregates(number: str, rows: Lines) -> dict[str, str]:
    """Measures of a column of numbers."""
    return {
        "minimum": f"min({number})",
        "maximum": f"max({number})",
        "mean": rows.mean(number),
        "deviation": rows.deviation(number),
        "negative": rows.count(f"{number} < 0"),
    }


def moment_aggregates(key: str, moment: str, rows: Lines) -> dict[str, str]:
    """Measures of a column of moments that are read in one format.

    :param key: ``date:<format>`` or ``timestamp:<format>``.
    """
    return {
        key: rows.count(f"{moment} IS NOT NULL"),
        f"minimum {key}": f"min({moment})",
        f"maximum {key}": f"max({moment})",
        f"far {key}": rows.count(f"NOT {moment} BETWEEN {_USUAL_MOMENTS}"),
    }


def scale_of(number: str, text: str) -> str:
    """Most digits behind the point of the texts that are numbers."""
    point = f"strpos({text}, '.')"
    return f"max(CASE WHEN {number} IS NOT NULL AND {point} > 0 THEN length({text}) - {point} END)"
