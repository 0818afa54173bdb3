"""Values into Python source: the only way in which a plan's values get into a generated file."""

from __future__ import annotations

from enum import Enum
from typing import Any

LINE_WIDTH = 100
_BRACKETS = {tuple: ("(", ")"), list: ("[", "]"), dict: ("{", "}")}


def python_literal(value: Any, indent: int = 4, used: int = 0) -> str:
    """Source text of a value made of None, bool, int, float, str, tuple, list and dict; deterministic.

    :param indent: columns by which the line is indented that the text stands on; longer values get one line
        for each item.
    :param used: characters that stand on the line before the value, beside the indent.
    :raises TypeError: another type, or a float that has no literal (nan, inf).
    """
    if isinstance(value, Enum):
        return python_literal(value.value, indent, used)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise TypeError(f"{value} has no Python literal")
        return repr(value)
    if isinstance(value, tuple | list | dict):
        return _container(value, indent, used)
    raise TypeError(f"a {type(value).__name__} cannot be written into a generated file")


def _text(value: str) -> str:
    """The quotes that need fewer escapes, as the formatters do; control and direction characters escaped."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    escaped = "".join(_character(character, quote) for character in value)
    return f"{quote}{escaped}{quote}"


def _character(character: str, quote: str) -> str:
    if character in (quote, "\\"):
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _container(value: tuple[Any, ...] | list[Any] | dict[Any, Any], indent: int, used: int) -> str:
    opening, closing = _BRACKETS[type(value)]
    items = _items(value, indent)
    if not items:
        return opening + closing
    comma = "," if isinstance(value, tuple) and len(items) == 1 else ""
    one_line = f"{opening}{', '.join(items)}{comma}{closing}"
    if len(one_line) + indent + used <= LINE_WIDTH and "\n" not in one_line:
        return one_line
    inner = " " * (indent + 4)
    lines = "".join(f"{inner}{item},\n" for item in _items(value, indent + 4))
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def _items(value: tuple[Any, ...] | list[Any] | dict[Any, Any], indent: int) -> list[str]:
    if isinstance(value, dict):
        keys = [f"{python_literal(key)}: " for key in value]
        return [key + python_literal(item, indent, len(key)) for key, item in zip(keys, value.values(), strict=True)]
    return [python_literal(item, indent) for item in value]
