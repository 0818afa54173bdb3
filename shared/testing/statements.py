"""Statements of a workload as syntax trees: what they say, whatever the engine's way to say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp


def condition_of(statement: str, dialect: str = "duckdb") -> str:
    """The condition of a statement's outermost WHERE; empty when there is none."""
    import sqlglot

    where = sqlglot.parse_one(statement, dialect=dialect).args.get("where")
    return "" if where is None else str(where.this.sql(dialect="duckdb", identify=True))


def outline(statement: str, dialect: str) -> dict[str, Any]:
    """What two statements that do the same on two engines have in common.

    :returns: for each stage (common table expression; ``""`` for the outermost query) where it reads from, its
        columns in order, which of them are passed on as they are, the types that values are cast to, the lists of
        values they are compared with, and how rows are numbered.
    """
    import sqlglot
    from sqlglot import exp

    tree: Any = sqlglot.parse_one(statement, dialect=dialect)
    stages = {stage.alias: stage.this for stage in tree.find_all(exp.CTE)}
    found = {name: _stage(select) for name, select in stages.items()}
    final = tree.copy()
    final.set("with_", None)
    final.set("with", None)
    return {**found, "": _stage(final)}


def _stage(select: Any) -> dict[str, Any]:
    from sqlglot import exp

    source = select.args.get("from_") or select.args.get("from")
    return {
        "from": source.name if source is not None else "",
        "where": _text(select.args.get("where")) is not None,
        "columns": [item.alias_or_name for item in select.expressions],
        "passed on": [item.name for item in select.expressions if isinstance(item, exp.Column)],
        "casts": {item.alias_or_name: _casts(item) for item in select.expressions},
        "values": {item.alias_or_name: _lists(item) for item in select.expressions},
        "numbered": [_text(window) for window in select.find_all(exp.Window)],
    }


def _casts(item: exp.Expression) -> list[str]:
    """Types of the outermost value; text and dates on the way there are the engine's own business."""
    from sqlglot import exp

    kinds = {cast.to.sql(dialect="duckdb") for cast in item.find_all(exp.Cast, exp.TryCast)}
    return sorted(kind for kind in kinds if kind.startswith(("DECIMAL", "BIGINT", "BOOLEAN")))


def _lists(item: exp.Expression) -> list[list[str]]:
    from sqlglot import exp

    return [[value.name for value in found.expressions] for found in item.find_all(exp.In)]


def _text(node: exp.Expression | None) -> str | None:
    return None if node is None else str(node.sql(dialect="duckdb", identify=True))
