"""Gold tables: one flat table, or metrics by a grain, or what a person declared."""

from __future__ import annotations

from onboarding.agents.base import AgentContext, AgentError
from onboarding.agents.star import with_dimensions
from onboarding.spec.conf import ColumnType, GoldTable, Masking, Role
from onboarding.spec.plans import ColumnPlan, Decision, DerivedColumn, GoldMeasure, GoldTablePlan, MetadataPlan
from shared.pipeline.literals import quote_identifier
from shared.pipeline.profile.words import name_words, word_set

#: A grain of more columns, or of columns with more values, is hardly an aggregate.
GRAIN_COLUMNS = 2
GRAIN_VALUES = 50
#: Numbers per unit or of a state: their sum means nothing, their average does.
_AVERAGED = word_set(
    "price unit rate ratio percent pct percentage avg average mean score rating age temperature temp index year "
    "discount tax per cost_per margin"
)


def plan_gold(
    context: AgentContext, metadata: MetadataPlan, derived: list[DerivedColumn], masking: dict[str, Masking]
) -> tuple[list[GoldTablePlan], list[Decision]]:
    """The Gold tables and their decisions."""
    discovery = context.need_discovery()
    kept = [column for column in metadata.columns if masking.get(column.name) is not Masking.DROP]
    names = [column.name for column in kept] + [column.name for column in derived]
    declared = context.conf.destination.gold.tables
    if declared:
        tables = [_declared(context, table, kept, names) for table in declared]
        tables = with_dimensions(context, tables, metadata, derived, masking)
        return tables, [_decision(table, _given_reason(table), "human") for table in tables]
    if discovery.gold_format == "aggregate":
        grain = _grain(context, kept, masking)
        if grain:
            table = _aggregate(context, discovery.workload, grain, kept)
            reason = f"{discovery.gold_use_case}: metrics by {', '.join(grain)}"
            return [table], [_decision(table, reason, "rules")]
        table = _flat(discovery.workload, names)
        reason = "an aggregate was wanted, but no column has few enough values to group by: one flat table"
        return [table], [_decision(table, reason, "rules", needs_eyes=True)]
    table = _flat(discovery.workload, names)
    return [table], [_decision(table, f"{discovery.gold_use_case}: one row per row of Silver", "rules")]


def _decision(table: GoldTablePlan, reason: str, source: str, *, needs_eyes: bool = False) -> Decision:
    return Decision.model_validate(
        {
            "subject": f"gold.{table.name}",
            "value": table.kind,
            "reason": reason,
            "source": source,
            "needs_eyes": needs_eyes,
        }
    )


def _flat(name: str, columns: list[str]) -> GoldTablePlan:
    return GoldTablePlan(name=name, kind="flat", columns=columns, description="One row per row of Silver.")


def _declared(context: AgentContext, table: GoldTable, kept: list[ColumnPlan], names: list[str]) -> GoldTablePlan:
    where = f"destination.gold.tables.{table.name}"
    if table.kind in ("fact", "dimension"):
        return GoldTablePlan(
            name=table.name,
            kind=table.kind,
            grain=[_known(context, name, names, f"{where}.grain") for name in table.grain],
            columns=[_known(context, name, names, f"{where}.columns") for name in table.columns],
        )
    if table.kind == "flat":
        return _flat(table.name, [_known(context, name, names, where) for name in table.columns] or names)
    grain = [_known(context, name, names, where) for name in table.grain] or _grain(context, kept, {})
    if not grain:
        raise AgentError(
            "an aggregate table needs a grain", where=f"{where}.grain", expected="columns to group by",
            given="nothing", remedy="name the columns",
        )  # fmt: skip
    return _aggregate(context, table.name, grain, kept)


def _given_reason(table: GoldTablePlan) -> str:
    if table.kind != "dimension" or not table.columns:
        return "given"
    return "given; where rows of one key differ, the last one counts (slowly changing dimension of type 1)"


def _known(context: AgentContext, name: str, names: list[str], where: str) -> str:
    return name if name in names else context.column_name(name, where)


def _grain(context: AgentContext, kept: list[ColumnPlan], masking: dict[str, Masking]) -> list[str]:
    """The dimensions that a person named, else the dimensions with the fewest values."""
    if context.conf.domain.dimensions:
        return [context.column_name(name, "domain.dimensions") for name in context.conf.domain.dimensions]
    profile = context.need_profile()
    usable = [
        column.name
        for column in kept
        if column.role is Role.DIMENSION
        and column.name not in masking
        and 2 <= profile.column(column.name).distinct_count <= GRAIN_VALUES
        and profile.column(column.name).missing_count <= 0.05 * profile.rows
    ]
    usable.sort(key=lambda name: (-profile.column(name).distinct_count, name))
    return usable[:GRAIN_COLUMNS]


def _aggregate(context: AgentContext, name: str, grain: list[str], kept: list[ColumnPlan]) -> GoldTablePlan:
    measures = _given_measures(context) or _measures(kept, grain)
    description = f"{len(measures)} metrics by {', '.join(grain)}."
    return GoldTablePlan(name=name, kind="aggregate", grain=grain, measures=measures, description=description)


def as_expression(name: str) -> str:
    """A column name as an expression: in double quotes only where the bare name is a word of SQL."""
    from onboarding.spec.expressions import ExpressionError, check_expression

    try:
        return check_expression(name, where=name, columns=[name]).sql
    except ExpressionError:
        return quote_identifier(name)


def _given_measures(context: AgentContext) -> list[GoldMeasure]:
    from onboarding.spec.expressions import check_expression

    measures = []
    for name, measure in context.conf.domain.measures.items():
        where = f"domain.measures.{name}"
        text = measure.expression or as_expression(context.column_name(name, where))
        checked = check_expression(text, where=where)
        measures.append(GoldMeasure(name=name, aggregation=measure.aggregation, expression=checked.sql))
    return measures


def _measures(kept: list[ColumnPlan], grain: list[str]) -> list[GoldMeasure]:
    measures = [GoldMeasure(name="row_count", aggregation="count", expression="*")]
    numbers = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
    for column in kept:
        if column.role is not Role.MEASURE or column.type not in numbers or column.name in grain:
            continue
        averaged = bool(_AVERAGED.intersection(name_words(column.source_name)))
        prefix, aggregation = ("average", "avg") if averaged else ("total", "sum")
        measures.append(
            GoldMeasure.model_validate(
                {
                    "name": f"{prefix}_{column.name}",
                    "aggregation": aggregation,
                    "expression": as_expression(column.name),
                }
            )
        )
    return measures
