"""The files below ``config/`` from the plans; each function takes only the plans that its file is about."""

from __future__ import annotations

from onboarding.codegen import schema
from onboarding.spec.conf import Role
from onboarding.spec.config_files import (
    Classification,
    DeploymentConfig,
    GoldTableConfig,
    QualityRulesConfig,
    ScheduleConfig,
    SemanticColumn,
    SemanticConfig,
    SemanticTable,
    SourceColumn,
    SourceConfig,
    SourceLocation,
    TransformationsConfig,
)
from onboarding.spec.plans import (
    ColumnPlan,
    DagPlan,
    DiscoveryPlan,
    GoldTablePlan,
    MetadataPlan,
    QualityPlan,
    TransformationPlan,
    surrogate_key,
)
from shared.pipeline.version import RUNTIME_VERSION


def lf_tags(column: ColumnPlan) -> dict[str, str]:
    """Lake Formation tags of a column."""
    personal = column.personal_data
    return {
        "PII_Classification": personal.sensitivity,
        "PII_Type": personal.type,
        "Data_Sensitivity": "RESTRICTED" if personal.sensitivity in ("CRITICAL", "HIGH") else "INTERNAL",
    }


def source_config(discovery: DiscoveryPlan, metadata: MetadataPlan) -> SourceConfig:
    """``config/source.yaml``."""
    source = discovery.source
    return SourceConfig(
        workload=discovery.workload,
        description=discovery.description,
        owner=discovery.owner,
        source=SourceLocation(
            location=source.location,
            format=source.format,
            options=source.read_options,
            filter=source.filter,
            load=source.load,
            watermark_column=source.watermark_column,
        ),
        table=metadata.table,
        primary_key=metadata.primary_key,
        technical_key=metadata.technical_key,
        relationships=metadata.relationships,
        columns=[_source_column(column) for column in metadata.columns],
    )


def _source_column(column: ColumnPlan) -> SourceColumn:
    personal = column.personal_data
    return SourceColumn(
        name=column.name,
        source_name=column.source_name,
        description=column.description,
        type=column.type,
        precision=column.precision,
        scale=column.scale,
        date_format=column.date_format,
        role=column.role,
        nullable=column.nullable,
        classification=Classification(
            type=personal.type,
            sensitivity=personal.sensitivity,
            confidence=personal.confidence,
            evidence=personal.evidence,
        ),
        lf_tags=lf_tags(column),
    )


def transformations_config(
    discovery: DiscoveryPlan, transformation: TransformationPlan, gold_files: dict[str, str]
) -> TransformationsConfig:
    """``config/transformations.yaml``; ``gold_files`` has the Spark statement's path of each Gold table."""
    return TransformationsConfig(
        workload=discovery.workload,
        cleaning=transformation.cleaning,
        masking=transformation.masking,
        deduplication=transformation.deduplication,
        derived=transformation.derived,
        silver_partition_columns=transformation.silver_partition_columns,
        gold_filters=transformation.gold_filters,
        gold_tables=[_gold_table(table, gold_files[table.name]) for table in transformation.gold_tables],
    )


def _gold_table(table: GoldTablePlan, path: str) -> GoldTableConfig:
    return GoldTableConfig(
        name=table.name,
        kind=table.kind,
        description=table.description,
        columns=table.columns,
        grain=table.grain,
        dimensions=table.dimensions,
        measures={measure.name: f"{measure.aggregation}({measure.expression})" for measure in table.measures},
        sql=path,
    )


def quality_config(discovery: DiscoveryPlan, quality: QualityPlan) -> QualityRulesConfig:
    """``config/quality_rules.yaml``."""
    return QualityRulesConfig(
        workload=discovery.workload,
        thresholds={"silver": quality.silver_threshold, "gold": quality.gold_threshold},
        dimension_weights={str(name): weight for name, weight in quality.dimension_weights.items()},
        rules=quality.rules,
        baselines=quality.baselines,
    )


def schedule_config(discovery: DiscoveryPlan, dag: DagPlan) -> ScheduleConfig:
    """``config/schedule.yaml``."""
    return ScheduleConfig(
        workload=discovery.workload,
        dag_id=dag.dag_id,
        cron=dag.cron,
        timezone=dag.timezone,
        start_date=dag.start_date,
        depends_on=dag.depends_on,
        retries=dag.retries,
        retry_delay_seconds=dag.retry_delay_seconds,
        execution_timeout_minutes=dag.execution_timeout_minutes,
        deadline_minutes=dag.deadline_minutes,
        paused=dag.paused,
    )


def deployment_config(discovery: DiscoveryPlan, dag: DagPlan) -> DeploymentConfig:
    """``config/deployment.yaml``."""
    return DeploymentConfig(
        workload=discovery.workload,
        engine=dag.engine,
        runtime_version=RUNTIME_VERSION,
        zones=["bronze", "silver", "gold"],
        regulations=discovery.regulations,
        retention_days={
            "bronze": discovery.bronze_retention_days,
            "quarantine": discovery.quarantine_retention_days,
        },
    )


def semantic_config(
    discovery: DiscoveryPlan, metadata: MetadataPlan, transformation: TransformationPlan
) -> SemanticConfig:
    """``config/semantic.yaml``."""
    return SemanticConfig(
        workload=discovery.workload,
        description=discovery.description,
        owner=discovery.owner,
        tables=[_semantic_table(table, metadata, transformation) for table in transformation.gold_tables],
    )


def _semantic_table(table: GoldTablePlan, metadata: MetadataPlan, transformation: TransformationPlan) -> SemanticTable:
    from onboarding.codegen.sql.gold import gold_columns

    columns = gold_columns(table, metadata, transformation)
    grain = metadata.primary_key if table.kind == "flat" else table.grain
    return SemanticTable(
        name=table.name,
        kind=table.kind,
        description=table.description,
        grain=grain,
        references={surrogate_key(name): f"{name}.{surrogate_key(name)}" for name in table.dimensions},
        columns=[_semantic_column(column, table, metadata) for column in columns],
    )


def _semantic_column(column: schema.TableColumn, table: GoldTablePlan, metadata: MetadataPlan) -> SemanticColumn:
    measure = next((item for item in table.measures if item.name == column.name), None)
    known = {plan.name: plan for plan in metadata.columns}
    plan = known.get(column.name) if column.origin == "source" else None
    role = plan.role if plan else Role.MEASURE if column.origin in ("measure", "derived") else Role.ATTRIBUTE
    return SemanticColumn(
        name=column.name,
        type=column.type,
        role=role,
        description=column.description,
        aggregation=measure.aggregation if measure else None,
        expression=measure.expression if measure else None,
        masking=column.masking if plan and column.name in known else None,
        lf_tags=lf_tags(plan) if plan else {},
    )
