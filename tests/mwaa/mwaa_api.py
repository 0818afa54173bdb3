"""MWAA's ``InvokeRestApi`` on a loopback address: each call goes on to the real api-server.

Like MWAA it answers with the wrapped status and body, and with ``RestApiClientException`` where Airflow refuses.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import httpx


class MwaaApi:
    """The server.

    :param environment: the only environment that it knows.
    :param api_url: Airflow's address.
    :param token: bearer token of the Airflow user that the caller's role is mapped to.
    """

    def __init__(self, environment: str, api_url: str, token: Callable[[], str]) -> None:
        self.calls: list[tuple[str, str, int]] = []
        self._environment, self._api_url, self._token = environment, api_url, token
        api = self

        class Handler(BaseHTTPRequestHandler):
            """One call of botocore."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
                status, error, answer = api.answer(unquote(self.path), body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                if error:
                    self.send_header("x-amzn-ErrorType", error)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> MwaaApi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
        """HTTP status, error type and body for a call."""
        if path != f"/restapi/{self._environment}":
            return 404, "ResourceNotFoundException", {"message": path}
        response = httpx.request(
            body["Method"],
            f"{self._api_url}/api/v2{body['Path']}",
            params=body.get("QueryParameters"),
            json=body.get("Body"),
            headers={"Authorization": f"Bearer {self._token()}"},
            timeout=30,
        )
        self.calls.append((body["Method"], body["Path"], response.status_code))
        wrapped = {"RestApiStatusCode": response.status_code, "RestApiResponse": response.json()}
        if response.status_code >= 400:
            kind = "RestApiClientException" if response.status_code < 500 else "RestApiServerException"
            return 400, kind, wrapped
        return 200, "", wrapped
