"""A Spark session as an engine of the data plane.

Where Spark runs on one machine, a step's scratch is a folder of it and files of the lake are brought and put by the
storage functions. On a cluster, whose machines share no disk, scratch is a folder of the lake, and the files of the
lake are read where they lie: there Spark must know the lake's scheme, as it does on Glue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from shared.pipeline import storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.normal_form import double_text, normalised
from shared.pipeline.session import Session
from shared.pipeline.spark.types import duckdb_name, spark_name
from shared.pipeline.storage import StoredFile, join
from shared.pipeline.tables import PART, bring_tables

# Partition columns stay in the files: these copies of them name the folders.
_FOLDER_COLUMN = "_folder_of_"
_DECIMAL = re.compile(r"DECIMAL\([0-9]+, ?([0-9]+)\)")
_ONE_MACHINE = re.compile(r"local(\[.*\])?")
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Names of columns come from the source: none is a pattern.
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.sources.partitionOverwriteMode": "static",
}


@contextmanager
def spark_session(arguments: RunArguments) -> Iterator[SparkTables]:
    """The process's Spark session as a connection of the data plane; its scratch on a cluster is removed at the end."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)
    local = _ONE_MACHINE.fullmatch(spark.sparkContext.master)
    scratch = "" if local else join(arguments.lake_uri, "_state", "_spark", arguments.load_id, uuid4().hex)
    session = SparkTables(spark, scratch)
    try:
        yield session
    finally:
        session.close()


class SparkTables(Session):
    """Parquet tables in Spark.

    :param spark: a ``pyspark.sql.SparkSession``.
    :param scratch: URI of a folder that every machine of the cluster reaches; empty: Spark runs on this machine.
    """

    name = "spark"

    def __init__(self, spark: Any, scratch: str = "") -> None:
        self.spark = spark
        self._scratch = scratch
        self._brought: dict[Path, str] = {}
        self._views: list[str] = []

    def close(self) -> None:
        """Forget the views; remove the scratch of a cluster."""
        for view in self._views:
            self.spark.catalog.dropTempView(view)
        if self._scratch:
            storage.delete_tree(self._scratch)

    def execute(self, statement: str, parameters: Mapping[str, str] | None = None) -> _Rows:
        """Run a statement."""
        return _Rows(self._sql(statement, parameters))

    def _sql(self, statement: str, parameters: Mapping[str, str] | None) -> Any:
        return self.spark.sql(statement, args=dict(parameters)) if parameters else self.spark.sql(statement)

    def columns(self, query: str) -> list[tuple[str, str]]:
        """Name and type of each column of a query, the types under DuckDB's names."""
        return [(name, duckdb_name(kind)) for name, kind in self.spark.sql(query).dtypes]

    def relation(self, paths: Sequence[Path]) -> str:
        """A view over the files, under a name that nothing else has."""
        name = f"_onboarding_{id(self)}_{len(self._views)}"
        self.create_view(name, paths)
        self._views.append(name)
        return self.quote(name)

    def create_view(self, name: str, paths: Sequence[Path]) -> None:
        """A temporary view over the files; columns go by their names."""
        self.frame([uri for path in paths for uri in self.files(path)]).createOrReplaceTempView(name)

    def frame(self, uris: Sequence[str]) -> Any:
        """The rows of files as a data frame, times in UTC as Spark computes with them."""
        merged = str(len(uris) > 1).lower()
        # Each file is named: Spark makes no columns of the names of folders then.
        found = self.spark.read.option("mergeSchema", merged).parquet(*map(as_path, uris))
        return _with_times(found, "timestamp_ntz", "timestamp")

    def write(
        self,
        query: str,
        target: Path,
        *,
        partition_by: Sequence[str] = (),
        parameters: Mapping[str, str] | None = None,
        one_file: bool = False,
    ) -> None:
        """Write a query as Parquet files; times as wall clocks in UTC, as DuckDB writes them."""
        rows = _with_times(self._sql(query, parameters), "timestamp", "timestamp_ntz")
        if one_file:
            rows = rows.coalesce(1)
        place = self.place(target)
        if partition_by:
            self._write_partitions(rows, place, partition_by)
            if self.files(target):
                return
            rows = rows.coalesce(1)
        rows.write.mode("overwrite").parquet(as_path(place))

    def _write_partitions(self, rows: Any, place: str, partition_by: Sequence[str]) -> None:
        folders = [f"{_FOLDER_COLUMN}{name}" for name in partition_by]
        for name, folder in zip(partition_by, folders, strict=True):
            rows = rows.withColumn(folder, rows[self.quote(name)])
        rows.repartition(*folders).write.mode("overwrite").partitionBy(*folders).parquet(as_path(place))

    def row_counts(self, paths: Sequence[Path]) -> list[int]:
        """Rows of each file or folder, from the footers."""
        from pyspark.sql import functions

        files = [self.files(path) for path in paths]
        every = [uri for found in files for uri in found]
        if not every:
            return [0] * len(paths)
        # Only the footers: no column is asked for.
        counted = (
            self.spark.read.option("mergeSchema", "true")
            .parquet(*map(as_path, every))
            .select(functions.input_file_name())
        )
        counts: dict[str, int] = {}
        for uri, rows in counted.groupBy(counted.columns[0]).count().collect():
            counts[same_path(unquote(uri))] = int(rows)
        return [sum(counts.get(same_path(as_path(uri)), 0) for uri in found) for found in files]

    def bring(self, uris: Sequence[str], folder: Path) -> list[Path]:
        """Copies on this machine; on a cluster the files are read where they lie."""
        if not self._scratch:
            return bring_tables(uris, folder)
        paths = [folder / f"{index:05d}.parquet" for index in range(len(uris))]
        self._brought.update(zip(paths, uris, strict=True))
        return paths

    def replace(self, folder: Path, uri: str) -> list[tuple[str, int]]:
        """Put the written files in place of what is below ``uri``, numbered within each folder."""
        storage.delete_tree(uri)
        numbers: dict[str, int] = {}
        put = []
        for file in self._stored(folder):
            below = storage.relative(file.uri, self.place(folder)).split("/")[:-1]
            place = "/".join(part.removeprefix(_FOLDER_COLUMN) for part in below)
            number = numbers[place] = numbers.get(place, -1) + 1
            path = f"{place}/part-{number:05d}.parquet".lstrip("/")
            storage.copy(file.uri, join(uri, path))
            put.append((path, file.uri))
        rows = self._rows_of([source for _, source in put])
        return sorted((path, rows[source]) for path, source in put)

    def put_file(self, folder: Path, uri: str) -> None:
        """Put the one file that was written at ``uri``."""
        (file,) = self._stored(folder)
        storage.copy(file.uri, uri)

    def _rows_of(self, uris: Sequence[str]) -> dict[str, int]:
        names = [Path(f"/{number}") for number in range(len(uris))]
        self._brought.update(zip(names, uris, strict=True))
        return dict(zip(uris, self.row_counts(names), strict=True))

    def place(self, path: Path) -> str:
        """URI of what a step wrote under this name."""
        if self._scratch:
            return join(self._scratch, *path.absolute().parts[1:])
        return storage.file_uri(path)

    def _stored(self, path: Path) -> list[StoredFile]:
        """What :meth:`write` wrote below a folder."""
        return [file for file in storage.list_files(self.place(path)) if file.uri.endswith(".parquet")]

    def files(self, path: Path) -> list[str]:
        """URIs of the Parquet files that a name stands for."""
        if path in self._brought:
            return [self._brought[path]]
        if not self._scratch and path.is_file():
            return [storage.file_uri(path)]
        # Of DuckDB a table is one file; here it is all files of its folder.
        return [file.uri for file in self._stored(path.parent if path.name == PART else path)]

    def quote(self, name: str) -> str:
        """``name`` in backticks."""
        return f"`{name.replace('`', '``')}`"

    def type_name(self, duckdb_type: str) -> str:
        """A type of DuckDB as Spark writes it."""
        return spark_name(duckdb_type)

    def normalised(self, value: str, kind: str) -> str:
        """By functions of Python: Spark cannot compose accents, and makes two small letters of some capital ones."""
        if kind == "FLOAT":
            raise TypeError(kind)
        text = f"CAST({value} AS STRING)"
        if kind == "DOUBLE":
            self.spark.udf.register("onboarding_double_text", double_text)
            text = f"onboarding_double_text({value})"
        elif scale := _DECIMAL.fullmatch(kind):
            text = f"replace(format_number({value}, {scale[1]}), ',', '')"
        self.spark.udf.register("onboarding_normalised", normalised)
        return f"onboarding_normalised({text})"

    def without_nulls(self, items: Sequence[str]) -> str:
        """The items that are not NULL, as an array."""
        listed = f"array({', '.join(items)})" if items else "CAST(array() AS ARRAY<STRING>)"
        return f"filter({listed}, item -> item IS NOT NULL)"

    def each_of(self, text: str) -> str:
        """One row for each part between commas."""
        return f"explode(split(trim(BOTH ',' FROM {text}), ','))"

    def shape_of(self, text: str) -> str:
        """Digits as 9, letters as A and a."""
        from shared.pipeline.profile.shapes import SHAPE_LENGTH

        shape = f"left({text}, {SHAPE_LENGTH})"
        for letters, mark in (("[0-9]", "9"), ("[\\\\p{Lu}]", "A"), ("[\\\\p{Ll}\\\\p{Lo}\\\\p{Lm}\\\\p{Lt}]", "a")):
            shape = f"regexp_replace({shape}, '{letters}', '{mark}')"
        return shape


class _Rows:
    """The rows of a data frame."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows, as tuples."""
        return [tuple(row) for row in self._frame.collect()]


def _with_times(frame: Any, given: str, wanted: str) -> Any:
    """The columns of one type of time as another."""
    if given not in {kind for _, kind in frame.dtypes}:
        return frame
    columns = []
    for name, kind in frame.dtypes:
        column = frame[f"`{name.replace('`', '``')}`"]
        columns.append(column.cast(wanted).alias(name) if kind == given else column)
    return frame.select(*columns)


def as_path(uri: str) -> str:
    """A URI as Spark takes it: its paths are not quoted."""
    return uri if storage.is_s3(uri) else f"file://{storage.local_path(uri)}"


def same_path(path: str) -> str:
    """A path in one form: after the scheme Spark has one slash or three."""
    scheme, _, rest = path.partition(":")
    return f"{scheme}:{rest.lstrip('/')}"
