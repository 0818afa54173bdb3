"""A secrets backend of Airflow that refuses to be asked for a Variable or a connection."""

from __future__ import annotations

from typing import Any

from airflow.secrets import BaseSecretsBackend


class AccessError(BaseException):
    """A DAG file asked while it was parsed; not an Exception, so that no handler hides it."""


class NoSecrets(BaseSecretsBackend):
    """Asking is a fault; options of ``airflow.cfg`` may be asked for."""

    def get_connection(self, conn_id: str, *positional: Any, **named: Any) -> Any:
        """Refuse."""
        raise AccessError(f"connection {conn_id}")

    def get_conn_value(self, conn_id: str, *positional: Any, **named: Any) -> Any:
        """Refuse."""
        raise AccessError(f"connection {conn_id}")

    def get_variable(self, key: str, *positional: Any, **named: Any) -> Any:
        """Refuse."""
        raise AccessError(f"variable {key}")

    def get_config(self, key: str) -> None:
        """No option is kept here."""
