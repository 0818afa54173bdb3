"""A workload folder under test: its configs, statements and scripts, run on synthetic rows with the real engine."""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import itertools
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import yaml

from shared.pipeline import secrets, tables
from shared.pipeline.arguments import RunArguments
from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.profile.table import is_nested
from shared.pipeline.zones import Lake, published_files, read_pointer
from shared.testing.agreeing import agree
from shared.testing.connections import connection
from shared.testing.nested import nested_text
from shared.testing.statements import embedded
from shared.testing.synthetic import Row, SyntheticColumn, columns_from, make_rows

TEST_KEY = "a key for tests only"
RUN_DATE = "2025-01-15"
LOAD_ID = f"{RUN_DATE}-test"
SILVER_STATEMENTS = {"duckdb": "sql/silver/transform_silver.duckdb.sql", "spark": "sql/silver/transform_silver.sql"}
CHECK_SCRIPTS = {zone: f"scripts/quality/check_{zone}.py" for zone in ("bronze", "silver", "gold")}
# Formats whose columns have types; others are text.
TYPED_FORMATS = ("parquet", "table")
_numbers = itertools.count()


class WorkloadFolder:
    """One workload folder; made from the path of a test file two folders below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = self.config("source")
        self.profile: dict[str, Any] = json.loads((folder / "config/profiling_report.json").read_text("utf-8"))
        self.workload: str = self.source["workload"]
        self.table: str = self.source["table"]
        planned = (folder / "config/transformations.yaml").is_file()
        self.cleaning: list[dict[str, Any]] = self.config("transformations")["cleaning"] if planned else []

    @classmethod
    def of(cls, test_file: str) -> WorkloadFolder:
        """The folder that ``tests/<level>/<test_file>`` belongs to."""
        return cls(Path(test_file).resolve().parents[2])

    def config(self, name: str) -> dict[str, Any]:
        """Content of ``config/<name>.yaml``."""
        # The loader in C is ten times as fast, and the tests of a wide table read megabytes.
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        content: dict[str, Any] = yaml.load((self.folder / f"config/{name}.yaml").read_text("utf-8"), Loader=loader)
        return content

    def lineage(self) -> dict[str, dict[str, list[str]]]:
        """Table -> column -> the columns that its values come from, of ``config/lineage.json``."""
        tables = json.loads(self.text("config/lineage.json"))["tables"]
        return {
            table["name"]: {
                name: [item["field"] for item in entry["inputFields"]] for name, entry in table["fields"].items()
            }
            for table in tables
        }

    def text(self, path: str) -> str:
        """Text of a file."""
        return (self.folder / path).read_text("utf-8")

    def script(self, path: str) -> ModuleType:
        """A script as a fresh module, loaded by its path."""
        spec = importlib.util.spec_from_file_location(f"workload_under_test_{next(_numbers)}", self.folder / path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @cached_property
    def columns(self) -> list[SyntheticColumn]:
        """The source's columns as the profile describes them."""
        return columns_from(self.source, self.profile, self.cleaning)

    def rows(self, count: int = 20) -> list[Row]:
        """Synthetic rows that are right in every column, and agree with each other as the source's do."""
        rows = make_rows(self.columns, count)
        agree(rows, self.columns, self.profile.get("hints", []))
        return rows

    @property
    def text_columns(self) -> list[str]:
        """Source names of the columns that Bronze keeps as text."""
        types = self._bronze_types()
        return [column.source_name for column in self.columns if types[column.source_name] == "VARCHAR"]

    def source_name(self, name: str) -> str:
        """A column's name in the source."""
        return self._source_names[name]

    @cached_property
    def _source_names(self) -> dict[str, str]:
        return {str(column["name"]): str(column["source_name"]) for column in self.source["columns"]}

    def bad_row(self) -> Row:
        """A row in which no column can be read; columns that are not text in Bronze are missing."""
        types = self._bronze_types()
        return {column.source_name: "?!" if types[column.source_name] == "VARCHAR" else None for column in self.columns}

    def silver(self, rows: Sequence[Row], key: str = TEST_KEY, engine_name: str = "duckdb") -> list[dict[str, Any]]:
        """Result of the Silver statement on these rows, in their order.

        :param key: the masking key.
        :param engine_name: whose statement; that of Spark is translated.
        """
        with self.silver_view(rows, key, engine_name) as con:
            return _dicts(con, 'SELECT * FROM "silver" ORDER BY "_source_row"')

    def gold(self, rows: Sequence[Row], path: str) -> list[dict[str, Any]]:
        """Result of a Gold statement on the Silver of these rows."""
        with self.silver_view(rows) as con:
            return _dicts(con, self.statement(path))

    def statement(self, path: str) -> str:
        """A statement as the embedded engine runs it; that of Spark is translated."""
        return self.text(path) if path.endswith(".duckdb.sql") else embedded(self.text(path))

    @contextmanager
    def silver_view(self, rows: Sequence[Row], key: str = TEST_KEY, engine_name: str = "duckdb") -> Iterator[Any]:
        """A connection with the tables ``bronze``, of these rows, and ``silver``, the Silver statement's result."""
        with connection() as con:
            self._create_bronze(con, rows)
            statement = self.statement(SILVER_STATEMENTS[engine_name])
            parameters = {"masking_key": key} if "$masking_key" in statement else None
            create = f"CREATE TEMP TABLE silver AS {statement}"
            tables.prepare_for(con, create)
            con.execute(create, parameters) if parameters else con.execute(create)
            yield con

    def types(self, zone: str, table: str) -> dict[str, str]:
        """Type of each column of a zone's table, as it comes out of the statements."""
        with self.silver_view(self.rows(1)) as con:
            query = f'SELECT * FROM "{zone}"'  # noqa: S608
            if zone == "gold":
                specs = self.script("scripts/transform/silver_to_gold.py").SPECS
                query = self.text(next(spec.sql["duckdb"] for spec in specs if spec.table == table))
            return types_of(con, query)

    def rules(self, zone: str) -> dict[str, Any]:
        """The rules of a zone's check script by id."""
        script = self.script(CHECK_SCRIPTS[zone])
        return {rule.id: rule for spec in script.SPECS for rule in spec.rules}

    def _create_bronze(self, con: Any, rows: Sequence[Row]) -> None:
        """The table ``bronze`` of one load; a missing value is NULL, every column has its Bronze type."""
        types = self._bronze_types()
        names = [column.source_name for column in self.columns]
        declared = ", ".join(f"{quote_identifier(name)} {types[name]}" for name in names)
        con.execute(
            f"CREATE TEMP TABLE bronze ({declared}, _source_file VARCHAR, _source_row BIGINT, _load_id VARCHAR)"
        )
        if not rows:
            return
        nested = [is_nested(types[name]) for name in names]
        # A text that fits a structure's shape need not be one: a made value takes its place.
        cells = [
            f"CASE WHEN ? IS NOT NULL THEN coalesce(TRY_CAST(? AS {types[name]}), TRY_CAST(? AS {types[name]})) END"
            if inside
            else "?"
            for name, inside in zip(names, nested, strict=True)
        ]
        marks = ", ".join([*cells, "?", "?", "?"])
        values: list[Any] = []
        for number, row in enumerate(rows, start=1):
            for name, inside in zip(names, nested, strict=True):
                value = row.get(name)
                # The same text gives the same value, in whichever row it is.
                values += [value, value, nested_text(types[name], crc32(str(value).encode()))] if inside else [value]
            values += ["test.csv", number, LOAD_ID]
        con.execute(f"INSERT INTO bronze VALUES {', '.join([f'({marks})'] * len(rows))}", values)  # noqa: S608

    def _bronze_types(self) -> dict[str, str]:
        if self.source["source"]["format"] not in TYPED_FORMATS:
            return {column.source_name: "VARCHAR" for column in self.columns}
        return {column["source_name"]: column["physical_type"] for column in self.profile["columns"]}

    @property
    def file_format(self) -> str:
        """The format of :meth:`write_source`: a table's rows are tried as a file with the same types."""
        kind = str(self.source["source"]["format"])
        return "parquet" if kind == "table" else kind

    def write_source(self, rows: Sequence[Row], folder: Path) -> str:
        """Write rows in the source's own format, those of a table as Parquet; returns the URI of the file."""
        kind = self.file_format
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part.{kind}"
        if kind == "csv":
            self._write_csv(rows, path)
        elif kind == "parquet":
            self._write_parquet(rows, path)
        else:
            text = "\n".join(json.dumps(row) for row in rows)
            path.write_text(text + "\n" if kind == "jsonl" else json.dumps(list(rows)), "utf-8")
        return path.as_uri()

    def _write_csv(self, rows: Sequence[Row], path: Path) -> None:
        options = self.source["source"]["options"]
        names = [column.source_name for column in self.columns]
        with path.open("w", encoding=options.get("encoding") or "utf-8", newline="") as stream:
            quote, escape = options.get("quote") or '"', options.get("escape") or ""
            doubled = escape in ("", quote)
            writer = csv.DictWriter(
                stream, names, delimiter=options.get("delimiter") or ",", quotechar=quote, doublequote=doubled,
                escapechar=None if doubled else escape, lineterminator="\n", extrasaction="ignore",
                # With a sign before them, quotes are read as such only inside of quotes.
                quoting=csv.QUOTE_MINIMAL if doubled else csv.QUOTE_ALL,
            )  # fmt: skip
            if options.get("header", True):
                writer.writeheader()
            writer.writerows([{name: row.get(name) or "" for name in names} for row in rows])

    def _write_parquet(self, rows: Sequence[Row], path: Path) -> None:
        with connection() as con:
            self._create_bronze(con, rows)
            query = 'SELECT * EXCLUDE ("_source_file", "_source_row", "_load_id") FROM bronze ORDER BY "_source_row"'
            con.execute(f"COPY ({query}) TO {quote_literal(str(path))} (FORMAT parquet)")


class PipelineRun:
    """The scripts of a workload, run one after the other on a lake in a scratch folder."""

    def __init__(self, workload: WorkloadFolder, scratch: Path) -> None:
        self.workload = workload
        self._scratch = scratch
        self.lake = Lake((scratch / "lake").as_uri(), workload.workload)
        secrets.set_key_provider(lambda _: TEST_KEY)

    def copied(self, scratch: Path) -> PipelineRun:
        """A run of its own in another scratch folder that goes on from where this one is."""
        shutil.copytree(self._scratch / "lake", scratch / "lake")
        return PipelineRun(self.workload, scratch)

    def arguments(self, run_date: str = RUN_DATE) -> RunArguments:
        """What the scripts are called with."""
        return RunArguments(
            workload_uri=self.workload.folder.as_uri(),
            run_date=run_date,
            load_id=f"{run_date}-test",
            engine="local",
            lake_uri=self.lake.uri,
        )

    def extract(self, rows: Sequence[Row], run_date: str = RUN_DATE) -> dict[str, Any]:
        """Run the extract script on these rows instead of the source."""
        script: Any = self.workload.script(f"scripts/extract/extract_{self.workload.workload}.py")
        location = self.workload.write_source(rows, self._scratch / "source" / run_date)
        script.SPEC = dataclasses.replace(script.SPEC, location=location, format=self.workload.file_format)
        return _summary(script.main(self.arguments(run_date).as_argv()))

    def run(self, path: str, run_date: str = RUN_DATE) -> dict[str, Any]:
        """Run one script."""
        return _summary(self.workload.script(path).main(self.arguments(run_date).as_argv()))

    def to_silver(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Extract, transform and check Silver; returns the check's summary."""
        self.extract(rows)
        self.run("scripts/transform/bronze_to_silver.py")
        return self.run(CHECK_SCRIPTS["silver"])

    def to_gold(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The whole pipeline; returns the summary of the load."""
        self.to_silver(rows)
        self.run("scripts/transform/silver_to_gold.py")
        self.run(CHECK_SCRIPTS["gold"])
        return self.run("scripts/load/load_gold.py")

    def published(self, zone: str, table: str) -> list[dict[str, Any]]:
        """Rows of the published version of a table; empty when nothing is published."""
        pointer = read_pointer(self.lake, zone, table)
        return [] if pointer is None else self._read(published_files(self.lake, zone, table, pointer))

    def candidate(self, zone: str, table: str) -> list[dict[str, Any]]:
        """Rows that a transform wrote for the check."""
        return self._read(tables.parquet_files(self.lake.candidate(self.arguments().load_id, zone, table)))

    def bronze(self) -> list[dict[str, Any]]:
        """Rows of the load."""
        arguments = self.arguments()
        uri = self.lake.bronze_load(self.workload.table, arguments.run_date, arguments.load_id)
        return self._read(tables.parquet_files(uri))

    def quarantine(self, kind: str) -> list[dict[str, Any]]:
        """Rows held back; ``kind``: silver, gold or duplicates."""
        return self._read(tables.parquet_files(self.lake.quarantine(kind, self.arguments())))

    def _read(self, uris: Sequence[str]) -> list[dict[str, Any]]:
        if not uris:
            return []
        with connection() as con:
            return _dicts(con, f"SELECT * FROM {tables.scan(tables.bring_tables(uris, self._scratch))}")  # noqa: S608


def types_of(con: Any, query: str) -> dict[str, str]:
    """Columns and types of a query's result."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}").fetchall()}


def _summary(returned: Mapping[str, Any]) -> dict[str, Any]:
    json.dumps(returned)  # summaries travel as JSON
    return dict(returned)


def _dicts(con: Any, query: str) -> list[dict[str, Any]]:
    result = con.execute(query)
    names = [item[0] for item in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
