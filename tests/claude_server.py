"""A server of the Messages API on the loopback interface: scripted answers, every request kept as it came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-ant-loopback-0123456789abcdef"
MODEL = "claude-sonnet-5-5"


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    :ivar wait_seconds: before the first byte.
    :ivar drip_seconds: between one byte of the body and the next.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    drip_seconds: float = 0.0


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire; names of headers in lower case."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """Parsed JSON body."""
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    @property
    def tool(self) -> str:
        """Name of the tool that is asked for."""
        return str(self.body["tool_choice"]["name"])

    @property
    def data(self) -> dict[str, Any]:
        """The JSON in the delimited block of the first message."""
        text = self.body["messages"][0]["content"]
        parsed: dict[str, Any] = json.loads(text[text.index("<data>") + 6 : text.index("</data>")])
        return parsed


Script = Callable[[Received], Reply]


@dataclass
class ClaudeServer:
    """The server while it runs.

    :ivar script: replies in their order; the last one is repeated. Or a function of the request.
    """

    port: int = 0
    script: Sequence[Reply] | Script = ()
    received: list[Received] = field(default_factory=list)

    def reply_to(self, request: Received) -> Reply:
        """The reply that is next."""
        self.received.append(request)
        if callable(self.script):
            return self.script(request)
        return self.script[min(len(self.received), len(self.script)) - 1]

    def connection(self, **changes: Any) -> str:
        """The Airflow connection as JSON for ``AIRFLOW_CONN_...``."""
        host = f"http://127.0.0.1:{self.port}"
        given = {"conn_type": "anthropic", "password": KEY, "host": host, "extra": {"model": MODEL}}
        return json.dumps({**given, **changes})


def filled(content: Any, *, stop_reason: str = "tool_use", tool: str = "", **changes: Any) -> Reply:
    """A reply in which the model fills in the tool that was asked for.

    :param changes: of the usage.
    """
    usage = {"input_tokens": 1200, "output_tokens": 300, **changes}
    block = {"type": "tool_use", "id": "toolu_1", "name": tool or "amend", "input": content}
    body = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "stop_reason": stop_reason}
    return Reply({**body, "stop_sequence": None, "usage": usage, "content": [block] if content is not None else []})


def error(status: int, kind: str, **headers: str) -> Reply:
    """An error as the API writes it; its text repeats a secret, as a careless gateway might."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply({"type": "error", "error": {"type": kind, "message": f"no: {KEY}"}}, status, named)


@contextmanager
def claude_server() -> Iterator[ClaudeServer]:
    """Serve on a free port until the block ends."""
    state = ClaudeServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = state.reply_to(
                Received(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
            )
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self._send(reply, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, reply: Reply, body: bytes) -> None:
            time.sleep(reply.wait_seconds)
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not reply.drip_seconds:
                self.wfile.write(body)
                return
            for number in range(len(body)):
                self.wfile.write(body[number : number + 1])
                self.wfile.flush()
                time.sleep(reply.drip_seconds)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    state.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
