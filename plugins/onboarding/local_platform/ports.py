"""TCP ports of the platform on 127.0.0.1."""

from __future__ import annotations

import fcntl
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """True if a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


class Reservation:
    """Ports promised to one starting platform: seconds pass between the choice and the server's bind.

    The promise is a lock on a file per port in the system's temporary folder; it ends with :meth:`release` or with
    this process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        self._locks: list[IO[str]] = []

    def take(self, preferred: Iterable[int]) -> int:
        """A free port that no other starting platform has been promised, promised to this one."""
        refused: list[int] = []
        wanted = list(preferred)
        while True:
            port = choose(wanted, taken=refused)
            if self._promised(port):
                return port
            refused.append(port)

    def claim(self, port: int) -> bool:
        """Promise exactly this port; False when it is taken, or promised to another starting platform."""
        return is_free(port) and self._promised(port)

    def _promised(self, port: int) -> bool:
        try:
            lock = (self._folder / f"onboard-port-{port}.lock").open("a")
        except PermissionError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._locks.append(lock)
        return True

    def release(self) -> None:
        """End the promises: the servers listen, or were given up."""
        for lock in self._locks:
            lock.close()
        self._locks.clear()


def choose(preferred: Iterable[int], taken: Iterable[int] = ()) -> int:
    """The first preferred port that is free, else any free one.

    :param preferred: for example the port of the last start, so that open browser tabs stay valid.
    :param taken: ports that are promised to somebody else already.
    """
    refused = set(taken)
    for port in preferred:
        if port not in refused and is_free(port):
            return port
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in refused:
            return port
