"""Claude through an Airflow connection of the type ``anthropic``: one question with a schema, one answer.

The client is the provider's (first-party API or Amazon Bedrock, chosen by the connection); what is asked, how long one
may wait and what an answer is are decided here. The secret stays inside the client: nothing in this module keeps,
shows or returns it, and no text of the service or of the ``anthropic`` package is passed on, only its kind.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.pipeline.errors import DataOnboardingError

if TYPE_CHECKING:
    from anthropic import APIStatusError

CONNECTION_TYPE = "anthropic"
PLATFORMS = ("anthropic", "bedrock")
#: Attempts at one question: the first, and two more for what passes by itself.
ATTEMPTS = 3
#: Wait before the second attempt where the service names none; it doubles from there.
FIRST_WAIT_SECONDS = 0.5
_PASSES = (408, 409, 429)
_STATUS_KINDS = {401: "not_allowed", 403: "not_allowed", 404: "unknown_model", 429: "rate_limited", 529: "overloaded"}


class ClaudeError(DataOnboardingError):
    """Claude could not be asked, or did not answer in time.

    :ivar kind: what happened, one of ``connection``, ``not_allowed``, ``unknown_model``, ``rate_limited``,
        ``overloaded``, ``server``, ``refused``, ``timeout``, ``unreachable``, ``unreadable``.
    """

    code = "claude"

    def __init__(self, what: str, *, kind: str, **parts: str) -> None:
        self.kind = kind
        super().__init__(what, **parts)


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer, as the service counts them; each kind has its own price."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens + self.cache_write_tokens + self.cache_read_tokens


@dataclass(frozen=True)
class Question:
    """One call: the model answers by filling in ``schema`` once, and in no other way.

    :ivar messages: turns of the conversation as the Messages API has them.
    :ivar schema: JSON schema of the answer; the API checks its structure only, so the caller validates again.
    """

    model: str
    system: str
    messages: tuple[Mapping[str, Any], ...]
    tool: str
    tool_description: str
    schema: Mapping[str, Any] = field(hash=False)
    max_tokens: int = 8192

    def parameters(self) -> dict[str, Any]:
        """Body of the call."""
        system = {"type": "text", "text": self.system, "cache_control": {"type": "ephemeral"}}
        tool = {"name": self.tool, "description": self.tool_description, "input_schema": dict(self.schema)}
        return {
            "model": self.model,
            "max_tokens": self.max_tokens,
            "system": [system],
            "messages": [dict(message) for message in self.messages],
            "tools": [{**tool, "strict": True}],
            "tool_choice": {"type": "tool", "name": self.tool, "disable_parallel_tool_use": True},
        }

    def body(self) -> bytes:
        """The body as bytes that are the same for the same question."""
        return json.dumps(self.parameters(), sort_keys=True, ensure_ascii=False).encode()

    def digest(self) -> str:
        """SHA-256 of the body: the same question has the same answer in a journal."""
        return hashlib.sha256(self.body()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What came back.

    :ivar stop_reason: ``tool_use`` when it is complete; ``refusal`` and ``max_tokens`` are no answers.
    :ivar content: what the model filled in, not validated; None when it did not.
    """

    stop_reason: str
    content: Mapping[str, Any] | None
    tool_use_id: str
    model: str
    usage: Usage

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable form."""
        return {
            "stop_reason": self.stop_reason,
            "content": None if self.content is None else dict(self.content),
            "tool_use_id": self.tool_use_id,
            "model": self.model,
            "usage": vars(self.usage).copy(),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Answer:
        """The reverse of :meth:`as_dict`."""
        return cls(**{**value, "usage": Usage(**value["usage"])})


@dataclass(frozen=True)
class ClaudeConnection:
    """What a connection says, without its secret.

    :ivar model: of ``extra.model``; empty when it names none.
    :ivar agent_models: of ``extra.agent_models``: agent -> model.
    """

    connection_id: str
    platform: str
    host: str
    model: str
    agent_models: Mapping[str, str] = field(default_factory=dict, hash=False)

    def ask(self, question: Question, *, timeout_seconds: float) -> Answer:
        """Ask, and again where that may help, all within ``timeout_seconds``.

        An answer that is still arriving when the time is over is given up; the last wait for a part of it may begin
        just before, so that at most twice the time passes.

        :raises ClaudeError: no answer; ``kind`` says why.
        """
        import anthropic
        from botocore.exceptions import BotoCoreError

        end = time.monotonic() + timeout_seconds
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(question, end)
            except anthropic.APIStatusError as error:
                kind, wait = _status_kind(error.status_code), _wait_seconds(error, attempt)
                again = error.status_code in _PASSES or error.status_code >= 500
                status = f"HTTP {error.status_code}"
            except anthropic.APITimeoutError:
                raise self._failed("timeout", f"no answer within {timeout_seconds:.0f} seconds") from None
            except anthropic.APIConnectionError:
                kind, wait, again, status = (
                    "unreachable",
                    FIRST_WAIT_SECONDS * 2 ** (attempt - 1),
                    True,
                    "no connection",
                )
            except (anthropic.AnthropicError, ValueError):
                # From None, without its text: it can repeat what was sent.
                raise self._failed("unreadable", "an answer that is not one of the Messages API") from None
            except (RuntimeError, BotoCoreError):
                raise self._failed("not_allowed", "no AWS credentials to sign the request with") from None
            if not again or attempt == ATTEMPTS or time.monotonic() + wait >= end:
                raise self._failed(kind, f"{status} after {attempt} attempt{'s' if attempt > 1 else ''}")
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, question: Question, end: float) -> Answer:
        import anthropic
        import httpx2

        left = end - time.monotonic()
        if left <= 0:
            raise self._failed("timeout", "no time left")
        client = self._client().with_options(max_retries=0, timeout=left)
        received = b""
        try:
            with client.messages.with_streaming_response.create(**question.parameters()) as response:
                size = response.headers.get("content-length")
                for part in response.iter_bytes():
                    received += part
                    # One that is complete, if late, is paid for: it counts.
                    if time.monotonic() > end and str(len(received)) != size:
                        raise self._failed("timeout", "an answer that was still arriving")
        except httpx2.TimeoutException:
            raise self._failed("timeout", "an answer that stopped arriving") from None
        except httpx2.HTTPError as error:
            raise anthropic.APIConnectionError(request=error.request) from None
        return _read_answer(json.loads(received), question)

    def _client(self) -> Any:
        from airflow.providers.anthropic.exceptions import AnthropicError
        from airflow.providers.anthropic.hooks.anthropic import AnthropicHook

        try:
            client: Any = AnthropicHook(conn_id=self.connection_id).get_conn()
        except (AnthropicError, ValueError, TypeError):
            raise ClaudeError(
                "the connection to Claude cannot be used",
                kind="connection",
                where=f"connection {self.connection_id}",
                expected="an API key as password, or extra {platform: bedrock, aws_region: ...}",
                given=f"platform {self.platform}",
                remedy="see docs/claude.md",
            ) from None
        # The provider takes the host for its own platform only.
        return client.with_options(base_url=self.host) if self.platform == "bedrock" and self.host else client

    def _failed(self, kind: str, given: str) -> ClaudeError:
        return ClaudeError(
            _WHAT[kind],
            kind=kind,
            where=f"connection {self.connection_id}",
            expected="an answer of the Messages API",
            given=given,
            remedy=_REMEDY.get(kind, "nothing to do at once; a later run asks again"),
        )


_WHAT = {
    "not_allowed": "Claude does not accept the connection's credentials",
    "unknown_model": "the model is not known there",
    "rate_limited": "the rate limit of the account is reached",
    "overloaded": "Claude is overloaded",
    "server": "Claude has a fault of its own",
    "refused": "Claude does not accept the request",
    "timeout": "Claude did not answer in time",
    "unreachable": "Claude cannot be reached",
    "unreadable": "what came back is no answer",
}
_REMEDY = {
    "not_allowed": "check the key and what it may be used for",
    "unknown_model": "correct the model in the connection's extra, or the option claude_agent_models",
    "unreachable": "check the connection's host, and the network of the workers",
}


def find_connection(connection_id: str) -> ClaudeConnection | None:
    """The connection without its secret, or None when there is none.

    :raises ClaudeError: it is of another type, or of a platform that is not supported.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    if not connection_id:
        return None
    try:
        found = BaseHook.get_connection(connection_id)
    except (AirflowNotFoundException, AirflowRuntimeError):
        return None
    extra = found.extra_dejson
    platform = str(extra.get("platform") or "anthropic").lower()
    if found.conn_type != CONNECTION_TYPE or platform not in PLATFORMS:
        raise ClaudeError(
            "the connection to Claude cannot be used",
            kind="connection",
            where=f"connection {connection_id}",
            expected=f"type {CONNECTION_TYPE}, platform {' or '.join(PLATFORMS)}",
            given=f"type {found.conn_type}, platform {platform}",
            remedy="see docs/claude.md",
        )
    agent_models = extra.get("agent_models")
    return ClaudeConnection(
        connection_id=connection_id,
        platform=platform,
        host=found.host or "",
        model=str(extra.get("model") or ""),
        agent_models={str(key): str(name) for key, name in agent_models.items()}
        if isinstance(agent_models, dict)
        else {},
    )


def _status_kind(status: int) -> str:
    return _STATUS_KINDS.get(status, "server" if status >= 500 else "refused")


def _wait_seconds(error: APIStatusError, attempt: int) -> float:
    """What the service asks for, else twice as long each time."""
    asked = error.response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else FIRST_WAIT_SECONDS * 2 ** (attempt - 1)


def _read_answer(message: Any, question: Question) -> Answer:
    """The part of a message that counts.

    :raises ValueError: it is no message.
    """
    if not isinstance(message, dict) or not isinstance(message.get("usage"), dict):
        raise ValueError("no message")
    usage = message["usage"]
    filled = [
        block
        for block in message.get("content") or []
        if isinstance(block, dict) and block.get("type") == "tool_use" and block.get("name") == question.tool
    ]
    content = filled[0].get("input") if len(filled) == 1 else None
    return Answer(
        stop_reason=str(message.get("stop_reason") or ""),
        content=content if isinstance(content, dict) else None,
        tool_use_id=str(filled[0].get("id") or "") if filled else "",
        model=str(message.get("model") or question.model),
        usage=Usage(
            input_tokens=int(usage.get("input_tokens") or 0),
            output_tokens=int(usage.get("output_tokens") or 0),
            cache_write_tokens=int(usage.get("cache_creation_input_tokens") or 0),
            cache_read_tokens=int(usage.get("cache_read_input_tokens") or 0),
        ),
    )
