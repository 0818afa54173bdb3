"""What text can be read as: types, date formats, words that stand for "no value".

A format belongs to a *shape*: the value with digits as ``9`` and letters as ``a`` / ``A``. The shapes of a sample
say which formats are worth counting over all rows, so the full pass counts a few of them for each column.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

#: Words for "no value", compared in lower case after trimming; the empty text is one as well.
NULL_WORDS: tuple[str, ...] = (
    "null", "n/a", "na", "none", "nan", "nil", "-", "--", "?", "#n/a", "n.a.", "<null>", "(null)", "\\n", "nat",
)  # fmt: skip

#: Characters that trimming removes; tabs and no-break spaces included (engines differ in their default).
TRIM_CHARACTERS = " \t\r\n\u00a0"

#: Words for true and false that every cast reads, in whatever mixture.
BOOLEAN_PAIRS: tuple[tuple[str, str], ...] = (("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"))
#: Words of other kinds and languages: a column has those of one pair.
OTHER_BOOLEAN_PAIRS: tuple[tuple[str, str], ...] = (
    ("on", "off"), ("ja", "nein"), ("ja", "nee"), ("ja", "nej"), ("oui", "non"), ("si", "no"), ("sí", "no"),
    ("sì", "no"), ("sim", "não"), ("sim", "nao"), ("tak", "nie"), ("wahr", "falsch"), ("vrai", "faux"),
    ("vero", "falso"), ("verdadero", "falso"),
)  # fmt: skip
ALL_BOOLEAN_WORDS: tuple[str, ...] = tuple(
    sorted({word for pair in (*BOOLEAN_PAIRS, *OTHER_BOOLEAN_PAIRS) for word in pair})
)


def truth_pair(words: Collection[str]) -> tuple[str, str] | None:
    """The pair that a column's words belong to, where it is none that every cast reads; None for any other words."""
    found = [pair for pair in OTHER_BOOLEAN_PAIRS if set(words) <= set(pair)]
    return found[0] if found and not reads_as_truth(words) else None


def reads_as_truth(words: Collection[str]) -> bool:
    """Whether every cast reads all of these words as true or false."""
    return set(words) <= {word for pair in BOOLEAN_PAIRS for word in pair}


def is_mixed_truth(words: Collection[str]) -> bool:
    """Whether words of several pairs say one thing in two ways (``yes``, ``no``, ``n``); letters alone may be codes."""
    sides = [{pair[side] for pair in BOOLEAN_PAIRS} & set(words) for side in (0, 1)]
    return all(sides) and any(len(word) > 1 for word in words)


#: Codes of currencies (ISO 4217, those in use). ALL, TOP and the like, which are words as well, are left out: three
#: capital letters before a number are more often the beginning of an identifier.
CURRENCY_CODES: tuple[str, ...] = (
    "AED", "AUD", "AZN", "BDT", "BGN", "BHD", "BRL", "BYN", "CAD", "CHF", "CLF", "CLP", "CNY", "COP", "CRC", "CZK",
    "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "GBP", "GEL", "GHS", "GTQ", "HKD", "HNL", "HUF", "IDR", "ILS",
    "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KHR", "KRW", "KWD", "KZT", "LBP", "LKR", "MAD", "MDL",
    "MKD", "MMK", "MUR", "MXN", "MYR", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PHP", "PKR", "PLN",
    "PYG", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX",
    "USD", "UYU", "UZS", "VES", "VND", "XAF", "XOF", "XPF", "ZAR", "ZMW",
)  # fmt: skip


@dataclass(frozen=True)
class TemporalFormat:
    """One way of writing a date or a timestamp.

    :param name: strptime text (day and month of one or two digits), or ``iso``.
    :param shape: regular expression over the shape of a value.
    :param kind: ``date`` or ``timestamp``.
    """

    name: str
    shape: str
    kind: str

    @property
    def key(self) -> str:
        """Name of the measure: ``date:%Y-%m-%d``."""
        return f"{self.kind}:{self.name}"


def _date(name: str, shape: str) -> TemporalFormat:
    return TemporalFormat(name, shape, "date")


def _timestamp(name: str, shape: str) -> TemporalFormat:
    return TemporalFormat(name, shape, "timestamp")


_MONTH = "[Aa]{3}"
_LONG_MONTH = "[Aa]{3,9}"
_DAY = "9{1,2}"
_TIME = "9{1,2}:99"
#: AM or PM.
_HALF = "[Aa]{2}"

#: Every format that is looked for; all of them can be rendered for every engine. ``iso`` is ISO 8601 with a time:
#: space or T, seconds, fraction and zone may be missing.
TEMPORAL_FORMATS: tuple[TemporalFormat, ...] = (
    _date("%Y-%m-%d", "9999-99-99"),
    _date("%Y/%m/%d", f"9999/{_DAY}/{_DAY}"),
    _date("%Y.%m.%d", rf"9999\.{_DAY}\.{_DAY}"),
    _date("%Y%m%d", "99999999"),
    _date("%d/%m/%Y", f"{_DAY}/{_DAY}/9999"),
    _date("%m/%d/%Y", f"{_DAY}/{_DAY}/9999"),
    _date("%d-%m-%Y", f"{_DAY}-{_DAY}-9999"),
    _date("%m-%d-%Y", f"{_DAY}-{_DAY}-9999"),
    _date("%d.%m.%Y", rf"{_DAY}\.{_DAY}\.9999"),
    _date("%d/%m/%y", f"{_DAY}/{_DAY}/99"),
    _date("%m/%d/%y", f"{_DAY}/{_DAY}/99"),
    # With both zeros: 1.2.10 is the number of a version.
    _date("%d.%m.%y", r"99\.99\.99"),
    _date("%d-%b-%Y", f"{_DAY}-{_MONTH}-9999"),
    _date("%d-%b-%y", f"{_DAY}-{_MONTH}-99"),
    _date("%d %b %Y", f"{_DAY} {_MONTH} 9999"),
    _date("%b %d, %Y", f"{_MONTH} {_DAY}, 9999"),
    _date("%b %d %Y", f"{_MONTH} {_DAY} 9999"),
    _date("%d %B %Y", f"{_DAY} {_LONG_MONTH} 9999"),
    _date("%B %d, %Y", f"{_LONG_MONTH} {_DAY}, 9999"),
    _timestamp("iso", r"9999-99-99[ A]99:99(:99(\.9+)?)? ?(A|[+-]99:?99)?"),
    _timestamp("%Y-%m-%d %I:%M:%S %p", f"9999-99-99 {_TIME}:99 {_HALF}"),
    _timestamp("%d/%b/%Y:%H:%M:%S %z", f"{_DAY}/{_MONTH}/9999:{_TIME}:99 [+-]9999"),
    _timestamp("%Y/%m/%d %H:%M:%S", f"9999/{_DAY}/{_DAY} {_TIME}:99"),
    _timestamp("%Y/%m/%d %H:%M", f"9999/{_DAY}/{_DAY} {_TIME}"),
    _timestamp("%d/%m/%Y %H:%M:%S", f"{_DAY}/{_DAY}/9999 {_TIME}:99"),
    _timestamp("%m/%d/%Y %H:%M:%S", f"{_DAY}/{_DAY}/9999 {_TIME}:99"),
    _timestamp("%d/%m/%Y %H:%M", f"{_DAY}/{_DAY}/9999 {_TIME}"),
    _timestamp("%m/%d/%Y %H:%M", f"{_DAY}/{_DAY}/9999 {_TIME}"),
    _timestamp("%d/%m/%Y %I:%M:%S %p", f"{_DAY}/{_DAY}/9999 {_TIME}:99 {_HALF}"),
    _timestamp("%m/%d/%Y %I:%M:%S %p", f"{_DAY}/{_DAY}/9999 {_TIME}:99 {_HALF}"),
    _timestamp("%d/%m/%Y %I:%M %p", f"{_DAY}/{_DAY}/9999 {_TIME} {_HALF}"),
    _timestamp("%m/%d/%Y %I:%M %p", f"{_DAY}/{_DAY}/9999 {_TIME} {_HALF}"),
    _timestamp("%d/%m/%y %H:%M", f"{_DAY}/{_DAY}/99 {_TIME}"),
    _timestamp("%m/%d/%y %H:%M", f"{_DAY}/{_DAY}/99 {_TIME}"),
    _timestamp("%d-%m-%Y %H:%M:%S", f"{_DAY}-{_DAY}-9999 {_TIME}:99"),
    _timestamp("%m-%d-%Y %H:%M:%S", f"{_DAY}-{_DAY}-9999 {_TIME}:99"),
    _timestamp("%d-%m-%Y %H:%M", f"{_DAY}-{_DAY}-9999 {_TIME}"),
    _timestamp("%m-%d-%Y %H:%M", f"{_DAY}-{_DAY}-9999 {_TIME}"),
    _timestamp("%d-%b-%Y %H:%M:%S", f"{_DAY}-{_MONTH}-9999 {_TIME}:99"),
    _timestamp("%d.%m.%Y %H:%M:%S", rf"{_DAY}\.{_DAY}\.9999 {_TIME}:99"),
    _timestamp("%d.%m.%Y %H:%M", rf"{_DAY}\.{_DAY}\.9999 {_TIME}"),
)

#: Formats that differ in the order of day and month only; evidence decides, or a person.
DAY_MONTH_TWINS: tuple[tuple[str, str], ...] = tuple(
    (f"%d{mark}%m{mark}{year}{time}", f"%m{mark}%d{mark}{year}{time}")
    for mark in "/-"
    for year in ("%Y", "%y")
    for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
)

#: Shapes of everything that is not temporal.
SCALAR_SHAPES: dict[str, str] = {
    "integer": "[+-]?9+",
    # What other tools make of whole numbers as soon as one is missing: 12.0.
    "whole": r"[+-]?9+\.9",
    "decimal": r"[+-]?(9+\.?9*|\.9+)",
    "double": r"[+-]?(9+\.?9*|\.9+)([Aa][+-]?9+)?",
    "grouped": r"-?[$€£]? ?-?9{1,3}(,999)*(\.9+)?|-?[$€£] ?-?9+(\.9+)?",
    "decimal_comma": r"[+-]?9+,9{1,2}",
    "percent": r"[+-]?9+(\.9+)? ?%",
    # An amount with a sign or code of a currency, or negative in brackets or by a minus behind it.
    "currency": r"[(]?-?([$€£¥]|AAA)? ?[(]?-?9{1,3}((,999)+|9*)(\.9+)?[)]?-?( ?([$€£¥]|AAA))?[)]?",
    "currency_comma": r"[(]?-?([$€£¥]|AAA)? ?[(]?-?9{1,3}((\.999)+|9*)(,9+)?[)]?-?( ?([$€£¥]|AAA))?[)]?",
    "boolean": "[Aa][Aa]{0,8}",
    "uuid": "[9aA]{8}-[9aA]{4}-[9aA]{4}-[9aA]{4}-[9aA]{12}",
    "json": r"[\[{].*[\]}]",
}


def shape_matches(pattern: str, shape: str) -> bool:
    """Whether a shape can be what the pattern says."""
    return re.fullmatch(pattern, shape, re.DOTALL) is not None
