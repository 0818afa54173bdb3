"""The Glue Data Catalog, read-modify-write: what others have put there stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# What get_table returns and update_table takes.
_TABLE_INPUT_KEYS = (
    "Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
    "ViewExpandedText", "TableType", "Parameters", "TargetTable",
)  # fmt: skip
PREFIX = "onboarding:"
COMMENT_LENGTH = 255
_SIMPLE_TYPES = {
    "VARCHAR": "string", "JSON": "string", "UUID": "string", "TIME": "string", "INTERVAL": "string",
    "BOOLEAN": "boolean", "TINYINT": "tinyint", "SMALLINT": "smallint", "INTEGER": "int", "BIGINT": "bigint",
    "UTINYINT": "smallint", "USMALLINT": "int", "UINTEGER": "bigint", "UBIGINT": "decimal(20,0)",
    "HUGEINT": "double", "UHUGEINT": "double", "FLOAT": "float", "DOUBLE": "double", "DATE": "date",
    "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp", "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_MS": "timestamp", "TIMESTAMP_S": "timestamp", "BLOB": "binary",
}  # fmt: skip


@dataclass(frozen=True)
class CatalogTable:
    """What a pipeline knows of one of its tables.

    :ivar columns: mappings with ``name``, ``type`` (DuckDB's) and, where known, ``comment`` and ``parameters``, which
        are written like those of the table.
    :ivar partition_keys: columns that are only in folder names; each partition is registered on its own.
    :ivar parameters: written under ``onboarding:``; values are text or become JSON.
    """

    zone: str
    name: str
    location: str
    columns: Sequence[Mapping[str, Any]]
    description: str = ""
    partition_keys: Sequence[str] = ()
    parameters: Mapping[str, Any] | None = None


class GlueCatalog:
    """Databases and tables of one catalog.

    :param client: a boto3 Glue client.
    :param database_prefix: the database of a zone is this prefix and the zone's name.
    :param catalog_id: account of the catalog; that of the client when ``None``.
    """

    def __init__(self, client: Any, database_prefix: str, catalog_id: str | None = None) -> None:
        self._glue = client
        self._prefix = database_prefix
        self._catalog = {"CatalogId": catalog_id} if catalog_id else {}

    def database(self, zone: str) -> str:
        """Name of the database of a zone."""
        return f"{self._prefix}{zone}"

    def ensure_database(self, zone: str) -> str:
        """Create the database of a zone if there is none, and return its name."""
        name = self.database(zone)
        try:
            self._glue.get_database(Name=name, **self._catalog)
        except self._glue.exceptions.EntityNotFoundException:
            # Another pipeline may be quicker.
            with suppress(self._glue.exceptions.AlreadyExistsException):
                self._glue.create_database(DatabaseInput={"Name": name, "Description": f"{zone} zone"}, **self._catalog)
        return name

    def write_table(self, table: CatalogTable) -> str:
        """Create or update a table: columns, comments, location and ``onboarding:`` parameters.

        Other parameters, the comments of columns that come without one, the owner and the description that
        somebody wrote are kept. Location and columns change in one call, so that a reader sees one version.

        :returns: ``<database>.<table>``.
        """
        database = self.ensure_database(table.zone)
        existing = self._get(database, table.name)
        call = self._glue.create_table if existing is None else self._glue.update_table
        call(DatabaseName=database, TableInput=_merged(existing or {}, table), **self._catalog)
        return f"{database}.{table.name}"

    def write_parameters(self, zone: str, name: str, parameters: Mapping[str, Any]) -> bool:
        """Set ``onboarding:`` parameters of a table and nothing else.

        :returns: whether there is such a table.
        """
        database = self.database(zone)
        existing = self._get(database, name)
        if existing is None:
            return False
        kept = {key: existing[key] for key in _TABLE_INPUT_KEYS if key in existing}
        kept["Parameters"] = {**existing.get("Parameters", {}), **_prefixed(parameters)}
        self._glue.update_table(DatabaseName=database, TableInput=kept, **self._catalog)
        return True

    def add_partition(self, zone: str, name: str, values: Sequence[str], location: str) -> None:
        """Register one partition of a table; one that is there already is left as it is."""
        database = self.database(zone)
        table = self._get(database, name) or {}
        storage = {**table.get("StorageDescriptor", {}), "Location": location}
        try:
            self._glue.create_partition(
                DatabaseName=database,
                TableName=name,
                PartitionInput={"Values": list(values), "StorageDescriptor": storage},
                **self._catalog,
            )
        except self._glue.exceptions.AlreadyExistsException:
            return

    def remove_partition(self, zone: str, name: str, values: Sequence[str]) -> None:
        """Take one partition of a table away; nothing happens when it is not there. No data is touched."""
        with suppress(self._glue.exceptions.EntityNotFoundException):
            self._glue.delete_partition(
                DatabaseName=self.database(zone), TableName=name, PartitionValues=list(values), **self._catalog
            )

    def _get(self, database: str, name: str) -> dict[str, Any] | None:
        try:
            answer = self._glue.get_table(DatabaseName=database, Name=name, **self._catalog)
        except self._glue.exceptions.EntityNotFoundException:
            return None
        return dict(answer["Table"])


def glue_type(duckdb_type: str) -> str:
    """The Glue (Hive) type that Athena and Spark read a Parquet column of this DuckDB type as."""
    kind = duckdb_type.strip()
    if kind.endswith("[]"):
        return f"array<{glue_type(kind[:-2])}>"
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", kind)
    if decimal:
        return f"decimal({decimal[1]},{decimal[2]})"
    return _SIMPLE_TYPES.get(kind, "string")


def _merged(existing: Mapping[str, Any], table: CatalogTable) -> dict[str, Any]:
    kept = {key: existing[key] for key in _TABLE_INPUT_KEYS if key in existing}
    storage = dict(existing.get("StorageDescriptor", {}))
    known = [*storage.get("Columns", []), *existing.get("PartitionKeys", [])]
    comments = {column["Name"]: column.get("Comment", "") for column in known}
    before = {column["Name"]: column for column in known}
    storage |= {
        "Columns": [_column(column, comments, before) for column in table.columns],
        "Location": table.location,
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            "Parameters": {"serialization.format": "1"},
        },
    }
    return {
        **kept,
        "Name": table.name,
        "Description": existing.get("Description") or table.description,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": storage,
        "PartitionKeys": [{"Name": name, "Type": "string"} for name in table.partition_keys],
        "Parameters": {
            **existing.get("Parameters", {}),
            "classification": "parquet",
            "EXTERNAL": "TRUE",
            **_prefixed(table.parameters or {}),
        },
    }


def _column(
    column: Mapping[str, Any], comments: Mapping[str, str], before: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    # Glue knows lower case only; Athena and Spark compare names without regard to case.
    name = column["name"].lower()
    comment = (column.get("comment") or comments.get(name, ""))[:COMMENT_LENGTH]
    parameters = {**before.get(name, {}).get("Parameters", {}), **_prefixed(column.get("parameters", {}))}
    kept = {"Parameters": parameters} if parameters else {}
    return {"Name": name, "Type": glue_type(column["type"]), "Comment": comment, **kept}


def _prefixed(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{PREFIX}{key}": value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in sorted(parameters.items())
    }
