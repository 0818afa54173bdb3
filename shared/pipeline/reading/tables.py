"""One class a format: which columns the files have, and their rows as Parquet files on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from shared.pipeline.errors import SourceError
from shared.pipeline.literals import quote_identifier, quote_list, quote_literal
from shared.pipeline.reading import csv_rows
from shared.pipeline.reading.alignment import check_any_known, under_known_names, union_of
from shared.pipeline.reading.json_rows import JsonTable
from shared.pipeline.reading.options import ReadOptions

FILE_COLUMN = "_source_file"
ROW_COLUMN = "_source_row"
LOAD_COLUMN = "_load_id"
# ``file_row_number`` is the name of the column that DuckDB's Parquet reader adds.
#: In Bronze: what did not fit the onboarded type of its column, name -> text.
UNCAST_COLUMN = "_uncast"
RESERVED_COLUMNS = (FILE_COLUMN, ROW_COLUMN, LOAD_COLUMN, UNCAST_COLUMN, "file_row_number")
_JSON_OBJECT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class SourceColumn:
    """A column as the source names it, and the DuckDB type that it is read with."""

    name: str
    physical_type: str


@dataclass(frozen=True)
class LocalFile:
    """A file of the source and where it lies, plain and in UTF-8 if it is text, on this machine."""

    uri: str
    path: Path


@dataclass(frozen=True)
class Staged:
    """The rows of all files as Parquet.

    :ivar paths: one Parquet file for each source file.
    :ivar rows: rows of each of them.
    :ivar unreadable: rows of all files that could not be read.
    :ivar cells: the name that each column has in these Parquet files.
    :ivar types: the DuckDB type of each column where the files have text; empty: they have their types.
    :ivar untyped: the columns that have no type in these files, for no row has a value: read as text.
    """

    paths: tuple[Path, ...]
    rows: tuple[int, ...]
    unreadable: int
    columns: tuple[SourceColumn, ...]
    cells: tuple[str, ...]
    types: tuple[str, ...] = ()
    untyped: frozenset[str] = frozenset()


class Table(Protocol):
    """The files of a source in one format."""

    def columns(self) -> tuple[SourceColumn, ...] | None:
        """The columns, or ``None`` when only reading everything tells them."""

    def stage(self, con: Any, folder: Path) -> Staged:
        """Read everything once; text is written to ``folder`` as Parquet, so that it is parsed only once."""


class CsvTable:
    """CSV files; each has its columns in an order of its own.

    :param known: the columns that were onboarded: a file may lack some of them and have others. Without them the
        first file's header names the columns, and the others must have the same.
    """

    def __init__(self, files: Sequence[LocalFile], options: ReadOptions, known: Sequence[str] = ()) -> None:
        self.files = files
        self.options = options
        self.headers = [under_known_names(csv_rows.header_of(file.path, options), known) for file in files]
        for header, file in zip(self.headers, files, strict=True):
            if not known:
                check_same_columns(self.headers[0], header, file.uri, files[0].uri)
            check_any_known(header, known, file.uri)
            check_names(header, file.uri)
        self.names = union_of(self.headers, known)
        check_names(self.names, files[0].uri)

    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns of the headers, all text."""
        return tuple(SourceColumn(name, "VARCHAR") for name in self.names)

    def is_empty(self) -> bool:
        """Whether no file has a row below its header; a file is read to its end only if it is short."""
        return all(csv_rows.has_no_rows(file.path, self.options) for file in self.files)

    def stage(self, con: Any, folder: Path) -> Staged:
        """Parse every file into Parquet."""
        paths, rows, unreadable = [], [], 0
        for index, (file, header) in enumerate(zip(self.files, self.headers, strict=True)):
            places = {name: place for place, name in enumerate(header)}
            cells = [
                csv_cell(f"c{places[name]}", self.options.null_values) if name in places else "NULL::VARCHAR"
                for name in self.names
            ]
            target = folder / f"{index:05d}.parquet"
            read, lost = csv_rows.stage_csv(
                con, file.path, file.uri, len(header), _numbered(cells), self.options, target
            )
            paths.append(target)
            rows.append(read)
            unreadable += lost
        cell_names = tuple(f"c{index}" for index in range(len(self.names)))
        return Staged(tuple(paths), tuple(rows), unreadable, self.columns(), cell_names)


class JsonFiles:
    """JSON or JSON Lines files: the columns are the union of the keys in order of first appearance.

    :param known: the columns that were onboarded, for their names.
    """

    def __init__(
        self, files: Sequence[LocalFile], layout: str, options: ReadOptions, known: Sequence[str] = ()
    ) -> None:
        self.files = files
        self.layout = layout
        self.options = options
        self.known = known

    def columns(self) -> None:
        """Unknown before every row was read."""
        return

    def stage(self, con: Any, folder: Path) -> Staged:
        """Parse every file into Parquet."""
        table = JsonTable()
        plain = [folder / f"{index:05d}.rows" for index in range(len(self.files))]
        counts = [
            table.convert(file.path, self.layout, target, file.uri)
            for file, target in zip(self.files, plain, strict=True)
        ]
        given = [name if name.strip() else f"column_{index}" for index, name in enumerate(table.columns, 1)]
        names = under_known_names(given, self.known)
        unreadable = sum(lost for _, lost in counts)
        if not names:
            return Staged((), (), unreadable, (), ())
        check_names(names, self.files[0].uri)
        paths = [path.with_suffix(".parquet") for path in plain]
        for source, target in zip(plain, paths, strict=True):
            self._copy(con, source, target, len(names), table.longest)
            source.unlink()
        cells = tuple(f"c{index}" for index in range(len(names)))
        columns = tuple(SourceColumn(name, "VARCHAR") for name in names)
        return Staged(tuple(paths), tuple(rows for rows, _ in counts), unreadable, columns, cells)

    def _copy(self, con: Any, source: Path, target: Path, width: int, longest: int) -> None:
        cells = [text_cell(f"c{index}", self.options.null_values) for index in range(width)]
        types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
        con.execute(
            f"COPY (SELECT {_numbered(cells)} FROM read_json({quote_literal(str(source))}, "  # noqa: S608
            f"format = 'newline_delimited', columns = {{{types}}}, "
            f"maximum_object_size = {max(_JSON_OBJECT_BYTES, longest + 1)})) "
            f"TO {quote_literal(str(target))} (FORMAT parquet)"
        )


class ParquetTable:
    """Parquet files, read where they lie, with their own types; a column whose types differ has one that holds all.

    :param known: as of :class:`CsvTable`.
    """

    def __init__(self, con: Any, files: Sequence[LocalFile], known: Sequence[str] = ()) -> None:
        self.files = files
        described = [_describe(con, file) for file in files]
        for names, file in zip(described, files, strict=True):
            if not known:
                check_same_columns(list(described[0]), list(names), file.uri, files[0].uri)
            check_any_known(under_known_names(names, known), known, file.uri)
            check_names(list(names), file.uri)
        reader = f"read_parquet({quote_list(str(file.path) for file in files)}, {PARQUET_OPTIONS})"
        types = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {reader})").fetchall()  # noqa: S608
        names = under_known_names([name for name, _ in types], known)
        found = {name: (kind, cell) for name, (cell, kind) in zip(names, types, strict=True)}
        self._cells = {name: cell for name, (_, cell) in found.items()}
        ordered = union_of([names], known) if known else described[0]
        self._untyped = frozenset(name for name in ordered if found[name][0] == _UNTYPED)
        self._columns = tuple(SourceColumn(n, "VARCHAR" if n in self._untyped else found[n][0]) for n in ordered)

    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns of all files."""
        return self._columns

    def stage(self, con: Any, folder: Path) -> Staged:
        """Count the rows of each file; nothing is copied."""
        paths = tuple(file.path for file in self.files)
        rows = []
        for path in paths:
            counted = con.execute("SELECT sum(num_rows) FROM parquet_file_metadata($path)", {"path": str(path)})
            rows.append(int(counted.fetchall()[0][0]))
        cells = tuple(self._cells[column.name] for column in self._columns)
        return Staged(paths, tuple(rows), 0, self._columns, cells, untyped=self._untyped)


# The type that DuckDB has for a column of Parquet's null type: what other tools write when no row has a value.
_UNTYPED = '"NULL"'
# Folder names such as ``date=2026-01-01`` are no columns of the file.
PARQUET_OPTIONS = "union_by_name = true, hive_partitioning = false"


def csv_cell(cell: str, null_values: Sequence[str]) -> str:
    """A CSV cell with the null values applied; DuckDB reads an empty cell, quoted or not, as NULL."""
    if "" in null_values:
        return text_cell(cell, [value for value in null_values if value])
    return text_cell(f"coalesce({cell}, '')", null_values)


def text_cell(cell: str, null_values: Sequence[str]) -> str:
    """A text cell with the null values applied."""
    if not null_values:
        return cell
    return f"CASE WHEN list_contains({quote_list(null_values)}, {cell}) THEN NULL ELSE {cell} END"


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse names that one table cannot have.

    :raises SourceError: two names that are the same but for upper and lower case, or a reserved name.
    """
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name.lower() in seen or "\x00" in name:
            raise SourceError(
                "The source has a column name twice.",
                where=where,
                expected="names that differ by more than upper and lower case",
                # Not the names: in a file without a header they are values of its first row.
                given=f"columns {seen.get(name.lower(), number)} and {number}",
                remedy="Have the column renamed; if there is no header, set source.options.header to false.",
            )
        seen[name.lower()] = number
    taken = sorted(set(seen) & set(RESERVED_COLUMNS))
    if taken:
        raise SourceError(
            "The source has a column whose name is reserved.",
            where=where,
            expected=f"other names than {', '.join(RESERVED_COLUMNS)}",
            given=", ".join(taken),
            remedy="Have the column renamed.",
        )


def check_same_columns(expected: list[str], given: list[str], uri: str, first_uri: str) -> None:
    """Refuse a file whose columns are not those of the first file; their order may differ.

    :raises SourceError: columns are missing or more.
    """
    if sorted(expected) == sorted(given):
        return
    missing = [name for name in expected if name not in given]
    more = ", ".join(name for name in given if name not in expected) or "none"
    if len(missing) == len(expected):
        # Hardly a header, but the first row of a file without one: values, which may be personal.
        more = f"{len(given)}, not shown, for they may be values of a file without a header"
    raise SourceError(
        "The files of the source do not have the same columns.",
        where=uri,
        expected=f"the columns of {first_uri}",
        given=f"missing: {', '.join(missing) or 'none'}; more: {more}",
        remedy="Give each kind of file a folder of its own, and onboard each as a source.",
    )


def _numbered(cells: Sequence[str]) -> str:
    return ", ".join(f"{cell} AS c{index}" for index, cell in enumerate(cells))


def _describe(con: Any, file: LocalFile) -> list[str]:
    import duckdb

    reader = f"read_parquet({quote_literal(str(file.path))}, hive_partitioning = false)"
    try:
        return [row[0] for row in con.execute(f"DESCRIBE FROM {reader}").fetchall()]
    except duckdb.Error as error:
        raise SourceError(
            "The Parquet file cannot be read.",
            where=file.uri,
            given=str(error).splitlines()[0].replace(str(file.path), "the file")[:200],
            remedy="Send the file again; it may be cut off.",
        ) from error


def view_sql(staged: Staged, uris: Sequence[str], view_name: str) -> str:
    """The statement that creates the temporary view of all rows.

    :param uris: for each Parquet file where its rows came from.
    """
    cells = [f"data.{quote_identifier(cell)}" for cell in staged.cells]
    if staged.types:
        cells = [try_typed(cell, kind) for cell, kind in zip(cells, staged.types, strict=True)]
    columns = ", ".join(
        f"{f'CAST({cell} AS VARCHAR)' if column.name in staged.untyped else cell} AS {quote_identifier(column.name)}"
        for cell, column in zip(cells, staged.columns, strict=True)
    )
    reader = (
        f"read_parquet({quote_list(str(path) for path in staged.paths)}, {PARQUET_OPTIONS}, "
        "file_row_number = true, filename = '_read_path') AS data"
    )
    if len(uris) == 1:
        number = f"1 + data.file_row_number AS {ROW_COLUMN}"
        tail = f"{quote_literal(uris[0])} AS {FILE_COLUMN}, {number} FROM {reader}"
    else:
        tail = (
            f"fact.uri AS {FILE_COLUMN}, fact.first_row + data.file_row_number AS {ROW_COLUMN} FROM {reader} "
            f"JOIN (VALUES {_facts(staged, uris)}) AS fact(path, uri, first_row) "
            "ON fact.path = data._read_path"
        )
    return f"CREATE OR REPLACE TEMP VIEW {quote_identifier(view_name)} AS SELECT {columns}, {tail}"


def try_typed(cell: str, kind: str) -> str:
    """A cell of text as its type, NULL where it does not fit.

    A moment with an offset is that moment in UTC, the time zone of every connection.
    """
    if kind == "VARCHAR":
        return cell
    moment = kind == "TIMESTAMP"
    return f"CAST(TRY_CAST({cell} AS TIMESTAMPTZ) AS TIMESTAMP)" if moment else f"TRY_CAST({cell} AS {kind})"


def _facts(staged: Staged, uris: Sequence[str]) -> str:
    """What is known of each file: its path here, its URI, the number of its first row in the source."""
    facts, first = [], 1
    for path, uri, rows in zip(staged.paths, uris, staged.rows, strict=True):
        facts.append(f"({quote_literal(str(path))}, {quote_literal(uri)}, {first}::BIGINT)")
        first += rows
    return ", ".join(facts)
