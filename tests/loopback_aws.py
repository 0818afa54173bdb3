"""A part of AWS on the loopback interface: calls of its JSON protocol; what it does not know goes on to moto."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ServiceError(Exception):
    """An error of a service: its code and its message."""


#: Target of the call (``AWSGlue``), operation, arguments -> the answer; ``None``: it is not one of ours.
Call = Callable[[str, str, Mapping[str, Any]], dict[str, Any] | None]


@contextmanager
def serving(call: Call, moto_url: str) -> Iterator[str]:
    """The URL of the services while they serve."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
            try:
                answer = call(service, operation, json.loads(body or b"{}"))
            except ServiceError as error:
                code, message = error.args
                self._send(400, json.dumps({"__type": code, "message": message}).encode())
                return
            if answer is not None:
                self._send(200, json.dumps(answer).encode())
                return
            request = urllib.request.Request(moto_url + self.path, data=body, headers=dict(self.headers.items()))
            try:
                with urllib.request.urlopen(request) as forwarded:
                    self._send(forwarded.status, forwarded.read())
            except urllib.error.HTTPError as error:
                self._send(error.code, error.read())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
