"""``onboard up --foreground``: stay while the platform runs, stop it at the end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from onboarding.local_platform import state
from onboarding.local_platform.health import log_tail
from onboarding.local_platform.info import Home, PlatformError


@contextlib.contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """SIGTERM acts as Ctrl-C does, so that a start that is broken off cleans up. Main thread only."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stay(home: Home, stop: Callable[[], None], progress: Callable[[str], None]) -> None:
    """Wait for Ctrl-C or SIGTERM, then call ``stop``. Main thread only.

    :raises PlatformError: a component ended by itself (the others are stopped first).
    """
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    progress("press Ctrl-C to stop")
    try:
        failure = _watch(home, asked)
        stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if failure is not None:
        raise failure


def _watch(home: Home, asked: threading.Event) -> PlatformError | None:
    """None when asked to end, or when somebody else stopped the platform."""
    while not asked.wait(1.0):
        known = state.read(home)
        if known is None:
            return None
        dead = known.dead()
        if dead:
            log = home.logs / f"{dead[0].name}.log"
            return PlatformError(
                f"{dead[0].name} ended", where=str(log), given="\n" + log_tail(log), remedy="start it again"
            )
    return None
