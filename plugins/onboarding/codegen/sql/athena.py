"""Checked expressions and read-only queries for Athena, said with a list of functions; not verified on Athena."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.athena_functions import Typed, call, check_text
from onboarding.codegen.sql.engines import BLANK_CLASS
from onboarding.codegen.sql.java_patterns import java_pattern
from onboarding.codegen.sql.kinds import kind_of, widest
from onboarding.spec.column_types import NUMBERS, TEMPORAL, ColumnType
from onboarding.spec.expressions import parse_tree
from onboarding.spec.plans import GoldMeasure

MARK = "-- Not verified on Athena.\n"
MOST_ROWS = 1000
_TYPES = {
    ColumnType.TEXT: "VARCHAR", ColumnType.INTEGER: "BIGINT", ColumnType.DECIMAL: "DECIMAL(38, 4)",
    ColumnType.DOUBLE: "DOUBLE", ColumnType.BOOLEAN: "BOOLEAN", ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}  # fmt: skip


def read_query(
    database: str,
    table: str,
    columns: Mapping[str, ColumnType],
    *,
    show: Sequence[str] = (),
    measures: Sequence[GoldMeasure] = (),
    filters: Sequence[str] = (),
    limit: int = 100,
) -> str:
    """One SELECT over one table; with measures, grouped by the shown columns.

    :param columns: of the table, with their types.
    :param show: columns of the result; all of them when neither columns nor measures are named.
    :param filters: conditions, as in ``transformations.filters``.
    :param limit: rows at most, up to 1000.
    :raises CodegenError: a column, a function or a type that Athena is not asked for.
    :raises ExpressionError: a filter or a measure that is not allowed.
    """
    shown = list(show) or ([] if measures else list(columns))
    unknown = [name for name in shown if name not in columns]
    if unknown:
        raise CodegenError(
            f"the table {table!r} has no column {unknown[0]!r}", where=f"athena.{table}",
            expected=", ".join(columns), given=unknown[0], remedy="correct the name",
        )  # fmt: skip
    selected = [_quoted(name) for name in shown]
    selected += [exp.alias_(_measure(measure, columns), measure.name, quoted=True) for measure in measures]
    select = exp.Select(expressions=selected).from_(exp.table_(table, db=database, quoted=True))
    for number, text in enumerate(filters):
        where = f"athena.{table}.filters[{number}]"
        select = select.where(exp.Paren(this=athena_expression(text, columns, where=where).tree))
    if measures and shown:
        select = select.group_by(*[_quoted(name) for name in shown])
    return _rendered(select.limit(max(1, min(limit, MOST_ROWS))), f"athena.{table}")


def profile_query(database: str, table: str, columns: Mapping[str, ColumnType]) -> str:
    """One row of measures of every column: rows with a value, about how many different ones, smallest, largest."""
    selected: list[exp.Expression] = [exp.alias_(exp.Count(this=exp.Star()), "rows", quoted=True)]
    for name, kind in columns.items():
        value = Typed(_quoted(name), kind)
        for function in ("COUNT", "APPROX_DISTINCT", "MIN", "MAX"):
            measured = call(function, value, where=f"athena.{table}.{name}")
            selected.append(exp.alias_(measured.tree.copy(), f"{name}__{function.lower()}", quoted=True))
    select = exp.Select(expressions=selected).from_(exp.table_(table, db=database, quoted=True))
    return _rendered(select, f"athena.{table}")


def athena_expression(sql: str, columns: Mapping[str, ColumnType], *, where: str) -> Typed:
    """A person's expression for Athena, with the kind of its value.

    :raises CodegenError: it needs something that Athena is not asked for.
    """
    return _Translator(columns, where).translate(parse_tree(sql, where=where, columns=list(columns)))


def _measure(measure: GoldMeasure, columns: Mapping[str, ColumnType]) -> exp.Expression:
    where = f"athena.{measure.name}"
    if measure.expression.strip() == "*":
        return exp.Count(this=exp.Star())
    value = athena_expression(measure.expression, columns, where=where)
    if measure.aggregation == "count_distinct":
        return exp.Count(this=exp.Distinct(expressions=[value.tree]))
    if measure.aggregation == "avg":
        value = _cast(value, ColumnType.DOUBLE)
    return call(measure.aggregation.upper(), value, where=where).tree


def _rendered(select: exp.Expression, where: str) -> str:
    text = str(select.sql(dialect="athena", pretty=True, identify=True, comments=False)) + "\n"
    check_text(text, where=where)
    return MARK + text


def _quoted(name: str) -> exp.Expression:
    return exp.column(exp.to_identifier(name, quoted=True))


def _cast(value: Typed, kind: ColumnType) -> Typed:
    return (
        value
        if value.kind is kind
        else Typed(exp.TryCast(this=value.tree, to=exp.DataType.build(_TYPES[kind]), safe=True), kind)
    )


class _Translator:
    """From the embedded engine's dialect to calls of the list."""

    def __init__(self, columns: Mapping[str, ColumnType], where: str) -> None:
        self._columns, self.where = columns, where

    def translate(self, node: Any) -> Typed:
        """The part for Athena.

        :raises CodegenError: there is no way to say it with the list.
        """
        for kinds, handler in _HANDLERS.items():
            if type(node) in kinds:
                return handler(self, node)
        raise self.refused(node, "an expression of columns, comparisons, arithmetic and the functions of the list")

    def call(self, name: str, *arguments: Typed) -> Typed:
        """A call of the list."""
        return call(name, *arguments, where=self.where)

    def parts(self, nodes: Sequence[Any]) -> list[Typed]:
        """Several parts."""
        return [self.translate(node) for node in nodes]

    def as_text(self, node: Any) -> Typed:
        """A part as text."""
        return _cast(self.translate(node), ColumnType.TEXT)

    def kind(self, node: Any) -> ColumnType | None:
        """Kind of a part that is a plain leaf."""
        return kind_of(node, self._columns)

    def refused(self, node: exp.Expression, expected: str) -> CodegenError:
        """An error about a part."""
        return CodegenError(
            "the expression cannot be asked of Athena", where=self.where, expected=expected,
            given=node.sql(dialect="duckdb"), remedy="write it another way, or derive the column in Silver",
        )  # fmt: skip


def _leaf(to: _Translator, node: Any) -> Typed:
    if isinstance(node, exp.Column):
        return Typed(_quoted(node.name), to.kind(node))
    return Typed(node.copy(), to.kind(node))


def _wrapped(to: _Translator, node: Any) -> Typed:
    inner = to.translate(node.this)
    return Typed(type(node)(this=inner.tree), ColumnType.BOOLEAN if isinstance(node, exp.Not) else inner.kind)


def _logical(to: _Translator, node: Any) -> Typed:
    left, right = to.parts([node.left, node.right])
    return Typed(type(node)(this=left.tree, expression=right.tree), ColumnType.BOOLEAN)


def _comparison(to: _Translator, node: Any) -> Typed:
    """Trino compares no text with a number, and no text with a date."""
    left, right = to.parts([node.left, node.right])
    _comparable(to, node, left, right)
    return Typed(type(node)(this=left.tree, expression=_as_date(left, right).tree), ColumnType.BOOLEAN)


def _comparable(to: _Translator, node: Any, left: Typed, right: Typed) -> None:
    groups = [_group(part.kind) for part in (left, _as_date(left, right)) if part.kind is not None]
    if len(set(groups)) > 1:
        raise to.refused(node, f"two values of one kind, not {left.kind} and {right.kind}")


def _group(kind: Any) -> str:
    return "number" if kind in NUMBERS else "moment" if kind in TEMPORAL else str(kind)


def _as_date(left: Typed, right: Typed) -> Typed:
    """A text in quotes beside a date or a timestamp is one."""
    if left.kind in TEMPORAL and isinstance(right.tree, exp.Literal) and right.tree.is_string:
        return _cast(right, ColumnType(str(left.kind)))
    return right


def _between(to: _Translator, node: Any) -> Typed:
    value, low, high = to.parts([node.this, node.args["low"], node.args["high"]])
    for limit in (low, high):
        _comparable(to, node, value, limit)
    ends = {"low": _as_date(value, low).tree, "high": _as_date(value, high).tree}
    return Typed(exp.Between(this=value.tree, **ends), ColumnType.BOOLEAN)


def _in(to: _Translator, node: Any) -> Typed:
    value, items = to.translate(node.this), to.parts(node.expressions)
    for item in items:
        _comparable(to, node, value, item)
    return Typed(
        exp.In(this=value.tree, expressions=[_as_date(value, item).tree for item in items]), ColumnType.BOOLEAN
    )


def _like(to: _Translator, node: Any) -> Typed:
    value, pattern = to.parts([node.this, node.expression])
    if isinstance(node, exp.ILike):
        value, pattern = to.call("LOWER", value), to.call("LOWER", pattern)
    return Typed(exp.Like(this=value.tree, expression=pattern.tree), ColumnType.BOOLEAN)


def _arithmetic(to: _Translator, node: Any) -> Typed:
    left, right = to.parts([node.left, node.right])
    if left.kind is right.kind is ColumnType.DATE and isinstance(node, exp.Sub):
        return to.call("DATE_DIFF", Typed(exp.Literal.string("day"), ColumnType.TEXT), right, left)
    if not {left.kind, right.kind} <= {*NUMBERS, None}:
        raise to.refused(node, "arithmetic with numbers")
    if isinstance(node, exp.Div):
        left, right = _cast(left, ColumnType.DOUBLE), _cast(right, ColumnType.DOUBLE)
    if isinstance(node, exp.Div | exp.Mod):
        right = to.call("NULLIF", right, Typed(exp.Literal.number(0), ColumnType.INTEGER))
    kinds = [ColumnType(str(part.kind)) for part in (left, right) if part.kind is not None]
    tree = (
        exp.Div(this=left.tree, expression=right.tree, typed=True, safe=False)
        if isinstance(node, exp.Div)
        else type(node)(this=left.tree, expression=right.tree)
    )
    return Typed(tree, widest(kinds))


def _joined(to: _Translator, node: Any) -> Typed:
    if isinstance(node, exp.DPipe):
        return to.call("CONCAT", to.as_text(node.left), to.as_text(node.right))
    nothing = Typed(exp.Literal.string(""), ColumnType.TEXT)
    parts = [to.call("COALESCE", to.as_text(item), nothing) for item in node.expressions]
    return to.call("CONCAT", *parts) if len(parts) > 1 else parts[0]


def _case(to: _Translator, node: Any) -> Typed:
    subject = to.translate(node.this).tree if node.args.get("this") else None
    pairs = [(to.translate(item.this), to.translate(item.args["true"])) for item in node.args["ifs"]]
    default = to.translate(node.args["default"]) if node.args.get("default") else None
    kinds = [item.kind for _, item in pairs] + ([default.kind] if default else [])
    ifs = [exp.If(this=test.tree, true=value.tree) for test, value in pairs]
    tree = exp.Case(this=subject, ifs=ifs, default=default.tree if default else None)
    return Typed(tree, widest([ColumnType(str(kind)) for kind in kinds if kind is not None]))


def _if(to: _Translator, node: Any) -> Typed:
    return _case(to, exp.Case(ifs=[exp.If(this=node.this, true=node.args["true"])], default=node.args.get("false")))


def _casted(to: _Translator, node: Any) -> Typed:
    kind = kind_of(node, {})
    if kind is None:
        raise to.refused(node, "a cast to a type of the list")
    if kind is ColumnType.DECIMAL:
        tree = exp.TryCast(this=to.translate(node.this).tree, to=node.to.copy(), safe=True)
        return Typed(tree, kind)
    return _cast(to.translate(node.this), kind)


def _widest_of(to: _Translator, node: Any) -> Typed:
    """Greatest and least of what is there: on Athena a single NULL makes all of it NULL."""
    name = "GREATEST" if isinstance(node, exp.Greatest) else "LEAST"
    found, *others = to.parts([node.this, *node.expressions])
    for other in others:
        left = to.call("COALESCE", found, other)
        right = to.call("COALESCE", Typed(other.tree.copy(), other.kind), Typed(found.tree.copy(), found.kind))
        found = to.call(name, left, right)
    return found


def _right(to: _Translator, node: Any) -> Typed:
    value = to.translate(node.this)
    length = to.call("LENGTH", Typed(value.tree.copy(), value.kind)).tree
    first = exp.Add(this=exp.Sub(this=length, expression=node.expression.copy()), expression=exp.Literal.number(1))
    one = Typed(exp.Literal.number(1), ColumnType.INTEGER)
    return to.call("SUBSTR", value, to.call("GREATEST", Typed(first, ColumnType.INTEGER), one))


def _left(to: _Translator, node: Any) -> Typed:
    one = Typed(exp.Literal.number(1), ColumnType.INTEGER)
    return to.call("SUBSTR", to.translate(node.this), one, to.translate(node.expression))


def _trim(to: _Translator, node: Any) -> Typed:
    pattern = exp.Literal.string(f"\\A{BLANK_CLASS}+|{BLANK_CLASS}+\\z")
    return to.call("REGEXP_REPLACE", to.translate(node.this), Typed(pattern, ColumnType.TEXT))


def _match(to: _Translator, node: Any) -> Typed:
    pattern = java_pattern(node.expression.name)
    if isinstance(node, exp.RegexpFullMatch):
        pattern = f"\\A(?:{pattern})\\z"
    return to.call("REGEXP_LIKE", to.translate(node.this), Typed(exp.Literal.string(pattern), ColumnType.TEXT))


def _extract(to: _Translator, node: Any) -> Typed:
    return to.call(node.name.upper(), to.translate(node.expression))


def _truncated(to: _Translator, node: Any) -> Typed:
    unit = exp.Literal.string(str(node.args["unit"]).strip("'").lower())
    return to.call("DATE_TRUNC", Typed(unit, ColumnType.TEXT), to.translate(node.this))


def _days(to: _Translator, node: Any) -> Typed:
    later, earlier = (_cast(part, ColumnType.DATE) for part in to.parts([node.this, node.expression]))
    return to.call("DATE_DIFF", Typed(exp.Literal.string("day"), ColumnType.TEXT), earlier, later)


def _named(name: str, *keys: str) -> Callable[[_Translator, Any], Typed]:
    """A function of the same meaning: its parts in this order, missing ones left out."""

    def translate(to: _Translator, node: Any) -> Typed:
        given: list[Any] = []
        for key in keys:
            part = node.args.get(key)
            given += part if isinstance(part, list) else [part]
        return to.call(name, *to.parts([part for part in given if part is not None]))

    return translate


_HANDLERS: dict[tuple[type, ...], Callable[[_Translator, Any], Typed]] = {
    (exp.Column, exp.Literal, exp.Boolean, exp.Null): _leaf,
    (exp.Paren, exp.Not, exp.Neg): _wrapped,
    (exp.And, exp.Or): _logical,
    (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ): _comparison,
    (exp.Is,): _logical,
    (exp.Between,): _between,
    (exp.In,): _in,
    (exp.Like, exp.ILike): _like,
    (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod): _arithmetic,
    (exp.DPipe, exp.Concat): _joined,
    (exp.Case,): _case,
    (exp.If,): _if,
    (exp.Cast, exp.TryCast): _casted,
    (exp.Greatest, exp.Least): _widest_of,
    (exp.Right,): _right,
    (exp.Left,): _left,
    (exp.Trim,): _trim,
    (exp.RegexpLike, exp.RegexpFullMatch): _match,
    (exp.Extract,): _extract,
    (exp.TimestampTrunc, exp.DateTrunc): _truncated,
    (exp.DateDiff,): _days,
    (exp.Lower,): _named("LOWER", "this"),
    (exp.Upper,): _named("UPPER", "this"),
    (exp.Length,): _named("LENGTH", "this"),
    (exp.Substring,): _named("SUBSTR", "this", "start", "length"),
    (exp.Replace,): _named("REPLACE", "this", "expression", "replacement"),
    (exp.StartsWith,): _named("STARTS_WITH", "this", "expression"),
    (exp.Abs,): _named("ABS", "this"),
    (exp.Round,): _named("ROUND", "this", "decimals"),
    (exp.Floor,): _named("FLOOR", "this"),
    (exp.Ceil,): _named("CEIL", "this"),
    (exp.Coalesce,): _named("COALESCE", "this", "expressions"),
    (exp.Nullif,): _named("NULLIF", "this", "expression"),
    (exp.Year,): _named("YEAR", "this"),
    (exp.Month,): _named("MONTH", "this"),
    (exp.Day,): _named("DAY", "this"),
    (exp.Hour,): _named("HOUR", "this"),
}
