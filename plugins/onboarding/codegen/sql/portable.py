"""A checked expression of a person, made to mean the same on every engine.

It is written in the embedded engine's dialect; where another engine would compute something else, its tree is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql import dates, numbers
from onboarding.codegen.sql.engines import Engine, call, case, not_null, number, text, try_cast
from onboarding.codegen.sql.kinds import kind_of
from onboarding.spec.cleaning_arguments import Cast
from onboarding.spec.column_types import NUMBERS, TEMPORAL, ColumnType
from onboarding.spec.date_formats import ISO_DATE, ISO_TIMESTAMP
from onboarding.spec.expressions import parse_tree

_TIMESTAMP_FORMATS = [ISO_TIMESTAMP, ISO_DATE]


def portable(
    sql: str,
    engine: Engine,
    *,
    where: str,
    columns: Mapping[str, ColumnType],
    inline: Mapping[str, str] | None = None,
    strict: bool = False,
) -> exp.Expression:
    """The tree of ``sql`` for one engine.

    :param columns: columns that may be read, with their types.
    :param inline: derived columns by name with their own SQL, written in place of the name.
    :param strict: a value that ``CAST`` cannot read ends the statement as failed, instead of being NULL.
    """
    given = dict(inline or {})
    tree = parse_tree(sql, where=where, columns=[*columns, *given])
    return _Rewriter(engine, where, columns, given, strict=strict).rewrite(tree)


def infer_type(sql: str, columns: Mapping[str, ColumnType], *, where: str) -> ColumnType:
    """Type of an expression over these columns; integer where it cannot be told."""
    return kind_of(parse_tree(sql, where=where, columns=list(columns)), columns) or ColumnType.INTEGER


class _Rewriter:
    """Rewrites a tree from its leaves upwards, with the types that its parts had before."""

    def __init__(
        self,
        engine: Engine,
        where: str,
        columns: Mapping[str, ColumnType],
        inline: Mapping[str, str],
        *,
        strict: bool = False,
    ) -> None:
        self._strict = strict
        self.engine, self._where, self._columns, self._inline = engine, where, columns, inline
        self._known = dict(columns)
        for name, sql in inline.items():
            kind = kind_of(parse_tree(sql, where=where, columns=list(self._known)), self._known)
            if kind is not None:
                self._known[name] = kind

    def kind(self, node: Any) -> ColumnType | None:
        """Type of a part that was not rewritten yet."""
        return kind_of(node, self._known) if isinstance(node, exp.Expression) else None

    def rewrite(self, node: exp.Expression) -> exp.Expression:
        """The tree for the engine."""
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.DataType):
            return exp.DataType.build("TIMESTAMP") if node.this.name == "TIMESTAMPNTZ" else node
        kinds = {key: self._kinds(child) for key, child in node.args.items()}
        for key, child in list(node.args.items()):
            if isinstance(child, list):
                node.set(key, [self.rewrite(item) if isinstance(item, exp.Expression) else item for item in child])
            elif isinstance(child, exp.Expression):
                node.set(key, self.rewrite(child))
        handler = _HANDLERS.get(type(node))
        given = node.this.copy() if self._strict and type(node) is exp.Cast else None
        made = handler(node, kinds, self.engine) if handler else node
        return made if given is None else _or_refused(given, made, self.engine)

    def _kinds(self, child: Any) -> Any:
        return [self.kind(item) for item in child] if isinstance(child, list) else self.kind(child)

    def _column(self, node: exp.Expression) -> exp.Expression:
        if node.name not in self._inline:
            return node
        names = list(self._inline)
        earlier = {other: self._inline[other] for other in names[: names.index(node.name)]}
        nested = portable(
            self._inline[node.name], self.engine, where=self._where, columns=self._columns, inline=earlier
        )
        return exp.Paren(this=nested)


_Kinds = Mapping[str, Any]


def _or_refused(given: exp.Expression, read: exp.Expression, engine: Engine) -> exp.Expression:
    """What was read of a value; where there was one and nothing could be read, the statement fails."""
    lost = exp.And(this=not_null(given), expression=exp.Is(this=read.copy(), expression=exp.Null()))
    return case((lost, engine.refuse("a value that CAST cannot read")), default=read)


def _divide(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    """Decimals divided: DOUBLE on DuckDB, DECIMAL on Spark; by zero: inf, NULL or an error."""
    double = exp.DataType.build("DOUBLE")
    below = exp.Nullif(this=try_cast(node.expression, double.copy()), expression=number(0))
    return exp.Div(this=try_cast(node.this, double), expression=below, typed=False, safe=False)


def _modulo(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return exp.Mod(this=node.this, expression=exp.Nullif(this=node.expression, expression=number(0)))


def _arithmetic(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    """Overflow: an error on one engine, a wrong number on another; days between dates: an interval on Spark."""
    both = {kinds["this"], kinds["expression"]}
    if both == {ColumnType.DATE} and isinstance(node, exp.Sub):
        return exp.DateDiff(this=node.this, expression=node.expression, unit=exp.Var(this="DAY"))
    if both <= {ColumnType.INTEGER, ColumnType.DECIMAL} and isinstance(node, exp.Binary):
        return engine.or_null(node)
    return node


def _trim(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return engine.trim(node.this)


def _lower(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return engine.lower(node.this)


def _upper(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return engine.upper(node.this)


def _ilike(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return exp.Like(this=engine.lower(node.this), expression=engine.lower(node.expression))


def _full_match(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return engine.full_match(node.this, node.expression.name)


def _match(node: exp.Expression, _: _Kinds, engine: Engine) -> exp.Expression:
    return engine.matches(node.this, node.expression.name)


def _concat(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    """What is missing is left out on one engine, and makes all of it missing on another."""
    parts = zip(node.expressions, kinds["expressions"], strict=True)
    return call("CONCAT", *(call("COALESCE", _as_text(part, kind, engine), text("")) for part, kind in parts))


def _pipe(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    left, right = _as_text(node.this, kinds["this"], engine), _as_text(node.expression, kinds["expression"], engine)
    return exp.DPipe(this=left, expression=right)


def _as_text(value: exp.Expression, kind: ColumnType | None, engine: Engine) -> exp.Expression:
    return value if kind is None else engine.text_of(value, kind)


def _round(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    scale = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    return numbers.rounded(node.this, kinds["this"], scale) if kinds["this"] else node


def _days_between(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    """Days by the calendar: Spark counts whole days between timestamps."""
    for key in ("this", "expression"):
        if kinds[key] is ColumnType.TIMESTAMP:
            node.set(key, exp.Cast(this=node.args[key], to=exp.DataType.build("DATE")))
        elif kinds[key] is ColumnType.TEXT and not isinstance(node.args[key], exp.Literal):
            node.set(key, dates.parse_date(node.args[key], [ISO_DATE], engine))
    return node


def _whole(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    """The whole number next to a double is a double, or an integer on Spark."""
    return try_cast(node, exp.DataType.build("DOUBLE")) if kinds["this"] is ColumnType.DOUBLE else node


def _cast(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    kind, value, to = kinds["this"], node.this, node.args["to"]
    target = kind_of(node, {})
    if target is ColumnType.TEXT:
        return _as_text(value, kind, engine)
    if kind is ColumnType.TEXT and isinstance(value, exp.Literal) and target in TEMPORAL:
        return exp.Cast(this=value, to=to)
    if kind is ColumnType.TEXT and target is not None:
        return read_text(value, target, to, engine)
    if kind is ColumnType.DOUBLE and target is ColumnType.DECIMAL:
        scale = int(to.expressions[1].this.name)
        return try_cast(numbers.rounded(value, kind, scale), to)
    if kind in (ColumnType.DOUBLE, ColumnType.DECIMAL) and target is ColumnType.INTEGER:
        return try_cast(numbers.rounded(value, kind, 0), to)
    return try_cast(value, to)


def read_text(value: exp.Expression, kind: ColumnType, to: exp.Expression, engine: Engine) -> exp.Expression:
    """A text read as a type, never guessed; NULL when it is no such value."""
    if kind in NUMBERS:
        return numbers.cast_number(value, to, kind, Cast(), engine)
    if kind is ColumnType.DATE:
        return dates.parse_date(value, [ISO_DATE], engine)
    if kind is ColumnType.TIMESTAMP:
        return dates.parse_timestamp(value, _TIMESTAMP_FORMATS, engine)
    return try_cast(value, to)


def _compare(node: exp.Expression, kinds: _Kinds, engine: Engine) -> exp.Expression:
    """A text beside a number or a date is read as that; engines would raise, or give NULL, or compare texts."""
    sides = {key: kind for key, kind in kinds.items() if isinstance(kind, ColumnType)}
    listed = [kind for kind in kinds.get("expressions") or [] if kind is not None]
    wanted = {kind for kind in (*sides.values(), *listed) if kind is not ColumnType.TEXT}
    for key, kind in sides.items():
        value = node.args[key]
        if wanted and kind is ColumnType.TEXT and not isinstance(value, exp.Literal):
            node.set(key, _read_like(value, wanted, engine))
    return node


def _read_like(value: exp.Expression, wanted: Collection[ColumnType], engine: Engine) -> exp.Expression:
    if all(kind in NUMBERS for kind in wanted):
        return read_text(value, ColumnType.DOUBLE, exp.DataType.build("DOUBLE"), engine)
    if set(wanted) == {ColumnType.DATE}:
        return read_text(value, ColumnType.DATE, exp.DataType.build("DATE"), engine)
    if set(wanted) == {ColumnType.TIMESTAMP}:
        return read_text(value, ColumnType.TIMESTAMP, exp.DataType.build("TIMESTAMP"), engine)
    return value


_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.NullSafeEQ, exp.NullSafeNEQ)
_HANDLERS: dict[type, Callable[[Any, _Kinds, Engine], exp.Expression]] = {
    exp.Div: _divide,
    exp.Mod: _modulo,
    exp.Add: _arithmetic,
    exp.Sub: _arithmetic,
    exp.Mul: _arithmetic,
    exp.Trim: _trim,
    exp.Lower: _lower,
    exp.Upper: _upper,
    exp.ILike: _ilike,
    exp.RegexpFullMatch: _full_match,
    exp.RegexpLike: _match,
    exp.Concat: _concat,
    exp.DPipe: _pipe,
    exp.Round: _round,
    exp.Floor: _whole,
    exp.Ceil: _whole,
    exp.DateDiff: _days_between,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    **dict.fromkeys(_COMPARISONS, _compare),
}
