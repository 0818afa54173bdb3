"""The rows of a database table, streamed to Parquet files on this machine in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline import database
from shared.pipeline.database import TableColumn
from shared.pipeline.errors import NothingNewError
from shared.pipeline.literals import quote_identifier, quote_list, quote_literal
from shared.pipeline.reading.alignment import under_known_names
from shared.pipeline.reading.tables import PARQUET_OPTIONS, SourceColumn, Staged, check_names, try_typed

# Text of the rows that are fetched at a time, and of those that become one Parquet file.
BATCH_BYTES = 4 * 1024 * 1024
PART_BYTES = 16 * 1024 * 1024
_MOST_ROWS_OF_A_BATCH = 20_000
_JSON_OBJECT_BYTES = 1024 * 1024
_CURSOR = "onboarding_extract"
# Type in the database -> the kind of watermark that it is, and the type that bounds are compared as.
_COMPARED = (
    (re.compile("smallint|integer|bigint"), "integer", "bigint"),
    (re.compile(r"numeric(\(.*\))?"), "decimal", "numeric"),
    (re.compile("date"), "date", "date"),
    (re.compile(r"timestamp(\(\d\))? without time zone"), "timestamp", "timestamp"),
    (re.compile(r"timestamp(\(\d\))? with time zone"), "timestamp", "timestamptz"),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Bounds:
    """Which rows are read: those whose value is above ``low`` and up to ``high``, and those without one.

    :ivar kind: ``integer``, ``decimal``, ``date`` or ``timestamp`` (in UTC).
    :ivar low: as text; empty: no bound.
    """

    column: str
    kind: str
    low: str = ""
    high: str = ""

    def condition(self, columns: Sequence[TableColumn]) -> tuple[str, list[str]]:
        """SQL condition and its parameters; empty without bounds, or for a column of another kind.

        Such a column (a text) has an order of its own in the database: the embedded engine compares its values.
        """
        found = next((column.database_type for column in columns if column.name == self.column), "")
        compared = [to for form, kind, to in _COMPARED if kind == self.kind and form.fullmatch(found)]
        given = [(sign, bound) for sign, bound in ((">", self.low), ("<=", self.high)) if bound]
        if not compared or not given:
            return "", []
        name = quote_identifier(self.column).replace("%", "%%")
        inside = " AND ".join(f"{name} {sign} CAST(%s AS {compared[0]})" for sign, _ in given)
        return f" WHERE ({inside}) OR {name} IS NULL", [bound for _, bound in given]


class DatabaseTable:
    """A table or view, read once, in one transaction.

    :param known: the columns that were onboarded, for their names.
    """

    def __init__(
        self,
        location: str,
        description: database.TableDescription,
        bounds: Bounds | None,
        known: Sequence[str] = (),
    ) -> None:
        self.location = location
        self.bounds = bounds
        self._described = description.columns
        names = under_known_names([column.name for column in description.columns], known)
        self._columns = tuple(
            SourceColumn(name, column.type) for name, column in zip(names, description.columns, strict=True)
        )
        check_names([column.name for column in self._columns], location)

    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns of the table; text those of them whose values do not fit their type."""
        return self._columns

    def stage(self, con: Any, folder: Path) -> Staged:
        """Read every row as text; columns get their types in the view.

        :raises NothingNewError: no row is above the lower bound.
        """
        paths, rows = [], []
        with database.reading(self.location) as connection:
            for number, (part, count) in enumerate(self._parts(connection, folder)):
                target = folder / f"{number:05d}.parquet"
                self._convert(con, part, target)
                part.unlink()
                paths.append(target)
                rows.append(count)
        if not rows and self.bounds is not None and self.bounds.low:
            raise NothingNewError(
                "No row of the table is new.",
                where=self.location,
                expected=f"a value of {self.bounds.column} above {self.bounds.low}",
                remedy="Nothing to do; the next run looks again.",
            )
        cells = tuple(f"c{index}" for index in range(len(self._columns)))
        self._columns = _fitting(con, paths, self._columns) if paths else self._columns
        types = tuple(column.physical_type for column in self._columns)
        return Staged(tuple(paths), tuple(rows), 0, self._columns, cells, types)

    def _parts(self, connection: Any, folder: Path) -> Iterator[tuple[Path, int]]:
        """Files of one JSON object a row, and their rows."""
        path, rows, size = folder / "rows.jsonl", 0, 0
        names = [f"c{index}" for index in range(len(self._columns))]
        for batch in self._batches(connection):
            with path.open("ab" if rows else "wb") as out:
                for row in batch:
                    values = zip(names, row, strict=True)
                    out.write(_encode({name: value for name, value in values if value is not None}).encode() + b"\n")
                size = out.tell()
            rows += len(batch)
            if size >= PART_BYTES:
                yield path, rows
                rows = 0
        if rows:
            yield path, rows

    def _batches(self, connection: Any) -> Iterator[list[tuple[Any, ...]]]:
        """Rows by the batch; a batch has as many rows as fit its bytes, told from the batch before."""
        statement, parameters = self._statement()
        with connection.cursor(name=_CURSOR) as cursor:
            cursor.execute(statement, parameters or None)
            count = 100
            while batch := [database.plain_row(row) for row in cursor.fetchmany(count)]:
                yield batch
                size = sum(len(value) for row in batch for value in row if value is not None)
                count = max(1, min(_MOST_ROWS_OF_A_BATCH, BATCH_BYTES * len(batch) // max(size, 1)))

    def _statement(self) -> tuple[str, list[str]]:
        condition, parameters = "", list[str]()
        if self.bounds is not None:
            condition, parameters = self.bounds.condition(self._described)
        listed = ", ".join(f"CAST({quote_identifier(column.name)} AS text)" for column in self._described)
        select = f"SELECT {listed} FROM {database.parse_location(self.location).quoted}"  # noqa: S608
        # With parameters the drivers read % as the beginning of one.
        return (select.replace("%", "%%") if parameters else select) + condition, parameters

    def _convert(self, con: Any, part: Path, target: Path) -> None:
        types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(self._columns)))
        longest = max(_JSON_OBJECT_BYTES, _longest_line(part) + 1)
        con.execute(
            f"COPY (SELECT * FROM read_json({quote_literal(str(part))}, format = 'newline_delimited', "  # noqa: S608
            f"columns = {{{types}}}, maximum_object_size = {longest})) TO {quote_literal(str(target))} (FORMAT parquet)"
        )


def _longest_line(path: Path) -> int:
    with path.open("rb") as file:
        return max(len(line) for line in file)


def _fitting(con: Any, paths: Sequence[Path], columns: Sequence[SourceColumn]) -> tuple[SourceColumn, ...]:
    """The columns, as text where a value does not fit its type (NaN in a decimal): nothing gets lost."""
    typed = [index for index, column in enumerate(columns) if column.physical_type != "VARCHAR"]
    if not typed:
        return tuple(columns)
    cells = [(f"c{index}", try_typed(f"c{index}", columns[index].physical_type)) for index in typed]
    counts = ", ".join(f"count(*) FILTER (WHERE {text} IS NOT NULL AND {value} IS NULL)" for text, value in cells)
    reader = f"read_parquet({quote_list(str(path) for path in paths)}, {PARQUET_OPTIONS})"
    found = con.execute(f"SELECT {counts} FROM {reader}").fetchall()[0]  # noqa: S608
    unfit = {index for index, count in zip(typed, found, strict=True) if count}
    return tuple(
        SourceColumn(column.name, "VARCHAR") if index in unfit else column for index, column in enumerate(columns)
    )
