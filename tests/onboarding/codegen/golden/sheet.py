"""A sheet of the golden table: rows, the statement that reads them on each engine, and the cells that it must give."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from onboarding.codegen.sql.engines import Engine
from tools import spark_statements
from tools.spark_environment import spark_environment
from tools.spark_statements import from_json, to_json

MASKING_KEY = "a key for tests only"


@dataclass(frozen=True)
class Cell:
    """One expectation.

    :ivar what: the line of the golden table, for a person who reads a failure.
    :ivar row: number of the row of the statement's result, from 0.
    :ivar column: name of the column.
    :ivar value: what must be there: the value and its type.
    """

    what: str
    row: int
    column: str
    value: Any


@dataclass(frozen=True)
class Sheet:
    """Rows of one view and one statement over it.

    :ivar columns: name -> type, as both engines write it.
    :ivar texts: engine -> statement; the result is in the order of the expected rows.
    :ivar cells: what must be there.
    """

    name: str
    view: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]
    texts: Mapping[str, str]
    cells: Sequence[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What an engine gave for a sheet: rows by column name and the type of each column, or its error."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    error: str = ""


def texts_of(engines: Iterable[Engine], emit: Any, around: str = "{}") -> dict[str, str]:
    """The statement of each engine, with the same text around it."""
    return {engine.name: around.replace("{}", emit(engine)) for engine in engines}


def wrong_cells(sheet: Sheet, found: Found) -> list[str]:
    """One line for each cell that is not what it must be; all of them when the statement failed."""
    if found.error:
        return [f"{sheet.name}: {found.error}"]
    wrong = []
    for cell in sheet.cells:
        given = found.rows[cell.row][cell.column]
        if not same(given, cell.value):
            wrong.append(f"{cell.what}: expected {cell.value!r}, given {given!r}")
    return wrong


def same(one: Any, other: Any) -> bool:
    """Whether two cells are the same value of the same type; the zeros at a decimal's end are its column's type."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one == other
    return type(one) is type(other) and repr(one) == repr(other)


def parameters_of(text: str, marker: str) -> dict[str, str]:
    """The bound parameters that a statement has."""
    return {"masking_key": MASKING_KEY} if f"{marker}masking_key" in text else {}


def on_duckdb(sheet: Sheet) -> Found:
    """The sheet's result on the embedded engine."""
    text = sheet.texts["duckdb"]
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"CREATE TABLE {sheet.view} ({_schema(sheet)})")
        if sheet.rows:
            con.executemany(f"INSERT INTO {sheet.view} VALUES ({', '.join('?' * len(sheet.columns))})", sheet.rows)
        try:
            result = con.execute(text, parameters_of(text, "$") or None)
            types = {item[0]: _type_name(str(item[1])) for item in result.description}
            return Found([dict(zip(types, row, strict=True)) for row in result.fetchall()], types)
        except duckdb.Error as error:
            return Found(error=str(error)[:1000])


def on_spark(sheets: Sequence[Sheet], version: str, *, ansi: bool, scratch: Path) -> tuple[dict[str, Found], Any]:
    """The results of all sheets, by name, of one Spark session; and the seconds that it took."""
    tables = {
        sheet.name: {"schema": _schema(sheet), "rows": [[to_json(cell) for cell in row] for row in sheet.rows]}
        for sheet in sheets
    }
    statements = {
        sheet.name: {
            "sql": sheet.texts["spark"],
            "views": {sheet.view: sheet.name},
            "parameters": parameters_of(sheet.texts["spark"], ":"),
        }
        for sheet in sheets
    }
    result = run_job({"tables": tables, "statements": statements}, version, ansi=ansi, scratch=scratch)
    return {name: _found(outcome) for name, outcome in result["statements"].items()}, result["seconds"]


def run_job(job: Mapping[str, Any], version: str, *, ansi: bool, scratch: Path) -> dict[str, Any]:
    """Run a job of ``tools.spark_statements``."""
    (scratch / "job.json").write_text(json.dumps(job))
    done = spark_environment(version).run(
        Path(spark_statements.__file__),
        str(scratch / "job.json"),
        str(scratch / "result.json"),
        ansi=ansi,
        scratch=scratch,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads((scratch / "result.json").read_text())
    return result


def _found(outcome: Mapping[str, Any]) -> Found:
    if "error" in outcome:
        return Found(error=str(outcome["error"])[:1000])
    rows = [dict(zip(outcome["columns"], map(from_json, row), strict=True)) for row in outcome["rows"]]
    return Found(rows, dict(zip(outcome["columns"], outcome["types"], strict=True)))


def _type_name(duckdb_type: str) -> str:
    """A type as Spark calls it."""
    return {"VARCHAR": "string", "INTEGER": "int"}.get(duckdb_type, duckdb_type.lower())


def _schema(sheet: Sheet) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in sheet.columns.items())
