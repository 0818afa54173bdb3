"""Cleaning operations of one column, compiled to stages: trimmed, cleaned text, value read, value after the cast.

Operations and their arguments (``CleaningOperation.arguments``):

=================  ==========================================================================================
``trim``           blanks of every kind at both ends
``lower`` ``upper`` ``title``  letter case
``nullify``        ``values``: these texts mean "nothing"
``default``        ``value``: instead of NULL
``replace``        ``old``, ``new`` (plain text) or ``pattern``, ``replacement`` (regular expression, ``\\1``)
``map_values``     ``mapping``: {from: to}; optional ``default`` for what is not in it
``cast``           to the column's type; optional ``decimal_separator``, ``thousands_separator``,
                   ``true_values``, ``false_values``
``parse_date`` ``parse_timestamp``  ``format`` or ``formats`` (strptime, or ``iso``); the column's by default
``round``          ``scale``: digits after the point
``phone_e164``     optional ``country_code`` (digits) for numbers without one
``require_format``  ``pattern``, or ``format``: email, uuid, ipv4, url, e164; changes nothing, only marks the value
=================  ==========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql import dates
from onboarding.codegen.sql.engines import (
    DEFAULT_SCALE,
    Engine,
    call,
    case,
    column,
    concat,
    data_type,
    is_null,
    not_null,
    number,
    text,
    to_text,
    try_cast,
)
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import CleaningOperation, ColumnPlan

NAMED_FORMATS = {
    "email": "[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}",
    "uuid": "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "ipv4": "((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})",
    "url": "https?://[^ /?#]+[^ ]*",
    "e164": "[+][1-9][0-9]{7,14}",
}
_TYPING = ("cast", "parse_date", "parse_timestamp")
_NUMBER_GUARDS = {
    ColumnType.INTEGER: "[+-]?[0-9]+",
    ColumnType.DECIMAL: "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)",
    ColumnType.DOUBLE: "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?",
}
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass
class CleanedColumn:
    """The stages of one column, each reading the stage before under the plan's name.

    ``trimmed`` reads the Bronze view; ``prepared`` is the cleaned text; ``read`` the value of the column's type;
    ``typed`` the value after the operations behind the cast. The conditions of ``unreadable`` see the prepared
    text as :func:`text_name` beside the value that was read.
    """

    trimmed: exp.Expression
    prepared: exp.Expression
    read: exp.Expression
    typed: exp.Expression
    unreadable: list[exp.Expression] = field(default_factory=list)


def text_name(name: str) -> str:
    """Name under which a column's prepared text goes along until it is known what could not be read."""
    return f"_text_{name}"


def clean_column(plan: ColumnPlan, operations: list[CleaningOperation], engine: Engine) -> CleanedColumn:
    """Compile a column's operations, in their order.

    A column that is not text and has no cast among its operations is cast at the end of its text operations.
    """
    before, typing, after = _split(plan, operations)
    native = not is_text(plan.physical_type)
    source: exp.Expression = column(plan.source_name)
    if native and (before or plan.type is ColumnType.TEXT):
        source, native = to_text(source), False
    if before and before[0].operation == "trim":
        source, before = engine.trim(source), before[1:]
    own = column(plan.name)
    cleaned = CleanedColumn(trimmed=source, prepared=own, read=own.copy(), typed=own.copy())
    for operation in before:
        _apply_text(cleaned, plan, operation, engine)
    if plan.type is not ColumnType.TEXT:
        _apply_typing(cleaned, plan, typing, engine, native=native)
    for operation in after:
        _apply_typed(cleaned, plan, operation, engine)
    return cleaned


def _split(
    plan: ColumnPlan, operations: list[CleaningOperation]
) -> tuple[list[CleaningOperation], CleaningOperation | None, list[CleaningOperation]]:
    """Operations on text, the one that gives the type (None: implied), operations on the typed value."""
    if plan.type is ColumnType.TEXT:
        return [op for op in operations if op.operation not in _TYPING], None, []
    at = next((index for index, op in enumerate(operations) if op.operation in _TYPING), None)
    if at is not None:
        return operations[:at], operations[at], operations[at + 1 :]
    at = next((i for i, op in enumerate(operations) if op.operation in ("round", "default")), len(operations))
    return operations[:at], None, operations[at:]


def is_text(physical_type: str) -> bool:
    """Whether Bronze keeps a column as text."""
    return physical_type.upper() in ("VARCHAR", "TEXT", "STRING")


def _apply_text(cleaned: CleanedColumn, plan: ColumnPlan, operation: CleaningOperation, engine: Engine) -> None:
    if operation.operation == "require_format":
        cleaned.unreadable.append(_misses_format(column(text_name(plan.name)), operation, engine))
    elif operation.operation == "phone_e164":
        cleaned.prepared = _phone(cleaned.prepared, operation.arguments, engine)
        cleaned.unreadable.append(_does_not_match(column(text_name(plan.name)), NAMED_FORMATS["e164"], engine))
    else:
        cleaned.prepared = _text_value(cleaned.prepared, operation, engine)


def _apply_typed(cleaned: CleanedColumn, plan: ColumnPlan, operation: CleaningOperation, engine: Engine) -> None:
    if operation.operation == "round":
        scale = int(operation.arguments.get("scale", 0))
        rounded = exp.Round(this=cleaned.typed, decimals=number(scale))
        cleaned.typed = try_cast(rounded, data_type(plan.type, plan.precision, plan.scale))
    elif operation.operation == "default":
        literal = try_cast(text(str(operation.arguments["value"])), data_type(plan.type, plan.precision, plan.scale))
        cleaned.typed = call("COALESCE", cleaned.typed, literal)
    else:
        raise _unsupported(operation, "an operation on text must come before the cast")


def _text_value(value: exp.Expression, operation: CleaningOperation, engine: Engine) -> exp.Expression:
    """Text after one text operation."""
    name, arguments = operation.operation, operation.arguments
    if name == "trim":
        return engine.trim(value)
    if name in ("lower", "upper"):
        return call(name.upper(), value)
    if name == "title":
        return engine.title(value)
    if name == "nullify":
        blank = exp.In(this=value, expressions=[text(str(item)) for item in arguments["values"]])
        return case((blank, exp.null()), default=value.copy())
    if name == "default":
        return call("COALESCE", value, text(str(arguments["value"])))
    if name == "replace":
        return _replace(value, arguments, engine)
    if name == "map_values":
        return _map(value, arguments)
    if name in ("cast", "round"):
        return value
    raise _unsupported(operation, name)


def _replace(value: exp.Expression, arguments: dict[str, Any], engine: Engine) -> exp.Expression:
    if "pattern" in arguments:
        return engine.replace_all(value, str(arguments["pattern"]), str(arguments.get("replacement", "")))
    return call("REPLACE", value, text(str(arguments["old"])), text(str(arguments.get("new", ""))))


def _map(value: exp.Expression, arguments: dict[str, Any]) -> exp.Expression:
    branches = [
        (exp.EQ(this=value.copy(), expression=text(str(old))), exp.null() if new is None else text(str(new)))
        for old, new in arguments["mapping"].items()
    ]
    if not branches:
        return value
    if "default" not in arguments:
        return case(*branches, default=value.copy())
    known_null = (is_null(value.copy()), exp.null())
    return case(known_null, *branches, default=text(str(arguments["default"])))


def _phone(value: exp.Expression, arguments: dict[str, Any], engine: Engine) -> exp.Expression:
    """``+`` and digits. A national number gets the country code; without one it stays as its digits."""
    digits = engine.replace_all(value, "[^0-9]", "")
    international = engine.full_match(value.copy(), "[^0-9+]*[+].*")
    zero_zero = engine.full_match(value.copy(), "[^0-9]*00.*")
    code = str(arguments.get("country_code", ""))
    national = digits.copy()
    if code:
        long_form = engine.full_match(digits.copy(), f"{code}[0-9]{{10}}")
        short = engine.replace_all(digits.copy(), "\\A0", "")
        national = case((long_form, concat(text("+"), digits.copy())), default=concat(text(f"+{code}"), short))
    return case(
        (international, concat(text("+"), digits)),
        (zero_zero, concat(text("+"), engine.replace_all(digits.copy(), "\\A00", ""))),
        (exp.EQ(this=digits.copy(), expression=text("")), value.copy()),
        default=national,
    )


def _misses_format(value: exp.Expression, operation: CleaningOperation, engine: Engine) -> exp.Expression:
    arguments = operation.arguments
    pattern = arguments.get("pattern") or NAMED_FORMATS.get(str(arguments.get("format")))
    if not pattern:
        raise _unsupported(operation, f"format {arguments.get('format')!r}")
    return _does_not_match(value, str(pattern), engine)


def _does_not_match(value: exp.Expression, pattern: str, engine: Engine) -> exp.Expression:
    there = exp.NEQ(this=value.copy(), expression=text(""))
    return exp.And(this=there, expression=exp.Not(this=exp.Paren(this=engine.full_match(value.copy(), pattern))))


def _apply_typing(
    cleaned: CleanedColumn, plan: ColumnPlan, operation: CleaningOperation | None, engine: Engine, *, native: bool
) -> None:
    """Text to the column's type; what is there but cannot be read is NULL and marked."""
    value, was = column(plan.name), column(text_name(plan.name))
    nothing_read = is_null(column(plan.name))
    if native:
        cleaned.read = try_cast(value, data_type(plan.type, plan.precision, plan.scale))
        cleaned.unreadable.append(exp.And(this=not_null(was), expression=nothing_read))
        return
    cleaned.read = typed_value(value, plan, operation.arguments if operation else {}, engine)
    there = exp.NEQ(this=was, expression=text(""))
    cleaned.unreadable.append(exp.And(this=there, expression=nothing_read))


def typed_value(value: exp.Expression, plan: ColumnPlan, arguments: dict[str, Any], engine: Engine) -> exp.Expression:
    """A text value as the column's type, NULL when it cannot be read as that."""
    if plan.type in _NUMBER_GUARDS:
        return _number_value(value, plan, arguments, engine)
    if plan.type is ColumnType.BOOLEAN:
        return _boolean_value(value, arguments)
    if plan.type is ColumnType.DATE:
        return dates.parse_date(value, _formats(plan, arguments, dates.ISO_DATE), engine)
    if plan.type is ColumnType.TIMESTAMP:
        return dates.parse_timestamp(value, _formats(plan, arguments, dates.ISO_TIMESTAMP), engine)
    return value


def _formats(plan: ColumnPlan, arguments: dict[str, Any], default: str) -> list[str]:
    given = arguments.get("formats") or arguments.get("format") or plan.date_format or default
    return [given] if isinstance(given, str) else [str(item) for item in given]


def _number_value(value: exp.Expression, plan: ColumnPlan, arguments: dict[str, Any], engine: Engine) -> exp.Expression:
    thousands, point = arguments.get("thousands_separator"), arguments.get("decimal_separator", ".")
    if thousands:
        value = call("REPLACE", value, text(str(thousands)), text(""))
    if point != ".":
        value = call("REPLACE", value, text(str(point)), text("."))
    kind = data_type(plan.type, plan.precision, DEFAULT_SCALE if plan.scale is None else plan.scale)
    return case((engine.full_match(value, _NUMBER_GUARDS[plan.type]), try_cast(value.copy(), kind)))


def _boolean_value(value: exp.Expression, arguments: dict[str, Any]) -> exp.Expression:
    def one_of(values: Any) -> exp.Expression:
        return exp.In(this=call("LOWER", value.copy()), expressions=[text(str(item).lower()) for item in values])

    return case(
        (one_of(arguments.get("true_values") or _TRUE), exp.true()),
        (one_of(arguments.get("false_values") or _FALSE), exp.false()),
    )


def _unsupported(operation: CleaningOperation, given: str) -> CodegenError:
    return CodegenError(
        f"the cleaning operation {operation.operation!r} on {operation.column!r} cannot be rendered",
        where=f"transformation.cleaning ({operation.column})",
        expected="an operation of the table in onboarding/codegen/sql/cleaning.py, text operations before the cast",
        given=given,
        remedy="change the operation, its arguments or its place in the list",
    )
