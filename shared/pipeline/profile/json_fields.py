"""The fields of JSON texts, measured as columns of their own: what is inside a text may be personal, too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.pipeline.profile.shapes import shapes_of
from shared.pipeline.profile.validators import count_matches

#: Share of a column's texts that are JSON objects or lists before their fields are looked at.
_NEARLY_ALL = 0.9
#: Fields that are looked at, the most frequent ones, and rows that a field is in at least: a seldom key may be a value.
_MOST_FIELDS, _LEAST_ROWS = 200, 10
_DEEPEST = 20
#: Keys that are written as names are. Any other key is taken for a value: it is a field ``keys of <path>``, and what
#: is below it is ``*``.
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_ -]{0,63}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?")
_Leaves = dict[str, dict[str, int]]


def json_fields(values: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The fields of a column whose values are JSON objects and lists; none where they are not.

    :param values: (text, rows that have it).
    :returns: for each field what ``Measurement.columns`` has of a column as far as personal data is told by it, with
        its path (``user.email``) as ``source_name``, ``rows``, and ``kind``: text, integer, decimal or date. No value
        is in it but the extremes of numbers and dates. The items of a list are taken together.
    """
    there = sum(times for _, times in values)
    structured = [(text, times) for text, times in values if text[0] in "{["]
    if not structured or sum(times for _, times in structured) < _NEARLY_ALL * there:
        return []
    leaves: _Leaves = {}
    numbers: dict[str, int] = {}
    for text, times in structured:
        for path, leaf in _leaves(_parsed(text), "", 0):
            counted = leaves.setdefault(path, {})
            counted[str(leaf)] = counted.get(str(leaf), 0) + times
            numbers[path] = numbers.get(path, 0) + (times if isinstance(leaf, int | Decimal) else 0)
    rows = {path: sum(counted.values()) for path, counted in leaves.items()}
    frequent = sorted((path for path in leaves if rows[path] >= _LEAST_ROWS), key=lambda path: (-rows[path], path))
    return [_field(path, leaves[path], rows[path], numbers[path]) for path in sorted(frequent[:_MOST_FIELDS])]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _leaves(node: Any, path: str, depth: int) -> Iterator[tuple[str, str | int | Decimal]]:
    """Path and value of everything below a node that is a text or a number."""
    if isinstance(node, dict) and depth < _DEEPEST:
        for key, below in node.items():
            named = _NAME.fullmatch(key) is not None
            inside = ".".join(part for part in (path, key if named else "*") if part)
            if not named:
                yield f"keys of {path}" if path else "keys", key
            yield from _leaves(below, inside, depth + 1)
    elif isinstance(node, list) and depth < _DEEPEST:
        for below in node:
            yield from _leaves(below, path, depth + 1)
    elif isinstance(node, str):
        text = node.strip()
        if text:
            yield path, text
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        yield path, node


def _field(path: str, counted: dict[str, int], rows: int, numbers: int) -> dict[str, Any]:
    values = sorted(counted.items())
    texts = [text for text, _ in values]
    kind, low, high, scale = "text", None, None, 0
    if numbers == rows:
        found = [Decimal(text) for text in texts]
        scale = max(max(0, -int(number.as_tuple().exponent)) if number.is_finite() else 0 for number in found)
        kind, low, high = "decimal" if scale else "integer", str(min(found)), str(max(found))
    elif all(_DATE.fullmatch(text) for text in texts):
        kind, low, high = "date", texts[0][:10], texts[-1][:10]
    shapes = shapes_of(values)
    return {
        "source_name": path,
        "rows": rows,
        "kind": kind,
        "null_count": 0,
        "empty_count": 0,
        "null_word_count": 0,
        "distinct_count": len(values),
        "minimum": low,
        "maximum": high,
        "decimal_scale": scale,
        "average_length": sum(len(text) * times for text, times in values) / rows,
        "shapes": [{"value": shape, "count": count} for shape, count in shapes.counts[:20]],
        "validator_sample": shapes.values,
        "validator_matches": count_matches(values),
    }
