"""Logical types of the parts of a checked expression, as far as its columns and its functions tell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.spec.column_types import NUMBERS, ColumnType

_TEXTS = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Concat, exp.DPipe, exp.Replace, exp.Left, exp.Right)
_INTEGERS = (exp.Length, exp.Year, exp.Month, exp.Day, exp.Hour, exp.Extract, exp.DateDiff)
_BOOLEANS = (exp.Predicate, exp.Boolean, exp.Not, exp.And, exp.Or, exp.RegexpLike, exp.RegexpFullMatch, exp.StartsWith)
_SAME = (exp.Paren, exp.Neg, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Nullif)
_WIDEST = (exp.Coalesce, exp.Greatest, exp.Least)
_OF_TYPE = {
    "TEXT": ColumnType.TEXT,
    "VARCHAR": ColumnType.TEXT,
    "INT": ColumnType.INTEGER,
    "BIGINT": ColumnType.INTEGER,
    "DECIMAL": ColumnType.DECIMAL,
    "DOUBLE": ColumnType.DOUBLE,
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    "TIMESTAMP": ColumnType.TIMESTAMP,
    "TIMESTAMPNTZ": ColumnType.TIMESTAMP,
}


def kind_of(node: exp.Expression, columns: Mapping[str, ColumnType]) -> ColumnType | None:
    """Type of an expression's value; None where it cannot be told (NULL, dates moved by numbers)."""
    if isinstance(node, exp.Column):
        return columns.get(node.name)
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Cast | exp.TryCast):
        return _OF_TYPE.get(node.to.this.name)
    if isinstance(node, _BOOLEANS):
        return ColumnType.BOOLEAN
    if isinstance(node, _TEXTS):
        return ColumnType.TEXT
    if isinstance(node, _INTEGERS):
        return ColumnType.INTEGER
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return ColumnType.TIMESTAMP
    if isinstance(node, _SAME):
        return kind_of(node.this, columns)
    return _of_parts(node, columns)


def _of_parts(node: exp.Expression, columns: Mapping[str, ColumnType]) -> ColumnType | None:
    if isinstance(node, exp.Div):
        return ColumnType.DOUBLE
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
        return _arithmetic(kind_of(node.left, columns), kind_of(node.right, columns), node)
    if isinstance(node, _WIDEST):
        return widest(kind_of(part, columns) for part in (node.this, *node.expressions))
    if isinstance(node, exp.If):
        return widest(kind_of(part, columns) for part in (node.args["true"], node.args.get("false")) if part)
    if isinstance(node, exp.Case):
        parts = [item.args["true"] for item in node.args["ifs"]] + [node.args.get("default")]
        return widest(kind_of(part, columns) for part in parts if part)
    return None


def widest(kinds: Iterable[ColumnType | None]) -> ColumnType | None:
    """The type that values of all these types become."""
    known = [kind for kind in kinds if kind is not None]
    if known and all(kind in NUMBERS for kind in known):
        return max(known, key=NUMBERS.index)
    return known[0] if known else None


def _literal(node: exp.Literal) -> ColumnType:
    if node.is_string:
        return ColumnType.TEXT
    if "e" in node.name.lower():
        return ColumnType.DOUBLE
    return ColumnType.DECIMAL if "." in node.name else ColumnType.INTEGER


def _arithmetic(left: ColumnType | None, right: ColumnType | None, node: exp.Expression) -> ColumnType | None:
    if left in NUMBERS and right in NUMBERS:
        return widest([left, right])
    days = left is ColumnType.DATE and right is ColumnType.DATE and isinstance(node, exp.Sub)
    return ColumnType.INTEGER if days else None
