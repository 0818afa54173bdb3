"""Exact counts over every row of a source of which only a share is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.pipeline.profile.table import EVERY_SOURCE_ROW, TextTable


class WholeSource(Protocol):
    """Every row of a source, asked about what a share cannot tell: what is unique, and which values there are.

    Values are compared after trimming, without those that stand for "no value".
    """

    @property
    def rows(self) -> int:
        """Number of rows."""
        ...

    def distinct_rows(self) -> int:
        """Number of different rows."""
        ...

    def count_distinct(self, positions: list[int]) -> tuple[int, int]:
        """Distinct combinations of columns where all have a value, and rows where one of them has none."""
        ...

    def value_counts(self, position: int, most: int) -> dict[str, int] | None:
        """Each value of a column and its rows; None when there are more than ``most`` values."""
        ...


class EveryRow:
    """The rows of a source that is read here."""

    def __init__(self, table: TextTable) -> None:
        self._table = table

    @property
    def rows(self) -> int:
        """See :class:`WholeSource`."""
        return self._table.source_rows

    def distinct_rows(self) -> int:
        """See :class:`WholeSource`."""
        return self._table.distinct_rows(EVERY_SOURCE_ROW)

    def count_distinct(self, positions: list[int]) -> tuple[int, int]:
        """See :class:`WholeSource`."""
        return self._table.exact_distinct(positions, EVERY_SOURCE_ROW)

    def value_counts(self, position: int, most: int) -> dict[str, int] | None:
        """See :class:`WholeSource`."""
        found: Sequence[tuple[str, int]] = self._table.connection.execute(
            f"SELECT v{position}, count(*) FROM {self._table.values(EVERY_SOURCE_ROW, [position])}"  # noqa: S608 (own aliases)
            f" WHERE v{position} IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT {most + 1}"
        ).fetchall()
        return None if len(found) > most else {str(value): int(rows) for value, rows in found}
