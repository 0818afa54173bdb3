"""Formats of dates and timestamps: which strptime directives there are, and the regular expression of a format."""

from __future__ import annotations

import re

ISO_DATE = "%Y-%m-%d"
#: ISO 8601 with a space or T; seconds, fraction and zone may be missing.
ISO_TIMESTAMP = "iso"
#: Seconds or milliseconds since 1970-01-01 in UTC, as whole numbers.
EPOCHS = {"epoch": 1_000_000, "epoch_ms": 1_000}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"  # in the order above
)
_WEEKDAYS = "mon|tue|wed|thu|fri|sat|sun"
_LONG_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
# Pattern of each strptime directive; one capturing group, but for weekdays, whose value is not used.
DIRECTIVES = {
    "Y": "([0-9]{4})",
    "y": "([0-9]{2})",
    "m": "([0-9]{1,2})",
    "d": "([0-9]{1,2})",
    "b": f"((?i:{'|'.join(MONTHS)}))",
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
DIRECTIVE_NAMES = " ".join("%" + name for name in DIRECTIVES)


class DateFormatError(ValueError):
    """A format cannot be used; the text says what is wrong with it, in a few words."""


def format_pattern(form: str) -> tuple[str, dict[str, int]]:
    """Regular expression of a strptime format, and the number of each directive's group.

    :raises DateFormatError: a directive that is not supported, or a format without year, month and day.
    """
    pattern, groups, position = "", dict[str, int](), 0
    packed = re.search("%[A-Za-z]%[A-Za-z]", form) is not None  # %Y%m%d: nothing says where a part ends
    for token in re.findall(r"%-?[A-Za-z%]|[^%]|%", form):
        if len(token) == 1 or token == "%%":
            pattern += _literal(token[-1])
            continue
        directive = token[-1]
        if directive not in DIRECTIVES or directive in groups:
            raise DateFormatError(f"{token} is not supported here")
        pattern += DIRECTIVES[directive].replace("{1,2}", "{2}" if packed else "{1,2}")
        if directive not in "aA":
            position += 1
            groups[directive] = position
    if not ({"Y", "y"} & groups.keys() and {"m", "b", "B"} & groups.keys() and "d" in groups):
        raise DateFormatError("year, month and day are not all there")
    return pattern, groups


def check_format(form: str) -> None:
    """Refuse a format that :func:`format_pattern` refuses; ``iso`` and the epochs are formats too.

    :raises DateFormatError: as :func:`format_pattern` does.
    """
    if form != ISO_TIMESTAMP and form not in EPOCHS:
        format_pattern(form)


def _literal(character: str) -> str:
    return f"[{character}]" if character in ".*+?()[{|$" else f"\\{character}" if character in "^]\\}" else character
