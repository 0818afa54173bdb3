"""A declared star: what its facts and dimensions leave open is closed, what cannot work is refused."""

from __future__ import annotations

from onboarding.agents.base import AgentContext, AgentError
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import DerivedColumn, GoldTablePlan, MetadataPlan

#: Masks under which different values become the same: no longer a key.
MERGING_MASKS = (Masking.LAST4, Masking.EMAIL, Masking.PARTIAL, Masking.REDACT, Masking.YEAR, Masking.DROP)


def with_dimensions(
    context: AgentContext,
    tables: list[GoldTablePlan],
    metadata: MetadataPlan,
    derived: list[DerivedColumn],
    masking: dict[str, Masking],
) -> list[GoldTablePlan]:
    """The tables with their facts tied to the dimensions.

    A fact without columns has every column that no dimension describes; without a grain it has the primary key's.

    :raises AgentError: a dimension without a business key, with one that is masked beyond recognition or of
        floating-point numbers; a fact without any dimension.
    """
    dimensions = {table.name: table for table in tables if table.kind == "dimension"}
    types = {column.name: column.type for column in metadata.columns} | {item.name: item.type for item in derived}
    for table in dimensions.values():
        _check_business_key(table, types, masking)
    described = {name for table in dimensions.values() for name in (*table.grain, *table.columns)}
    own = [name for name in types if name not in described and masking.get(name) is not Masking.DROP]
    return [_fact(table, dimensions, metadata, own) if table.kind == "fact" else _described(table) for table in tables]


def _described(table: GoldTablePlan) -> GoldTablePlan:
    if table.kind != "dimension":
        return table
    attributes = [name for name in dict.fromkeys(table.columns) if name not in table.grain]
    told = f"One row for each {', '.join(table.grain)}, and one for rows without it."
    return table.model_copy(update={"columns": attributes, "description": told})


def _fact(
    table: GoldTablePlan, dimensions: dict[str, GoldTablePlan], metadata: MetadataPlan, own: list[str]
) -> GoldTablePlan:
    where = f"destination.gold.tables.{table.name}"
    if not dimensions:
        raise AgentError(
            "a fact needs a dimension to refer to",
            where=where,
            expected="a table of kind dimension beside it",
            given="none",
            remedy="declare the dimension with its business key as grain, or make this table flat",
        )
    key = [] if metadata.technical_key else metadata.primary_key
    grain = table.grain or key
    # The key stays in the fact even where it is that of a dimension: it tells the rows apart.
    columns = table.columns or [*(name for name in key if name not in own), *own]
    return table.model_copy(
        update={
            "grain": grain,
            "columns": list(dict.fromkeys([*(name for name in grain if name not in columns), *columns])),
            "dimensions": {name: dimension.grain for name, dimension in dimensions.items()},
            "description": f"One row per row of Silver, with the keys of {', '.join(dimensions)}.",
        }
    )


def _check_business_key(table: GoldTablePlan, types: dict[str, ColumnType], masking: dict[str, Masking]) -> None:
    where = f"destination.gold.tables.{table.name}.grain"
    if not table.grain:
        raise AgentError(
            "a dimension needs its business key",
            where=where,
            expected="the columns that tell its members apart",
            given="nothing",
            remedy="name them as the grain",
        )
    for name in table.grain:
        if masking.get(name) in MERGING_MASKS:
            raise AgentError(
                "the business key of a dimension is masked so that different values become the same",
                where=where,
                expected="columns that are kept, or masked by a keyed hash",
                given=f"{name}, masked as {masking[name].value}",
                remedy=f"set transformations.masking.{name} to hash, or name another key",
            )
        if types.get(name) is ColumnType.DOUBLE:
            raise AgentError(
                "a floating-point number cannot be a business key: equal values need not have equal digits",
                where=where,
                expected="text, whole numbers, decimals or dates",
                given=f"{name} of type double",
                remedy=f"set domain.columns.{name}.type to decimal, or name another key",
            )
