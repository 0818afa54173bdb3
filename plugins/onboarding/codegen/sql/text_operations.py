"""Cleaning operations on text: one function each, from a text and typed arguments to a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import BLANK_CLASS, Engine, call, case, column, concat, is_null, number, text
from onboarding.codegen.sql.json_text import json_field
from onboarding.spec.cleaning_arguments import (
    Arguments,
    Concat,
    Default,
    JsonField,
    MapValues,
    Nullify,
    Pad,
    PhoneE164,
    Replace,
    Split,
    Substring,
)


@dataclass(frozen=True)
class Text:
    """A text value on the way through the operations of its column."""

    value: exp.Expression
    engine: Engine

    def again(self) -> exp.Expression:
        """The value once more: a tree has each node in one place only."""
        return self.value.copy()


def _accents() -> tuple[str, str]:
    """Letters of the Latin blocks with a mark or a stroke, and the plain letter of each."""
    strokes = {"Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i"}
    plain = dict(strokes)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))
        if len(base) > 1 and base[0].isascii():
            plain[chr(code)] = base[0]
    letters = sorted(plain)
    return "".join(letters), "".join(plain[letter] for letter in letters)


_ACCENTED, _PLAIN = _accents()
_COMBINING_MARKS = "[\\x{0300}-\\x{036F}]"


def _trim(given: Text, _: Any) -> exp.Expression:
    return given.engine.trim(given.value)


def _collapse(given: Text, _: Any) -> exp.Expression:
    return given.engine.replace_all(given.value, f"{BLANK_CLASS}+", " ")


def _lower(given: Text, _: Any) -> exp.Expression:
    return given.engine.lower(given.value)


def _upper(given: Text, _: Any) -> exp.Expression:
    return given.engine.upper(given.value)


def _title(given: Text, _: Any) -> exp.Expression:
    return given.engine.title(given.value)


def _remove_accents(given: Text, _: Any) -> exp.Expression:
    single = given.engine.replace_all(given.value, _COMBINING_MARKS, "")
    return call("TRANSLATE", single, text(_ACCENTED), text(_PLAIN))


def _replace(given: Text, arguments: Replace) -> exp.Expression:
    if arguments.pattern is not None:
        return given.engine.replace_all(given.value, arguments.pattern, arguments.replacement)
    return call("REPLACE", given.value, text(str(arguments.old)), text(arguments.new))


def _map(given: Text, arguments: MapValues) -> exp.Expression:
    branches = [
        (exp.EQ(this=given.again(), expression=text(old)), exp.null() if new is None else text(new))
        for old, new in arguments.mapping.items()
    ]
    if arguments.default is None:
        return case(*branches, default=given.again())
    known_null = (is_null(given.again()), exp.null())
    return case(known_null, *branches, default=text(arguments.default))


def _nullify(given: Text, arguments: Nullify) -> exp.Expression:
    blank = exp.In(this=given.value, expressions=[text(item) for item in arguments.values])
    return case((blank, exp.null()), default=given.again())


def _default(given: Text, arguments: Default) -> exp.Expression:
    return call("COALESCE", given.value, text(arguments.value))


def _split(given: Text, arguments: Split) -> exp.Expression:
    place: exp.Expression = number(abs(arguments.part))
    if arguments.part < 0:
        place = exp.Neg(this=place)
    return _or_null(call("SPLIT_PART", given.value, text(arguments.separator), place))


def _substring(given: Text, arguments: Substring) -> exp.Expression:
    length = [] if arguments.length is None else [number(arguments.length)]
    return _or_null(call("SUBSTRING", given.value, number(arguments.start), *length))


def _pad(given: Text, arguments: Pad) -> exp.Expression:
    short = exp.LT(this=call("LENGTH", given.value), expression=number(arguments.length))
    name = "LPAD" if arguments.side == "left" else "RPAD"
    padded = call(name, given.again(), number(arguments.length), text(arguments.fill))
    return case((short, padded), default=given.again())


def _concat(given: Text, arguments: Concat) -> exp.Expression:
    others = [given.engine.trim(column(name)) for name in arguments.columns]
    parts = [_or_null(part) for part in (given.value, *others)]
    return _or_null(call("CONCAT_WS", text(arguments.separator), *parts))


def _json_field(given: Text, arguments: JsonField) -> exp.Expression:
    return json_field(given.value, arguments.path, given.engine)


def _email(given: Text, _: Any) -> exp.Expression:
    """``Ann <mailto:Ann@x.org>`` as ``ann@x.org``."""
    blanks = f"{BLANK_CLASS}*"
    address = given.engine.replace_all(given.value, f"\\A[^<>]*<([^<>]*)>{blanks}\\z", "\\1")
    bare = given.engine.replace_all(address, f"\\A{blanks}[mM][aA][iI][lL][tT][oO]:", "")
    return given.engine.lower(given.engine.trim(bare))


def _phone(given: Text, arguments: PhoneE164) -> exp.Expression:
    """``+`` and digits. A national number gets the country code; without one it stays as its digits."""
    engine, code = given.engine, arguments.country_code or ""
    digits = engine.replace_all(given.value, "[^0-9]", "")
    international = engine.full_match(given.again(), "[^0-9+]*[+].*")
    zero_zero = engine.full_match(given.again(), "[^0-9]*00.*")
    national = digits.copy()
    if code:
        long_form = engine.full_match(digits.copy(), f"{code}[0-9]{{10}}")
        short = engine.replace_all(digits.copy(), "\\A0", "")
        national = case((long_form, concat(text("+"), digits.copy())), default=concat(text(f"+{code}"), short))
    return case(
        (international, concat(text("+"), digits)),
        (zero_zero, concat(text("+"), engine.replace_all(digits.copy(), "\\A00", ""))),
        (exp.EQ(this=digits.copy(), expression=text("")), given.again()),
        default=national,
    )


def _same(given: Text, _: Any) -> exp.Expression:
    return given.value


def _or_null(value: exp.Expression) -> exp.Expression:
    """An empty text is no value."""
    return call("NULLIF", value, text(""))


_EMITTERS: Mapping[str, Callable[[Text, Any], exp.Expression]] = {
    "trim": _trim,
    "collapse_blanks": _collapse,
    "lower": _lower,
    "upper": _upper,
    "title": _title,
    "remove_accents": _remove_accents,
    "replace": _replace,
    "map_values": _map,
    "nullify": _nullify,
    "default": _default,
    "split": _split,
    "substring": _substring,
    "pad": _pad,
    "concat": _concat,
    "json_field": _json_field,
    "email": _email,
    "phone_e164": _phone,
    "require_format": _same,
}


def text_value(value: exp.Expression, name: str, arguments: Arguments, engine: Engine) -> exp.Expression:
    """The text after one operation.

    :raises KeyError: it is no operation on text.
    """
    return _EMITTERS[name](Text(value, engine), arguments)
