"""Synthetic rows that fit a profile: same profile, same rows; no value of the source is more than repeated from it."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

Row = dict[str, str | None]
FEW_VALUES = 50
#: Formats that count from 1970, with their units in a second.
EPOCHS = {"epoch": 1, "epoch_ms": 1000}
BOOLEAN_WORDS = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")
#: Cleaning operations that plain numbers and words are not right for.
_OF_OTHER_FORM = (
    "split",
    "substring",
    "json_field",
    "concat",
    "phone_e164",
    "email",
    "parse_currency",
    "parse_percent",
)
_OTHER_WORDS = {"true_values", "false_values"}
_START = date(2024, 1, 1)
_PERSONAL = {
    "EMAIL": "person{number}@example.com",
    "PHONE": "+1202555{number:04d}",
    "US_SSN": "219-09-{number:04d}",
    "IBAN": "DE02120300000000{number:06d}",
    "PERSON_NAME": "Person {number}",
    "STREET_ADDRESS": "{number} Example Street",
    "IP_ADDRESS": "192.0.2.{octet}",
    "URL": "https://example.com/{number}",
}


@dataclass(frozen=True)
class SyntheticColumn:
    """What a column's values look like. ``values``: one of these; else made from type, bounds and shape.

    ``point``: what stands before the fraction of a number.
    """

    name: str
    source_name: str
    type: str
    unique: bool = False
    personal: str = "NONE"
    date_format: str = ""
    scale: int = 2
    minimum: str | None = None
    maximum: str | None = None
    shape: str = ""
    values: tuple[str, ...] = ()
    truth_words: tuple[str, ...] = ("true", "false")
    point: str = "."


def columns_from(
    source: Mapping[str, Any], profile: Mapping[str, Any], cleaning: Iterable[Mapping[str, Any]] = ()
) -> list[SyntheticColumn]:
    """The columns of a workload from its ``config/source.yaml`` and ``config/profiling_report.json``.

    :param cleaning: the operations of its ``config/transformations.yaml``, when there is one yet.
    """
    measured = {column["name"]: column for column in profile["columns"]}
    steps = list(cleaning)
    special = {step["column"] for step in steps if is_of_other_form(step["operation"], step["arguments"])}
    points = {
        step["column"]: step["arguments"]["decimal_separator"]
        for step in steps
        if step["arguments"].get("decimal_separator")
    }
    return [
        dataclasses.replace(
            _column(entry, measured.get(entry["name"], {}), source, special=entry["name"] in special),
            point=points.get(entry["name"], "."),
        )
        for entry in source["columns"]
    ]


def is_of_other_form(operation: str, arguments: Mapping[str, Any]) -> bool:
    """Whether a cleaning operation wants values of a form that made ones do not have."""
    return operation in _OF_OTHER_FORM or not _OTHER_WORDS.isdisjoint(arguments)


def _column(
    entry: Mapping[str, Any], measured: Mapping[str, Any], source: Mapping[str, Any], *, special: bool
) -> SyntheticColumn:
    top = [item["value"] for item in measured.get("top_values", []) if special or _fits(item["value"], entry, measured)]
    top = top[:1] if special else top
    few = 0 < measured.get("distinct_count", 0) <= FEW_VALUES or 0 < len(top) < 10
    shapes = measured.get("shapes", [])
    key = source.get("primary_key", [])
    return SyntheticColumn(
        name=entry["name"],
        source_name=entry["source_name"],
        type=entry["type"],
        unique=entry["name"] in key,
        personal=entry["classification"]["type"],
        date_format=entry.get("date_format") or "",
        scale=2 if entry.get("scale") is None else int(entry["scale"]),
        minimum=measured.get("minimum"),
        maximum=measured.get("maximum"),
        shape=shapes[0]["value"] if shapes else "",
        truth_words=tuple(measured.get("truth_words") or ("true", "false")),
        values=tuple(top) if few and entry["name"] not in key else (),
    )


def _fits(text: str, entry: Mapping[str, Any], measured: Mapping[str, Any]) -> bool:
    """Whether a frequent value has its column's type: a source also repeats what is wrong."""
    kind = entry["type"]
    if kind == "text":
        return True
    if kind == "boolean":
        return text.strip().lower() in (measured.get("truth_words") or BOOLEAN_WORDS)
    if kind in ("date", "timestamp"):
        formats = [*measured.get("date_formats", []), entry.get("date_format") or "iso"]
        return any(_is_moment(text.strip(), form) for form in formats)
    if measured.get("number_format", "plain") != "plain":
        return any(map(str.isdigit, text)) and (not any(map(str.isalpha, text)) or _is_amount(text))
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return False
    return number.is_finite() and (kind != "integer" or number == number.to_integral_value())


def _is_amount(text: str) -> bool:
    """Letters only as the code of a currency, before or behind the number."""
    words = "".join(letter if letter.isalpha() else " " for letter in text).split()
    return len(words) == 1 and len(words[0]) == 3 and words[0].isupper()


def _is_moment(text: str, form: str) -> bool:
    if form in EPOCHS:
        return text.lstrip("-").isdigit()
    try:
        return bool(datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form))
    except ValueError:
        return False


def make_rows(columns: Sequence[SyntheticColumn], count: int) -> list[Row]:
    """``count`` rows that are right in every column, by source name, as text; keys are unique."""
    return [{column.source_name: value(column, number) for column in columns} for number in range(count)]


def value(column: SyntheticColumn, number: int) -> str:
    """The value of a column in row ``number``."""
    if column.values:
        return column.values[number % len(column.values)]
    if column.type == "integer":
        return str(_integer(column, number))
    if column.type in ("decimal", "double"):
        return _decimal(column, number).replace(".", column.point)
    if column.type == "boolean":
        return column.truth_words[number % len(column.truth_words)]
    if column.type == "date":
        return written(datetime.combine(_day(column, number), time()), column.date_format, "%Y-%m-%d")
    if column.type == "timestamp":
        return _moment(column, number)
    return _text(column, number)


def luhn_number(number: int) -> str:
    """A card number that passes the Luhn check and belongs to nobody."""
    digits = f"400000000{number % 1000000:06d}"
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{(10 - total % 10) % 10}"


def _integer(column: SyntheticColumn, number: int) -> int:
    low, high = _whole(column.minimum, 1), _whole(column.maximum, 1000)
    if column.unique:
        return low + number
    return low + number % (max(high - low, 0) + 1)


def _whole(text: str | None, default: int) -> int:
    try:
        return int(Decimal(text)) if text is not None else default
    except (InvalidOperation, ValueError):
        return default


def _decimal(column: SyntheticColumn, number: int) -> str:
    step = Decimal(1).scaleb(-column.scale)
    try:
        low, high = Decimal(column.minimum or "1"), Decimal(column.maximum or "1000")
    except InvalidOperation:
        low, high = Decimal(1), Decimal(1000)
    steps = max(int((high - low) / step), 0) + 1
    return str((low + step * (number * 97 % steps)).quantize(step))


def _day(column: SyntheticColumn, number: int) -> date:
    low, high = _iso_day(column.minimum) or _START, _iso_day(column.maximum)
    days = (high - low).days if high and high >= low else 364
    return low + timedelta(days=number % (days + 1))


def _iso_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _moment(column: SyntheticColumn, number: int) -> str:
    moment = datetime.combine(_day(column, number), time(number % 24, number % 60, number % 60))
    return written(moment, column.date_format, "%Y-%m-%d %H:%M:%S")


def written(moment: datetime, form: str, default: str) -> str:
    """A moment as text.

    :param form: as sources write it: ``strptime`` directives, ``iso``, or one of :data:`EPOCHS`; empty: ``default``.
    """
    if form in EPOCHS:
        return str(int(moment.replace(tzinfo=UTC).timestamp()) * EPOCHS[form])
    return moment.replace(tzinfo=UTC).strftime(form if form and form != "iso" else default)


def _text(column: SyntheticColumn, number: int) -> str:
    if column.personal == "CREDIT_CARD":
        return luhn_number(number)
    if column.personal in _PERSONAL:
        return _PERSONAL[column.personal].format(number=number, octet=number % 254 + 1)
    if column.shape and ("9" in column.shape or "A" in column.shape or "a" in column.shape):
        shaped = _shaped(column.shape, number)
        return shaped if shaped is not None else f"{column.name} {number}"
    return f"{column.name} {number}"


def _shaped(shape: str, number: int) -> str | None:
    """A value of this shape that differs for each number; None when the shape has no room for the number."""
    result, rest = [], number
    for character in reversed(shape):
        alphabet = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}.get(character)
        if alphabet is None:
            result.append(character)
            continue
        rest, index = divmod(rest, len(alphabet))
        result.append(alphabet[index])
    return None if rest else "".join(reversed(result))
