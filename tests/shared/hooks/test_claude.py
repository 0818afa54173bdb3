"""The client against a real HTTP server: what it sends, and how each kind of failure ends."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest

from shared.hooks.claude import ClaudeConnection, ClaudeError, Question, Usage, find_connection
from tests.claude_server import KEY, MODEL, ClaudeServer, Reply, claude_server, error, filled

QUESTION = Question(
    model=MODEL,
    system="Be brief.",
    messages=({"role": "user", "content": "<data>{}</data>"},),
    tool="amend",
    tool_description="Say what to change.",
    schema={"type": "object", "properties": {}, "additionalProperties": False},
    max_tokens=100,
)


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with claude_server() as running:
        yield running


@pytest.fixture
def connection(server: ClaudeServer, monkeypatch: pytest.MonkeyPatch) -> ClaudeConnection:
    monkeypatch.setenv("AIRFLOW_CONN_CLAUDE", server.connection())
    found = find_connection("claude")
    assert found is not None
    return found


def test_what_is_sent_and_what_comes_back(server: ClaudeServer, connection: ClaudeConnection) -> None:
    server.script = [filled({"a": 1}, cache_read_input_tokens=7)]
    answer = connection.ask(QUESTION, timeout_seconds=10)
    (request,) = server.received
    assert request.path == "/v1/messages"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == QUESTION.parameters()
    assert (answer.stop_reason, answer.content, answer.usage) == ("tool_use", {"a": 1}, Usage(1200, 300, 0, 7))


def test_no_connection_is_none() -> None:
    assert find_connection("nobody_has_this") is None
    assert find_connection("") is None


@pytest.mark.parametrize(
    "changes", [{"conn_type": "http"}, {"extra": {"platform": "vertex"}}], ids=["type", "platform"]
)
def test_another_kind_of_connection_is_refused(
    server: ClaudeServer, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CLAUDE", server.connection(**changes))
    with pytest.raises(ClaudeError, match="cannot be used"):
        find_connection("claude")


def test_bedrock_gets_the_model_in_its_path(server: ClaudeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    kwargs = {"aws_access_key": "AKIDEXAMPLE", "aws_secret_key": "secret-of-aws"}
    extra = {"platform": "bedrock", "aws_region": "eu-west-1", "anthropic_client_kwargs": kwargs}
    monkeypatch.setenv("AIRFLOW_CONN_CLAUDE", server.connection(password=None, extra=extra))
    connection = find_connection("claude")
    assert connection is not None
    server.script = [filled({"a": 1})]
    model = "eu.anthropic.claude-sonnet-5-5-v1:0"
    question = Question(**{**vars(QUESTION), "model": model})
    assert connection.ask(question, timeout_seconds=10).content == {"a": 1}
    (request,) = server.received
    assert request.path == f"/model/{model}/invoke"
    assert "Credential=AKIDEXAMPLE" in request.headers["authorization"]


@pytest.mark.parametrize(
    ("reply", "kind", "attempts"),
    [
        (error(429, "rate_limit_error"), "rate_limited", 3),
        (error(429, "rate_limit_error", retry_after="60"), "rate_limited", 1),
        (error(529, "overloaded_error"), "overloaded", 3),
        (error(500, "api_error"), "server", 3),
        (error(400, "invalid_request_error"), "refused", 1),
        (error(401, "authentication_error"), "not_allowed", 1),
        (error(404, "not_found_error"), "unknown_model", 1),
        (Reply(b"<html>a proxy</html>"), "unreadable", 1),
        (Reply({"type": "message"}), "unreadable", 1),
        (Reply({}, wait_seconds=5), "timeout", 1),
        (Reply({"a": "b" * 100}, drip_seconds=0.2), "timeout", 1),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_each_failure_ends_within_its_time(
    server: ClaudeServer, connection: ClaudeConnection, reply: Reply, kind: str, attempts: int
) -> None:
    server.script = [reply]
    seconds = 1.0 if kind == "timeout" else 5.0
    started = time.monotonic()
    with pytest.raises(ClaudeError) as caught:
        connection.ask(QUESTION, timeout_seconds=seconds)
    assert time.monotonic() - started < 2 * seconds + 0.5
    assert (caught.value.kind, len(server.received)) == (kind, attempts)


def test_what_passes_is_tried_again(server: ClaudeServer, connection: ClaudeConnection) -> None:
    server.script = [error(529, "overloaded_error"), filled({"a": 1})]
    assert connection.ask(QUESTION, timeout_seconds=10).content == {"a": 1}


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AIRFLOW_CONN_CLAUDE", ClaudeServer(port).connection())
    connection = find_connection("claude")
    assert connection is not None
    with pytest.raises(ClaudeError) as caught:
        connection.ask(QUESTION, timeout_seconds=5)
    assert caught.value.kind == "unreachable"


def test_the_secret_is_in_no_log_repr_or_error(
    server: ClaudeServer, connection: ClaudeConnection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [error(401, "authentication_error"), filled({"a": 1})]
    with pytest.raises(ClaudeError) as caught:
        connection.ask(QUESTION, timeout_seconds=5)
    answer = connection.ask(QUESTION, timeout_seconds=5)
    chain = [caught.value, caught.value.__cause__]
    said = [caplog.text, repr(connection), repr(answer), json.dumps(answer.as_dict()), *map(repr, chain)]
    assert not [text for text in said if KEY in text]
    assert len(server.received) == 2
