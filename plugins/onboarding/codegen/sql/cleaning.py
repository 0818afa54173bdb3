"""Cleaning operations of one column, compiled to stages: trimmed, cleaned text, value read, value after the cast.

Which operations there are, and their arguments, says ``onboarding.spec.cleaning``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql import dates, numbers
from onboarding.codegen.sql.engines import (
    DEFAULT_SCALE,
    Engine,
    call,
    case,
    column,
    data_type,
    is_null,
    not_null,
    text,
    to_text,
    try_cast,
)
from onboarding.codegen.sql.json_text import not_well_formed
from onboarding.codegen.sql.text_operations import text_value
from onboarding.spec.cleaning import AFTER_TYPE, OPERATIONS, TYPING, ArgumentsError, read_arguments
from onboarding.spec.cleaning_arguments import (
    NAMED_FORMATS,
    Arguments,
    Cast,
    Clip,
    Default,
    Multiply,
    ParseBoolean,
    ParseCurrency,
    ParseDate,
    ParsePercent,
    RequireFormat,
    Round,
)
from onboarding.spec.column_types import NUMBERS, ColumnType
from onboarding.spec.date_formats import ISO_DATE, ISO_TIMESTAMP
from onboarding.spec.plans import CleaningOperation, ColumnPlan

# Columns of a statement: what the planner takes for quick trims grows with the square of their number.
_MOST_QUICK = 100
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass
class CleanedColumn:
    """The stages of one column, each reading the stage before under the plan's name.

    ``trimmed`` reads the Bronze view; ``prepared`` is the cleaned text; ``read`` the value of the column's type;
    ``typed`` the value after the operations behind the cast. ``failed`` are conditions on the trimmed text. The
    conditions of ``unreadable`` see the prepared text as :func:`text_name` beside the value that was read.
    """

    trimmed: exp.Expression
    prepared: exp.Expression
    read: exp.Expression
    typed: exp.Expression
    failed: list[exp.Expression] = field(default_factory=list)
    unreadable: list[exp.Expression] = field(default_factory=list)


def text_name(name: str) -> str:
    """Name under which a column's prepared text goes along until it is known what could not be read."""
    return f"_text_{name}"


def failed_name(name: str) -> str:
    """Name under which it goes along that an operation on a column's text failed."""
    return f"_failed_{name}"


def clean_column(
    plan: ColumnPlan, operations: Sequence[CleaningOperation], engine: Engine, *, of: int = 1
) -> CleanedColumn:
    """Compile a column's operations, in their order.

    A column that is not text and has no cast among its operations is cast at the end of its text operations.

    :param of: columns that the statement has.
    :raises CodegenError: an operation has the wrong arguments, or cannot be in its place.
    """
    before, typing, after = split_operations(plan, operations)
    native = not is_text(plan.physical_type)
    source: exp.Expression = column(plan.source_name)
    if native and (before or plan.type is ColumnType.TEXT):
        source, native = native_text(source, plan.physical_type, engine), False
    if before and before[0].operation == "trim":
        quick = isinstance(source, exp.Column) and of <= _MOST_QUICK
        source, before = engine.trim_column(source) if quick else engine.trim(source), before[1:]
    own = column(plan.name)
    cleaned = CleanedColumn(trimmed=source, prepared=own, read=own.copy(), typed=own.copy())
    for operation in before:
        _apply_text(cleaned, plan, operation, engine)
    if cleaned.failed:
        failed = call("COALESCE", column(failed_name(plan.name)), exp.false())
        cleaned.unreadable.append(failed)
    if plan.type is not ColumnType.TEXT:
        _apply_typing(cleaned, plan, typing, engine, native=native)
    for operation in after:
        _apply_typed(cleaned, plan, operation)
    return cleaned


def split_operations(
    plan: ColumnPlan, operations: Sequence[CleaningOperation]
) -> tuple[Sequence[CleaningOperation], CleaningOperation | None, Sequence[CleaningOperation]]:
    """Operations on text, the one that gives the type (None: implied), operations on the typed value."""
    if plan.type is ColumnType.TEXT:
        # A cast to text leaves text as it is.
        return [op for op in operations if op.operation != "cast" or _wanted_type(op) is not ColumnType.TEXT], None, []
    at = next((index for index, op in enumerate(operations) if op.operation in TYPING), None)
    if at is not None:
        return operations[:at], operations[at], operations[at + 1 :]
    at = next((index for index, op in enumerate(operations) if op.operation in AFTER_TYPE), len(operations))
    return operations[:at], None, operations[at:]


def _wanted_type(operation: CleaningOperation) -> ColumnType | None:
    arguments = arguments_of(operation)
    return (arguments.type or ColumnType.TEXT) if isinstance(arguments, Cast) else None


def is_text(physical_type: str) -> bool:
    """Whether Bronze keeps a column as text."""
    return physical_type.upper() in ("VARCHAR", "TEXT", "STRING")


def native_text(value: exp.Expression, physical_type: str, engine: Engine) -> exp.Expression:
    """A Bronze value of any type as text."""
    upper = physical_type.upper()
    if is_text(upper):
        return value
    if upper in ("DOUBLE", "FLOAT", "REAL"):
        return engine.double_text(value)
    if upper.startswith("DECIMAL("):
        return engine.decimal_text(value, int(upper.removesuffix(")").rpartition(",")[2]))
    return to_text(value)


def arguments_of(operation: CleaningOperation) -> Arguments:
    """The typed arguments of a plan's operation.

    :raises CodegenError: they are not those of the operation.
    """
    try:
        return read_arguments(operation.operation, operation.arguments)
    except ArgumentsError as error:
        raise CodegenError(
            f"the cleaning operation {operation.operation!r} on {operation.column!r} cannot be rendered: {error}",
            where=f"transformation.cleaning ({operation.column}){'.' if error.key else ''}{error.key}",
            expected=error.expected,
            given=error.given,
            remedy=error.remedy,
        ) from None


def _apply_text(cleaned: CleanedColumn, plan: ColumnPlan, operation: CleaningOperation, engine: Engine) -> None:
    arguments = arguments_of(operation)
    if OPERATIONS[operation.operation].place not in ("text", "any"):
        kinds = ", ".join(OPERATIONS[operation.operation].types or NUMBERS)
        raise _misplaced(operation, f"a column of type {kinds}", f"type {plan.type.value}")
    was = column(text_name(plan.name))
    if isinstance(arguments, RequireFormat):
        cleaned.unreadable.append(_does_not_match(was, arguments.expression, engine))
    elif operation.operation == "phone_e164":
        cleaned.unreadable.append(_does_not_match(was, NAMED_FORMATS["e164"], engine))
    elif operation.operation == "email":
        cleaned.unreadable.append(_does_not_match(was, NAMED_FORMATS["email"], engine))
    elif operation.operation == "json_field":
        cleaned.failed.append(not_well_formed(cleaned.prepared.copy(), engine))
    cleaned.prepared = text_value(cleaned.prepared, operation.operation, arguments, engine)


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
        if operation is not None and not isinstance(arguments_of(operation), Cast):
            raise _misplaced(operation, "a column that arrives as text", f"{plan.physical_type} in the source")
        cleaned.read = _native_value(value, plan)
        cleaned.unreadable.append(exp.And(this=not_null(was), expression=nothing_read))
        return
    arguments = arguments_of(operation) if operation else Cast()
    _check_typing(operation, arguments, plan)
    cleaned.read = typed_value(value, plan, engine, arguments)
    there = exp.NEQ(this=was, expression=text(""))
    cleaned.unreadable.append(exp.And(this=there, expression=nothing_read))


def _check_typing(operation: CleaningOperation | None, arguments: Arguments, plan: ColumnPlan) -> None:
    if operation is None:
        return
    kinds = OPERATIONS[operation.operation].types
    if isinstance(arguments, Cast) and arguments.type is not None:
        kinds = (arguments.type,)
    if kinds and plan.type not in kinds:
        raise _misplaced(operation, f"a column of type {' or '.join(kinds)}", f"type {plan.type.value}")


def _native_value(value: exp.Expression, plan: ColumnPlan) -> exp.Expression:
    if plan.physical_type.upper() in ("DOUBLE", "FLOAT", "REAL"):
        if plan.type is ColumnType.DECIMAL:
            return numbers.double_as_decimal(value, plan.precision, plan.scale)
        if plan.type is ColumnType.INTEGER:
            value = numbers.rounded(value, ColumnType.DOUBLE, 0)
    elif plan.physical_type.upper().startswith("DECIMAL(") and plan.type is ColumnType.INTEGER:
        value = numbers.rounded(value, ColumnType.DECIMAL, 0)
    return try_cast(value, data_type(plan.type, plan.precision, plan.scale))


def typed_value(
    value: exp.Expression, plan: ColumnPlan, engine: Engine, arguments: Arguments | None = None
) -> exp.Expression:
    """A text value as the column's type, NULL when it cannot be read as that."""
    arguments = arguments or Cast()
    kind = data_type(plan.type, plan.precision, DEFAULT_SCALE if plan.scale is None else plan.scale)
    if isinstance(arguments, ParsePercent):
        return numbers.percent(value, kind, arguments, engine)
    if isinstance(arguments, ParseCurrency):
        return numbers.currency(value, kind, arguments, engine)
    if plan.type in NUMBERS and isinstance(arguments, Cast):
        return numbers.cast_number(value, kind, plan.type, arguments, engine)
    if plan.type is ColumnType.BOOLEAN:
        return _boolean_value(value, arguments, engine)
    if plan.type is ColumnType.DATE:
        return dates.parse_date(value, _formats(plan, arguments, ISO_DATE), engine)
    if plan.type is ColumnType.TIMESTAMP:
        return dates.parse_timestamp(value, _formats(plan, arguments, ISO_TIMESTAMP), engine)
    return value


def _formats(plan: ColumnPlan, arguments: Arguments, default: str) -> list[str]:
    given = arguments.given if isinstance(arguments, ParseDate) else []
    return given or [plan.date_format or default]


def _boolean_value(value: exp.Expression, arguments: Arguments, engine: Engine) -> exp.Expression:
    words = arguments if isinstance(arguments, Cast | ParseBoolean) else ParseBoolean()

    def one_of(values: Sequence[str]) -> exp.Expression:
        return exp.In(this=engine.lower(value.copy()), expressions=[text(_small(item)) for item in values])

    return case(
        (one_of(words.true_values or _TRUE), exp.true()),
        (one_of(words.false_values or _FALSE), exp.false()),
    )


def _small(word: str) -> str:
    """Small letters as :meth:`Engine.lower` makes them."""
    return word.translate({ord("İ"): "i", ord("Σ"): "σ"}).lower()


def _apply_typed(cleaned: CleanedColumn, plan: ColumnPlan, operation: CleaningOperation) -> None:
    arguments: Any = arguments_of(operation)
    kind = data_type(plan.type, plan.precision, plan.scale)
    kinds = OPERATIONS[operation.operation].types
    if operation.operation not in AFTER_TYPE:
        raise _misplaced(operation, "operations on text before the cast", f"{operation.operation} after it")
    if kinds and plan.type not in kinds:
        raise _misplaced(operation, f"a column of type {', '.join(kinds)}", f"type {plan.type.value}")
    if isinstance(arguments, Round):
        cleaned.typed = try_cast(numbers.rounded(cleaned.typed, plan.type, arguments.scale), kind)
    elif isinstance(arguments, Default):
        cleaned.typed = call("COALESCE", cleaned.typed, _default(operation, arguments.value, plan))
    elif isinstance(arguments, Clip):
        cleaned.typed = _clip(cleaned.typed, operation, arguments, plan)
    elif isinstance(arguments, Multiply):
        cleaned.typed = try_cast(_multiply(cleaned.typed, operation, arguments, plan), kind)


def _default(operation: CleaningOperation, value: str, plan: ColumnPlan) -> exp.Expression:
    """A constant of the column's type; what a person wrote must be one."""
    from onboarding.codegen.sql.constants import constant

    found = constant(value, plan.type, plan.precision, plan.scale)
    if found is None:
        raise _misplaced(operation, f"a value of type {plan.type.value}", repr(value))
    return found


def _clip(value: exp.Expression, operation: CleaningOperation, how: Clip, plan: ColumnPlan) -> exp.Expression:
    branches = []
    for limit, beyond in ((how.minimum, exp.LT), (how.maximum, exp.GT)):
        if limit is not None:
            constant = _default(operation, format(limit, "f") if isinstance(limit, Decimal) else limit, plan)
            branches.append((beyond(this=value.copy(), expression=constant), constant.copy()))
    return case(*branches, default=value)


def _multiply(value: exp.Expression, operation: CleaningOperation, how: Multiply, plan: ColumnPlan) -> exp.Expression:
    product = numbers.multiplied(value, plan.type, plan.precision, plan.scale, how.factor)
    if product is None:
        wide = f"{plan.type.value} of {plan.precision or 19} digits times {how.factor}"
        raise _misplaced(operation, "a product of at most 38 digits", wide)
    return product


def _misplaced(operation: CleaningOperation, expected: str, given: str) -> CodegenError:
    return CodegenError(
        f"the cleaning operation {operation.operation!r} on {operation.column!r} cannot be rendered",
        where=f"transformation.cleaning ({operation.column})",
        expected=expected,
        given=given,
        remedy=f"change the operation, its arguments or its place in the list, or the type of {operation.column} "
        f"(domain.columns.{operation.column}.type)",
    )
