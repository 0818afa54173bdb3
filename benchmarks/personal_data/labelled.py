"""Tables whose columns are labelled with the personal data they hold, and how their variants are made."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

NONE = "NONE"
#: Nothing in its name or its values says what it is: it must be put before a person.
UNDECIDABLE = "POSSIBLE_IDENTIFIER"
ROWS = 240
#: Share of the columns of a mixed table that get an opaque name, where they may.
OPAQUE_SHARE = 0.6
#: Share of missing values in columns that may lack one.
MISSING_SHARE = 0.04
Maker = Callable[[random.Random, int], str]


@dataclass(frozen=True)
class ColumnPattern:
    """A column before its values are drawn.

    :ivar make: the value of a row, from a source of chance and the row's number.
    :ivar opaque_label: what the column is under an opaque name; empty: it always keeps its honest one.
    """

    name: str
    label: str
    make: Maker
    opaque_label: str = ""
    complete: bool = False


@dataclass(frozen=True)
class TablePattern:
    """Columns that stand together."""

    name: str
    columns: tuple[ColumnPattern, ...]


@dataclass(frozen=True)
class LabelledColumn:
    """A column of a labelled table; ``honest``: its name says what it holds."""

    name: str
    label: str
    honest: bool
    values: list[str] = field(repr=False)


@dataclass(frozen=True)
class LabelledTable:
    """A table whose columns are labelled."""

    name: str
    columns: tuple[LabelledColumn, ...]

    def write(self, folder: Path) -> Path:
        """Write the table as CSV with a header and return where it is."""
        path = folder / f"{self.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in self.columns])
            writer.writerows(zip(*(column.values for column in self.columns), strict=True))
        return path


def variants(patterns: Iterator[TablePattern], opaque_names: tuple[str, ...], seed: int) -> list[LabelledTable]:
    """Two tables of each pattern: one with honest names, one where most of the names say nothing.

    :param opaque_names: names with a place for the column's number, such as ``x_{}``.
    """
    tables = []
    for number, pattern in enumerate(patterns):
        for kind in ("honest", "mixed"):
            chance = random.Random(f"{seed} {pattern.name} {kind}")
            opaque = opaque_names[number % len(opaque_names)] if kind == "mixed" else ""
            tables.append(_table(f"{pattern.name}_{kind}", pattern, opaque, chance))
    return tables


def _table(name: str, pattern: TablePattern, opaque: str, chance: random.Random) -> LabelledTable:
    columns = []
    for position, column in enumerate(pattern.columns):
        hidden = bool(opaque and column.opaque_label) and chance.random() < OPAQUE_SHARE
        values = [column.make(chance, row) for row in range(ROWS)]
        if not column.complete:
            values = ["" if chance.random() < MISSING_SHARE else value for value in values]
        columns.append(
            LabelledColumn(
                opaque.format(position + 1) if hidden else column.name,
                column.opaque_label if hidden else column.label,
                not hidden,
                values,
            )
        )
    return LabelledTable(name, tuple(columns))
