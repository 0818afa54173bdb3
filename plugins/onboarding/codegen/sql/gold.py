"""Gold statements: one SELECT per table over the view ``silver``."""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen import schema
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.engines import Engine, call, column, data_type, try_cast
from onboarding.codegen.sql.portable import infer_type, portable
from onboarding.codegen.sql.star import dimension_select, fact_select, star_columns
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import GoldMeasure, GoldTablePlan, MetadataPlan, TransformationPlan

# A sum of DECIMAL(p, s) has another precision on each engine; HUGEINT does not exist in Parquet.
_SUM_PRECISION = 38


def gold_columns(
    table: GoldTablePlan, metadata: MetadataPlan, transformation: TransformationPlan
) -> list[schema.TableColumn]:
    """The columns of one Gold table, in order."""
    silver = {item.name: item for item in schema.silver_columns(metadata, transformation)}
    names = table.columns if table.kind == "flat" else table.grain
    for name in {*table.columns, *table.grain, *(name for key in table.dimensions.values() for name in key)}:
        if name not in silver:
            raise _unknown(table.name, name, sorted(silver))
    if table.kind in ("dimension", "fact"):
        return star_columns(table, silver)
    columns = [silver[name] for name in names]
    if table.kind == "aggregate":
        columns += [_measure_column(table, measure, silver) for measure in table.measures]
    return columns


def gold_sql(table: GoldTablePlan, metadata: MetadataPlan, transformation: TransformationPlan, engine: Engine) -> str:
    """Text of the statement of one Gold table for one engine; a dimension has no filter, for facts refer to it."""
    silver = {item.name: item for item in schema.silver_columns(metadata, transformation)}
    types = {name: item.type for name, item in silver.items()}
    columns = gold_columns(table, metadata, transformation)
    if table.kind == "dimension":
        return engine.render(dimension_select(table, silver, engine))
    grain = [column(item.name) for item in columns if item.origin != "measure"]
    measures = [
        exp.alias_(_measure(measure, silver, table, engine), measure.name, quoted=True)
        for measure in (table.measures if table.kind == "aggregate" else [])
    ]
    select = exp.Select(expressions=[*grain, *measures]).from_("silver")
    if table.kind == "fact":
        select = fact_select(table, silver, engine)
    for number, text in enumerate(transformation.gold_filters):
        where = f"transformation.gold_filters.{number}"
        select = select.where(exp.Paren(this=portable(text, engine, where=where, columns=types)))
    if table.kind == "aggregate" and grain:
        select = select.group_by(*[item.copy() for item in grain])
    return engine.render(select)


def _measure_column(
    table: GoldTablePlan, measure: GoldMeasure, silver: dict[str, schema.TableColumn]
) -> schema.TableColumn:
    kind, scale = _measure_type(table, measure, silver)
    text = f"{measure.aggregation} of {measure.expression}"
    precision = _SUM_PRECISION if kind is ColumnType.DECIMAL else None
    return schema.TableColumn(measure.name, kind, precision, scale, "measure", description=text)


def _measure_type(
    table: GoldTablePlan, measure: GoldMeasure, silver: dict[str, schema.TableColumn]
) -> tuple[ColumnType, int | None]:
    """Type of a measure, and the scale of a decimal one."""
    if measure.aggregation in ("count", "count_distinct"):
        return ColumnType.INTEGER, None
    if measure.aggregation == "avg":
        return ColumnType.DOUBLE, None
    where = f"transformation.gold_tables.{table.name}.{measure.name}"
    kind = infer_type(measure.expression, {name: item.type for name, item in silver.items()}, where=where)
    if kind is not ColumnType.DECIMAL:
        return kind, None
    scale = silver[measure.expression].scale if measure.expression in silver else None
    return kind, 4 if scale is None else scale


def _measure(
    measure: GoldMeasure, silver: dict[str, schema.TableColumn], table: GoldTablePlan, engine: Engine
) -> exp.Expression:
    where = f"transformation.gold_tables.{table.name}.{measure.name}"
    if measure.expression.strip() == "*":
        return exp.Count(this=exp.Star())
    types = {name: item.type for name, item in silver.items()}
    value = portable(measure.expression, engine, where=where, columns=types)
    if measure.aggregation == "count":
        return exp.Count(this=value)
    if measure.aggregation == "count_distinct":
        return exp.Count(this=exp.Distinct(expressions=[value]))
    if measure.aggregation == "avg":
        return call("AVG", try_cast(value, exp.DataType.build("DOUBLE")))
    kind, scale = _measure_type(table, measure, silver)
    whole = measure.aggregation == "sum" and kind is ColumnType.INTEGER
    found = engine.exact_sum(value) if whole else call(measure.aggregation.upper(), value)
    return try_cast(found, data_type(kind, _SUM_PRECISION, scale))


def _unknown(table: str, name: str, known: list[str]) -> CodegenError:
    return CodegenError(
        f"the Gold table {table!r} has no column {name!r} to take",
        where=f"transformation.gold_tables.{table}",
        expected=f"columns of Silver: {', '.join(known)}",
        given=name,
        remedy="correct the name, or derive the column in Silver first",
    )
