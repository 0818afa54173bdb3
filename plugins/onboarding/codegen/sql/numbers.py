"""Numbers from text, and operations on numbers, the same on every engine."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import (
    BLANK_CLASS,
    DEFAULT_PRECISION,
    DEFAULT_SCALE,
    Engine,
    call,
    case,
    concat,
    data_type,
    number,
    text,
    try_cast,
)
from onboarding.spec.cleaning_arguments import Cast, ParseCurrency, ParsePercent
from onboarding.spec.column_types import ColumnType

_EXPONENT = "([eE][+-]?[0-9]{1,2})?"
_SIGN = "[+\\x{2212}-]"
_CURRENCY = "(\\p{L}{1,4}[.]?)?\\p{Sc}?(\\p{L}{1,3})?"
# Doubles from here on have no digits after the point.
_LARGEST_ROUNDED = "1e15"
_MOST_DIGITS = 38


def number_pattern(kind: ColumnType, point: str = ".", thousands: str | None = None) -> str:
    """Regular expression of an unsigned number as it is written.

    :param point: decimal separator.
    :param thousands: separator of groups of two or three digits; None: there are no groups.
    """
    grouped = f"[0-9]{{1,3}}({_class(thousands)}[0-9]{{2,3}})+|" if thousands else ""
    if kind is ColumnType.INTEGER:
        return f"({grouped}[0-9]+)" if grouped else "[0-9]+"
    fraction = f"{_class(point)}[0-9]"
    exponent = _EXPONENT if kind is ColumnType.DOUBLE else ""
    whole = f"({grouped}[0-9]+)" if grouped else "[0-9]+"
    return f"({whole}({fraction}*)?|{fraction}+){exponent}"


def cast_number(
    value: exp.Expression, kind: exp.Expression, of: ColumnType, how: Cast, engine: Engine
) -> exp.Expression:
    """A plain number, NULL when the text is none."""
    pattern = f"[+-]?{number_pattern(of, how.decimal_separator, how.thousands_separator)}"
    digits = _plain(value.copy(), how.decimal_separator, how.thousands_separator, engine)
    return case((engine.full_match(value, pattern), try_cast(digits, kind)))


def currency(value: exp.Expression, kind: exp.Expression, how: ParseCurrency, engine: Engine) -> exp.Expression:
    """An amount of money, NULL when the text is none."""
    blanks = f"{BLANK_CLASS}*"
    amount = number_pattern(ColumnType.DECIMAL, how.decimal_separator, how.thousands_separator)
    sign = f"({_SIGN}{blanks})?"
    money = f"({_CURRENCY}{blanks})?"
    pattern = f"{blanks}[(]?{sign}{money}{sign}[(]?{blanks}{amount}{blanks}[)]?{sign}{blanks}{_CURRENCY}[)]?{blanks}"
    kept = f"[^0-9{_escaped(how.decimal_separator)}]"
    # The point of "Fr." is none of the number.
    bare = engine.replace_all(value.copy(), "\\p{L}+[.]?", "")
    digits = _point(engine.replace_all(bare, kept, ""), how.decimal_separator)
    negative = engine.full_match(value.copy(), ".*[(\\x{2212}-].*")
    signed = concat(case((negative, text("-")), default=text("")), digits)
    return case((engine.full_match(value, pattern), try_cast(signed, kind)))


def percent(value: exp.Expression, kind: exp.Expression, how: ParsePercent, engine: Engine) -> exp.Expression:
    """A percentage, NULL when the text is none."""
    blanks = f"{BLANK_CLASS}*"
    amount = number_pattern(ColumnType.DECIMAL, how.decimal_separator, how.thousands_separator)
    bare = engine.replace_all(value.copy(), f"%|{BLANK_CLASS}", "")
    minus = engine.replace_all(bare, "\\x{2212}", "-")
    digits = _plain(minus, how.decimal_separator, how.thousands_separator, engine)
    if how.unit == "fraction":
        digits = concat(digits, text("e-2"))
    pattern = f"{blanks}{_SIGN}?{blanks}{amount}{blanks}%?{blanks}"
    return case((engine.full_match(value, pattern), try_cast(digits, kind)))


def rounded(value: exp.Expression, kind: ColumnType, scale: int) -> exp.Expression:
    """To ``scale`` digits after the point, halves away from zero.

    Engines round doubles in different ways, some by their decimal digits: here by their binary value.
    """
    if kind is not ColumnType.DOUBLE:
        return exp.Round(this=value, decimals=number(scale))
    power = exp.Cast(this=number(10**scale), to=exp.DataType.build("DOUBLE"))
    scaled = exp.Mul(this=call("ABS", value), expression=power)
    half = exp.Add(this=scaled, expression=exp.Cast(this=number("0.5"), to=exp.DataType.build("DOUBLE")))
    whole = exp.Div(this=call("FLOOR", half), expression=power.copy(), typed=False, safe=False)
    small = exp.LT(this=call("ABS", value.copy()), expression=number(_LARGEST_ROUNDED))
    signed = exp.Mul(this=call("SIGN", value.copy()), expression=exp.Paren(this=whole))
    return case((small, signed), default=value.copy())


def multiplied(
    value: exp.Expression, kind: ColumnType, precision: int | None, scale: int | None, factor: Decimal
) -> exp.Expression | None:
    """By a constant, rounded to the type's scale; None when a decimal would need more than 38 digits."""
    written = format(factor, "f")
    literal: exp.Expression = exp.Literal.number(written.lstrip("-"))
    if written.startswith("-"):
        literal = exp.Neg(this=literal)
    if kind is ColumnType.DOUBLE:
        return exp.Mul(this=value, expression=exp.Cast(this=literal, to=exp.DataType.build("DOUBLE")))
    digits, own = (
        len(re.sub("[^0-9]", "", written)),
        19 if kind is ColumnType.INTEGER else precision or DEFAULT_PRECISION,
    )
    if digits + own + 1 > _MOST_DIGITS:
        return None
    places = len(written.partition(".")[2])
    left = exp.Cast(this=value, to=exp.DataType.build(f"DECIMAL({own}, 0)")) if kind is ColumnType.INTEGER else value
    right = exp.Cast(this=literal, to=exp.DataType.build(f"DECIMAL({max(digits, places)}, {places})"))
    whole = 0 if kind is ColumnType.INTEGER else DEFAULT_SCALE if scale is None else scale
    return exp.Round(this=exp.Mul(this=left, expression=right), decimals=number(whole))


def double_as_decimal(value: exp.Expression, precision: int | None, scale: int | None) -> exp.Expression:
    """A double as a decimal: rounded first, because engines cast halves in different ways."""
    digits = DEFAULT_SCALE if scale is None else scale
    return try_cast(rounded(value, ColumnType.DOUBLE, digits), data_type(ColumnType.DECIMAL, precision, scale))


def _plain(value: exp.Expression, point: str, thousands: str | None, engine: Engine) -> exp.Expression:
    """Without groups, and with a point before the fraction."""
    if thousands == " ":
        value = engine.replace_all(value, BLANK_CLASS, "")
    elif thousands:
        value = call("REPLACE", value, text(thousands), text(""))
    return _point(value, point)


def _point(value: exp.Expression, point: str) -> exp.Expression:
    return value if point == "." else call("REPLACE", value, text(point), text("."))


def _class(character: str | None) -> str:
    """One character, or any blank for a space: the space of groups is often a no-break one."""
    return BLANK_CLASS if character == " " else f"[{_escaped(character or '')}]"


def _escaped(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[" else character
