"""Counts what a task's process writes to shared storage, and kills that process at the n-th write.

A write is a request that changes an S3 object or the catalog, or a change of the file system below the watched
folders. Storage has one state between two writes, so a kill before each write, and one after the last, meets
every state that a kill at any moment can leave. A new file that is being written under a temporary name has
states of its own: a kill at its renaming cuts its content in half first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CATALOG_READS = ("Get", "BatchGet", "Search")


class WritePoints:
    """The writes of this process.

    :param trace: gets one line per write, before it is made.
    :param folders: folders whose changes count.
    :param kill_at: number of the write (from 1) before which the process is killed; 0: never.
    """

    def __init__(self, trace: Path, folders: Sequence[str], kill_at: int) -> None:
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._folders = tuple(f"{folder.rstrip('/')}/" for folder in folders)
        self._kill_at = kill_at
        self._count = 0
        self._lock = threading.RLock()

    def install(self) -> None:
        """Watch S3 requests of boto3 and of s3fs, and the file system."""
        self._watch_boto3()
        self._watch_s3fs()
        if self._folders:
            sys.addaudithook(self._audit)

    def end(self) -> None:
        """The step has returned; nobody was told of it yet."""
        self._reached("end")

    def _reached(self, label: str, torn: str = "") -> None:
        with self._lock:
            self._count += 1
            os.write(self._trace, f"{label}\n".encode())
            if self._count == self._kill_at:
                if torn:
                    os.truncate(torn, Path(torn).stat().st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)

    def _watch_boto3(self) -> None:
        from botocore.httpsession import URLLib3Session

        send = URLLib3Session.send

        def watched(session: Any, request: Any) -> Any:
            self._request(request)
            return send(session, request)

        URLLib3Session.send = watched

    def _watch_s3fs(self) -> None:
        from aiobotocore.httpsession import AIOHTTPSession

        send = AIOHTTPSession.send

        async def watched(session: Any, request: Any) -> Any:
            self._request(request)
            return await send(session, request)

        AIOHTTPSession.send = watched

    def _request(self, request: Any) -> None:
        target = _text(request.headers.get("X-Amz-Target", ""))
        action = target.rpartition(".")[2]
        if target:
            if target.startswith("AWSGlue") and not action.startswith(_CATALOG_READS):
                self._reached(f"catalog {action}")
        elif request.method in ("PUT", "DELETE") or (request.method == "POST" and urlsplit(request.url).query):
            condition = " if-none-match" if request.headers.get("If-None-Match") else ""
            self._reached(f"{request.method} {unquote(urlsplit(request.url).path)}{condition}")

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING_FLAGS and not isinstance(path, int):
                self._changed("open", os.fsdecode(path))
        elif event in ("os.rename", "os.link"):
            self._changed(event, os.fsdecode(arguments[1]), torn=os.fsdecode(arguments[0]))
        elif event in ("os.remove", "os.rmdir"):
            self._changed(event, _absolute(arguments[0], arguments[1]))
        elif event == "os.mkdir" and not Path(os.fsdecode(arguments[0])).exists():
            self._changed(event, os.fsdecode(arguments[0]))

    def _changed(self, event: str, path: str, torn: str = "") -> None:
        if path.startswith(self._folders):
            self._reached(f"{event} {path}", torn)


def _absolute(path: Any, folder_descriptor: int) -> str:
    name = os.fsdecode(path)
    if Path(name).is_absolute() or folder_descriptor < 0:
        return name
    return str(Path(f"/proc/self/fd/{folder_descriptor}").readlink() / name)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
