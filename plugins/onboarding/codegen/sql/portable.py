"""A checked expression of a person, made to mean the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import Engine, number, try_cast
from onboarding.spec.conf import ColumnType
from onboarding.spec.expressions import parse_tree

_NUMERIC_ORDER = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


def portable(
    sql: str, engine: Engine, *, where: str, columns: Mapping[str, ColumnType], inline: Mapping[str, str] | None = None
) -> exp.Expression:
    """The tree of ``sql`` for one engine.

    :param columns: columns that may be read, with their types.
    :param inline: derived columns by name with their own SQL, written in place of the name.
    """
    given = dict(inline or {})
    tree = parse_tree(sql, where=where, columns=[*columns, *given])

    def rewrite(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and node.name in given:
            earlier = _before(given, node.name)
            nested = portable(given[node.name], engine, where=where, columns=columns, inline=earlier)
            return exp.Paren(this=nested)
        return _same_everywhere(node, engine)

    return tree.transform(rewrite)


def _before(derived: Mapping[str, str], name: str) -> dict[str, str]:
    """Derived columns that come before ``name``: only these may be read by it."""
    names = list(derived)
    return {other: derived[other] for other in names[: names.index(name)]}


def _same_everywhere(node: exp.Expression, engine: Engine) -> exp.Expression:
    if isinstance(node, exp.Div):
        # Decimals divided: DOUBLE on DuckDB, DECIMAL on Spark; by zero: inf, NULL or an error.
        double = exp.DataType.build("DOUBLE")
        below = exp.Nullif(this=try_cast(node.expression, double.copy()), expression=number(0))
        return exp.Div(this=try_cast(node.this, double), expression=below, typed=False, safe=False)
    if isinstance(node, exp.Mod):
        return exp.Mod(this=node.this, expression=exp.Nullif(this=node.expression, expression=number(0)))
    if isinstance(node, exp.Trim):
        return engine.trim(node.this)
    if isinstance(node, exp.RegexpFullMatch) and isinstance(node.expression, exp.Literal):
        return engine.full_match(node.this, node.expression.name)
    if type(node) is exp.Cast and not isinstance(node.this, exp.Literal):
        return try_cast(node.this, node.to)
    if isinstance(node, exp.TryCast):
        node.set("safe", True)
    return node


def infer_type(sql: str, columns: Mapping[str, ColumnType], *, where: str) -> ColumnType:
    """Type of a numeric expression: the widest of its parts; a plain column's own type."""
    tree = parse_tree(sql, where=where, columns=list(columns))
    if isinstance(tree, exp.Column):
        return columns[tree.name]
    if tree.find(exp.Div):
        return ColumnType.DOUBLE
    kinds = [columns[column.name] for column in tree.find_all(exp.Column) if column.name in columns]
    kinds += [
        ColumnType.DECIMAL for literal in tree.find_all(exp.Literal) if not literal.is_string and "." in literal.name
    ]
    numeric = [kind for kind in kinds if kind in _NUMERIC_ORDER]
    return max(numeric, key=_NUMERIC_ORDER.index, default=ColumnType.INTEGER)
