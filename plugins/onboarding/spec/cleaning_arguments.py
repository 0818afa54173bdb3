"""Arguments of the cleaning operations: one model each, checked alike for a conf, a plan and an emitter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from onboarding.spec.column_types import ColumnType
from onboarding.spec.date_formats import DIRECTIVE_NAMES, DateFormatError, check_format
from onboarding.spec.patterns import groups_of, pattern_problem, replacement_problem

#: Whole-value patterns by name, for ``require_format``.
NAMED_FORMATS = {
    "email": "[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}",
    "uuid": "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "ipv4": "((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})",
    "url": "https?://[^ /?#]+[^ ]*",
    "e164": "[+][1-9][0-9]{7,14}",
}
MOST_PRECISION, MOST_SCALE = 38, 18
_JSON_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]")


def _as_text(value: Any) -> Any:
    """Values as a person writes them in YAML, as the text that stands in the data."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | Decimal) else value


def _usable_pattern(pattern: str) -> str:
    problem = pattern_problem(pattern)
    if problem:
        raise ValueError(f"a regular expression that every engine reads alike, not {problem}")
    return pattern


def _usable_format(form: str) -> str:
    try:
        check_format(form)
    except DateFormatError as error:
        raise ValueError(
            f"strptime directives {DIRECTIVE_NAMES}, each at most once, such as %d/%m/%Y: {error}"
        ) from None
    return form


def _as_number(value: Any) -> Any:
    """Numbers as they are written: 0.1 is a tenth."""
    return str(value) if isinstance(value, float) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_usable_pattern)]
DateFormat = Annotated[str, Field(min_length=2), AfterValidator(_usable_format)]


def as_decimal(text: str) -> Decimal | None:
    """A number, or None when the text is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _as_limit(value: Any) -> Any:
    """A number, or the text of a date."""
    found = as_decimal(str(value)) if isinstance(value, str | float) else value
    return value if isinstance(value, str) and found is None else str(value) if isinstance(value, date) else found


Limit = Annotated[Decimal | str, BeforeValidator(_as_limit)]
Number = Annotated[Decimal, BeforeValidator(_as_number), Field(allow_inf_nan=False)]
Scale = Annotated[int, Field(ge=0, le=MOST_SCALE)]
Precision = Annotated[int, Field(ge=1, le=MOST_PRECISION)]
Separator = Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[^0-9+-]$")]
Words = Annotated[list[Text], Field(min_length=1)]


class Arguments(BaseModel):
    """Base of all arguments: an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoArguments(Arguments):
    """Of an operation that has none."""


class Replace(Arguments):
    """Plain text, or a regular expression."""

    old: str | None = Field(None, min_length=1)
    new: str = ""
    pattern: Pattern | None = None
    replacement: str = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Replace:
        if (self.old is None) == (self.pattern is None):
            raise ValueError("either `old` and `new`, or `pattern` and `replacement`")
        if self.old is not None and "replacement" in self.model_fields_set:
            raise ValueError("`new` with `old`; `replacement` belongs to `pattern`")
        if self.pattern is not None and "new" in self.model_fields_set:
            raise ValueError("`replacement` with `pattern`; `new` belongs to `old`")
        if self.pattern is not None:
            problem = replacement_problem(self.replacement, groups_of(self.pattern))
            if problem:
                raise ValueError(f"a replacement that names groups of the pattern only, not {problem}")
        return self


def _text_keys(value: Any) -> Any:
    return {_as_text(old): _as_text(new) for old, new in value.items()} if isinstance(value, Mapping) else value


class MapValues(Arguments):
    """Old text -> new text, or null."""

    mapping: Annotated[dict[str, str | None], BeforeValidator(_text_keys), Field(min_length=1)]
    default: Text | None = None


class Nullify(Arguments):
    """Texts that mean nothing."""

    values: Words


class Default(Arguments):
    """What stands in for a missing value."""

    value: Text


class Split(Arguments):
    """A part between separators."""

    separator: str = Field(min_length=1)
    part: int

    @model_validator(mode="after")
    def _not_zero(self) -> Split:
        if self.part == 0:
            raise ValueError("`part` from 1 (the first), or from -1 (the last)")
        return self


class Substring(Arguments):
    """Characters by their place."""

    start: int = Field(ge=1)
    length: int | None = Field(None, ge=1)


class Pad(Arguments):
    """Filled up to a length."""

    length: int = Field(ge=1, le=1000)
    fill: str = Field("0", min_length=1, max_length=1)
    side: Literal["left", "right"] = "left"


class Concat(Arguments):
    """Other columns of the source."""

    columns: list[str]
    separator: str = ""


def json_steps(path: str) -> list[str | int]:
    """Keys and positions of a path such as ``items[0].name``.

    :raises ValueError: it is no such path.
    """
    steps: list[str | int] = []
    for part in re.findall(r"[^.\[\]]+|\[[^\]]*\]?|\.", path):
        found = _JSON_STEP.fullmatch(part)
        if found:
            steps.append(int(found[2]) if found[1] is None else found[1])
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    if not steps or written.removeprefix(".") != path:
        raise ValueError("keys of letters, digits and _ with dots between, positions in brackets: items[0].name")
    return steps


def _a_path(path: str) -> str:
    json_steps(path)
    return path


class JsonField(Arguments):
    """A place in a JSON text."""

    path: Annotated[str, AfterValidator(_a_path)]


class PhoneE164(Arguments):
    """Digits of the country that numbers without one belong to."""

    country_code: Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[1-9][0-9]{0,2}$")] | None = None


class RequireFormat(Arguments):
    """A named format, or a pattern."""

    pattern: Pattern | None = None
    format: Literal["email", "uuid", "ipv4", "url", "e164"] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> RequireFormat:
        if (self.pattern is None) == (self.format is None):
            raise ValueError(f"either `pattern`, or `format`: {', '.join(NAMED_FORMATS)}")
        return self

    @property
    def expression(self) -> str:
        """The regular expression that the whole value must match."""
        return self.pattern or NAMED_FORMATS[str(self.format)]


class Cast(Arguments):
    """A type; by default the column's."""

    type: ColumnType | None = Field(None, validation_alias=AliasChoices("type", "to"))
    precision: Precision | None = None
    scale: Scale | None = None
    decimal_separator: Separator = "."
    thousands_separator: Separator | None = None
    true_values: Words | None = None
    false_values: Words | None = None

    @model_validator(mode="after")
    def _two_separators(self) -> Cast:
        return _different(self)


class ParseDate(Arguments):
    """One format, or several; by default the column's."""

    format: DateFormat | None = None
    formats: Annotated[list[DateFormat], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _not_both(self) -> ParseDate:
        if self.format is not None and self.formats is not None:
            raise ValueError("either `format` or `formats`")
        return self

    @property
    def given(self) -> list[str]:
        """The formats in their order; empty when none was given."""
        return self.formats or ([self.format] if self.format else [])


class ParseTimestamp(ParseDate):
    """One format, or several; by default the column's."""


class ParseCurrency(Arguments):
    """How amounts are written."""

    decimal_separator: Separator = "."
    thousands_separator: Separator | None = None
    precision: Precision | None = None
    scale: Scale | None = None

    @model_validator(mode="after")
    def _two_separators(self) -> ParseCurrency:
        return _different(self)


class ParsePercent(ParseCurrency):
    """``number``: 12.5 % is 12.5; ``fraction``: it is 0.125."""

    unit: Literal["number", "fraction"] = "number"


class ParseBoolean(Arguments):
    """Words for true and false."""

    true_values: Words | None = None
    false_values: Words | None = None

    @model_validator(mode="after")
    def _no_word_twice(self) -> ParseBoolean:
        both = {word.lower() for word in self.true_values or []} & {word.lower() for word in self.false_values or []}
        if both:
            raise ValueError(f"words that are either true or false, not both: {', '.join(sorted(both))}")
        return self


class Round(Arguments):
    """Digits after the point."""

    scale: Scale = 0


class Clip(Arguments):
    """Limits: numbers, or ISO dates."""

    minimum: Limit | None = None
    maximum: Limit | None = None

    @model_validator(mode="after")
    def _limits(self) -> Clip:
        given = [limit for limit in (self.minimum, self.maximum) if limit is not None]
        if not given:
            raise ValueError("`minimum`, `maximum` or both")
        if any(isinstance(limit, str) for limit in given):
            dates = [_moment(limit) for limit in given]
            ordered = dates == sorted(dates)
        else:
            ordered = given == sorted(given)
        if not ordered:
            raise ValueError("a minimum that is not above the maximum")
        return self


class Multiply(Arguments):
    """A constant factor."""

    factor: Number


def _moment(limit: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(limit))
    except ValueError:
        raise ValueError("two numbers, or two dates such as 2024-12-31") from None


_Written = TypeVar("_Written", "Cast", "ParseCurrency")


def _different(arguments: _Written) -> _Written:
    if arguments.thousands_separator == arguments.decimal_separator:
        raise ValueError("two different characters for `decimal_separator` and `thousands_separator`")
    if arguments.precision is not None and arguments.scale is not None and arguments.scale > arguments.precision:
        raise ValueError("a scale that is not above the precision")
    return arguments
