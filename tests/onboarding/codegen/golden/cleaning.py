"""How lines of the golden table about cleaning become sheets: many columns, each with its operations, in one Silver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.cleaning import OPERATIONS
from onboarding.spec.conf import ColumnType, Role
from onboarding.spec.plans import (
    CleaningOperation,
    ColumnPlan,
    DeduplicationPlan,
    MetadataPlan,
    TransformationPlan,
)
from onboarding.spec.profile import PersonalData
from tests.onboarding.codegen.golden.sheet import Cell, Sheet, texts_of

COLUMNS_A_SHEET = 12
ORIGIN = {"_source_file": "STRING", "_source_row": "BIGINT", "_load_id": "STRING"}
_TYPES_OF = {
    "parse_date": ColumnType.DATE,
    "parse_timestamp": ColumnType.TIMESTAMP,
    "parse_boolean": ColumnType.BOOLEAN,
    "parse_currency": ColumnType.DECIMAL,
    "parse_percent": ColumnType.DECIMAL,
}


@dataclass(frozen=True)
class Unreadable:
    """The value is marked in ``_unparsed``; ``value`` is what Silver has."""

    value: Any = None


@dataclass(frozen=True)
class AsText:
    """The value, written as text, is this."""

    value: str | None


@dataclass(frozen=True)
class Of:
    """Type of a column: what it is in Silver, and what Bronze has for it."""

    type: ColumnType = ColumnType.TEXT
    precision: int | None = None
    scale: int | None = None
    physical: str = "VARCHAR"
    date_format: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of the golden table."""

    operations: tuple[tuple[str, dict[str, Any]], ...]
    given: Any
    expected: Any
    of: Of
    others: dict[str, str | None] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Lines of one group are rows of one column."""
        return repr((self.operations, self.of, sorted(self.others)))

    @property
    def what(self) -> str:
        """The line as a person reads it."""
        steps = " | ".join(f"{name}{arguments or ''}" for name, arguments in self.operations)
        others = f" beside {self.others}" if self.others else ""
        return f"{steps or 'nothing'} as {self.of.type.value} of {self.given!r}{others}"


def line(
    operation: str, given: Any, expected: Any, /, *, of: Of | None = None, others: dict[str, str | None] | None = None,
    **arguments: Any,
) -> Line:  # fmt: skip
    """A line about one operation: its name, the value in Bronze, the value in Silver, its arguments.

    :param of: the column's type; that which the operation gives when empty.
    :param others: further columns of the row that the operation reads.
    """
    return Line(((operation, arguments),), given, expected, of or _type_of(operation, arguments), others or {})


def chain(operations: Sequence[tuple[str, dict[str, Any]]], given: Any, expected: Any, of: Of | None = None) -> Line:
    """A line about several operations, one after the other."""
    return Line(tuple(operations), given, expected, of or Of())


def _type_of(operation: str, arguments: dict[str, Any]) -> Of:
    if operation == "cast":
        kind = ColumnType(arguments["type"])
        return Of(kind, arguments.get("precision"), arguments.get("scale"))
    return Of(_TYPES_OF.get(operation, ColumnType.TEXT))


def example_lines() -> Iterator[Line]:
    """The examples of the documentation, whose outcome is a text of the value."""
    for operation in OPERATIONS.values():
        example = operation.example
        kinds = operation.types or (ColumnType.TEXT,)
        kind = ColumnType.DECIMAL if ColumnType.DECIMAL in kinds else kinds[0]
        if operation.name == "cast":
            kind = ColumnType(example.arguments["type"])
        arguments = dict(example.arguments)
        of = Of(kind, scale=arguments.get("scale") if operation.place == "type" else None)
        yield Line(((operation.name, arguments),), example.given, AsText(example.made), of, dict(example.beside))


def sheets(name: str, lines: Sequence[Line]) -> Iterator[Sheet]:
    """The lines, a dozen columns to a sheet."""
    groups: dict[str, list[Line]] = {}
    for item in lines:
        groups.setdefault(item.group, []).append(item)
    for number, part in enumerate(batched(groups.values(), COLUMNS_A_SHEET)):
        yield _sheet(f"{name} {number}", part)


def _sheet(name: str, groups: Sequence[list[Line]]) -> Sheet:
    columns: list[ColumnPlan] = []
    operations: list[CleaningOperation] = []
    stored: dict[str, list[Any]] = {}
    cells: list[Cell] = []
    height = max(len(group) for group in groups)
    for number, group in enumerate(groups):
        column, first = f"c{number}", group[0]
        own = {other: f"{column}_{other}" for other in first.others}
        columns += [plan_of(column, first.of), *(plan_of(other, Of()) for other in own.values())]
        operations += [_operation(column, item, own) for item in first.operations]
        stored[column] = [item.given for item in group]
        stored |= {own[other]: [item.others[other] for item in group] for other in own}
        cells += [cell for row, item in enumerate(group) for cell in _cells(item, row, column)]
    padded = [values + [None] * (height - len(values)) for values in stored.values()]
    rows = [(*row, "f", number, "2025-01-01-a") for number, row in enumerate(zip(*padded, strict=True))]
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["c0"], technical_key=False)
    plan = TransformationPlan(
        cleaning=operations, masking={}, deduplication=DeduplicationPlan(mode="remove", keys=["c0"]), gold_tables=[]
    )
    marks = ", ".join(f"CONTAINS(_unparsed, ',{item.name},') AS unreadable_{item.name}" for item in columns)
    texts = ", ".join(f"CAST({item.name} AS STRING) AS text_{item.name}" for item in columns)
    around = f"SELECT *, {marks}, {texts} FROM ({{}}) AS silver ORDER BY _source_row"
    statements = texts_of(ENGINES, lambda engine: silver_sql(metadata, plan, engine), around)
    kinds = {column.name: column.physical_type.replace("VARCHAR", "STRING") for column in columns}
    return Sheet(name, "bronze", kinds | ORIGIN, rows, statements, cells)


def plan_of(name: str, of: Of) -> ColumnPlan:
    """A plan of one column, called the same in the source."""
    return ColumnPlan(
        name=name, source_name=name, position=0, physical_type=of.physical, type=of.type, precision=of.precision,
        scale=of.scale, date_format=of.date_format, role=Role.ATTRIBUTE, nullable=True, description="A value.",
        personal_data=PersonalData(),
    )  # fmt: skip


def _operation(column: str, item: tuple[str, dict[str, Any]], own: dict[str, str]) -> CleaningOperation:
    name, arguments = item
    if own:
        arguments = {**arguments, "columns": [own[other] for other in arguments["columns"]]}
    return CleaningOperation(column=column, operation=name, arguments=arguments)


def _cells(item: Line, row: int, column: str) -> Iterator[Cell]:
    unreadable = isinstance(item.expected, Unreadable)
    if isinstance(item.expected, AsText):
        yield Cell(item.what, row, f"text_{column}", item.expected.value)
        return
    value = item.expected.value if isinstance(item.expected, Unreadable) else item.expected
    yield Cell(item.what, row, column, value)
    yield Cell(f"{item.what}, unreadable", row, f"unreadable_{column}", unreadable)
