"""Constants that people write, as literals of a column's type."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import DEFAULT_PRECISION, DEFAULT_SCALE, data_type, text
from onboarding.spec.cleaning_arguments import as_decimal
from onboarding.spec.column_types import ColumnType

_BOOLEANS = {"true": True, "false": False}


def constant(
    value: str, kind: ColumnType, precision: int | None = None, scale: int | None = None
) -> exp.Expression | None:
    """A literal of the type, or None when the text is no value of it.

    Decimals are rounded to the column's scale, and must fit into its precision.
    """
    if kind is ColumnType.TEXT:
        return text(value)
    if kind is ColumnType.BOOLEAN:
        found = _BOOLEANS.get(value.lower())
        return None if found is None else exp.true() if found else exp.false()
    literal = (
        _temporal(value, kind)
        if kind in (ColumnType.DATE, ColumnType.TIMESTAMP)
        else _number(value, kind, precision, scale)
    )
    return None if literal is None else exp.Cast(this=text(literal), to=data_type(kind, precision, scale))


def _number(value: str, kind: ColumnType, precision: int | None, scale: int | None) -> str | None:
    found = as_decimal(value)
    if found is None:
        return None
    if kind is ColumnType.DOUBLE:
        return repr(float(found))
    places = 0 if kind is ColumnType.INTEGER else DEFAULT_SCALE if scale is None else scale
    digits = 18 if kind is ColumnType.INTEGER else precision or DEFAULT_PRECISION
    if kind is ColumnType.INTEGER and found != found.to_integral_value():
        return None
    if abs(found) >= Decimal(10) ** (digits - places):
        return None
    return format(found.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), "f")


def _temporal(value: str, kind: ColumnType) -> str | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None
    if kind is ColumnType.DATE:
        return moment.date().isoformat() if moment.time() == datetime.min.time() else None
    return moment.isoformat(sep=" ")
