"""The journal of mutating calls: appended to, read at start, and kept as small as what it describes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from onboarding.local_platform.aws_server.calls import Call
from onboarding.local_platform.files import write_atomic

# Lines beyond twice the calls that still count (and this many more) are cleaned away.
SLACK_LINES = 500
# A safety net, far above what a team's catalog needs: the oldest calls go first.
MAX_CALLS = 20_000


class Journal:
    """Calls that rebuild the state of the journaled services, oldest first.

    :param path: a JSON-lines file; a damaged last line (the process was killed) is dropped.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._calls: dict[str, Call] = {}
        self._lines = 0
        for call in self._read():
            self._apply(call)
        self._compact()

    def record(self, call: Call) -> None:
        """Keep a call that succeeded."""
        with self._lock:
            self._apply(call)
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(_line(call))
            self._lines += 1
            if self._lines > 2 * len(self._calls) + SLACK_LINES:
                self._compact()

    def calls(self) -> list[Call]:
        """What has to be called again, in this order."""
        with self._lock:
            return list(self._calls.values())

    def _apply(self, call: Call) -> None:
        removed = set(call.removed_scopes())
        if removed:
            self._calls = {
                key: kept
                for key, kept in self._calls.items()
                if not any(kept.scope()[: len(scope)] == scope for scope in removed)
            }
            return
        identity = call.identity()
        self._calls.pop(identity, None)
        self._calls[identity] = call
        while len(self._calls) > MAX_CALLS:
            del self._calls[next(iter(self._calls))]

    def _compact(self) -> None:
        write_atomic(self._path, "".join(_line(call) for call in self._calls.values()).encode())
        self._lines = len(self._calls)

    def _read(self) -> Iterator[Call]:
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                yield Call(**json.loads(line))
            except (ValueError, TypeError):
                continue


def _line(call: Call) -> str:
    return json.dumps(asdict(call), sort_keys=True) + "\n"
