"""The value of a watermark column: one number or moment that the rows of any two loads are compared by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql import dates, numbers
from onboarding.codegen.sql.cleaning import is_text
from onboarding.codegen.sql.engines import ENGINES, Engine, case, column, text, to_text, try_cast
from onboarding.spec.cleaning_arguments import Cast
from onboarding.spec.conf import ColumnType
from onboarding.spec.date_formats import EPOCHS, ISO_DATE, ISO_TIMESTAMP
from onboarding.spec.plans import ColumnPlan
from shared.pipeline.watermark import COMPARED_AS

# ISO 8601, with a time and without one.
_ANY_ISO = (ISO_TIMESTAMP, ISO_DATE)
# No infinite date or time: nothing would ever be above it.
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def watermark_values(plan: ColumnPlan, formats: Sequence[str]) -> dict[str, str]:
    """SQL of the value for each engine, over the column under its name in the source.

    It is NULL where the row has no value, or none that others can be compared with.

    :param plan: of the column; its type is one of :data:`shared.pipeline.watermark.COMPARED_AS`.
    :param formats: of dates and timestamps in text, as the profile names them; empty: ISO 8601.
    """
    return {engine.name: engine.inline(_value(plan, formats, engine)) for engine in ENGINES}


def _value(plan: ColumnPlan, formats: Sequence[str], engine: Engine) -> exp.Expression:
    kind = exp.DataType.build(COMPARED_AS[plan.type.value])
    # Also a text: loads from before a change of the workload may have the column with another type.
    written = to_text(column(plan.source_name))
    moment = plan.type in (ColumnType.DATE, ColumnType.TIMESTAMP)
    if moment and (is_text(plan.physical_type) or any(form in EPOCHS for form in formats)):
        parse = dates.parse_date if plan.type is ColumnType.DATE else dates.parse_timestamp
        return _finite(parse(engine.trim_column(written), list(formats or _ANY_ISO), engine))
    if moment:
        return _finite(try_cast(column(plan.source_name), kind))
    if is_text(plan.physical_type):
        return numbers.cast_number(engine.trim_column(written), kind, plan.type, Cast(), engine)
    return try_cast(column(plan.source_name), kind)


def _finite(value: exp.Expression) -> exp.Expression:
    first, last = (exp.Cast(this=text(day), to=exp.DataType.build("DATE")) for day in (_FIRST, _LAST))
    return case((exp.Between(this=value, low=first, high=last), value.copy()))
