"""Types under DuckDB's names, which the state of a lake has, and under Spark's."""

from __future__ import annotations

import re

from shared.pipeline.errors import SourceError

_NAMES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP",
    "binary": "BLOB",
}
_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
_SPARK = {name: kind for kind, name in _NAMES.items() if kind != "timestamp_ntz"} | {_WITH_ZONE: "timestamp"}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.IGNORECASE)


def duckdb_name(spark_type: str) -> str:
    """The name that DuckDB has for a type of Spark; of a type that it has not, Spark's own in capitals."""
    if spark_type.startswith("array<") and spark_type.endswith(">"):
        return f"{duckdb_name(spark_type[6:-1])}[]"
    decimal = _DECIMAL.fullmatch(spark_type)
    if decimal:
        return f"DECIMAL({decimal[1]},{decimal[2]})"
    return _NAMES.get(spark_type, spark_type.upper())


def spark_name(duckdb_type: str) -> str:
    """The name that Spark has for a type of DuckDB.

    :raises ValueError: it has none.
    """
    decimal = _DECIMAL.fullmatch(duckdb_type)
    if decimal:
        return f"DECIMAL({decimal[1]},{decimal[2]})"
    if duckdb_type not in _SPARK:
        raise ValueError(f"Spark has no type {duckdb_type}")
    return _SPARK[duckdb_type].upper()


def source_type(column: str, spark_type: str, where: str) -> str:
    """The name that DuckDB has for the type of a column of a Parquet file.

    :raises SourceError: a list, a structure or another type whose values have no text that engines agree on.
    """
    if spark_type == "timestamp":
        return _WITH_ZONE
    if spark_type in _NAMES or _DECIMAL.fullmatch(spark_type):
        return duckdb_name(spark_type)
    raise SourceError(
        "The engine aws cannot read this type of column.",
        where=f"{where}, column {column}",
        expected="text, numbers, true or false, dates and times",
        given=spark_type,
        remedy="Deliver the column as JSON text, or set deployment.engine to local.",
    )
