"""A source as a table: the one way in which profiling and extraction read files, and tables of databases.

    with open_source("file:///data/orders.csv") as source:
        source.create_view(con, "orders")

Every row of the files is either a row of the view or counted in ``unreadable``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from shared.pipeline import engine
from shared.pipeline.database import describe, is_database, reading
from shared.pipeline.disk import full_disk_is_clear
from shared.pipeline.errors import NothingNewError, SourceError
from shared.pipeline.reading import csv_rows
from shared.pipeline.reading.database_rows import Bounds, DatabaseTable
from shared.pipeline.reading.digests import FileDigests
from shared.pipeline.reading.encoding import as_utf8, detect_encoding
from shared.pipeline.reading.files import bring_here, check_rows, empty_source, find_source_files, named, with_content
from shared.pipeline.reading.formats import resolve_format
from shared.pipeline.reading.options import TABLE, ReadOptions, check_options
from shared.pipeline.reading.preamble import without_preamble
from shared.pipeline.reading.tables import (
    FILE_COLUMN,
    LOAD_COLUMN,
    ROW_COLUMN,
    CsvTable,
    JsonFiles,
    LocalFile,
    ParquetTable,
    SourceColumn,
    Staged,
    Table,
    view_sql,
)
from shared.pipeline.storage import StoredFile

__all__ = [
    "FILE_COLUMN",
    "LOAD_COLUMN",
    "ROW_COLUMN",
    "ReadOptions",
    "Source",
    "SourceColumn",
    "StoredFile",
    "open_source",
]


def open_source(
    location: str,
    format: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    leave_out: Collection[StoredFile] = (),
    bounds: Bounds | None = None,
    known: Sequence[str] = (),
) -> Source:
    """Open a source: find its files, bring them here, detect what is not given.

    :param location: ``file://`` or ``s3://``, a file or a folder (prefix); or ``db://<connection>/<schema>.<table>``.
    :param format: ``csv``, ``json``, ``jsonl`` or ``parquet``; detected from the bytes when ``None``. ``table`` for
        a table of a database.
    :param options: ``delimiter``, ``quote``, ``escape``, ``header``, ``encoding``, ``null_values``; what is
        absent or ``None`` is detected.
    :param leave_out: files that are not read: those that were loaded before.
    :param bounds: rows of a database table that are read; of files all rows are.
    :param known: names of the columns that were onboarded: files may lack some and have others, and a name that
        differs in case only is theirs. Without them all files must have the same columns.
    :returns: the open source, to be used as a context manager: its end removes the temporary files.
    :raises SourceError: missing, empty, not a table, or its files do not agree in their columns.
    :raises NothingNewError: every file is one to leave out.
    """
    if is_database(location):
        return _opened_table(location, bounds, known)
    given = check_options(options, location)
    scratch = tempfile.TemporaryDirectory(prefix="onboarding_source_")
    try:
        with full_disk_is_clear("the copy of the source on this machine"):
            new = _new_files(location, leave_out)
            source = _opened(location, with_content(new), format, given, scratch, known)
            source.digests = FileDigests(new)
            return source
    except BaseException:
        scratch.cleanup()
        raise


class Source:
    """An open source; made by :func:`open_source`.

    :ivar location: where it is.
    :ivar format: ``csv``, ``json``, ``jsonl``, ``parquet`` or ``table``.
    :ivar options: the read options in force.
    :ivar digests: of the files; ``None`` of a table.
    """

    def __init__(
        self,
        location: str,
        format: str,
        files: Sequence[StoredFile],
        options: ReadOptions,
        table: Table,
        scratch: tempfile.TemporaryDirectory[str],
    ) -> None:
        self.location = location
        self.format = format
        self.options = options
        self.digests: FileDigests | None = None
        # Maybe without their digests, but never waited for.
        self._found = tuple(files)
        self._table = table
        self._scratch = scratch
        self._staged: Staged | None = None

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files; views made by :meth:`create_view` are of no use afterwards."""
        if self.digests is not None:
            self.digests.close()
        self._scratch.cleanup()

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """The files (``uri``, ``bytes``, ``etag``), sorted by URI; without those of 0 bytes.

        Of a database table its location and size.
        """
        return tuple(file for file in self._every_file() if file.bytes or self.format == TABLE)

    @property
    def empty_files(self) -> tuple[StoredFile, ...]:
        """Those of 0 bytes, which are left out when others have content."""
        return tuple(file for file in self._every_file() if not file.bytes and self.format != TABLE)

    def _every_file(self) -> Sequence[StoredFile]:
        return self._found if self.digests is None else self.digests.files()

    @property
    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns in the order of the source, without the two that the view adds.

        For JSON this reads everything, the first time.
        """
        return self._table.columns() or self._read().columns

    @property
    def rows(self) -> int:
        """Rows that the view has. Reads everything, the first time."""
        return sum(self._read().rows)

    def check_not_empty(self) -> None:
        """Refuse a source that a look shows to be empty; large text files are not read for it.

        :raises SourceError: no file has a row.
        """
        if isinstance(self._table, CsvTable):
            if self._table.is_empty():
                raise empty_source(named(self._found), "column names only")
        elif self.format != TABLE:
            self._read()

    @property
    def files_without_rows(self) -> tuple[StoredFile, ...]:
        """The files that hold no row, those of 0 bytes among them. Reads everything, the first time."""
        if self.format == TABLE:
            return ()
        without = [file for file, rows in zip(self.files, self._read().rows, strict=True) if not rows]
        return tuple(sorted([*self.empty_files, *without]))

    @property
    def unreadable(self) -> int:
        """Rows that are in the files and could not be read. Reads everything, the first time."""
        return self._read().unreadable

    def create_view(self, con: Any, view_name: str = "source") -> None:
        """Create a temporary view of all rows: the columns, ``_source_file`` and ``_source_row``.

        ``_source_file`` is the URI of the row's file; ``_source_row`` counts the rows of all files from 1.
        The view reads Parquet files on this machine, so several passes over it are cheap.

        :param con: a DuckDB connection; the view lives as long as it does, and not longer than the source.
        :raises SourceError: nothing of the source can be read.
        """
        staged = self._read()
        uris = [file.uri for file in self._found]
        if self.format == TABLE:
            uris = uris * len(staged.paths)
        con.execute(view_sql(staged, uris, view_name))

    def _read(self) -> Staged:
        if self._staged is None:
            with engine.connection() as con:
                staged = self._table.stage(con, Path(self._scratch.name))
            check_rows(sum(staged.rows), staged.unreadable, len(staged.columns), named(self._found))
            self._staged = staged
        return self._staged


def _opened_table(location: str, bounds: Bounds | None, known: Sequence[str]) -> Source:
    with reading(location) as connection:
        description = describe(connection, location)
    table = DatabaseTable(location, description, bounds, known)
    scratch = tempfile.TemporaryDirectory(prefix="onboarding_source_")
    return Source(location, TABLE, [StoredFile(location, description.bytes, "")], ReadOptions(), table, scratch)


def _new_files(location: str, leave_out: Collection[StoredFile]) -> list[StoredFile]:
    # Only what was loaded before is told by its digest; without that, files are digested while they are read.
    files = [file for file in find_source_files(location, digest=bool(leave_out)) if file not in leave_out]
    if not files:
        raise NothingNewError(
            "Every file at the location was loaded before.",
            where=location,
            remedy="Nothing to do; the next run looks again.",
        )
    return files


def _opened(
    location: str,
    files: Sequence[StoredFile],
    format: str | None,
    given: dict[str, Any],
    scratch: tempfile.TemporaryDirectory[str],
    known: Sequence[str],
) -> Source:
    folder = Path(scratch.name)
    local = [LocalFile(file.uri, bring_here(file, folder, index)) for index, file in enumerate(files)]
    layout = _common_format(local, format)
    if layout == "parquet":
        with engine.connection() as con:
            return Source(location, layout, files, ReadOptions(), ParquetTable(con, local, known), scratch)
    encodings = [given.get("encoding") or detect_encoding(file.path, file.uri) for file in local]
    text = [
        LocalFile(file.uri, as_utf8(file.path, encoding, folder / f"{index:05d}.utf8", file.uri))
        for index, (file, encoding) in enumerate(zip(local, encodings, strict=True))
    ]
    if layout == "csv":
        targets = [folder / f"{index:05d}.table" for index in range(len(text))]
        header = given.get("header") is not False
        text = [
            LocalFile(file.uri, without_preamble(file.path, target, header=header))
            for file, target in zip(text, targets, strict=True)
        ]
        options = csv_rows.detect_options(text[0].path, given, encodings[0])
        return Source(location, layout, files, options, CsvTable(text, options, known), scratch)
    options = ReadOptions(encoding=encodings[0], null_values=tuple(given.get("null_values", ())))
    return Source(location, layout, files, options, JsonFiles(text, layout, options, known), scratch)


def _common_format(files: Sequence[LocalFile], given: str | None) -> str:
    layouts = [resolve_format(file.path, file.uri, given) for file in files]
    for layout, file in zip(layouts, files, strict=True):
        if layout != layouts[0]:
            raise SourceError(
                "The files of the source do not have the same format.",
                where=file.uri,
                expected=f"{layouts[0]}, as {files[0].uri}",
                given=layout,
                remedy="Give each kind of file a folder of its own, and onboard each as a source.",
            )
    return layouts[0]
