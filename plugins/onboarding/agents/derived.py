"""Derived columns and Gold filters: expressions of people, checked, written again, and typed by the engine itself."""

from __future__ import annotations

from typing import Any

from onboarding.agents.base import AgentContext, AgentError
from onboarding.spec.conf import ColumnType
from onboarding.spec.expressions import check_expression, check_predicate
from onboarding.spec.plans import ColumnPlan, DerivedColumn
from shared.pipeline.literals import quote_identifier

_PHYSICAL = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}


def plan_derived(context: AgentContext, columns: list[ColumnPlan]) -> list[DerivedColumn]:
    """The derived columns of the conf; each may use the source's columns and the derived ones before it.

    :raises ExpressionError: an expression is not allowed or does not parse.
    :raises AgentError: the engine cannot evaluate it on columns of these types.
    """
    given = context.conf.transformations.derived
    if not given:
        return []
    from shared.pipeline.engine import connection

    result: list[DerivedColumn] = []
    with connection() as con:
        for item in given:
            where = f"transformations.derived.{item.name}"
            names = [column.name for column in columns] + [column.name for column in result]
            checked = check_expression(item.expression, where=where, columns=names)
            kind = _type_of(con, checked.sql, columns, result, where)
            result.append(DerivedColumn(name=item.name, expression=checked.sql, type=kind))
    return result


def plan_filters(context: AgentContext, columns: list[ColumnPlan], derived: list[DerivedColumn]) -> list[str]:
    """The Gold filters of the conf as canonical SQL."""
    names = [column.name for column in columns] + [column.name for column in derived]
    return [
        check_predicate(text, where=f"transformations.filters[{index}]", columns=names).sql
        for index, text in enumerate(context.conf.transformations.filters)
    ]


def _type_of(con: Any, sql: str, columns: list[ColumnPlan], derived: list[DerivedColumn], where: str) -> ColumnType:
    """The type that the engine gives the expression over an empty table of the planned columns."""
    import duckdb

    cells = [f"CAST(NULL AS {_physical(column)}) AS {quote_identifier(column.name)}" for column in columns]
    cells += [
        f"CAST(NULL AS {_PHYSICAL.get(item.type, 'DECIMAL(38, 9)')}) AS {quote_identifier(item.name)}"
        for item in derived
    ]
    try:
        described = con.execute(f"DESCRIBE SELECT {sql} AS value FROM (SELECT {', '.join(cells)})").fetchall()  # noqa: S608 (checked)
    except duckdb.Error as error:
        raise AgentError(
            "the expression does not fit the types of its columns",
            where=where,
            expected="an expression that can be evaluated on the cleaned columns",
            given=str(error).splitlines()[0][:200],
            remedy="cast the columns, or correct their types under domain.columns",
        ) from error
    return _logical(str(described[0][1]))


def _physical(column: ColumnPlan) -> str:
    if column.type is ColumnType.DECIMAL:
        return f"DECIMAL({column.precision or 18}, {column.scale or 0})"
    return _PHYSICAL[column.type]


def _logical(physical: str) -> ColumnType:
    if physical.startswith("DECIMAL"):
        return ColumnType.DECIMAL
    if physical.startswith("TIMESTAMP"):
        return ColumnType.TIMESTAMP
    if physical in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"):
        return ColumnType.INTEGER
    known = {
        "DOUBLE": ColumnType.DOUBLE,
        "FLOAT": ColumnType.DOUBLE,
        "BOOLEAN": ColumnType.BOOLEAN,
        "DATE": ColumnType.DATE,
    }
    return known.get(physical, ColumnType.TEXT)
