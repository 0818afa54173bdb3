"""The tests of a workload: templates below ``templates/tests`` and the facts of the plan that they assert."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from onboarding.codegen import configs, schema, scripts
from onboarding.codegen.dag import dag_values
from onboarding.codegen.manifest import NO_VERSION
from onboarding.codegen.plan_facts import (
    column_facts,
    config_facts,
    config_values,
    gold_facts,
    metadata_facts,
    rule_facts,
    silver_facts,
    uncertain_columns,
)
from onboarding.codegen.templating import render_template
from onboarding.spec.cleaning import REWRITING
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import (
    DiscoveryPlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
    WorkloadPlan,
)
from onboarding.spec.profile import ProfileReport

# These show something of the value, or nothing changes for a value that is its own mask.
_HIDING = (Masking.HASH, Masking.REDACT, Masking.LAST4, Masking.PARTIAL, Masking.EMAIL)


def metadata_tests(
    discovery: DiscoveryPlan,
    metadata: MetadataPlan,
    transformation: TransformationPlan | None,
    profile: ProfileReport,
    *,
    complete: bool,
) -> dict[str, bytes]:
    """``test_metadata.py``; in phase 3 (not ``complete``) with the classes ``TestProfile`` only."""
    dropped = schema.dropped_columns(metadata, transformation)
    values = {
        "workload": discovery.workload,
        "complete": complete,
        "location": discovery.source.location,
        "load": discovery.source.load,
        "filter": scripts.source_filter(discovery.source.filter, metadata),
        "filter_text": discovery.source.filter,
        "watermark": scripts.watermark_arguments(discovery, metadata, profile),
        "dropped": [column.source_name for column in metadata.columns if column.name in dropped],
        **metadata_facts(metadata, profile),
    }
    return _both_levels("test_metadata.py", values)


def transformation_tests(workload: str, metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, bytes]:
    """``test_transformations.py``."""
    silver = schema.silver_columns(metadata, transformation)
    paths = scripts.gold_sql_paths(transformation)
    sources = [item.name for item in silver if item.origin == "source"]
    touched = {operation.column for operation in transformation.cleaning if operation.operation != "trim"}
    operations = transformation.operations_by_column()
    first_trim = {name for name in sources if [op.operation for op in operations.get(name, [])][:1] == ["trim"]}
    with_default = {op.column for op in transformation.cleaning if op.operation == "default"}
    values = {
        "trimmed": [name for name in sources if name in first_trim],
        "without_default": [name for name in sources if name not in with_default],
        "hidden": [item.name for item in silver if item.masking in _HIDING and item.name not in touched - first_trim],
        "gold_statements": {name: path["duckdb"] for name, path in paths.items()},
        "statements": [scripts.SILVER_SQL, *paths.values()],
        "partition_columns": tuple(transformation.silver_partition_columns),
        "dropped": [
            item.source_name
            for item in metadata.columns
            if item.name in schema.dropped_columns(metadata, transformation)
        ],
        "flags": transformation.deduplication.mode == "flag",
        "certain_key": not uncertain_columns(transformation) & set(transformation.deduplication.keys),
        "uncertain": sorted(uncertain_columns(transformation) & set(sources)),
        "ranks": [1, 2, 1, 1] if transformation.deduplication.keep == "last" else [1, 1, 1, 2],
        "needs_masking_key": schema.needs_masking_key(metadata, transformation),
        **column_facts(metadata, transformation),
        **silver_facts(metadata, transformation),
        **gold_facts(metadata, transformation),
        **config_facts(metadata, transformation),
    }
    return _both_levels("test_transformations.py", {"workload": workload, **values, **_imports(values)})


def _imports(values: dict[str, Any]) -> dict[str, list[str]]:
    """What a workload's tests take from ``shared.testing``: nothing that they do not use."""
    needed = {
        "expected_names": {
            "alike": "gold_measures",
            "masked": "masks",
            "read": "",
            "row_hash": "hashed",
            "spelled": "spelled",
        },
        "planted_names": {"in_turn": "formats", "near_misses": "formats", "places": "", "plant": ""},
    }
    found = {key: [name for name, fact in names.items() if not fact or values[fact]] for key, names in needed.items()}
    keyed = values["masks"] or (values["hashed"] and values["hash_needs_key"])
    return {**found, "workload_names": ["TEST_KEY", "WorkloadFolder"] if keyed else ["WorkloadFolder"]}


def quality_tests(
    workload: str, metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan
) -> dict[str, bytes]:
    """``test_quality.py``."""
    facts = _RuleFacts(metadata, transformation, quality)
    held = next(((facts.readable[rule.id][0], rule.id) for rule in facts.silver if facts.holds(rule)), ("", ""))
    values = {
        "not_null": facts.not_null,
        "unique": facts.unique,
        "parsed": facts.readable,
        "bounded": facts.bounded,
        "outside": facts.outside,
        "judged": facts.judged,
        "gold_tables": [table.name for table in transformation.gold_tables],
        "partition_columns": tuple(transformation.silver_partition_columns),
        "held_column": held[0],
        "held_rule": held[1],
        "held_rows": _held_rows(held[0], quality),
        **rule_facts(metadata, quality),
    }
    tried = ("not_null", "unique", "parsed", "bounded", "limits", "missing_elsewhere", "repeated_elsewhere", "counts")
    untried = {rule.id for rule in quality.rules} - {rule_id for name in tried for rule_id in values[name]}
    texts = scripts.rule_texts(untried, metadata, transformation, quality)
    used = {"broken": True, "made_rows": bool(values["missing_elsewhere"] or values["repeated_elsewhere"])}
    used |= {"single_value": bool(values["limits"]), "takes_count": bool(values["counts"])}
    imports = {
        "rules_names": ["ENGINES", *(name for name, needed in used.items() if needed)],
        "uses_engine": any(used[name] for name in used if name != "broken"),
        "plants": bool(values["not_null"] or values["parsed"] or values["bounded"]),
        "lists": any(rule.check == "in_set" and rule.id in values["limits"] for rule in quality.rules),
    }
    return _both_levels("test_quality.py", {"workload": workload, "texts": texts, **values, **imports})


#: A gate that asks for more passes with no unreadable row at all, as far as a test's few hundred rows can tell.
_ALL_BUT_NONE = 0.995


def _held_rows(column: str, quality: QualityPlan) -> tuple[int, int]:
    """How many unreadable rows are planted among how many, so that Silver passes; among 0: it never does."""
    rules = [rule for rule in quality.rules if rule.zone == "silver" and column in rule.columns]
    needed = [rule.min_pass_rate for rule in rules if rule.severity == "critical"]
    needed += [1.0 for rule in rules if rule.on_fail == "block"]
    most = max([quality.silver_threshold, *needed])
    if most > _ALL_BUT_NONE:
        return 1, 0
    return (3, 40) if most <= 0.85 else (1, max(40, math.ceil(2 / (1 - most))))


#: Checks that synthetic rows keep for certain: their values are made from the profile.
_CERTAIN = ("not_null", "unique", "parsed")


class _RuleFacts:
    """Silver rules that a planted bad value must break, with the value."""

    def __init__(self, metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan) -> None:
        from onboarding.codegen.sql.cleaning import is_text

        dropped = schema.dropped_columns(metadata, transformation)
        self._plans = {column.name: column for column in metadata.columns if column.name not in dropped}
        self._transformation = transformation
        self._text = {name for name, plan in self._plans.items() if is_text(plan.physical_type)}
        self._unreadable = set(column_facts(metadata, transformation)["unreadable"])
        self._changed = {op.column for op in transformation.cleaning if op.operation in REWRITING}
        self._uncertain = uncertain_columns(transformation)
        self.silver = [rule for rule in quality.rules if rule.zone == "silver"]

    def holds(self, rule: QualityRule) -> bool:
        return rule.id in self.readable and rule.on_fail == "quarantine" and rule.severity != "critical"

    @property
    def not_null(self) -> dict[str, list[str]]:
        with_default = {op.column for op in self._transformation.cleaning if op.operation == "default"}
        certain = self._plans.keys() - with_default - self._uncertain
        return {rule.id: rule.columns for rule in self._of("not_null") if set(rule.columns) <= certain}

    @property
    def unique(self) -> dict[str, list[str]]:
        certain = self._plans.keys() - self._uncertain
        return {rule.id: rule.columns for rule in self._of("unique") if set(rule.columns) <= certain}

    @cached_property
    def readable(self) -> dict[str, list[str]]:
        """``parsed`` rules with their columns for which ``?!`` is no value."""
        found = {rule.id: [name for name in rule.columns if name in self._unreadable] for rule in self._of("parsed")}
        return {rule_id: columns for rule_id, columns in found.items() if columns}

    @property
    def bounded(self) -> dict[str, str]:
        """``in_set`` rules on text and ``range`` rules on numbers, with their column."""
        sets = {rule.id: rule.columns[0] for rule in self._of("in_set") if self._is(rule, ColumnType.TEXT)}
        return sets | {rule.id: rule.columns[0] for rule in self._ranges()}

    @property
    def outside(self) -> dict[str, str]:
        """Column of a ``bounded`` rule -> a value that none of its rules takes."""
        highest: dict[str, int] = {}
        for rule in self._ranges():
            name, maximum = rule.columns[0], int(rule.arguments["maximum"])
            highest[name] = max(maximum, highest.get(name, maximum))
        return dict.fromkeys(self.bounded.values(), "NOT-IN-THE-SET") | {
            name: str(value + 1) for name, value in highest.items()
        }

    def _ranges(self) -> list[QualityRule]:
        ranges = [rule for rule in self._of("range") if rule.arguments.get("maximum") is not None]
        return [rule for rule in ranges if self._is(rule, ColumnType.INTEGER)]

    @property
    def judged(self) -> list[str]:
        """Row rules that synthetic rows must keep; of a rule that only informs nothing follows."""
        certain = [rule for rule in self.silver if rule.check in _CERTAIN and not self._uncertain & set(rule.columns)]
        return [rule.id for rule in certain if not rule.only_informs]

    def _of(self, check: str) -> list[QualityRule]:
        return [rule for rule in self.silver if rule.check == check]

    def _is(self, rule: QualityRule, kind: ColumnType) -> bool:
        name = rule.columns[0]
        return name in self._text and self._plans[name].type is kind and name not in self._changed


def dag_tests(plan: WorkloadPlan) -> dict[str, bytes]:
    """``test_dag.py``."""
    values = dag_values(plan, NO_VERSION)
    extract = f"extract.extract_{plan.workload}_to_bronze"
    steps = {
        extract: [f"scripts/extract/extract_{plan.workload}.py", "scripts/quality/check_bronze.py"],
        "transform.transform_bronze_to_silver": ["scripts/transform/bronze_to_silver.py"],
        "transform.quality_check_silver": ["scripts/quality/check_silver.py"],
        "transform.transform_silver_to_gold": ["scripts/transform/silver_to_gold.py"],
        "transform.quality_check_gold": ["scripts/quality/check_gold.py", "scripts/load/load_gold.py"],
    }
    assets = [(asset["name"], asset["uri"]) for asset in values["assets"]]
    facts: dict[str, Any] = {
        "scripts": steps,
        "callables": {
            **dict.fromkeys(steps, "run_step"),
            "catalog.update_lakehouse_catalog": "update_catalog",
            "notify.send_completion_alert": "completion_summary",
        },
        "outlets": {
            extract: assets[:1],
            "transform.quality_check_silver": assets[1:2],
            "transform.quality_check_gold": assets[2:],
        },
        "timetable": _timetable(plan),
        "start_day": plan.dag.start_date or None,
        "schedule": config_values(configs.schedule_config(plan.discovery, plan.dag)),
        "deployment": config_values(configs.deployment_config(plan.discovery, plan.dag)),
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
