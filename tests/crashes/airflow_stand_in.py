"""The few answers of Airflow's REST API that tasks ask for, given from what lies in the DAGs location."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from onboarding.workspace.deployed import version_of
from tests.crashes.places import Content, Places
from tests.crashes.what_readers_see import dag_files_of


class StandIn:
    """Lists a DAG as soon as its file is in the DAGs location.

    :ivar import_error: when set, the import error of ``orders_dag.py``.
    """

    def __init__(self) -> None:
        self.places: Places | None = None
        self.import_error = ""
        self.port = 0

    def answer(self, path: str) -> tuple[int, Any]:
        """Status and JSON value."""
        if path == "/auth/token":
            return 201, {"access_token": "token"}
        if path == "/api/v2/importErrors":
            found = [{"filename": "orders_dag.py", "stack_trace": self.import_error}] if self.import_error else []
            return 200, {"import_errors": found, "total_entries": len(found)}
        if path.startswith("/api/v2/dags/") and path.endswith("/details"):
            name = path.split("/")[4]
            listed = [file for file in self._dag_files() if file.endswith(f"/{name}_dag.py")]
            if not listed:
                return 404, {"detail": "not found"}
            tag = f"version:{version_of(self._content()[listed[0]])}"
            found_dag = {"is_stale": False, "bundle_name": "workloads", "fileloc": f"/{name}_dag.py"}
            return 200, {**found_dag, "tags": [{"name": tag}]}
        return 200, {}

    def _dag_files(self) -> list[str]:
        return dag_files_of(self._content())

    def _content(self) -> Content:
        assert self.places is not None
        return self.places.content()


@contextmanager
def airflow_stand_in() -> Iterator[StandIn]:
    """Serve on a free port of the loopback interface."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, value = stand_in.answer(urlsplit(self.path).path)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
