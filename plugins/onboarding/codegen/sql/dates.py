"""Dates and timestamps from text, the same on every engine: a regular expression takes the parts, a cast checks them.

``strptime`` exists on one engine only, and casts of loose text differ ('2024' is a date on Spark). So a value must
match the format as a whole; its parts become ISO text, which every engine casts alike.
"""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.engines import Engine, call, case, concat, number, text, to_text, try_cast
from onboarding.spec.date_formats import (
    DIRECTIVE_NAMES,
    EPOCHS,
    ISO_DATE,
    ISO_TIMESTAMP,
    MONTHS,
    DateFormatError,
    format_pattern,
)

_ISO_DATE_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ISO_TIMESTAMP_PATTERN = (
    "([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?)"
    " ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def parse_date(value: exp.Expression, formats: list[str], engine: Engine) -> exp.Expression:
    """The date that ``value`` names in the first of the formats that fits; NULL when none does."""
    return _first([_date(value, form, engine) for form in formats])


def parse_timestamp(value: exp.Expression, formats: list[str], engine: Engine) -> exp.Expression:
    """The timestamp in UTC that ``value`` names in the first of the formats that fits; NULL when none does."""
    return _first([_timestamp(value, form, engine) for form in formats])


def _first(values: list[exp.Expression]) -> exp.Expression:
    return values[0] if len(values) == 1 else call("COALESCE", *values)


def _date(value: exp.Expression, form: str, engine: Engine) -> exp.Expression:
    date = exp.DataType.build("DATE")
    if form in EPOCHS:
        return try_cast(_epoch(value, EPOCHS[form], engine), date)
    if form == ISO_DATE:
        return case((engine.full_match(value, _ISO_DATE_PATTERN), try_cast(value.copy(), date)))
    if form == ISO_TIMESTAMP:
        day = engine.extract(value.copy(), _whole(_ISO_TIMESTAMP_PATTERN), 1)
        return case((engine.full_match(value, _ISO_TIMESTAMP_PATTERN), try_cast(day, date)))
    pattern, groups = _pattern(form)
    parts = _Parts(value, pattern, groups, engine)
    return case((engine.full_match(value, pattern), try_cast(parts.date(form), date)))


def _timestamp(value: exp.Expression, form: str, engine: Engine) -> exp.Expression:
    timestamp = exp.DataType.build("TIMESTAMP")
    if form == ISO_TIMESTAMP:
        return _iso_timestamp(value, engine)
    if form in EPOCHS:
        return _epoch(value, EPOCHS[form], engine)
    pattern, groups = _pattern(form)
    parts = _Parts(value, pattern, groups, engine)
    moment = try_cast(concat(parts.date(form), text(" "), parts.time()), timestamp)
    if "z" in groups:
        moment = engine.minus_minutes(moment, _offset_minutes(parts.get("z")))
    return case((engine.full_match(value, pattern), moment))


def _epoch(value: exp.Expression, micros: int, engine: Engine) -> exp.Expression:
    """Whole seconds (up to the year 5138), or another unit of so many microseconds."""
    units = exp.Mul(this=try_cast(value.copy(), exp.DataType.build("BIGINT")), expression=number(micros))
    digits = 17 - len(str(micros)) + 1
    return case((engine.full_match(value, f"-?[0-9]{{1,{digits}}}"), engine.from_micros(units)))


def _iso_timestamp(value: exp.Expression, engine: Engine) -> exp.Expression:
    """ISO 8601 with a space or T; seconds, fraction and zone may be missing (no zone: UTC)."""
    whole = _whole(_ISO_TIMESTAMP_PATTERN)
    day, time, zone = (engine.extract(value.copy(), whole, group) for group in (1, 2, 6))
    moment = try_cast(concat(day, text(" "), time), exp.DataType.build("TIMESTAMP"))
    shifted = engine.minus_minutes(moment.copy(), _offset_minutes(zone))
    whole_value = engine.full_match(value, _ISO_TIMESTAMP_PATTERN)
    # Longer than a date and a minute: else the day of 2024-01-02 would be taken for an offset.
    offset = engine.full_match(value.copy(), ".{16}.*[+-][0-9]{2}:?[0-9]{2}")
    return case(
        (exp.And(this=whole_value, expression=offset), shifted),
        (whole_value.copy(), moment),
    )


def _offset_minutes(zone: exp.Expression) -> exp.Expression:
    """Minutes east of UTC of ``+HH:MM``, ``+HHMM`` or ``Z``."""
    hours = try_cast(call("SUBSTRING", zone, number(2), number(2)), exp.DataType.build("INT"))
    minutes = try_cast(call("RIGHT", zone.copy(), number(2)), exp.DataType.build("INT"))
    total = exp.Add(this=exp.Mul(this=hours, expression=number(60)), expression=minutes)
    return case(
        (exp.EQ(this=zone.copy(), expression=text("Z")), number(0)),
        (exp.EQ(this=call("LEFT", zone.copy(), number(1)), expression=text("-")), exp.Neg(this=exp.Paren(this=total))),
        default=total.copy(),
    )


def _whole(pattern: str) -> str:
    return f"\\A(?:{pattern})\\z"


def _pattern(form: str) -> tuple[str, dict[str, int]]:
    try:
        return format_pattern(form)
    except DateFormatError as error:
        raise _format_error(form, str(error)) from None


def _format_error(form: str, given: str) -> CodegenError:
    return CodegenError(
        f"the date format {form!r} cannot be rendered",
        where="metadata.columns.date_format or the format of parse_date / parse_timestamp",
        expected=f"strptime directives {DIRECTIVE_NAMES}, each at most once",
        given=given,
        remedy="give a format such as %d/%m/%Y or %Y-%m-%d %H:%M:%S",
    )


class _Parts:
    """The parts of one value that matched one pattern."""

    def __init__(self, value: exp.Expression, pattern: str, groups: dict[str, int], engine: Engine) -> None:
        self._value, self._pattern, self._groups, self._engine = value, _whole(pattern), groups, engine

    def get(self, directive: str) -> exp.Expression:
        """Text of one directive."""
        return self._engine.extract(self._value.copy(), self._pattern, self._groups[directive])

    def date(self, form: str) -> exp.Expression:
        """ISO text of the date."""
        return concat(self._year(), text("-"), self._month(), text("-"), self._two("d"))

    def time(self) -> exp.Expression:
        """ISO text of the time; what the format does not have is zero."""
        seconds = self._two("S") if "S" in self._groups else text("00")
        minutes = self._two("M") if "M" in self._groups else text("00")
        parts = [self._hours(), text(":"), minutes, text(":"), seconds]
        if "f" in self._groups:
            parts += [text("."), self.get("f")]
        return concat(*parts)

    def _two(self, directive: str) -> exp.Expression:
        return call("LPAD", self.get(directive), number(2), text("0"))

    def _year(self) -> exp.Expression:
        if "Y" in self._groups:
            return self.get("Y")
        short = self.get("y")
        old = exp.GT(this=short, expression=text("68"))
        return concat(case((old, text("19")), default=text("20")), short.copy())

    def _month(self) -> exp.Expression:
        if "m" in self._groups:
            return self._two("m")
        name = self.get("b" if "b" in self._groups else "B")
        start = call("LOWER", call("SUBSTRING", name, number(1), number(3)))
        return case(
            *(
                (exp.EQ(this=start.copy(), expression=text(month)), text(f"{index:02d}"))
                for index, month in enumerate(MONTHS, start=1)
            )
        )

    def _hours(self) -> exp.Expression:
        if "H" in self._groups:
            return self._two("H")
        if "I" not in self._groups:
            return text("00")
        hour = exp.Paren(this=exp.Mod(this=try_cast(self.get("I"), exp.DataType.build("INT")), expression=number(12)))
        if "p" in self._groups:
            afternoon = exp.EQ(this=call("LOWER", self.get("p")), expression=text("pm"))
            hour = exp.Paren(this=exp.Add(this=hour, expression=case((afternoon, number(12)), default=number(0))))
        return call("LPAD", to_text(hour), number(2), text("0"))
