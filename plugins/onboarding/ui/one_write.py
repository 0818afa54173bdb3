"""Requests that write are served one after the other, where Airflow's database is SQLite.

Airflow 3.3 writes its audit log in the server's event loop. While one request holds SQLite's only write lock and waits
for the loop to go on to its commit, a second one that waits for the lock stops the loop: nothing is answered until the
lock's time limit has passed, and one of the two ends with status 500. No other database has one lock for all.
"""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
#: An application of the server's interface (ASGI).
Application = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]
_READS = ("GET", "HEAD", "OPTIONS")


class OneWriteAtATime:
    """Around the whole application: a request that may write begins when the one before has ended, commit included.

    :param app: what answers the requests.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._writes = Lock()

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in _READS:
            await self._app(scope, receive, send)
            return
        async with self._writes:
            await self._app(scope, receive, send)
