"""Files of a source as a table of Spark: the same rows, counts and refusals as :mod:`shared.pipeline.source` has."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from shared.pipeline.database import is_database
from shared.pipeline.errors import NothingNewError, SourceError
from shared.pipeline.reading import csv_rows
from shared.pipeline.reading.alignment import under_known_names, union_of
from shared.pipeline.reading.encoding import as_utf8, detect_encoding
from shared.pipeline.reading.files import bring_here, check_rows, find_source_files, named, with_content
from shared.pipeline.reading.formats import resolve_format
from shared.pipeline.reading.options import ReadOptions, check_options
from shared.pipeline.reading.preamble import without_preamble
from shared.pipeline.reading.tables import FILE_COLUMN, ROW_COLUMN, SourceColumn, check_names
from shared.pipeline.spark.session import SparkTables, as_path, same_path
from shared.pipeline.spark.text_files import FILE_KEY, NUMBER_KEY, TextFile, TextRows, read_text_file
from shared.pipeline.spark.types import source_type
from shared.pipeline.storage import StoredFile, join


def open_spark_source(
    session: SparkTables,
    location: str,
    format: str | None,
    options: Mapping[str, Any],
    *,
    leave_out: Collection[StoredFile] = (),
    known: Sequence[str] = (),
) -> SparkSource:
    """Open and read a source; parameters and errors as of :func:`shared.pipeline.source.open_source`.

    :raises SourceError: also for a table of a database: its connection is Airflow's, and a job has none.
    """
    if is_database(location):
        raise SourceError(
            "A table of a database cannot be read with the engine aws.",
            where=location,
            expected="files: CSV, JSON, JSON Lines or Parquet",
            remedy="Set deployment.engine to local.",
        )
    given = check_options(options, location)
    new = [file for file in find_source_files(location, digest=True) if file not in leave_out]
    if not new:
        raise NothingNewError(
            "Every file at the location was loaded before.",
            where=location,
            remedy="Nothing to do; the next run looks again.",
        )
    files = with_content(new)
    source = SparkSource(session, files, [file for file in new if not file.bytes], tuple(known))
    try:
        source.read(format, given)
    except BaseException:
        source.close()
        raise
    return source


class SparkSource:
    """An open source; made by :func:`open_spark_source`.

    :ivar format: ``csv``, ``json``, ``jsonl`` or ``parquet``.
    :ivar files: the files that have content, sorted by URI.
    :ivar empty_files: those of 0 bytes.
    :ivar columns: of all files, as :attr:`shared.pipeline.source.Source.columns`.
    :ivar rows: rows of all files.
    :ivar unreadable: rows that are in the files and could not be read.
    """

    def __init__(
        self, session: SparkTables, files: Sequence[StoredFile], empty_files: Sequence[StoredFile], known: Sequence[str]
    ) -> None:
        self.files = tuple(files)
        self.empty_files = tuple(empty_files)
        self.format = ""
        self.columns: tuple[SourceColumn, ...] = ()
        self.rows = self.unreadable = 0
        self._counts: list[int] = []
        self._session = session
        self._known = known
        self._scratch = tempfile.TemporaryDirectory(prefix="onboarding_source_")
        self._folder = Path(self._scratch.name)
        self._frame: Any = None

    def __enter__(self) -> SparkSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files; views are of no use afterwards."""
        self._scratch.cleanup()

    @property
    def files_without_rows(self) -> tuple[StoredFile, ...]:
        """The files that hold no row, those of 0 bytes among them."""
        without = [file for file, rows in zip(self.files, self._counts, strict=True) if not rows]
        return tuple(sorted([*self.empty_files, *without]))

    def create_view(self, con: Any, view_name: str) -> None:
        """A temporary view of all rows: the columns, ``_source_file`` and ``_source_row``."""
        self._frame.createOrReplaceTempView(view_name)

    def read(self, format: str | None, given: Mapping[str, Any]) -> None:
        """Read everything; what is not given is told from the first file.

        :raises SourceError: there is no row, or a file is not what it should be.
        """
        first = self.files[0]
        path = bring_here(first, self._folder, 0)
        self.format = resolve_format(path, first.uri, format)
        if self.format == "parquet":
            self._read_parquet()
        else:
            self._read_text(self._tasks(path, format, given))
        self.rows = sum(self._counts)
        check_rows(self.rows, self.unreadable, len(self.columns), named(self.files))

    def _tasks(self, path: Path, format: str | None, given: Mapping[str, Any]) -> list[TextFile]:
        first, encoding = self.files[0], given.get("encoding")
        found = encoding or detect_encoding(path, first.uri)
        text = as_utf8(path, found, self._folder / "first.utf8", first.uri)
        if self.format == "csv":
            text = without_preamble(text, self._folder / "first.table", header=given.get("header") is not False)
            options = csv_rows.detect_options(text, dict(given), found)
        else:
            options = ReadOptions(encoding=found, null_values=tuple(given.get("null_values", ())))
        place = self._session.place(self._folder / "rows")
        return [
            TextFile(
                index,
                file,
                format,
                self.format,
                first.uri,
                encoding,
                options,
                tuple(self._known),
                join(place, f"{index:05d}.jsonl"),
            )
            for index, file in enumerate(self.files)
        ]

    def _read_text(self, tasks: Sequence[TextFile]) -> None:
        context = self._session.spark.sparkContext
        found: list[TextRows] = context.parallelize(tasks, len(tasks)).map(read_text_file).collect()
        for rows in found:
            if rows.error:
                raise SourceError(**dict(rows.error))
        self._counts = [rows.rows for rows in found]
        self.unreadable = sum(rows.unreadable for rows in found)
        headers = [rows.names for rows in found]
        names = union_of(headers, self._known if self.format == "csv" else ())
        if names:
            check_names(names, self.files[0].uri)
            keys = {rows.index: str(rows.index) for rows in found}
            self._frame = self._numbered(self._text_frame(found, names, tasks[0].options), names, keys)
        self.columns = tuple(SourceColumn(name, "VARCHAR") for name in names)

    def _text_frame(self, found: Sequence[TextRows], names: Sequence[str], options: ReadOptions) -> Any:
        """The rows of all files: their places, and the columns of all."""
        from pyspark.sql import functions

        by_names: dict[tuple[str, ...], list[str]] = {}
        for rows in found:
            by_names.setdefault(rows.names, []).append(rows.uri)
        parts = []
        for header, uris in by_names.items():
            cells = [f"c{index} STRING" for index in range(len(header))]
            schema = ", ".join([f"{FILE_KEY} STRING", f"{NUMBER_KEY} BIGINT", *cells])
            reader = self._session.spark.read.schema(schema).option("mode", "FAILFAST").option("lineSep", "\n")
            part = reader.json([as_path(uri) for uri in uris])
            keys = {name: functions.col(f"c{index}") for index, name in enumerate(header)}
            columns = [
                _nullified(keys[name], options.null_values) if name in keys else functions.lit(None).cast("string")
                for name in names
            ]
            named_columns = [column.alias(name) for column, name in zip(columns, names, strict=True)]
            place = _place(functions.col(FILE_KEY), functions.col(NUMBER_KEY))
            parts.append(part.select(place, *named_columns))
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.union(part)
        return whole

    def _numbered(self, rows: Any, names: Sequence[str], keys: Mapping[int, str]) -> Any:
        """The columns, and where each row came from; rows of all files are numbered from 1.

        What is not of the source is in columns that no source may have, whatever its own are called.

        :param rows: with their places, see :func:`_place`.
        :param keys: what the rows call each file that has rows, by its place among the files.
        """
        from pyspark.sql import functions

        facts, before = [], 0
        for index, (file, count) in enumerate(zip(self.files, self._counts, strict=True)):
            if count:
                facts.append(((keys[index], file.uri, before),))
            before += count
        schema = f"{FILE_COLUMN} STRUCT<key: STRING, uri: STRING, before: BIGINT>"
        known = self._session.spark.createDataFrame(facts, schema)
        file, place = functions.col(FILE_COLUMN), functions.col(ROW_COLUMN)
        joined = rows.join(functions.broadcast(known), file["key"] == place["file"])
        return joined.select(
            *(joined[self._session.quote(name)] for name in names),
            file["uri"].alias(FILE_COLUMN),
            (file["before"] + place["number"]).alias(ROW_COLUMN),
        )

    def _read_parquet(self) -> None:
        from pyspark.errors import PySparkException
        from pyspark.sql import functions

        uris = [file.uri for file in self.files]
        paths = self._session.bring(uris, self._folder / "parquet")
        self._check_parquet(paths)
        uris_here = [uri for path in paths for uri in self._session.files(path)]
        places = {same_path(as_path(uri)): index for index, uri in enumerate(uris_here)}
        try:
            self._counts = self._session.row_counts(paths)
            read = self._session.spark.read.option("mergeSchema", "true").parquet(*map(as_path, uris_here))
        except PySparkException as error:
            raise SourceError(
                "The Parquet files cannot be read.",
                where=named(self.files),
                given=str(error).splitlines()[0][:200],
                remedy="Send the files again; one may be cut off, or their columns may have other types.",
            ) from error
        names = under_known_names(read.columns, self._known)
        check_names(names, self.files[0].uri)
        types = dict(zip(names, (kind for _, kind in read.dtypes), strict=True))
        self.columns = tuple(SourceColumn(name, source_type(name, types[name], uris[0])) for name in names)
        cells = [
            _in_utc(read[self._session.quote(cell)], types[name]).alias(name)
            for cell, name in zip(read.columns, names, strict=True)
        ]
        path = functions.col("_metadata.file_path")
        # Under the names that Spark gives them, of which there are several forms.
        spelled = {same_path(unquote(row[0])): row[0] for row in read.select(path).distinct().collect()}
        keys = {index: spelled[place] for place, index in places.items() if place in spelled}
        number = (functions.col("_metadata.row_index") + 1).cast("bigint")
        self._frame = self._numbered(read.select(_place(path, number), *cells), names, keys)

    def _check_parquet(self, paths: Sequence[Path]) -> None:
        for file, path in zip(self.files, paths, strict=True):
            if path.is_file():
                resolve_format(path, file.uri, "parquet")


def _place(file: Any, number: Any) -> Any:
    """Where a row is: what its file is called, and its number in it, in one column."""
    from pyspark.sql import functions

    return functions.struct(file.alias("file"), number.alias("number")).alias(ROW_COLUMN)


def _nullified(cell: Any, null_values: Sequence[str]) -> Any:
    from pyspark.sql import functions

    if not null_values:
        return cell
    return functions.when(cell.isin(list(null_values)), functions.lit(None)).otherwise(cell)


def _in_utc(cell: Any, kind: str) -> Any:
    return cell.cast("timestamp") if kind == "timestamp_ntz" else cell
