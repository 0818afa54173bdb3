"""Statements of a star: dimensions with a surrogate key, facts that refer to them."""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen import schema
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.engines import Engine, call, case, chain, column, concat, is_null, number, text, to_text
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import UNKNOWN_MEMBER, GoldTablePlan, surrogate_key

_RANK = "_arrival_rank"
_ORIGIN = ("_load_id", "_source_row")


def star_columns(table: GoldTablePlan, silver: dict[str, schema.TableColumn]) -> list[schema.TableColumn]:
    """The columns of a dimension (surrogate key, business key, attributes) or of a fact (keys of its dimensions, then
    its own), in order.

    :raises CodegenError: a surrogate key has the name of another column.
    """
    if table.kind == "dimension":
        keys = {surrogate_key(table.name): table.grain}
        names = [*table.grain, *table.columns]
    else:
        keys = {surrogate_key(name): business for name, business in table.dimensions.items()}
        names = table.columns
    clashes = [key for key in keys if key in names]
    if clashes:
        raise CodegenError(
            f"the surrogate key of a dimension would have the name of a column of {table.name!r}",
            where=f"transformation.gold_tables.{table.name}",
            expected="dimensions whose name with _key behind it is no column's",
            given=", ".join(clashes),
            remedy="name the dimension otherwise",
        )
    return [*(_key_column(name, business) for name, business in keys.items()), *(silver[name] for name in names)]


def _key_column(name: str, business: list[str]) -> schema.TableColumn:
    told = f"Surrogate key of {', '.join(business)}; {UNKNOWN_MEMBER} where one of them is missing."
    return schema.TableColumn(name, ColumnType.TEXT, origin="technical", description=told)


def dimension_select(table: GoldTablePlan, silver: dict[str, schema.TableColumn], engine: Engine) -> exp.Select:
    """One row for each business key, with the attributes of the row that came last.

    Rows without their business key share one row, the unknown member, in which everything else is NULL.
    """
    key = surrogate_key(table.name)
    keyed = exp.Select(
        expressions=[
            exp.alias_(_surrogate(table.grain, silver, engine), key, quoted=True),
            *[column(name) for name in (*table.grain, *table.columns, *_ORIGIN)],
        ]
    ).from_("silver")
    newest = [exp.Ordered(this=column(name), desc=True, nulls_first=False) for name in _ORIGIN]
    rank = exp.Window(this=exp.RowNumber(), partition_by=[column(key)], order=exp.Order(expressions=newest))
    ranked = exp.Select(
        expressions=[
            *[column(name) for name in (key, *table.grain, *table.columns)],
            exp.alias_(rank, _RANK, quoted=True),
        ]
    ).from_("keyed")
    unknown = exp.EQ(this=column(key), expression=text(UNKNOWN_MEMBER))
    shown = [
        exp.alias_(case((exp.Not(this=exp.Paren(this=unknown.copy())), column(name))), name, quoted=True)
        for name in (*table.grain, *table.columns)
    ]
    return (
        exp.Select(expressions=[column(key), *shown])
        .from_("ranked")
        .where(exp.EQ(this=column(_RANK), expression=number(1)))
        .with_("keyed", as_=keyed)
        .with_("ranked", as_=ranked)
        # Members in an order of their own: the same input gives the same file.
        .order_by(exp.Ordered(this=column(key), desc=False, nulls_first=False))
    )


def fact_select(table: GoldTablePlan, silver: dict[str, schema.TableColumn], engine: Engine) -> exp.Select:
    """One row for each row of Silver, with the surrogate key of each of its dimensions."""
    keys = [
        exp.alias_(_surrogate(business, silver, engine), surrogate_key(name), quoted=True)
        for name, business in table.dimensions.items()
    ]
    return exp.Select(expressions=[*keys, *[column(name) for name in table.columns]]).from_("silver")


def _surrogate(business: list[str], silver: dict[str, schema.TableColumn], engine: Engine) -> exp.Expression:
    """SHA-256 over length and text of each part: no two different keys can run together; the same in every load."""
    parts = []
    for name in business:
        value = engine.text_of(column(name), silver[name].type, silver[name].scale)
        parts += [to_text(call("LENGTH", value)), text(":"), value.copy(), text(";")]
    missing = chain(exp.Or, [is_null(column(name)) for name in business])
    return case((missing, text(UNKNOWN_MEMBER)), default=engine.sha256(concat(*parts)))
