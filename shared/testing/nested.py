"""Made values of structures, lists and maps, as the text that the embedded engine reads as such."""

from __future__ import annotations

from typing import Any

_MADE = {
    "boolean": "true",
    "date": "2024-01-{day:02d}",
    "time": "10:00:{day:02d}",
    "uuid": "00000000-0000-4000-8000-{number:012d}",
}


def nested_text(physical_type: str, number: int) -> str:
    """A value that differs for each number as far as its parts can.

    :param physical_type: DuckDB's name of a nested type.
    """
    import duckdb

    return _text(duckdb.sqltype(physical_type), number)


def _text(of: Any, number: int) -> str:
    if of.id == "struct":
        return "{" + ", ".join(f"{_quoted(name)}: {_text(kind, number)}" for name, kind in of.children) + "}"
    if of.id == "map":
        (_, key), (_, value) = of.children
        return f"{{{_text(key, number)}={_text(value, number)}}}"
    if of.id in ("list", "array"):
        size = next((int(child) for name, child in of.children if name == "size"), 1)
        return f"[{', '.join([_text(of.children[0][1], number)] * size)}]"
    if of.id.startswith("timestamp"):
        return f"2024-01-{1 + number % 28:02d} 10:00:00"
    made = _MADE.get(of.id, "w{number}" if of.id == "varchar" else "{small}")
    return made.format(number=number, day=1 + number % 28, small=number % 100)


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
