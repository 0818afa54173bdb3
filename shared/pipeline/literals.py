"""The only way that a name or a value from data becomes SQL text: quoted, on every engine alike."""

from __future__ import annotations

from collections.abc import Iterable


def quote_identifier(name: str) -> str:
    """``name`` as a DuckDB identifier, in double quotes.

    :raises ValueError: the name is empty or holds a NUL character, which no identifier can.
    """
    if not name or "\x00" in name:
        raise ValueError("a column or table name must have characters, and no NUL among them")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    """``value`` as a DuckDB string literal.

    DuckDB knows no backslash escapes in a plain literal, so doubling the quote is complete.

    :raises ValueError: the value holds a NUL character.
    """
    if "\x00" in value:
        raise ValueError("a NUL character cannot stand in SQL text")
    return "'" + value.replace("'", "''") + "'"


def quote_list(values: Iterable[str]) -> str:
    """``values`` as a DuckDB list literal of strings: file paths of ``read_parquet``, for example."""
    return "[" + ", ".join(quote_literal(value) for value in values) + "]"


def identifiers(names: Iterable[str]) -> str:
    """``names`` quoted and separated by commas."""
    return ", ".join(quote_identifier(name) for name in names)
