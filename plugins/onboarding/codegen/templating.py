"""The one Jinja environment: strict, without autoescape (its output is code), values through ``literal`` only."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onboarding.codegen.literals import python_literal

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def render_template(name: str, values: dict[str, Any]) -> bytes:
    """A template below ``templates/`` with these values; ends with one newline, no blanks at line ends."""
    text = _environment().get_template(name).render(values)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return ("\n".join(lines) + "\n").encode()


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )
    environment.filters["literal"] = python_literal
    environment.filters["markdown"] = markdown_text
    return environment


def markdown_text(value: Any) -> str:
    """Plain text inside Markdown: one line, nothing of it is markup."""
    text = " ".join(str(value).split())
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|!" else character for character in text)
