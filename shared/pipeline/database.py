"""PostgreSQL tables as sources: where they are, how to reach them, what they are made of.

A location is ``db://<connection>/<schema>.<table>``. Credentials are in the connection and nowhere else: whoever runs
the data plane says how a connection's name becomes an open connection (:func:`set_connector`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.pipeline.errors import DatabaseError, SourceError
from shared.pipeline.literals import quote_identifier

SCHEME = "db"
# A DB-API connection of psycopg 3 or psycopg 2, no transaction begun.
Connector = Callable[[str], Any]
_CONNECTION_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
# One state of the table for the whole read, and texts that do not depend on the server's settings.
_SESSION = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    # Rows come in the order in which they lie there, also while another session reads the table.
    "SET LOCAL synchronize_seqscans = off",
)
_DESCRIBE = """
SELECT c.oid, c.relkind::text, pg_catalog.has_any_column_privilege(c.oid, 'SELECT'),
       coalesce((SELECT sum(pg_catalog.pg_table_size(relid)) FROM pg_catalog.pg_partition_tree(c.oid)),
                pg_catalog.pg_table_size(c.oid))::bigint
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"""
# A domain is read as the type that it is made from.
_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END,
                                         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)
FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_TYPES = {
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double precision": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
}
_TIMESTAMP = re.compile(r"timestamp(\(\d\))? with(out)? time zone")
_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_MOST_DIGITS = 38
_NO_PRIVILEGE = "42501"
# Classes of codes: connection, rolled back, out of resources, operator intervention.
_PASSING = ("08", "40", "53", "57")


def _no_connector(connection_id: str) -> Any:
    raise SourceError(
        "Nobody says how to reach databases.",
        where=f"{SCHEME}://{connection_id}",
        expected="an Airflow task, which has connections",
        remedy="Run it in Airflow, or call shared.pipeline.database.set_connector.",
    )


_connector: list[Connector] = [_no_connector]


def set_connector(connector: Connector | None) -> None:
    """Let ``connector(connection_id)`` open the database connections of this process; ``None``: there are none."""
    _connector[0] = connector or _no_connector


@dataclass(frozen=True)
class TableLocation:
    """The parts of a location; names as the database has them, upper and lower case included."""

    connection_id: str
    schema: str
    table: str

    @property
    def quoted(self) -> str:
        """The table in SQL text."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.table)}"


@dataclass(frozen=True)
class TableColumn:
    """A column: its name, its type in the database, and the DuckDB type that it is read with.

    Types without a counterpart are read as text.
    """

    name: str
    database_type: str
    type: str


@dataclass(frozen=True)
class TableDescription:
    """What the catalog of the database says of a table.

    :ivar bytes: on disk, indexes not included; 0 for a view.
    """

    columns: tuple[TableColumn, ...]
    bytes: int


def is_database(location: str) -> bool:
    """Whether a location is a table of a database."""
    return location.startswith(f"{SCHEME}://")


def parse_location(location: str) -> TableLocation:
    """The parts of ``db://<connection>/<schema>.<table>``; a dot in a name is written ``%2E``.

    :raises SourceError: it is not of this form.
    """
    parts = urlsplit(location)
    names = parts.path.strip("/").split(".")
    schema, table = (unquote(name) for name in names) if len(names) == 2 else ("", "")
    unfit = parts.query or parts.fragment or not _CONNECTION_ID.fullmatch(parts.netloc)
    if unfit or not schema or not table or "\x00" in schema + table:
        raise SourceError(
            "The location is not a table of a database.",
            where=location.split("?")[0],
            expected="db://<airflow_conn_id>/<schema>.<table>",
            remedy="Write for example db://warehouse/public.orders; a dot in a name is written %2E.",
        )
    return TableLocation(parts.netloc, schema, table)


@contextmanager
def reading(location: str) -> Iterator[Any]:
    """A connection in a transaction that reads one state of the database, closed at the end.

    :raises DatabaseError: it cannot be reached, or is lost; trying again later may help.
    :raises SourceError: the connection is not known, or the database refuses what is asked.
    """
    place = parse_location(location)
    connection = _connector[0](place.connection_id)
    try:
        with connection.cursor() as cursor:
            for statement in _SESSION:
                cursor.execute(statement)
        yield connection
    except connection.Error as error:
        raise _clear(location, error) from error
    finally:
        connection.close()


def describe(connection: Any, location: str) -> TableDescription:
    """Columns and size of a table.

    :raises SourceError: there is no such table, or it may not be read.
    """
    place = parse_location(location)
    found = query(connection, _DESCRIBE, (place.schema, place.table))
    if not found:
        raise SourceError(
            "There is no such table in the database.",
            where=location,
            expected="a table or view of this schema, in the same upper and lower case",
            remedy="Check the spelling of schema and table, and which database the connection names.",
        )
    oid, _, allowed, size = found[0]
    if not allowed:
        raise _may_not_read(location)
    columns = query(connection, _COLUMNS, (oid,))
    found_columns = tuple(TableColumn(str(name), str(kind), duckdb_type(str(kind))) for name, kind in columns)
    return TableDescription(found_columns, int(size or 0))


def duckdb_type(kind: str) -> str:
    """The DuckDB type for a PostgreSQL type; ``VARCHAR`` where none holds all of its values."""
    numeric = _NUMERIC.fullmatch(kind)
    if numeric:
        digits, scale = int(numeric[1]), int(numeric[2])
        return f"DECIMAL({digits},{scale})" if scale <= digits <= _MOST_DIGITS else "VARCHAR"
    return "TIMESTAMP" if _TIMESTAMP.fullmatch(kind) else _TYPES.get(kind, "VARCHAR")


def query(connection: Any, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a small query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, tuple(parameters))
        return [plain_row(row) for row in cursor.fetchall()]


def plain_row(row: Any) -> tuple[Any, ...]:
    """A row as a tuple, whatever kind of row the connection is set to give."""
    return tuple(row.values() if isinstance(row, Mapping) else row)


def _may_not_read(location: str) -> SourceError:
    return SourceError(
        "The table may not be read.",
        where=location,
        expected="the privilege SELECT for the connection's user",
        remedy="Ask the owner of the table to grant it.",
    )


def _clear(location: str, error: Exception) -> SourceError:
    """The driver's error as ours; its text is kept out, for it can quote values."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    if state == _NO_PRIVILEGE:
        return _may_not_read(location)
    if state.startswith(_PASSING) or not state:
        return lost(location, error)
    return SourceError(
        "The database refuses to read the table.",
        where=location,
        given=f"{type(error).__name__} {state}",
        remedy="Look up the code in PostgreSQL's list of error codes; the server's log has the statement.",
    )


def lost(location: str, error: Exception) -> DatabaseError:
    """The error of a database that cannot be reached, or was lost on the way."""
    return DatabaseError(
        "The database cannot be reached.",
        where=location,
        given=type(error).__name__,
        remedy="Check host, port, database, user and password of the Airflow connection, and that the server runs.",
    )
