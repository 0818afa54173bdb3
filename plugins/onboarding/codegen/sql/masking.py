"""Masking of one typed column; NULL stays NULL, so completeness can still be counted."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import (
    Engine,
    call,
    case,
    column,
    concat,
    is_null,
    number,
    text,
)
from onboarding.spec.conf import Masking
from onboarding.spec.plans import ColumnPlan

# The last four characters of a shorter value would tell too much of it.
_SHORTEST_FOR_LAST4 = 8
_STARS = "****"


def mask(plan: ColumnPlan, how: Masking, engine: Engine) -> exp.Expression:
    """The masked value of a column that exists under its plan's name; ``drop`` never gets here."""
    value = column(plan.name)
    if how is Masking.KEEP:
        return value
    if how is Masking.YEAR:
        return exp.Cast(this=call("YEAR", value), to=exp.DataType.build("BIGINT"))
    as_text = engine.text_of(value, plan.type, plan.scale)
    if how is Masking.HASH:
        return engine.keyed_hash(as_text)
    masked = _MASKS[how](as_text)
    return case((is_null(value.copy()), exp.null()), default=masked)


def _last4(value: exp.Expression) -> exp.Expression:
    long_enough = exp.GTE(this=call("LENGTH", value), expression=number(_SHORTEST_FOR_LAST4))
    return case((long_enough, concat(text(_STARS), call("RIGHT", value.copy(), number(4)))), default=text(_STARS))


def _email(value: exp.Expression) -> exp.Expression:
    """First character and the domain: ``a***@example.com``; without an ``@`` nothing is left."""
    parts_there = exp.Like(this=value, expression=text("_%@_%"))
    first = call("SUBSTRING", value.copy(), number(1), number(1))
    domain = call("SPLIT_PART", value.copy(), text("@"), exp.Neg(this=number(1)))
    return case((parts_there, concat(first, text("***@"), domain)), default=text("***"))


def _partial(value: exp.Expression) -> exp.Expression:
    long_enough = exp.GTE(this=call("LENGTH", value), expression=number(3))
    return case(
        (long_enough, concat(call("SUBSTRING", value.copy(), number(1), number(1)), text("***"))), default=text("***")
    )


def _redact(value: exp.Expression) -> exp.Expression:
    return text("[REDACTED]")


_MASKS: dict[Masking, Callable[[exp.Expression], exp.Expression]] = {
    Masking.LAST4: _last4,
    Masking.EMAIL: _email,
    Masking.PARTIAL: _partial,
    Masking.REDACT: _redact,
}
