"""moto's WSGI application with the memory around it."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from onboarding.local_platform.aws_server.calls import JOURNALED_SERVICES, Call

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from onboarding.local_platform.aws_server.bucket_mirror import BucketMirror
    from onboarding.local_platform.aws_server.journal import Journal

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_READING = ("GET", "HEAD", "OPTIONS")


class RememberingApplication:
    """Passes every request on to moto; a change is on disk before its answer leaves.

    :param app: moto's dispatcher.
    """

    def __init__(self, app: WSGIApplication, mirror: BucketMirror, journal: Journal) -> None:
        self._app = app
        self._mirror = mirror
        self._journal = journal

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in _READING:
            return self._app(environ, start_response)
        _, region, service = _credential(environ)
        if service in JOURNALED_SERVICES:
            return self._journaled(environ, start_response, service, region)
        answer = _Answer(start_response)
        body = self._app(environ, answer)
        if service in ("", "s3") and answer.succeeded:
            self._mirror.sync()
        return body

    def replay(self) -> int:
        """Make the journaled calls again; return how many. One that fails is reported and left out."""
        from werkzeug.test import run_wsgi_app

        calls = self._journal.calls()
        for call in calls:
            _, status, _ = run_wsgi_app(self._app, _environ(call))
            if not status.startswith("2"):
                sys.stderr.write(f"not put back: {call.service} {call.action} {call.scope()}: {status}\n")
        return len(calls)

    def _journaled(
        self, environ: WSGIEnvironment, start_response: StartResponse, service: str, region: str
    ) -> Iterable[bytes]:
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(content)
        answer = _Answer(start_response)
        body = self._app(environ, answer)
        call = Call(
            service=service,
            region=region,
            account_id=_account_id(environ),
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/"),
            target=environ.get("HTTP_X_AMZ_TARGET", ""),
            content_type=environ.get("CONTENT_TYPE", ""),
            body=content.decode(),
        )
        if answer.succeeded and call.is_kept:
            self._journal.record(call)
        return body


class _Answer:
    """A ``start_response`` that remembers whether the answer is a success."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self.succeeded = False

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        self.succeeded = status.startswith("2")
        return self._start_response(status, headers, exc_info)


def _credential(environ: WSGIEnvironment) -> tuple[str, str, str]:
    """Access key, region and service of a signed request; empty strings of an unsigned one."""
    match = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (match[1], match[2], match[3].lower()) if match else ("", "", "")


def _account_id(environ: WSGIEnvironment) -> str:
    from moto.iam.models import get_account_id_from

    named = environ.get("HTTP_X_MOTO_ACCOUNT_ID")
    return str(named or get_account_id_from(_credential(environ)[0]))


def _environ(call: Call) -> WSGIEnvironment:
    from werkzeug.test import EnvironBuilder

    scope = f"replay/20000101/{call.region}/{call.service}/aws4_request"
    headers = [
        ("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
        ("x-moto-account-id", call.account_id),
    ]
    if call.target:
        headers.append(("X-Amz-Target", call.target))
    builder = EnvironBuilder(
        path=call.path,
        method=call.method,
        headers=headers,
        content_type=call.content_type or None,
        data=call.body.encode(),
    )
    return builder.get_environ()
