"""``create_bronze.sql``: Athena DDL of the Bronze table."""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.schema import dropped_columns
from onboarding.codegen.sql.athena import MARK
from onboarding.spec.plans import MetadataPlan, TransformationPlan

# Physical types of DuckDB that Athena knows by another name; everything else is read as text.
_ATHENA_TYPES = {
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "SMALLINT": "SMALLINT",
    "TINYINT": "TINYINT",
    "DOUBLE": "DOUBLE",
    "FLOAT": "FLOAT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP",
}


def bronze_ddl(workload: str, metadata: MetadataPlan, transformation: TransformationPlan | None) -> str:
    """The DDL, not verified. ``${glue_database}`` and ``${lake_uri}`` are filled in when the table is registered."""
    dropped = dropped_columns(metadata, transformation)
    columns = [
        _column(plan.source_name, plan.physical_type, plan.description)
        for plan in metadata.columns
        if plan.name not in dropped
    ]
    columns += [
        _column("_source_file", "VARCHAR", "File of the source that the row was read from"),
        _column("_source_row", "BIGINT", "Number of the row in its load, from 1"),
        _column("_load_id", "VARCHAR", "Load that brought the row"),
    ]
    partitions = [_column("ingestion_date", "DATE", ""), _column("load_id", "VARCHAR", "")]
    location = f"${{lake_uri}}/bronze/{workload}/{metadata.table}/"
    properties = [
        exp.ExternalProperty(),
        exp.PartitionedByProperty(this=exp.Schema(expressions=partitions)),
        exp.FileFormatProperty(this=exp.Var(this="PARQUET")),
        exp.LocationProperty(this=exp.Literal.string(location)),
    ]
    table = exp.to_table(metadata.table)
    table.set("db", exp.to_identifier("${glue_database}", quoted=True))
    create = exp.Create(
        this=exp.Schema(this=table, expressions=columns),
        kind="TABLE",
        exists=True,
        properties=exp.Properties(expressions=properties),
    )
    return MARK + str(create.sql(dialect="athena", pretty=True, identify=True)) + "\n"


def _column(name: str, physical_type: str, description: str) -> exp.Expression:
    upper = physical_type.upper()
    kind = upper if upper.startswith("DECIMAL(") else _ATHENA_TYPES.get(upper, "STRING")
    constraints = []
    if description:
        comment = exp.CommentColumnConstraint(this=exp.Literal.string(description))
        constraints.append(exp.ColumnConstraint(kind=comment))
    return exp.ColumnDef(
        this=exp.to_identifier(name.lower(), quoted=True),
        kind=exp.DataType.build(kind, dialect="hive"),
        constraints=constraints,
    )
