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

    tree: Any = sqlglot.parse_one(text, dialect="spark")
    for node in reversed(list(tree.dfs())):  # parts before the whole
        said = _translate(node)
        if node is tree:
            tree = said
        elif said is not node:
            node.replace(said)
    return str(tree.sql(dialect="duckdb"))


def _translate(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.RegexpReplace | exp.RegexpLike | exp.RegexpExtract):
        return _re2(node)
    if isinstance(node, exp.DataType) and node.this is exp.DataType.Type.TIMESTAMPTZ:
        return exp.DataType.build("TIMESTAMP")  # the session's time zone is UTC
    if isinstance(node, exp.Transform):
        function = node.expression
        return exp.Array(
            expressions=[exp.Comprehension(this=function.this, expression=function.expressions[0], iterator=node.this)]
        )
    if isinstance(node, exp.SafeAdd | exp.SafeSubtract | exp.SafeMultiply):
        operator = {exp.SafeAdd: exp.Add, exp.SafeSubtract: exp.Sub, exp.SafeMultiply: exp.Mul}[type(node)]
        return _call("TRY", operator(this=node.this, expression=node.expression))
    if isinstance(node, exp.Format):
        return _call("PRINTF", node.this, *node.expressions)
    if isinstance(node, exp.JSONExtractScalar):
        path = exp.Literal.string(node.expression.sql(dialect="duckdb").strip("'"))
        value = _call("JSON_EXTRACT_STRING", node.this.copy(), path)
        return exp.Case(ifs=[exp.If(this=_is_json(node.this), true=value)])
    if isinstance(node, exp.Anonymous):
        return _function(node)
    return node


def _is_json(value: Any) -> Any:
    """Whether a text is JSON; unlike Spark, the embedded engine takes a comma behind the last item."""
    from sqlglot import exp

    literals = [exp.Literal.string(text) for text in (r'"([^"\\]|\\.)*"', "0", "g", r",\s*[}\]]")]
    structure = _call("REGEXP_REPLACE", value.copy(), *literals[:3])
    comma_at_end = _call("REGEXP_MATCHES", structure, literals[3])
    return exp.And(this=_call("JSON_VALID", value), expression=exp.Not(this=comma_at_end))


def _function(node: Any) -> Any:
    """A function of Spark that the parser has no word for."""
    from sqlglot import exp

    if node.name.upper() == "TIMESTAMP_MICROS":
        return _call("MAKE_TIMESTAMP", *node.expressions)
    if node.name.upper() == "FORMAT_NUMBER":
        value, scale = node.expressions
        decimal = exp.Cast(this=value, to=exp.DataType.build(f"DECIMAL(38, {scale.name})"))
        return exp.Cast(this=decimal, to=exp.DataType.build("TEXT"))
    return node


def _call(name: str, *arguments: Any) -> Any:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=list(arguments))


def _re2(node: Any) -> Any:
    """Java's spelling of a pattern and of its replacement in RE2's: ``(?i)``, and ``\\1`` for ``$1``."""
    from sqlglot import exp

    pattern, replacement = node.expression, node.args.get("replacement")
    if isinstance(pattern, exp.Literal):
        pattern.set("this", pattern.name.replace("(?iu", "(?i"))
    if isinstance(replacement, exp.Literal):
        replacement.set("this", _references(replacement.name))
    return node


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
