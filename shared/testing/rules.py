"""Rules of a check script on rows: the ones of a table, or rows made from nothing but the types of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.pipeline.literals import quote_identifier, quote_literal
from shared.testing.statements import embedded

ENGINES = ("duckdb", "spark")
_NUMBERS = (
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "HUGEINT",
    "UHUGEINT",
    "BIGINT",
    "INTEGER",
    "SMALLINT",
    "TINYINT",
    "UBIGINT",
    "UINTEGER",
    "USMALLINT",
    "UTINYINT",
)


def predicate(texts: Mapping[str, str], engine: str) -> str:
    """A predicate of a rule for one engine, as the embedded engine runs it."""
    return texts[engine] if engine == "duckdb" else embedded(texts[engine])


def broken(con: Any, rule: Any, engine: str, table: str = '"silver"', order: str = "_source_row") -> list[int]:
    """Positions of the rows that a rule applies to and that do not keep it.

    :param table: a relation with a column ``order`` that numbers its rows.
    """
    applies, satisfied = predicate(rule.applies, engine), predicate(rule.satisfied, engine)
    query = f"SELECT {applies}, {satisfied} FROM {table} ORDER BY {quote_identifier(order)}"  # noqa: S608
    return [number for number, (applied, kept) in enumerate(con.execute(query).fetchall()) if applied and not kept]


def takes_count(con: Any, rule: Any, engine: str, rows: int) -> bool:
    """Whether a rule about the number of rows takes this number."""
    query = f"SELECT {predicate(rule.satisfied, engine)} FROM range({rows})"  # noqa: S608
    return all(row[0] for row in con.execute(query).fetchall())


def made_rows(types: Mapping[str, str], rows: Sequence[Mapping[str, int | None]]) -> str:
    """A relation of rows that differ in every column, numbered by ``_position``.

    :param types: column -> type; lists and structures have no value.
    :param rows: for each row the columns that are different: another row's number, or None for no value.
    """
    lines = []
    for number, given in enumerate(rows):
        values = [_value(kind, given.get(name, number)) for name, kind in types.items()]
        lines.append(f"({', '.join([*values, str(number)])})")
    names = ", ".join(quote_identifier(name) for name in [*types, "_position"])
    return f"(VALUES {', '.join(lines)}) AS made({names})"


def single_value(column: str, kind: str, value: str | None) -> str:
    """A relation of one row with one column, numbered by ``_position``."""
    text = "NULL" if value is None else quote_literal(value)
    return f"(SELECT CAST({text} AS {kind}) AS {quote_identifier(column)}, 0 AS _position)"


def _value(kind: str, number: int | None) -> str:
    if number is None:
        return f"CAST(NULL AS {kind})"
    if kind == "VARCHAR":
        return f"'v{number}'"
    if kind == "BOOLEAN":
        return str(number % 2 == 1).upper()
    if kind.startswith(("DATE", "TIMESTAMP")) and not kind.endswith("]"):
        return f"CAST('2024-01-{number + 1:02d}' AS {kind})"
    if kind.startswith(_NUMBERS) and not kind.endswith("]"):
        return f"CAST({number} AS {kind})"
    return f"CAST(NULL AS {kind})"
