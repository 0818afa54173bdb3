"""Constants of the generated scripts: plain values that the templates write as literals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onboarding.codegen import schema
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.load_measures import load_measures
from onboarding.spec.column_types import logical_type
from onboarding.spec.plans import (
    ColumnPlan,
    DiscoveryPlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
    Zone,
    surrogate_key,
)
from onboarding.spec.profile import ProfileReport
from shared.pipeline.watermark import COMPARED_AS

SILVER_SQL = {"duckdb": "sql/silver/transform_silver.duckdb.sql", "spark": "sql/silver/transform_silver.sql"}


def gold_sql_paths(transformation: TransformationPlan) -> dict[str, dict[str, str]]:
    """Paths of each Gold table's statements by engine; the first table has the plain name."""
    paths = {}
    for number, table in enumerate(transformation.gold_tables):
        stem = "sql/gold/aggregate_gold" + (f"_{table.name}" if number else "")
        paths[table.name] = {"duckdb": f"{stem}.duckdb.sql", "spark": f"{stem}.sql"}
    return paths


def extract_spec(
    discovery: DiscoveryPlan,
    metadata: MetadataPlan,
    transformation: TransformationPlan | None,
    profile: ProfileReport,
) -> dict[str, Any]:
    """Arguments of ``ExtractSpec``."""
    source, options = discovery.source, discovery.source.read_options
    dropped = schema.dropped_columns(metadata, transformation)
    return {
        "workload": discovery.workload,
        "table": metadata.table,
        "location": source.location,
        "format": source.format.value,
        "delimiter": options.delimiter,
        "quote": options.quote,
        "escape": options.escape,
        "header": options.header,
        "encoding": options.encoding,
        "null_values": tuple(options.null_values),
        "columns": tuple(column.source_name for column in metadata.columns),
        **_column_types(source.format.value, metadata),
        "dropped_columns": tuple(column.source_name for column in metadata.columns if column.name in dropped),
        "filter": source_filter(source.filter, metadata),
        "load": source.load,
        **watermark_arguments(discovery, metadata, profile),
    }


def source_filter(condition: str, metadata: MetadataPlan) -> dict[str, str]:
    """The condition of the source for each engine, over its columns with the types that they are read with.

    :param condition: empty: there is none.
    """
    from onboarding.codegen.sql.engines import ENGINES
    from onboarding.codegen.sql.portable import portable

    if not condition:
        return {}
    columns = {column.source_name: logical_type(column.physical_type) for column in metadata.columns}
    return {
        engine.name: engine.inline(portable(condition, engine, where="source.filter", columns=columns, strict=True))
        for engine in ENGINES
    }


def _column_types(source_format: str, metadata: MetadataPlan) -> dict[str, dict[str, str]]:
    """Types that a delivery is compared with; CSV and JSON have text only."""
    if source_format in ("csv", "json", "jsonl"):
        return {}
    return {"column_types": _typed(metadata.columns)}


def _typed(columns: Sequence[ColumnPlan]) -> dict[str, str]:
    """Name in the source -> type, of the columns that are no text."""
    return {item.source_name: item.physical_type for item in columns if item.physical_type != "VARCHAR"}


def watermark_arguments(discovery: DiscoveryPlan, metadata: MetadataPlan, profile: ProfileReport) -> dict[str, Any]:
    """Arguments of ``ExtractSpec`` for a load by watermark; none for another load.

    :raises CodegenError: the column's values cannot be compared.
    """
    from onboarding.codegen.sql.watermark import watermark_values

    if discovery.source.load != "watermark":
        return {}
    plan = metadata.column(discovery.source.watermark_column)
    measured = profile.column(plan.name)
    _check_watermark(plan)
    return {
        "watermark_column": plan.source_name,
        "watermark_type": plan.type.value,
        "watermark_values": watermark_values(plan, measured.date_formats if measured.type is plan.type else ()),
    }


def _check_watermark(plan: ColumnPlan) -> None:
    if plan.type.value not in COMPARED_AS:
        raise CodegenError(
            "a watermark needs a column whose values can be compared",
            where=f"source.watermark_column ({plan.name})",
            expected=", ".join(COMPARED_AS),
            given=plan.type.value,
            remedy="take another column, or give this one its type with domain.columns",
        )


def silver_spec(discovery: DiscoveryPlan, metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """Arguments of the ``TransformSpec`` of Silver."""
    dropped = schema.dropped_columns(metadata, transformation)
    kept = [column for column in metadata.columns if column.name not in dropped]
    return {
        "workload": discovery.workload,
        "table": metadata.table,
        "zone": "silver",
        "inputs": {"bronze": f"bronze/{metadata.table}"},
        "sql": SILVER_SQL,
        "partition_columns": tuple(transformation.silver_partition_columns),
        "needs_masking_key": schema.needs_masking_key(metadata, transformation),
        "source_names": {item.name: item.source_name for item in kept},
        "source_types": _typed(kept),
        "measures": load_measures(metadata, transformation),
    }


def gold_specs(
    discovery: DiscoveryPlan, metadata: MetadataPlan, transformation: TransformationPlan
) -> list[dict[str, Any]]:
    """Arguments of one ``TransformSpec`` for each Gold table."""
    paths = gold_sql_paths(transformation)
    return [
        {
            "workload": discovery.workload,
            "table": table.name,
            "zone": "gold",
            "inputs": {"silver": f"silver/{metadata.table}"},
            "sql": paths[table.name],
            "partition_columns": (),
            "needs_masking_key": False,
        }
        for table in transformation.gold_tables
    ]


def check_specs(
    zone: Zone,
    discovery: DiscoveryPlan,
    metadata: MetadataPlan,
    transformation: TransformationPlan,
    quality: QualityPlan,
) -> list[dict[str, Any]]:
    """For each table of a zone the arguments of ``CheckSpec`` and, apart, of its rules."""
    tables = [table.name for table in transformation.gold_tables] if zone == "gold" else [metadata.table]
    threshold = {"bronze": 0.0, "silver": quality.silver_threshold, "gold": quality.gold_threshold}[zone]
    partitions = tuple(transformation.silver_partition_columns) if zone == "silver" else ()
    specs = []
    for name in tables:
        arguments = {
            "workload": discovery.workload,
            "table": name,
            "zone": zone,
            "threshold": threshold,
            "dimension_weights": {str(key): weight for key, weight in quality.dimension_weights.items()},
            "partition_columns": partitions,
        }
        rules = [rule for rule in quality.rules if rule.zone == zone and rule.table == name]
        columns = _columns(zone, name, metadata, transformation)
        specs.append({"arguments": arguments, "rules": [_rule(rule, columns) for rule in rules]})
    return specs


def _columns(
    zone: Zone, table: str, metadata: MetadataPlan, transformation: TransformationPlan
) -> dict[str, schema.TableColumn]:
    from onboarding.codegen.sql.gold import gold_columns

    if zone == "bronze":
        return schema.bronze_columns(metadata, transformation)
    if zone == "silver":
        return {column.name: column for column in schema.silver_columns(metadata, transformation)}
    plan = next(item for item in transformation.gold_tables if item.name == table)
    return {column.name: column for column in gold_columns(plan, metadata, transformation)}


def _rule(rule: QualityRule, columns: dict[str, schema.TableColumn]) -> dict[str, Any]:
    from onboarding.codegen.sql.engines import ENGINES
    from onboarding.codegen.sql.rules import rule_kind, rule_predicates

    predicates = {engine.name: rule_predicates(rule, columns, engine) for engine in ENGINES}
    return {
        "id": rule.id,
        "dimension": rule.dimension,
        "severity": rule.severity,
        "on_fail": rule.on_fail,
        "min_pass_rate": rule.min_pass_rate,
        "applies": {name: predicate.applies for name, predicate in predicates.items()},
        "satisfied": {name: predicate.satisfied for name, predicate in predicates.items()},
        "kind": rule_kind(rule),
    }


def rule_texts(
    rule_ids: set[str], metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan
) -> dict[str, list[str]]:
    """Rule -> its predicates (applies, satisfied) for each engine, in the order of the engines."""
    texts = {}
    for rule in quality.rules:
        if rule.id in rule_ids:
            found = _rule(rule, _columns(rule.zone, rule.table, metadata, transformation))
            texts[rule.id] = [found[part][engine] for engine in found["applies"] for part in ("applies", "satisfied")]
    return texts


def dqdl_rulesets(metadata: MetadataPlan, transformation: TransformationPlan, quality: QualityPlan) -> dict[str, str]:
    """Path -> ruleset of AWS Glue Data Quality, of each table; the first Gold table has the plain name."""
    from onboarding.codegen.sql.dqdl import dqdl_ruleset
    from onboarding.codegen.sql.engines import ENGINES

    spark = next(engine for engine in ENGINES if engine.name == "spark")
    tables: list[tuple[str, Zone, str]] = [("bronze", "bronze", metadata.table), ("silver", "silver", metadata.table)]
    for number, table in enumerate(transformation.gold_tables):
        tables.append((f"gold_{table.name}" if number else "gold", "gold", table.name))
    found = {}
    for stem, zone, name in tables:
        rules = [rule for rule in quality.rules if rule.zone == zone and rule.table == name]
        columns = _columns(zone, name, metadata, transformation)
        found[f"sql/quality/{stem}.dqdl"] = dqdl_ruleset(zone, name, rules, columns, spark)
    return found


def load_spec(discovery: DiscoveryPlan, transformation: TransformationPlan) -> dict[str, Any]:
    """Arguments of ``LoadSpec``."""
    tables = transformation.gold_tables
    references = [
        (table.name, surrogate_key(name), name) for table in tables if table.kind == "fact" for name in table.dimensions
    ]
    spec: dict[str, Any] = {"workload": discovery.workload, "tables": tuple(table.name for table in tables)}
    return {**spec, "references": tuple(references)} if references else spec


def script_order(workload: str) -> tuple[str, ...]:
    """The scripts of a workload in the order in which its DAG runs them."""
    return (
        f"scripts/extract/extract_{workload}.py",
        "scripts/quality/check_bronze.py",
        "scripts/transform/bronze_to_silver.py",
        "scripts/quality/check_silver.py",
        "scripts/transform/silver_to_gold.py",
        "scripts/quality/check_gold.py",
        "scripts/load/load_gold.py",
    )
