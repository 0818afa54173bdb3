"""Column-level lineage of Silver and Gold, read off the syntax trees of the statements that run.

``fields`` and ``dataset`` of a table are those of OpenLineage's column lineage facet, so that tools which know it
can read them: the columns that a column is made from, and the columns that decide what rows there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp, parse_one  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen import schema
from onboarding.codegen.sql.engines import DUCKDB
from onboarding.codegen.sql.gold import gold_sql
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.conf import Masking
from onboarding.spec.plans import MetadataPlan, TransformationPlan

LINEAGE_PATH = "config/lineage.json"
#: Which lake it is is decided where the pipeline runs.
NAMESPACE = "lake"
#: Least to most: what happened to a value on the way; the most of all steps is what is said.
_SUBTYPES = ("IDENTITY", "TRANSFORMATION", "AGGREGATION")


@dataclass
class _Relation:
    """What a stage of a statement makes.

    :ivar columns: output column -> column of the table that the statement reads -> the most that happened to it.
    :ivar deciding: columns of that table that decide which rows there are -> how.
    """

    columns: dict[str, dict[str, int]]
    deciding: dict[str, str] = field(default_factory=dict)


def lineage_document(workload: str, metadata: MetadataPlan, transformation: TransformationPlan) -> bytes:
    """``config/lineage.json``: per table of Silver and Gold, its columns and where they come from.

    :param workload: names the datasets, ``<zone>.<table>``.
    :returns: JSON, in the order of the columns; the same plans give the same bytes.
    """
    columns = schema.silver_columns(metadata, transformation)
    masked = {item.name for item in columns if item.origin == "source" and item.masking is not Masking.KEEP}
    source_names = [item.name for item in schema.bronze_columns(metadata, transformation).values()]
    bronze = [*source_names, *schema.ORIGIN_COLUMNS]
    silver = _relation(silver_sql(metadata, transformation, DUCKDB), "bronze", bronze)
    if transformation.deduplication.mode == "remove":
        _decide(silver, "SORT", _through(silver, transformation.deduplication.keys))
    names = [item.name for item in columns]
    tables = [_table("silver", metadata.table, f"bronze.{metadata.table}", silver, names, masked)]
    for table in transformation.gold_tables:
        sql = gold_sql(table, metadata, transformation, DUCKDB)
        made = _relation(sql, "silver", [*names, *schema.ORIGIN_COLUMNS])
        tables.append(_table("gold", table.name, f"silver.{metadata.table}", made, list(made.columns), set()))
    document = {"workload": workload, "tables": tables}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _table(
    zone: str, name: str, source: str, relation: _Relation, columns: Iterable[str], masked: set[str]
) -> dict[str, Any]:
    return {
        "name": f"{zone}.{name}",
        "inputs": [source],
        "fields": {
            column: {
                "inputFields": [
                    _input(source, origin, "DIRECT", _SUBTYPES[most], masking=column in masked)
                    for origin, most in relation.columns[column].items()
                ]
            }
            for column in columns
        },
        "dataset": [
            _input(source, origin, "INDIRECT", how, masking=False) for origin, how in relation.deciding.items()
        ],
    }


def _input(table: str, column: str, kind: str, subtype: str, *, masking: bool) -> dict[str, Any]:
    return {
        "namespace": NAMESPACE,
        "name": table,
        "field": column,
        "transformations": [{"type": kind, "subtype": subtype, "masking": masking}],
    }


def _relation(sql: str, table: str, columns: Iterable[str]) -> _Relation:
    """Follow every column of a statement through its stages to the table that it reads."""
    statement = parse_one(sql, dialect="duckdb")
    known = {table: _Relation({name: {name: 0} for name in columns})}
    with_ = statement.find(exp.With)
    for stage in with_.expressions if with_ else []:
        known[stage.alias] = _stage(stage.this, known)
    return _stage(statement, known)


def _stage(select: exp.Expression, known: Mapping[str, _Relation]) -> _Relation:
    source = known[select.args["from_"].this.name]
    made = _Relation({}, dict(source.deciding))
    for item in select.expressions:
        value = item.this if isinstance(item, exp.Alias) else item
        made.columns[item.alias_or_name] = _origins(value, source)
    for clause, how in (("where", "FILTER"), ("group", "GROUP_BY")):
        node = select.args.get(clause)
        if node is not None:
            _decide(made, how, _origins(node, source))
    return made


def _origins(value: exp.Expression, source: _Relation) -> dict[str, int]:
    """Columns of the table that a value is made from, in the order of their places in it."""
    step = 0 if isinstance(value, exp.Column) else 2 if value.find(exp.AggFunc) else 1
    found: dict[str, int] = {}
    for name in _names(value):
        for origin, most in source.columns[name].items():
            found[origin] = max(found.get(origin, 0), most, step)
    return found


def _names(value: exp.Expression) -> list[str]:
    """Names of the columns in an expression; the variable of a lambda or of a list comprehension is none."""
    bound = {parameter.name for node in value.find_all(exp.Lambda) for parameter in node.expressions}
    bound |= {node.args["expression"].name for node in value.find_all(exp.Comprehension)}
    return [node.name for node in value.find_all(exp.Column, bfs=False) if node.name not in bound]


def _through(relation: _Relation, names: Iterable[str]) -> dict[str, int]:
    return {origin: most for name in names for origin, most in relation.columns[name].items()}


def _decide(relation: _Relation, how: str, origins: Mapping[str, int]) -> None:
    for origin in origins:
        relation.deciding.setdefault(origin, how)
