"""What the command line prints: coloured in a terminal, plain text elsewhere; errors on standard error."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.markup import escape

from shared.pipeline.errors import DataOnboardingError

_STARTED = time.monotonic()
_out = Console(highlight=False, soft_wrap=True)
_error = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of the result."""
    _out.print(escape(text))


def progress(text: str) -> None:
    """A line about what goes on, with the seconds since the command's start; on standard error."""
    seconds = time.monotonic() - _STARTED
    _error.print(f"[dim]{seconds:6.1f}s[/dim] {escape(text)}")


def complain(error: DataOnboardingError) -> None:
    """A clear error."""
    _error.print(f"[red]{escape(error.text())}[/red]")


def is_interactive() -> bool:
    """Whether a person can be asked: input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()
