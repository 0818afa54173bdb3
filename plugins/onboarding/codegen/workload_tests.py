"""The tests of a workload: templates below ``templates/tests`` and the facts of the plan that they assert."""

from __future__ import annotations

from typing import Any

from onboarding.codegen import schema, scripts
from onboarding.codegen.dag import dag_values
from onboarding.codegen.manifest import NO_VERSION
from onboarding.codegen.plan_facts import column_facts, gold_facts, rule_facts
from onboarding.codegen.templating import render_template
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import (
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
    WorkloadPlan,
)

_PYTHON_TYPES = {
    ColumnType.TEXT: "str",
    ColumnType.INTEGER: "int",
    ColumnType.DECIMAL: "Decimal",
    ColumnType.DOUBLE: "float",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "datetime",
}
# These show something of the value, or nothing changes for a value that is its own mask.
_HIDING = (Masking.HASH, Masking.REDACT, Masking.LAST4, Masking.PARTIAL, Masking.EMAIL)


def metadata_tests(workload: str, *, complete: bool) -> dict[str, bytes]:
    """``test_metadata.py``; in phase 3 (not ``complete``) with the classes ``TestProfile`` only."""
    values = {"workload": workload, "complete": complete}
    return _both_levels("test_metadata.py", values)


def transformation_tests(workload: str, metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, bytes]:
    """``test_transformations.py``."""
    from onboarding.codegen.sql.cleaning import is_text
    from onboarding.codegen.sql.gold import gold_columns

    silver = schema.silver_columns(metadata, transformation)
    paths = scripts.gold_sql_paths(transformation)
    plans = {column.name: column for column in metadata.columns}
    sources = [item.name for item in silver if item.origin == "source"]
    touched = {operation.column for operation in transformation.cleaning if operation.operation != "trim"}
    first_trim = {
        name
        for name in sources
        if [op.operation for op in transformation.cleaning if op.column == name][:1] == ["trim"]
    }
    values = {
        "silver_columns": [item.name for item in silver],
        "python_types": {item.name: _PYTHON_TYPES[item.type] for item in silver},
        "not_text": [
            name for name in sources if plans[name].type is not ColumnType.TEXT and is_text(plans[name].physical_type)
        ],
        "trimmed": [name for name in sources if name in first_trim],
        "with_default": sorted({op.column for op in transformation.cleaning if op.operation == "default"}),
        "hidden": [item.name for item in silver if item.masking in _HIDING and item.name not in touched - first_trim],
        "gold_columns": {
            table.name: [item.name for item in gold_columns(table, metadata, transformation)]
            for table in transformation.gold_tables
        },
        "gold_statements": {name: path["duckdb"] for name, path in paths.items()},
        "spark_statements": [scripts.SILVER_SQL["spark"], *(path["spark"] for path in paths.values())],
        "partition_columns": tuple(transformation.silver_partition_columns),
        "flags": transformation.deduplication.mode == "flag",
        "keys": list(transformation.deduplication.keys),
        "ranks": [1, 2, 1, 1] if transformation.deduplication.keep == "last" else [1, 1, 1, 2],
        **column_facts(metadata, transformation),
        **gold_facts(metadata, transformation),
    }
    return _both_levels("test_transformations.py", {"workload": workload, **values})


def quality_tests(
    workload: str, metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan
) -> dict[str, bytes]:
    """``test_quality.py``."""
    facts = _RuleFacts(metadata, transformation, quality)
    held = next(((facts.readable[rule.id], rule.id) for rule in facts.silver if facts.holds(rule)), ("", ""))
    values = {
        "not_null": facts.not_null,
        "unique": facts.unique,
        "parsed": facts.readable,
        "bounded": facts.bounded,
        "judged": facts.judged,
        "gold_tables": [table.name for table in transformation.gold_tables],
        "partition_columns": tuple(transformation.silver_partition_columns),
        "held_column": held[0],
        "held_rule": held[1],
        **rule_facts(metadata, quality),
    }
    return _both_levels("test_quality.py", {"workload": workload, **values})


#: Checks that synthetic rows keep for certain: their values are made from the profile.
_CERTAIN = ("not_null", "unique", "parsed")


class _RuleFacts:
    """Silver rules that a planted bad value must break, with the value."""

    def __init__(self, metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan) -> None:
        from onboarding.codegen.sql.cleaning import is_text

        self._plans = {
            column.name: column
            for column in metadata.columns
            if column.name not in schema.dropped_columns(metadata, transformation)
        }
        self._transformation = transformation
        self._text = {name for name, plan in self._plans.items() if is_text(plan.physical_type)}
        self._changed = {
            op.column for op in transformation.cleaning if op.operation in ("map_values", "replace", "default", "round")
        }
        self.silver = [rule for rule in quality.rules if rule.zone == "silver"]

    def holds(self, rule: QualityRule) -> bool:
        return rule.id in self.readable and rule.on_fail == "quarantine" and rule.severity != "critical"

    @property
    def not_null(self) -> dict[str, str]:
        with_default = {op.column for op in self._transformation.cleaning if op.operation == "default"}
        return {
            rule.id: rule.columns[0]
            for rule in self._of("not_null")
            if rule.columns[0] in self._plans and rule.columns[0] not in with_default
        }

    @property
    def unique(self) -> dict[str, list[str]]:
        return {rule.id: rule.columns for rule in self._of("unique") if set(rule.columns) <= self._plans.keys()}

    @property
    def readable(self) -> dict[str, str]:
        """``parsed`` rules with a column for which ``?!`` is no value."""
        marked = {op.column for op in self._transformation.cleaning if op.operation in ("require_format", "phone_e164")}
        found = {}
        for rule in self._of("parsed"):
            columns = [
                name
                for name in rule.columns
                if name in self._text and (self._plans[name].type is not ColumnType.TEXT or name in marked)
            ]
            if columns and columns[0] not in self._changed:
                found[rule.id] = columns[0]
        return found

    @property
    def bounded(self) -> dict[str, tuple[str, str]]:
        """``in_set`` rules on text and ``range`` rules on numbers, with a value outside."""
        found = {}
        for rule in self._of("in_set"):
            if self._is(rule, ColumnType.TEXT):
                found[rule.id] = (rule.columns[0], "NOT-IN-THE-SET")
        for rule in self._of("range"):
            maximum = rule.arguments.get("maximum")
            if maximum is not None and self._is(rule, ColumnType.INTEGER):
                found[rule.id] = (rule.columns[0], str(int(maximum) + 1))
        return found

    @property
    def judged(self) -> list[str]:
        """Row rules that synthetic rows must keep; of a rule that only informs nothing follows."""
        return [rule.id for rule in self.silver if rule.check in _CERTAIN and not rule.only_informs]

    def _of(self, check: str) -> list[QualityRule]:
        return [rule for rule in self.silver if rule.check == check]

    def _is(self, rule: QualityRule, kind: ColumnType) -> bool:
        name = rule.columns[0]
        return name in self._text and self._plans[name].type is kind and name not in self._changed


def dag_tests(plan: WorkloadPlan) -> dict[str, bytes]:
    """``test_dag.py``."""
    values = dag_values(plan, NO_VERSION)
    extract = f"extract.extract_{plan.workload}_to_bronze"
    heavy = [
        extract,
        "transform.transform_bronze_to_silver",
        "transform.quality_check_silver",
        "transform.transform_silver_to_gold",
        "transform.quality_check_gold",
    ]
    facts: dict[str, Any] = {
        "tasks": [*heavy, "catalog.update_lakehouse_catalog", "notify.send_completion_alert"],
        "heavy": heavy,
        "timetable": _timetable(plan),
        "cron": "" if plan.dag.depends_on else plan.dag.cron,
        "assets": sorted(asset["name"] for asset in values["assets"]),
        "start_day": plan.dag.start_date or None,
        "upstream": list(plan.dag.depends_on),
        "schedule": [
            plan.dag.cron,
            plan.dag.timezone,
            plan.dag.retries,
            plan.dag.retry_delay_seconds,
            plan.dag.execution_timeout_minutes,
            plan.dag.deadline_minutes,
        ],
        "scripts": list(scripts.script_order(plan.workload)),
    }
    return _both_levels("test_dag.py", {**values, **facts})


def _timetable(plan: WorkloadPlan) -> str:
    """Class name of the timetable that Airflow makes of the schedule."""
    if plan.dag.depends_on:
        return "AssetTriggeredTimetable"
    return "CronTriggerTimetable" if plan.dag.cron else "NullTimetable"


def _both_levels(name: str, values: dict[str, Any]) -> dict[str, bytes]:
    return {
        f"tests/{level}/{name}": render_template(f"tests/{level}/{name}.j2", values)
        for level in ("unit", "integration")
    }
