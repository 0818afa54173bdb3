"""Facts of a plan that a workload's tests state once more, so that no file can change without a test that notices."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from onboarding.codegen import schema
from onboarding.spec.cleaning import REWRITING
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import (
    CleaningOperation,
    ColumnPlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
    surrogate_key,
)
from onboarding.spec.profile import ProfileReport
from shared.testing.synthetic import is_of_other_form

_SPELLING = ("title", "upper", "lower")
#: Operations after which a right value is still the value that was there.
_KEEPING = ("trim", "nullify", "require_format", "cast", "parse_date")
#: Operations that may make something readable, or nothing, of any text.
_HIDING = {"map_values", "replace"}
_EXACT_MASKS = (Masking.HASH, Masking.LAST4, Masking.PARTIAL, Masking.EMAIL, Masking.REDACT)


def column_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """What holds of single columns between Bronze and Silver."""
    dropped, operations = schema.dropped_columns(metadata, transformation), transformation.operations_by_column()
    columns = [
        _Column(plan, transformation.masking.get(plan.name, Masking.KEEP), operations.get(plan.name, []))
        for plan in metadata.columns
        if plan.name not in dropped
    ]
    return {
        "null_words": {column.name: column.null_words for column in columns if column.null_words},
        "spelled": {column.name: column.spelling for column in columns if column.spelling},
        "whole_numbers": [column.name for column in columns if column.is_whole_number],
        "kept": {column.name: column.form for column in columns if column.form},
        "masks": {column.name: column.mask.value for column in columns if column.is_masked_text},
        "unreadable": [column.name for column in columns if column.can_be_unreadable],
        "missing": [column.name for column in columns if column.can_be_unreadable and column.has_no_other_value],
        "formats": {column.name: column.form_of_text for column in columns if column.form_of_text},
    }


def uncertain_columns(transformation: TransformationPlan) -> set[str]:
    """Columns of which nobody knows what the cleaning makes of a synthetic value: a part of it, or nothing."""
    return {item.column for item in transformation.cleaning if is_of_other_form(item.operation, item.arguments)}


class _Column:
    """One source column and what is done to it."""

    def __init__(self, plan: ColumnPlan, mask: Masking, operations: list[CleaningOperation]) -> None:
        from onboarding.codegen.sql.cleaning import is_text

        self.name = plan.name
        self.plan = plan
        self.mask = mask
        self._text = is_text(plan.physical_type)
        self._operations = operations
        self._names = [item.operation for item in operations]
        self._uncertain = any(is_of_other_form(item.operation, item.arguments) for item in operations)

    @property
    def null_words(self) -> list[str]:
        """Words that are read as no value; none where a later operation may make something of them."""
        if not self._text or set(REWRITING) & set(self._names):
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
        for kind in (ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.BOOLEAN):
            if self._is_plain(kind):
                return kind.value
        formats = [item.arguments.get("format") or "" for item in self._operations if item.operation == "parse_date"]
        if self._is_plain(ColumnType.DATE) and len(formats) == 1 and re.fullmatch(r"(%[Ymd]|[-/.])+", formats[0]):
            return str(formats[0])
        return ""

    @property
    def can_be_unreadable(self) -> bool:
        """Whether ``?!`` cannot be read as a value of it."""
        if not self._text or self._uncertain or _HIDING & set(self._names):
            return False
        patterns = [_pattern(item) for item in self._operations if item.operation == "require_format"]
        if self.plan.type is not ColumnType.TEXT:
            return True
        return any(pattern and not re.fullmatch(pattern, "?!") for pattern in patterns)

    @property
    def has_no_other_value(self) -> bool:
        """Whether an unreadable value becomes none: text stays as it is, a default takes its place."""
        return self.plan.type is not ColumnType.TEXT and "default" not in self._names

    @property
    def form_of_text(self) -> str:
        """The pattern of its values, where they are as they were; Python must read it like the engines."""
        patterns = [_pattern(item) for item in self._operations if item.operation == "require_format"]
        plain = set(self._names) <= {"trim", "nullify", "require_format"} and self.plan.type is ColumnType.TEXT
        return patterns[0] if self._text and plain and len(patterns) == 1 else ""

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


def _pattern(operation: CleaningOperation) -> str:
    """Regular expression of ``require_format``; empty when Python has another idea of it."""
    from onboarding.spec.cleaning_arguments import NAMED_FORMATS

    pattern = str(operation.arguments.get("pattern") or NAMED_FORMATS.get(str(operation.arguments.get("format")), ""))
    try:
        re.compile(pattern)
    except re.error:
        return ""
    return "" if re.search(r"\\[^.+*?()\[\]{}|^$/-]|\[:", pattern) else pattern


def _is_plain_cast(operation: CleaningOperation) -> bool:
    return operation.operation != "cast" or set(operation.arguments) <= {"type", "precision", "scale"}


def silver_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """What holds of whole rows of Silver: types, the row hash, derived columns, which of equal rows stays."""
    deduplication = transformation.deduplication
    return {
        "silver_types": {item.name: _type(item) for item in schema.silver_columns(metadata, transformation)},
        "hashed": _hashed_columns(metadata, transformation),
        "hash_needs_key": schema.needs_masking_key(metadata, transformation),
        "derived": _derived(metadata, transformation),
        "keys": list(deduplication.keys),
        "ordered_by": _ordered_by(metadata, transformation),
        "keep": deduplication.keep,
    }


def _type(column: schema.TableColumn) -> str:
    """Type of a column in the embedded engine."""
    from onboarding.codegen.sql.engines import data_type

    kind = str(data_type(column.type, column.precision, column.scale).sql(dialect="duckdb"))
    return {"TEXT": "VARCHAR"}.get(kind, kind.replace(" ", ""))


def _hashed_columns(metadata: MetadataPlan, transformation: TransformationPlan) -> list[str]:
    """Source names in the order of the technical key's hash; empty without one, or where Bronze has other types."""
    from onboarding.codegen.sql.cleaning import is_text

    dropped = schema.dropped_columns(metadata, transformation)
    columns = [column for column in metadata.columns if column.name not in dropped]
    if not metadata.technical_key or not all(is_text(column.physical_type) for column in columns):
        return []
    return [column.source_name for column in columns]


def _ordered_by(metadata: MetadataPlan, transformation: TransformationPlan) -> str:
    """The column that says which row of a key stays, where Silver shows its values."""
    name = transformation.deduplication.order_by
    shown = {item.name for item in schema.silver_columns(metadata, transformation) if item.masking is Masking.KEEP}
    plans = {column.name for column in metadata.columns if column.type in (*_NUMBERS, ColumnType.DATE)}
    ordered = transformation.deduplication.mode == "remove" and name in shown & plans
    return name if ordered and name not in transformation.deduplication.keys else ""


def _derived(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, str]:
    """Derived column -> its condition-free expression over the columns of Silver."""
    from onboarding.codegen.sql.engines import DUCKDB, data_type, try_cast
    from onboarding.codegen.sql.portable import portable

    columns = schema.silver_columns(metadata, transformation)
    stored = {item.name: item.type for item in columns if item.origin != "derived"}
    found: dict[str, str] = {}
    earlier: dict[str, str] = {}
    for plan in transformation.derived:
        where = f"transformation.derived.{plan.name}"
        value = portable(plan.expression, DUCKDB, where=where, columns=stored, inline=earlier)
        found[plan.name] = DUCKDB.inline(try_cast(value, data_type(plan.type)))
        earlier[plan.name] = plan.expression
    return found


def gold_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """Which rows and columns Gold takes from Silver, and how aggregates are computed."""
    from onboarding.codegen.sql.engines import DUCKDB
    from onboarding.codegen.sql.gold import gold_columns, gold_sql
    from shared.testing.statements import condition_of, selected

    tables = transformation.gold_tables
    statements = {table.name: gold_sql(table, metadata, transformation, DUCKDB) for table in tables}
    aggregates = [table for table in tables if table.kind == "aggregate"]
    return {
        "gold_types": {
            table.name: {item.name: _type(item) for item in gold_columns(table, metadata, transformation)}
            for table in tables
        },
        "gold_columns": {
            table.name: [item.name for item in gold_columns(table, metadata, transformation)] for table in tables
        },
        "gold_flat": {table.name: table.columns for table in tables if table.kind == "flat"},
        "gold_grain": {table.name: table.grain for table in aggregates if table.grain},
        "gold_measures": {
            table.name: {
                name: text for name, text in selected(statements[table.name]).items() if name not in table.grain
            }
            for table in aggregates
        },
        "gold_conditions": {name: condition_of(text) for name, text in statements.items()},
        "gold_dimensions": {
            table.name: [surrogate_key(table.name), table.grain] for table in tables if table.kind == "dimension"
        },
        "gold_facts": {
            table.name: [{surrogate_key(name): name for name in table.dimensions}, table.columns]
            for table in tables
            if table.kind == "fact"
        },
    }


def rule_facts(metadata: MetadataPlan, quality: QualityPlan) -> dict[str, Any]:
    """Every rule with what it takes to pass it, the values at its limits, and the thresholds."""
    types = {column.name: column.type for column in metadata.columns}
    limits = {
        rule.id: (rule.zone, *found)
        for rule in quality.rules
        if rule.zone in ("silver", "gold")
        and len(rule.columns) == 1
        and (found := _limits(rule, types.get(rule.columns[0])))
    }
    other = {
        rule.id: (rule.zone, rule.table, rule.columns)
        for rule in quality.rules
        if rule.zone != "silver" and rule.check in ("not_null", "unique")
    }
    counts = {
        rule.id: (rule.zone, int(rule.arguments.get("minimum") or 0), rule.arguments.get("maximum"))
        for rule in quality.rules
        if rule.check == "row_count"
    }
    checks = {rule.id: rule.check for rule in quality.rules}
    return {
        "rules": {
            rule.id: (rule.zone, str(rule.dimension), rule.severity, rule.on_fail, rule.min_pass_rate)
            for rule in quality.rules
        },
        "asked": {rule.id: (rule.table, rule.check, rule.columns, _plain(rule.arguments)) for rule in quality.rules},
        "thresholds": {"bronze": 0.0, "silver": quality.silver_threshold, "gold": quality.gold_threshold},
        "weights": {str(name): weight for name, weight in quality.dimension_weights.items()},
        "limits": limits,
        "source_names": {column.name: column.source_name for column in metadata.columns},
        "missing_elsewhere": {name: value for name, value in other.items() if checks[name] == "not_null"},
        "repeated_elsewhere": {name: value for name, value in other.items() if checks[name] == "unique"},
        "counts": counts,
    }


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as a config file gives them back."""
    return {str(name): list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}


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
    limits = {key: str(arguments[key]) for key in ("minimum", "maximum") if key in arguments}
    if not limits or set(arguments) - limits.keys():
        return None
    signs = {"minimum": -1, "maximum": 1}
    if rule.check == "range" and kind in _NUMBERS:
        type_, step = _NUMBERS[kind]
        outside = [format(Decimal(value) + signs[key] * step, "f") for key, value in limits.items()]
        return name, type_, list(limits.values()), outside
    if rule.check == "date" and kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        days = [date.fromisoformat(value) + timedelta(days=signs[key]) for key, value in limits.items()]
        return name, "DATE", list(limits.values()), [day.isoformat() for day in days]
    return None


def metadata_facts(metadata: MetadataPlan, profile: ProfileReport) -> dict[str, Any]:
    """What was measured, and the schema, key and classification made of it."""
    personal = {column.name for column in profile.columns if column.personal_data.type != "NONE"}
    return {
        "measured_rows": (profile.rows, profile.unreadable_rows, profile.distinct_rows),
        "measured": {
            column.name: (column.null_count, column.distinct_count)
            + (() if column.name in personal else (column.minimum, column.maximum))
            for column in profile.columns
        },
        "candidates": [(item.columns, item.distinct_count, item.null_count) for item in profile.key_candidates],
        "measured_at": profile.location,
        "personal": {
            column.name: (column.personal_data.type, column.personal_data.sensitivity) for column in metadata.columns
        },
        "columns": {
            column.name: (
                column.type.value, column.precision, column.scale, column.date_format, column.role.value,
                column.nullable,
            )
            for column in metadata.columns
        },
        "primary_key": metadata.primary_key,
    }  # fmt: skip


def config_facts(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """What ``transformations.yaml`` and ``semantic.yaml`` tell people and query agents."""
    from onboarding.codegen.configs import lf_tags
    from onboarding.codegen.sql.gold import gold_columns

    tags = {column.name: lf_tags(column)["Data_Sensitivity"] for column in metadata.columns}
    deduplication = transformation.deduplication
    return {
        "config_masks": {name: how.value for name, how in transformation.masking.items()},
        "config_operations": [(item.column, item.operation) for item in transformation.cleaning],
        "config_deduplication": [deduplication.mode, deduplication.keys, deduplication.order_by, deduplication.keep],
        "config_filters": transformation.gold_filters,
        "semantic": {
            table.name: {
                item.name: (
                    item.type.value,
                    item.masking.value if item.origin == "source" else None,
                    tags[item.name] if item.origin == "source" else None,
                )
                for item in gold_columns(table, metadata, transformation)
            }
            for table in transformation.gold_tables
        },
    }


def config_values(config: Any) -> dict[str, Any]:
    """A config as its file gives it back."""
    values: dict[str, Any] = config.model_dump(mode="json", exclude_none=True)
    return values
