"""Dates and timestamps from text, the same on every engine: a regular expression takes the parts, a cast checks them.

``strptime`` exists on one engine only, and casts of loose text differ ('2024' is a date on Spark). So a value must
match the format as a whole; its parts become ISO text, which every engine casts alike.
"""

from __future__ import annotations

import re

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.engines import Engine, call, case, concat, number, text, to_text, try_cast

ISO_DATE = "%Y-%m-%d"
ISO_TIMESTAMP = "iso"
_ISO_DATE_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ISO_TIMESTAMP_PATTERN = (
    "([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?)"
    " ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"  # in the order above
)
_WEEKDAYS = "mon|tue|wed|thu|fri|sat|sun"
_LONG_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
# Pattern of each strptime directive; one capturing group, but for weekdays, whose value is not used.
_DIRECTIVES = {
    "Y": "([0-9]{4})",
    "y": "([0-9]{2})",
    "m": "([0-9]{1,2})",
    "d": "([0-9]{1,2})",
    "b": f"((?i:{'|'.join(_MONTHS)}))",
    "B": f"((?i:{_LONG_MONTHS}))",
    "H": "([01]?[0-9]|2[0-3])",
    "I": "(0?[1-9]|1[0-2])",
    "M": "([0-5][0-9])",
    "S": "([0-5][0-9])",
    "f": "([0-9]{1,6})",
    "p": "((?i:am|pm))",
    "z": "(Z|[+-][0-9]{2}:?[0-9]{2})",
    "a": f"(?i:{_WEEKDAYS})",
    "A": f"(?i:{_LONG_WEEKDAYS})",
}


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
    pattern, groups = _pattern(form)
    parts = _Parts(value, pattern, groups, engine)
    moment = try_cast(concat(parts.date(form), text(" "), parts.time()), timestamp)
    if "z" in groups:
        moment = engine.minus_minutes(moment, _offset_minutes(parts.get("z")))
    return case((engine.full_match(value, pattern), moment))


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
    """Regular expression of a strptime format, and the number of each directive's group.

    :raises CodegenError: a directive that is not supported, or a format without year, month and day.
    """
    pattern, groups, position = "", dict[str, int](), 0
    packed = re.search("%[A-Za-z]%[A-Za-z]", form) is not None  # %Y%m%d: nothing says where a part ends
    for token in re.findall(r"%-?[A-Za-z%]|[^%]", form):
        if len(token) == 1 or token == "%%":
            pattern += _literal(token[-1])
            continue
        directive = token[-1]
        if directive not in _DIRECTIVES or directive in groups:
            raise _format_error(form, f"{token} is not supported here")
        pattern += _DIRECTIVES[directive].replace("{1,2}", "{2}" if packed else "{1,2}")
        if directive not in "aA":
            position += 1
            groups[directive] = position
    if not ({"Y", "y"} & groups.keys() and {"m", "b", "B"} & groups.keys() and "d" in groups):
        raise _format_error(form, "year, month and day are not all there")
    return pattern, groups


def _literal(character: str) -> str:
    return f"[{character}]" if character in ".*+?()[{|$" else f"\\{character}" if character in "^]\\}" else character


def _format_error(form: str, given: str) -> CodegenError:
    return CodegenError(
        f"the date format {form!r} cannot be rendered",
        where="metadata.columns.date_format or the format of parse_date / parse_timestamp",
        expected=f"strptime directives {' '.join('%' + name for name in _DIRECTIVES)}, each at most once",
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
                for index, month in enumerate(_MONTHS, start=1)
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
