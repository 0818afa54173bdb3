"""Statements of a workload as syntax trees: read as text, or made to run on the embedded engine."""

from __future__ import annotations

import functools
import re
from typing import Any


def condition_of(statement: str, dialect: str = "duckdb") -> str:
    """The condition of a statement's outermost WHERE; empty when there is none."""
    import sqlglot

    where = sqlglot.parse_one(statement, dialect=dialect).args.get("where")
    return "" if where is None else str(where.this.sql(dialect="duckdb", identify=True))


def selected(statement: str) -> dict[str, str]:
    """Column -> expression of a statement's outermost SELECT."""
    import sqlglot

    tree: Any = sqlglot.parse_one(statement, dialect="duckdb")
    return {item.alias_or_name: str(item.unalias().sql(dialect="duckdb", identify=True)) for item in tree.expressions}


@functools.cache
def embedded(text: str) -> str:
    """A statement or an expression for Spark, said for the embedded engine: so it can be run on rows."""
    import sqlglot
    from sqlglot import exp

    def translate(node: Any) -> Any:
        if isinstance(node, exp.RegexpReplace) and isinstance(node.args.get("replacement"), exp.Literal):
            node.args["replacement"].set("this", _references(node.args["replacement"].name))
        if isinstance(node, exp.DataType) and node.this is exp.DataType.Type.TIMESTAMPTZ:
            return exp.DataType.build("TIMESTAMP")  # the session's time zone is UTC
        if isinstance(node, exp.Initcap):
            return sqlglot.parse_one(_TITLE.format(node.this.sql(dialect="duckdb")), dialect="duckdb")
        return node

    return str(sqlglot.parse_one(text, dialect="spark").transform(translate).sql(dialect="duckdb"))


# Spark takes words to be what stands between spaces.
_TITLE = (
    "ARRAY_TO_STRING([UPPER(SUBSTRING(word, 1, 1)) || LOWER(SUBSTRING(word, 2))"
    " FOR word IN STRING_SPLIT({}, ' ')], ' ')"
)


def _references(replacement: str) -> str:
    """Groups are ``$1`` in Java and ``\\1`` in the embedded engine."""
    return re.sub(r"\\\$", "$", re.sub(r"(?<!\\)\$([0-9])", r"\\\1", replacement))


def listed(condition: str, dialect: str = "duckdb") -> list[str]:
    """The values of the first ``IN`` of a condition."""
    import sqlglot
    from sqlglot import exp

    found = sqlglot.parse_one(condition, dialect=dialect).find(exp.In)
    return [] if found is None else [value.name for value in found.expressions]


def table_of(ddl: str) -> dict[str, Any]:
    """What a ``CREATE EXTERNAL TABLE`` says.

    :returns: ``columns`` and ``partitions`` (name -> type), ``format`` and ``location``.
    """
    import sqlglot
    from sqlglot import exp

    tree: Any = sqlglot.parse_one(ddl, dialect="athena")
    partitioned, stored, location = (
        tree.find(kind) for kind in (exp.PartitionedByProperty, exp.FileFormatProperty, exp.LocationProperty)
    )
    partitions = _columns(partitioned) if partitioned else {}
    return {
        "columns": {name: kind for name, kind in _columns(tree.this).items() if name not in partitions},
        "partitions": partitions,
        "format": stored.this.name if stored else "",
        "location": location.this.name if location else "",
    }


def _columns(tree: Any) -> dict[str, str]:
    from sqlglot import exp

    return {
        column.name: column.args["kind"].sql(dialect="hive") if column.args.get("kind") else ""
        for column in tree.find_all(exp.ColumnDef)
    }
