"""Prompts: Jinja templates below ``prompts/<version>/``, filled with JSON data in a block that the data cannot end.

A prompt is changed by a new version's folder. What it was filled in from is named by the version and the digest of its
template, and both are kept with each answer.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

PROMPT_VERSION = "1"
_FOLDER = Path(__file__).parent / "prompts" / PROMPT_VERSION
_DIGEST_LENGTH = 12


@dataclass(frozen=True)
class Prompt:
    """A rendered prompt.

    :ivar version: ``<name>@<version> (<digest of the templates>)``.
    """

    system: str
    message: str
    version: str


def render_prompt(name: str, data: dict[str, Any], **values: Any) -> Prompt:
    """The prompt of an agent.

    :param name: of the agent, or ``request``.
    :param data: what is known, as JSON data; it is never part of the instructions.
    :param values: for the template's own text; never anything from the data.
    """
    files = ("system.md.j2", f"{name}.md.j2")
    texts = [(_FOLDER / file).read_text(encoding="utf-8") for file in files]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_DIGEST_LENGTH]
    return Prompt(
        system=_environment().get_template(files[0]).render().strip(),
        message=_environment().get_template(files[1]).render(data=data_block(data), **values).strip(),
        version=f"{name}@{PROMPT_VERSION} ({digest})",
    )


def data_block(data: dict[str, Any]) -> str:
    """JSON between ``<data>`` and ``</data>``; no text of the data can end the block or look like markup."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"<data>{text}</data>"


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, autoescape=False)
