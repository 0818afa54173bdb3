"""Quality rules as predicates: ``applies`` (the rows a rule is about) and ``satisfied`` (those that keep it).

Arguments (``QualityRule.arguments``) of each check:

==============  ============================================================================================
``not_null``    none: every column of the rule has a value
``unique``      none: no other row has the same values
``in_set``      ``values``
``range``       ``minimum``, ``maximum`` (either may be missing; both inclusive)
``regex``       ``pattern``: the whole value matches
``date``        ``minimum``, ``maximum`` (ISO dates); ``not_future``: not after the day of its load (Silver)
``luhn``        none: the check digit is right
``expression``  ``expression``: SQL condition; rows for which it is NULL are not judged
``parsed``      none: what the source had could be read as the column's type and format
``row_count``   ``minimum``, ``maximum``: rows of the candidate (table rule)
``freshness``   ``maximum_age_days``: newest value of the column against the day of the load (Silver, table rule)
==============  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.schema import TableColumn
from onboarding.codegen.sql.cleaning import is_text, typed_value
from onboarding.codegen.sql.engines import (
    Engine,
    call,
    chain,
    column,
    data_type,
    is_null,
    not_null,
    number,
    text,
    try_cast,
)
from onboarding.codegen.sql.portable import portable
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.patterns import pattern_problem
from onboarding.spec.plans import QualityRule

_TABLE_CHECKS = ("row_count", "freshness")
# Checks on the value itself, which a masked column no longer has.
_VALUE_CHECKS = ("in_set", "range", "regex", "date", "luhn", "expression")
_LUHN_DIGITS = 19


@dataclass(frozen=True)
class RulePredicates:
    """SQL text of a rule on one engine."""

    applies: str
    satisfied: str


def rule_kind(rule: QualityRule) -> Literal["row", "table"]:
    """``table``: one boolean over the whole candidate."""
    return "table" if rule.check in _TABLE_CHECKS else "row"


def rule_predicates(rule: QualityRule, columns: Mapping[str, TableColumn], engine: Engine) -> RulePredicates:
    """The two predicates over the candidate's columns, as text.

    :raises CodegenError: as :func:`rule_conditions`.
    """
    applies, satisfied = rule_conditions(rule, columns, engine)
    return RulePredicates(engine.inline(applies), engine.inline(satisfied))


def rule_conditions(
    rule: QualityRule, columns: Mapping[str, TableColumn], engine: Engine
) -> tuple[exp.Expression, exp.Expression]:
    """The two predicates over the candidate's columns: ``applies`` and ``satisfied``.

    :raises CodegenError: an unknown column, a missing argument, or a check on values that are masked.
    """
    _check_columns(rule, columns)
    emit = _EMITTERS.get(rule.check)
    if emit is None:
        raise _error(rule, f"a check of {', '.join(sorted(_EMITTERS))}", f"{rule.check}: not supported yet")
    return emit(_Target(rule, columns, engine))


@dataclass(frozen=True)
class _Target:
    """A rule with what its emitter needs."""

    rule: QualityRule
    columns: Mapping[str, TableColumn]
    engine: Engine

    @property
    def first(self) -> TableColumn:
        return self.columns[self.rule.columns[0]]

    @property
    def value(self) -> exp.Expression:
        """The first column's value; in Bronze, where all is text, read as its type."""
        first = self.first
        if first.bronze is None or first.type is ColumnType.TEXT or not is_text(first.bronze.physical_type):
            return column(first.name)
        return typed_value(column(first.name), first.bronze, self.engine)

    @property
    def as_text(self) -> exp.Expression:
        """The first column's value as text."""
        return self.engine.text_of(self.value, self.first.type, self.first.scale)

    def raw(self) -> list[exp.Expression]:
        """All columns of the rule as they are stored."""
        return [column(self.columns[name].name) for name in self.rule.columns]

    def argument(self, name: str) -> Any:
        value = self.rule.arguments.get(name)
        if value is None:
            raise _error(self.rule, f"the argument {name}", ", ".join(self.rule.arguments) or "no argument")
        return value

    def literal(self, value: Any) -> exp.Expression:
        """A value as the type of the first column."""
        kind = self.first
        if kind.type is ColumnType.TEXT:
            return text(str(value))
        if kind.type in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE):
            return _numeric_literal(self.rule, value)
        if kind.type is ColumnType.BOOLEAN:
            return exp.true() if value in (True, "true", "True") else exp.false()
        return exp.Cast(this=text(str(value)), to=data_type(kind.type))


_Pair = tuple[exp.Expression, exp.Expression]


def _not_null(target: _Target) -> _Pair:
    return exp.true(), _all([not_null(value) for value in target.raw()])


def _unique(target: _Target) -> _Pair:
    keys = target.raw()
    same = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[key.copy() for key in keys])
    return _all([not_null(key) for key in keys]), exp.EQ(this=same, expression=number(1))


def _in_set(target: _Target) -> _Pair:
    values = [target.literal(value) for value in target.argument("values")]
    return not_null(target.value), exp.In(this=target.value, expressions=values)


def _range(target: _Target) -> _Pair:
    bounds = []
    if target.rule.arguments.get("minimum") is not None:
        bounds.append(exp.GTE(this=target.value, expression=target.literal(target.argument("minimum"))))
    if target.rule.arguments.get("maximum") is not None:
        bounds.append(exp.LTE(this=target.value, expression=target.literal(target.argument("maximum"))))
    if not bounds:
        raise _error(target.rule, "the argument minimum or maximum", "neither")
    return not_null(target.value), _all(bounds)


def _date(target: _Target) -> _Pair:
    bounds = []
    day = exp.Cast(this=target.value, to=exp.DataType.build("DATE"))
    for name, node in (("minimum", exp.GTE), ("maximum", exp.LTE)):
        if target.rule.arguments.get(name) is not None:
            limit = exp.Cast(this=text(str(target.argument(name))), to=exp.DataType.build("DATE"))
            bounds.append(node(this=day.copy(), expression=limit))
    if target.rule.arguments.get("not_future"):
        today = exp.LTE(this=day.copy(), expression=_load_date(target))
        bounds.append(call("COALESCE", today, exp.true()))
    return not_null(target.value), _all(bounds) if bounds else not_null(target.value)


def _regex(target: _Target) -> _Pair:
    pattern = str(target.argument("pattern"))
    problem = pattern_problem(pattern)
    if problem:
        raise _error(target.rule, "a regular expression that every engine reads alike", f"{pattern!r}: {problem}")
    return not_null(target.value), target.engine.full_match(target.as_text, pattern)


def _luhn(target: _Target) -> _Pair:
    """Every second digit from the right counts double, digits of the double added: looked up in a string."""
    digits = call("REVERSE", target.engine.replace_all(target.as_text, "[^0-9]", ""))
    total: exp.Expression = number(0)
    for position in range(_LUHN_DIGITS):
        digit = call("SUBSTRING", digits.copy(), number(position + 1), number(1))
        if position % 2:
            index = exp.Add(this=try_cast(digit, exp.DataType.build("INT")), expression=number(1))
            digit = call("SUBSTRING", text("0246813579"), index, number(1))
        value = call("COALESCE", try_cast(digit, exp.DataType.build("INT")), number(0))
        total = exp.Add(this=total, expression=value)
    correct = exp.EQ(this=exp.Mod(this=exp.Paren(this=total), expression=number(10)), expression=number(0))
    long_enough = exp.GTE(this=call("LENGTH", digits.copy()), expression=number(8))
    return not_null(target.value), _all([long_enough, correct])


def _stored_type(item: TableColumn) -> ColumnType:
    """The type that a column has where the rule looks: text columns of Bronze are text."""
    return ColumnType.TEXT if item.bronze is not None and is_text(item.bronze.physical_type) else item.type


def _expression(target: _Target) -> _Pair:
    types = {name: _stored_type(item) for name, item in target.columns.items()}
    where = f"quality.rules.{target.rule.id}.expression"
    condition = portable(str(target.argument("expression")), target.engine, where=where, columns=types)
    for name in condition.find_all(exp.Column):
        name.set("this", exp.to_identifier(target.columns[name.name].name, quoted=True))
    return not_null(exp.Paren(this=condition)), condition.copy()


def _parsed(target: _Target) -> _Pair:
    if target.rule.zone == "bronze":
        return not_null(column(target.first.name)), not_null(target.value)
    marks = [call("CONTAINS", column("_unparsed"), text(f",{name},")) for name in target.rule.columns]
    there = [not_null(column(name)) for name in target.rule.columns]
    return _or([*there, *[mark.copy() for mark in marks]]), _all([exp.Not(this=mark) for mark in marks])


def _row_count(target: _Target) -> _Pair:
    count = exp.Count(this=exp.Star())
    low = exp.GTE(this=count, expression=number(int(target.rule.arguments.get("minimum") or 0)))
    bounds = [low]
    if target.rule.arguments.get("maximum") is not None:
        bounds.append(exp.LTE(this=count.copy(), expression=number(int(target.argument("maximum")))))
    return exp.true(), _all(bounds)


def _freshness(target: _Target) -> _Pair:
    newest = exp.Max(this=exp.Cast(this=target.value, to=exp.DataType.build("DATE")))
    load = exp.Max(this=_load_date(target))
    days = number(int(target.argument("maximum_age_days")))
    fresh = exp.GTE(this=newest, expression=target.engine.minus_days(load, days))
    return exp.true(), call("COALESCE", fresh, is_null(load.copy()))


_EMITTERS: dict[str, Callable[[_Target], _Pair]] = {
    "not_null": _not_null,
    "unique": _unique,
    "in_set": _in_set,
    "range": _range,
    "regex": _regex,
    "date": _date,
    "luhn": _luhn,
    "expression": _expression,
    "parsed": _parsed,
    "row_count": _row_count,
    "freshness": _freshness,
}


def _load_date(target: _Target) -> exp.Expression:
    """The run's date, with which every load id begins; NULL for the load id of a trial."""
    if target.rule.zone != "silver":
        raise _error(target.rule, "zone silver: only its rows know the day of their load", target.rule.zone)
    day = call("SUBSTRING", column("_load_id"), number(1), number(10))
    return try_cast(day, exp.DataType.build("DATE"))


def _numeric_literal(rule: QualityRule, value: Any) -> exp.Expression:
    from decimal import Decimal, InvalidOperation

    try:
        plain = format(Decimal(str(value)), "f")
    except InvalidOperation:
        raise _error(rule, "a number", repr(value)) from None
    negative = plain.startswith("-")
    literal = exp.Literal.number(plain.lstrip("-"))
    return exp.Neg(this=literal) if negative else literal


def _check_columns(rule: QualityRule, columns: Mapping[str, TableColumn]) -> None:
    unknown = sorted(set(rule.columns) - columns.keys())
    if unknown:
        raise _error(rule, f"columns of {', '.join(columns)}", ", ".join(unknown))
    if not rule.columns and rule.check not in ("row_count", "expression"):
        raise _error(rule, "at least one column", "none")
    masked = [name for name in rule.columns if columns[name].masking not in (Masking.KEEP, Masking.YEAR)]
    if masked and (rule.check in _VALUE_CHECKS or (rule.check == "unique" and _ambiguous(masked, columns))):
        raise CodegenError(
            f"the rule {rule.id!r} asks about values that are masked",
            where=f"quality.rules.{rule.id}",
            expected="a check on unmasked columns, or not_null / parsed on masked ones",
            given=f"{rule.check} on {', '.join(masked)}",
            remedy="use the cleaning operation require_format with the check parsed: it looks before masking",
        )


def _ambiguous(masked: list[str], columns: Mapping[str, TableColumn]) -> bool:
    """A keyed hash stays unique; every other masking makes different values equal."""
    return any(columns[name].masking is not Masking.HASH for name in masked)


def _all(conditions: list[exp.Expression]) -> exp.Expression:
    return chain(exp.And, conditions)


def _or(conditions: list[exp.Expression]) -> exp.Expression:
    return exp.Paren(this=chain(exp.Or, conditions))


def _error(rule: QualityRule, expected: str, given: str) -> CodegenError:
    return CodegenError(
        f"the rule {rule.id!r} cannot be rendered",
        where=f"quality.rules.{rule.id}",
        expected=expected,
        given=given,
        remedy="correct the rule's check, columns or arguments",
    )
