"""The typed cleaning operations: what each is called, its arguments, what it works on, and an example that is run.

The one place that says which operations there are. The conf, the plans, the emitters and ``docs/cleaning.md`` read it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from onboarding.spec.cleaning_arguments import (
    Arguments,
    Cast,
    Clip,
    Concat,
    Default,
    JsonField,
    MapValues,
    Multiply,
    NoArguments,
    Nullify,
    Pad,
    ParseBoolean,
    ParseCurrency,
    ParseDate,
    ParsePercent,
    ParseTimestamp,
    PhoneE164,
    Replace,
    RequireFormat,
    Round,
    Split,
    Substring,
)
from onboarding.spec.column_types import NUMBERS, TEMPORAL, ColumnType

#: ``text``: before the column has its type. ``type``: gives it. ``value``: afterwards. ``any``: before or afterwards.
Place = Literal["text", "type", "value", "any"]


@dataclass(frozen=True)
class Example:
    """Arguments, the value that is given, and the value that is made of it; None is no value.

    :ivar beside: values of the other columns that the operation reads.
    """

    arguments: Mapping[str, Any]
    given: str | None
    made: str | None
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One kind of cleaning operation.

    :ivar types: types of the columns that it is for; empty: all.
    :ivar marks: whether a value that it cannot read is marked, for the quality check ``parsed``.
    :ivar rewrites: whether a right value becomes another one; another letter case is none.
    """

    name: str
    place: Place
    arguments: type[Arguments]
    purpose: str
    example: Example
    types: tuple[ColumnType, ...] = ()
    marks: bool = False
    rewrites: bool = True


def _text(
    name: str,
    purpose: str,
    example: Example,
    arguments: type[Arguments] = NoArguments,
    *,
    marks: bool = False,
    rewrites: bool = True,
) -> Operation:
    return Operation(name, "text", arguments, purpose, example, marks=marks, rewrites=rewrites)


_LISTED = (
    _text(
        "trim",
        "blanks of every kind (tabs, line breaks, no-break spaces ...) at both ends go",
        Example({}, " a b\t", "a b"),
        rewrites=False,
    ),
    _text("collapse_blanks", "blanks in a row become one space", Example({}, "a \t b", "a b")),
    _text(
        "lower",
        "small letters, one for one: `İ` becomes `i`",
        Example({}, "Straße ÉCLAIR", "straße éclair"),
        rewrites=False,
    ),
    _text("upper", "capital letters, one for one: `ß` becomes `ẞ`", Example({}, "éclair", "ÉCLAIR"), rewrites=False),
    _text(
        "title",
        "the first letter of each word between spaces is a capital, the others are small",
        Example({}, "new  YORK o'neil", "New  York O'neil"),
        rewrites=False,
    ),
    _text(
        "remove_accents",
        "letters of Latin scripts without their accents",
        Example({}, "Crème Brûlée Łódź", "Creme Brulee Lodz"),
    ),
    _text(
        "replace",
        "a text (`old`, `new`) or every match of a regular expression (`pattern`, `replacement` with `\\1`)",
        Example({"pattern": "([0-9]+)-([0-9]+)", "replacement": "\\2/\\1"}, "1-2 3-4", "2/1 4/3"),
        Replace,
    ),
    _text(
        "map_values",
        "values that are keys of `mapping` become what it says (null: no value); others stay, or become `default`",
        Example({"mapping": {"P": "PAID", "?": None}}, "P", "PAID"),
        MapValues,
    ),
    _text(
        "nullify",
        "these `values` mean that there is none",
        Example({"values": ["N/A", "-"]}, "N/A", None),
        Nullify,
        rewrites=False,
    ),
    Operation("default", "any", Default, "`value` where there is none", Example({"value": "unknown"}, None, "unknown")),
    _text(
        "split",
        "one part of a value with separators: 1 is the first, -1 the last; without that part there is no value",
        Example({"separator": "-", "part": 2}, "DE-10115-Berlin", "10115"),
        Split,
    ),
    _text(
        "substring",
        "`length` characters from `start` (1 is the first); to the end without a length",
        Example({"start": 3, "length": 2}, "AB12C", "12"),
        Substring,
    ),
    _text(
        "pad",
        "filled up to `length` characters on the `left` (or `right`); longer values stay",
        Example({"length": 5, "fill": "0"}, "123", "00123"),
        Pad,
    ),
    _text(
        "concat",
        "the value and the trimmed texts of other `columns` with a `separator` between; missing ones are left out",
        Example({"columns": ["last"], "separator": " "}, "Ann", "Ann Lee", {"last": "Lee "}),
        Concat,
    ),
    _text(
        "json_field",
        "the value at a `path` of keys and positions (from 0) in a JSON text; other text cannot be read",
        Example({"path": "items[0].name"}, '{"items": [{"name": "x"}]}', "x"),
        JsonField,
        marks=True,
    ),
    _text(
        "phone_e164",
        "`+` and digits; numbers without a country get `country_code`, and need one",
        Example({"country_code": "49"}, "030 123-4567", "+49301234567"),
        PhoneE164,
        marks=True,
    ),
    _text(
        "email",
        "blanks, `mailto:` and the brackets of `Name <address>` go, letters become small; the rest must be an address",
        Example({}, "Ann Lee <Ann.Lee@Example.COM>", "ann.lee@example.com"),
        marks=True,
    ),
    _text(
        "require_format",
        "changes nothing; the whole value must match the `pattern`, or the `format` (email, uuid, ipv4, url, e164)",
        Example(
            {"format": "uuid"},
            "0b7e0d0c-3d0e-4c38-9f2b-0d2e1a6c9b11",
            "0b7e0d0c-3d0e-4c38-9f2b-0d2e1a6c9b11",
        ),
        RequireFormat,
        marks=True,
        rewrites=False,
    ),
    Operation(
        "cast",
        "type",
        Cast,
        "to a type; text is read as a whole and never guessed (`12.5` is no integer)",
        Example(
            {"type": "decimal", "scale": 2, "thousands_separator": ".", "decimal_separator": ","},
            "1.234,5",
            "1234.50",
        ),
        marks=True,
        rewrites=False,
    ),
    Operation(
        "parse_date",
        "type",
        ParseDate,
        "to a date; the first of the `formats` that fits counts",
        Example({"formats": ["%d/%m/%Y", "%Y-%m-%d"]}, "31/12/2024", "2024-12-31"),
        (ColumnType.DATE,),
        marks=True,
        rewrites=False,
    ),
    Operation(
        "parse_timestamp",
        "type",
        ParseTimestamp,
        "to a timestamp in UTC; besides strptime formats: `iso`, `epoch` (seconds), `epoch_ms`",
        Example({"format": "iso"}, "2024-01-02T03:04:05+05:30", "2024-01-01 21:34:05"),
        (ColumnType.TIMESTAMP,),
        marks=True,
        rewrites=False,
    ),
    Operation(
        "parse_currency",
        "type",
        ParseCurrency,
        "to a number: signs and codes of currencies and blanks go, `(5.00)` and `5.00-` are negative",
        Example({"thousands_separator": ",", "scale": 2}, "$ (1,234.50)", "-1234.50"),
        NUMBERS,
        marks=True,
    ),
    Operation(
        "parse_percent",
        "type",
        ParsePercent,
        "to a number: `%` goes; `unit: fraction` gives a hundredth of it",
        Example({"unit": "fraction", "scale": 4}, "12.5 %", "0.1250"),
        (ColumnType.DECIMAL, ColumnType.DOUBLE),
        marks=True,
    ),
    Operation(
        "parse_boolean",
        "type",
        ParseBoolean,
        "to true or false, in these words; letter case does not matter",
        Example({"true_values": ["ja"], "false_values": ["nein"]}, "Ja", "true"),
        (ColumnType.BOOLEAN,),
        marks=True,
        rewrites=False,
    ),
    Operation(
        "round",
        "value",
        Round,
        "to `scale` digits after the point; halves go away from zero",
        Example({"scale": 1}, "2.25", "2.3000"),
        NUMBERS,
    ),
    Operation(
        "clip",
        "value",
        Clip,
        "values below `minimum` or above `maximum` become that limit",
        Example({"minimum": 0, "maximum": 100}, "120", "100.0000"),
        (*NUMBERS, *TEMPORAL),
    ),
    Operation(
        "multiply",
        "value",
        Multiply,
        "by a `factor`, for another unit; rounded to the column's scale",
        Example({"factor": 0.01}, "1999", "19.9900"),
        NUMBERS,
    ),
)

OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in _LISTED}
TYPING = tuple(name for name, operation in OPERATIONS.items() if operation.place == "type")
MARKING = tuple(name for name, operation in OPERATIONS.items() if operation.marks)
REWRITING = tuple(name for name, operation in OPERATIONS.items() if operation.rewrites)
AFTER_TYPE = tuple(name for name, operation in OPERATIONS.items() if operation.place in ("value", "any"))


class ArgumentsError(ValueError):
    """An operation's arguments cannot be used.

    :ivar key: the argument that is wrong; empty when it is the operation itself.
    :ivar expected: what would have been right.
    :ivar given: what was there.
    :ivar remedy: a corrected example, or the name that was meant.
    """

    def __init__(self, what: str, *, key: str, expected: str, given: str, remedy: str) -> None:
        super().__init__(what)
        self.key, self.expected, self.given, self.remedy = key, expected, given, remedy


def read_arguments(name: str, arguments: Mapping[str, Any]) -> Arguments:
    """The typed arguments of an operation.

    :raises ArgumentsError: there is no such operation, or it has other arguments.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        close = difflib.get_close_matches(name, OPERATIONS, n=1)
        raise ArgumentsError(
            f"there is no cleaning operation {name!r}",
            key="",
            expected=f"one of: {', '.join(OPERATIONS)}",
            given=repr(name),
            remedy=f"did you mean `{close[0]}`?" if close else "see docs/cleaning.md",
        )
    try:
        return operation.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        raise _arguments_error(operation, error, arguments) from None


def arguments_schema(operation: Operation) -> dict[str, Any]:
    """JSON schema of an operation's arguments: ``properties`` and, where there are any, ``required`` ones."""
    schema = operation.arguments.model_json_schema()
    kinds = schema.pop("$defs", {})
    properties = {name: _inlined(field, kinds) for name, field in schema["properties"].items()}
    required = {"required": schema["required"]} if schema.get("required") else {}
    return {"properties": properties, **required}


def _inlined(schema: Any, kinds: Mapping[str, Any]) -> Any:
    """A schema with what it refers to written in its place, and without titles."""
    if isinstance(schema, list):
        return [_inlined(item, kinds) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(kinds[schema["$ref"].rsplit("/", maxsplit=1)[-1]], kinds)
    return {name: _inlined(value, kinds) for name, value in schema.items() if name != "title"}


def written_example(operation: Operation) -> str:
    """A step with this operation, as it stands in a conf."""
    from json import dumps

    parts = [f"{name}: {dumps(value, ensure_ascii=False)}" for name, value in operation.example.arguments.items()]
    return "{" + ", ".join(["column: <column>", f"op: {operation.name}", *parts]) + "}"


def _arguments_error(operation: Operation, error: ValidationError, arguments: Mapping[str, Any]) -> ArgumentsError:
    detail = error.errors(include_url=False)[0]
    known = list(operation.arguments.model_fields)
    key = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    expected, given = message[0].lower() + message[1:], _short(detail["input"])
    remedy = f"for example `{written_example(operation)}`"
    if detail["type"] == "extra_forbidden":
        expected = f"arguments of {operation.name}: {', '.join(known)}" if known else "no arguments"
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        given, remedy = f"`{key}`", f"did you mean `{close[0]}`? {remedy}" if close else remedy
    elif detail["type"] == "missing":
        expected, given = f"the argument `{key}`", ", ".join(map(str, arguments)) or "no argument"
    elif not detail["loc"]:
        given = ", ".join(f"{name}: {_short(value)}" for name, value in arguments.items()) or "no argument"
    return ArgumentsError(
        f"`{operation.name}` cannot be used with these arguments",
        key=key,
        expected=expected,
        given=given,
        remedy=remedy,
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
