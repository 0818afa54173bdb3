"""Run SELECTs on Spark and write what they give: ``spark_statements.py JOB RESULT``, in a Spark environment.

Standard library and pyspark only; ``tools.spark_environment`` starts it. One session runs the whole job, a JSON file:
``tables`` (name -> ``schema`` in Spark's DDL and ``rows``, or ``parquet``: a path) and ``statements``, each with its
``sql``, its ``views`` (name in the statement -> table) and its ``parameters``. The result has for each statement its
``rows``, or the ``error`` that Spark raised. Cells that JSON does not know are objects with one key, their type.
"""

from __future__ import annotations

import datetime
import decimal
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Type -> class, value as text, text as value.
_CELLS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "timestamp": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "double": (float, repr, float),
}


def to_json(value: Any) -> Any:
    """A cell as JSON keeps it."""
    for kind, (python_type, write, _) in _CELLS.items():
        if isinstance(value, python_type):
            return {kind: write(value)}
    return value


def from_json(value: Any) -> Any:
    """The cell that :func:`to_json` was given."""
    if isinstance(value, dict):
        ((kind, content),) = value.items()
        return _CELLS[kind][2](content)
    return value


def main(job_path: str, result_path: str) -> int:
    """Run the job; errors of single statements are part of the result."""
    from pyspark.sql import SparkSession

    started = time.monotonic()
    session = SparkSession.builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session_seconds = time.monotonic() - started
    job = json.loads(Path(job_path).read_text())
    tables = {name: _table(session, table) for name, table in job["tables"].items()}
    results = {name: _run(session, tables, statement) for name, statement in job["statements"].items()}
    seconds = {"session": round(session_seconds, 1), "whole": round(time.monotonic() - started, 1)}
    Path(result_path).write_text(json.dumps({"version": session.version, "seconds": seconds, "statements": results}))
    session.stop()
    return 0


def _table(session: Any, table: dict[str, Any]) -> Any:
    if "parquet" in table:
        return session.read.parquet(table["parquet"])
    rows = [tuple(from_json(cell) for cell in row) for row in table["rows"]]
    return session.createDataFrame(rows, table["schema"])


def _run(session: Any, tables: dict[str, Any], statement: dict[str, Any]) -> dict[str, Any]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    for view, table in statement["views"].items():
        tables[table].createOrReplaceTempView(view)
    try:
        found = session.sql(statement["sql"], args=statement["parameters"])
        rows = [[to_json(cell) for cell in row] for row in found.collect()]
    except (PySparkException, Py4JError) as error:
        return {"error": str(error)[:2000]}
    return {"columns": found.columns, "types": [kind for _, kind in found.dtypes], "rows": rows}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
