"""Facts of a plan that a workload's tests state once more, so that no file can change without a test that notices."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from onboarding.codegen import schema
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import (
    CleaningOperation,
    ColumnPlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
)

_SPELLING = ("title", "upper", "lower")
#: Operations after which a right value is still the value that was there.
_KEEPING = ("trim", "nullify", "require_format", "cast", "parse_date")
_EXACT_MASKS = (Masking.HASH, Masking.LAST4, Masking.PARTIAL, Masking.EMAIL, Masking.REDACT)


def column_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """What holds of single columns between Bronze and Silver."""
    columns = [_Column(plan, metadata, transformation) for plan in metadata.columns]
    columns = [column for column in columns if column.in_silver]
    return {
        "null_words": {column.name: column.null_words for column in columns if column.null_words},
        "spelled": {column.name: column.spelling for column in columns if column.spelling},
        "whole_numbers": [column.name for column in columns if column.is_whole_number],
        "kept": {column.name: column.form for column in columns if column.form},
        "masks": {column.name: column.mask.value for column in columns if column.is_masked_text},
    }


class _Column:
    """One source column and what is done to it."""

    def __init__(self, plan: ColumnPlan, metadata: MetadataPlan, transformation: TransformationPlan) -> None:
        from onboarding.codegen.sql.cleaning import is_text

        self.name = plan.name
        self.plan = plan
        self.mask = transformation.masking.get(plan.name, Masking.KEEP)
        self.in_silver = plan.name not in schema.dropped_columns(metadata, transformation)
        self._text = is_text(plan.physical_type)
        self._operations = [item for item in transformation.cleaning if item.column == plan.name]
        self._names = [item.operation for item in self._operations]

    @property
    def null_words(self) -> list[str]:
        """Words that are read as no value; none where a later operation may make something of them."""
        if not self._text or {"default", "map_values", "replace"} & set(self._names):
            return []
        if self._names.count("nullify") != 1:
            return []
        operation = next(item for item in self._operations if item.operation == "nullify")
        values = operation.arguments.get("values", [])
        return [value for value in values if isinstance(value, str) and value]

    @property
    def spelling(self) -> str:
        """The spelling that every value gets, where that is all that happens to it."""
        found = [name for name in self._names if name in _SPELLING]
        if set(self._names) - {"trim", "nullify", *_SPELLING} or len(found) != 1:
            return ""
        return found[0] if self._text and self.mask is Masking.KEEP else ""

    @property
    def is_whole_number(self) -> bool:
        return self._is_plain(ColumnType.INTEGER)

    @property
    def form(self) -> str:
        """How Python reads the same value; empty where it takes more than that."""
        if self._is_plain(ColumnType.TEXT):
            return "text"
        if self._is_plain(ColumnType.INTEGER):
            return "integer"
        if self._is_plain(ColumnType.DECIMAL):
            return "decimal"
        formats = [item.arguments.get("format") or "" for item in self._operations if item.operation == "parse_date"]
        if self._is_plain(ColumnType.DATE) and len(formats) == 1 and re.fullmatch(r"(%[Ymd]|[-/.])+", formats[0]):
            return str(formats[0])
        return ""

    @property
    def is_masked_text(self) -> bool:
        return self.mask in _EXACT_MASKS and self._keeps(ColumnType.TEXT)

    def _is_plain(self, kind: ColumnType) -> bool:
        return self.mask is Masking.KEEP and self._keeps(kind)

    def _keeps(self, kind: ColumnType) -> bool:
        """Text in Bronze that becomes a value of this kind and is not changed on the way."""
        trimmed = self._names[:1] == ["trim"]
        keeping = set(self._names) <= set(_KEEPING) and all(map(_is_plain_cast, self._operations))
        return self._text and trimmed and keeping and self.plan.type is kind


def _is_plain_cast(operation: CleaningOperation) -> bool:
    return operation.operation != "cast" or set(operation.arguments) <= {"type", "precision", "scale"}


def gold_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """Which rows and columns Gold takes from Silver."""
    from onboarding.codegen.sql.engines import ENGINES
    from onboarding.codegen.sql.gold import gold_sql
    from shared.testing.statements import condition_of

    engine = next(engine for engine in ENGINES if engine.name == "duckdb")
    tables = transformation.gold_tables
    condition = ""
    if transformation.gold_filters and tables:
        condition = condition_of(gold_sql(tables[0], metadata, transformation, engine))
    return {
        "gold_flat": {table.name: table.columns for table in tables if table.kind == "flat"},
        "gold_grain": {table.name: table.grain for table in tables if table.kind == "aggregate" and table.grain},
        "gold_condition": condition,
    }


def rule_facts(metadata: MetadataPlan, quality: QualityPlan) -> dict[str, Any]:
    """Every rule with what it takes to pass it, the values at its limits, and the thresholds."""
    types = {column.name: column.type for column in metadata.columns}
    limits = {
        rule.id: found
        for rule in quality.rules
        if rule.zone == "silver" and len(rule.columns) == 1 and (found := _limits(rule, types.get(rule.columns[0])))
    }
    return {
        "rules": {
            rule.id: (rule.zone, str(rule.dimension), rule.severity, rule.on_fail, rule.min_pass_rate)
            for rule in quality.rules
        },
        "thresholds": {"bronze": 0.0, "silver": quality.silver_threshold, "gold": quality.gold_threshold},
        "weights": {str(name): weight for name, weight in quality.dimension_weights.items()},
        "limits": limits,
    }


_NUMBERS = {
    ColumnType.INTEGER: ("BIGINT", Decimal(1)),
    ColumnType.DECIMAL: ("DECIMAL(38, 6)", Decimal("0.001")),
    ColumnType.DOUBLE: ("DOUBLE", Decimal("0.001")),
}


def _limits(rule: QualityRule, kind: ColumnType | None) -> tuple[str, str, list[str], list[str]] | None:
    """Column, its type in the embedded engine, values that the rule takes, and the next ones, which it does not."""
    arguments = {name: value for name, value in rule.arguments.items() if value is not None}
    name = rule.columns[0]
    if rule.check == "in_set" and kind is ColumnType.TEXT:
        values = [str(value) for value in arguments.get("values", [])]
        return name, "VARCHAR", values, ["NOT-IN-THE-SET", *(f"{value}?" for value in values[:1])]
    if set(arguments) != {"minimum", "maximum"}:
        return None
    low, high = str(arguments["minimum"]), str(arguments["maximum"])
    if rule.check == "range" and kind in _NUMBERS:
        type_, step = _NUMBERS[kind]
        below, above = Decimal(low) - step, Decimal(high) + step
        return name, type_, [low, high], [format(below, "f"), format(above, "f")]
    if rule.check == "date" and kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        day = timedelta(days=1)
        outside = [date.fromisoformat(low) - day, date.fromisoformat(high) + day]
        return name, "DATE", [low, high], [item.isoformat() for item in outside]
    return None
