"""HTML of the pages: escaped templates, one inlined style sheet and script, and headers that allow nothing else."""

from __future__ import annotations

import base64
import functools
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, values: dict[str, Any], status_code: int = 200) -> HTMLResponse:
    """A template of ``templates/`` as a response that a browser neither stores nor lets load anything."""
    text = _environment().get_template(template).render(values)
    return HTMLResponse(text, status_code=status_code, headers=dict(security_headers()))


@functools.cache
def security_headers() -> tuple[tuple[str, str], ...]:
    """Headers of every answer: only the inlined style and script count, only Airflow may frame the page."""
    policy = [
        "default-src 'none'",
        f"style-src '{_digest('page.css')}'",
        f"script-src '{_digest('page.js')}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
    return (
        ("Content-Security-Policy", "; ".join(policy)),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    )


@functools.cache
def _inlined(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(name: str) -> str:
    digest = hashlib.sha256(_inlined(name).encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@functools.cache
def _environment() -> Environment:
    from jinja2 import ChainableUndefined, Environment, FileSystemLoader
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        # A record may come from another version of this package: what is not in it is left empty.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Files of ours: nothing but these two is ever put into a page without being escaped.
    environment.globals["style"] = Markup(_inlined("page.css"))
    environment.globals["script"] = Markup(_inlined("page.js"))
    environment.filters["when"] = when
    environment.filters["count"] = count
    environment.filters["short"] = short
    return environment


def when(value: datetime | str | None) -> str:
    """A point in time to the minute, in UTC; text that is no time stays as it is."""
    if not value:
        return ""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def count(value: Any) -> str:
    """A number with separators for thousands; anything else as text."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def short(value: Any, length: int = 200) -> str:
    """Text from data, cut to ``length`` characters."""
    text = str(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"
