"""Databases through Airflow's connections: where credentials are, and the only place where they are read."""

from __future__ import annotations

from typing import Any

from shared.pipeline.database import lost
from shared.pipeline.errors import SourceError

CONNECTION_TYPE = "postgres"


def open_database(connection_id: str) -> Any:
    """A DB-API connection of the provider's driver, in no transaction yet.

    :raises SourceError: there is no such connection, it is of another kind, or the provider is not installed.
    :raises DatabaseError: the database cannot be reached, or does not let the user in.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    where = f"db://{connection_id}"
    try:
        kind = BaseHook.get_connection(connection_id).conn_type
    except (AirflowNotFoundException, AirflowRuntimeError) as error:
        raise SourceError(
            "There is no such Airflow connection.",
            where=where,
            expected=f"a connection of the type {CONNECTION_TYPE}",
            remedy="Create it under Admin, Connections: host, port, database, login and password belong there.",
        ) from error
    if kind != CONNECTION_TYPE:
        raise SourceError(
            "Only PostgreSQL databases can be read.",
            where=where,
            expected=f"a connection of the type {CONNECTION_TYPE}",
            given=str(kind),
            remedy="Name a PostgreSQL connection, or export the table as Parquet.",
        )
    return _opened(connection_id, where)


def _opened(connection_id: str, where: str) -> Any:
    try:
        from airflow.providers.postgres.hooks import postgres
    except ImportError as error:
        raise SourceError(
            "The provider for PostgreSQL is not installed.",
            where=where,
            remedy="Install apache-airflow-providers-postgres; MWAA has it.",
        ) from error
    if postgres.USE_PSYCOPG3:
        from psycopg import Error
    else:
        from psycopg2 import Error
    try:
        return postgres.PostgresHook(postgres_conn_id=connection_id).get_conn()
    except Error as error:
        # From None: the driver's text can name user and host.
        raise lost(where, error) from None
