"""Column-level lineage, read off the statements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onboarding.codegen.lineage import lineage_document
from tests.onboarding.codegen.sales import sales_plan


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    plan = sales_plan()
    document = json.loads(lineage_document(plan.workload, plan.metadata, plan.transformation))
    return {table["name"]: table for table in document["tables"]}


def origins(table: dict[str, Any], column: str) -> dict[str, str]:
    """Column of the table before -> the most that happened to it."""
    found = table["fields"][column]["inputFields"]
    return {item["field"]: item["transformations"][0]["subtype"] for item in found}


def test_a_column_comes_from_the_one_with_its_name_in_the_source(tables: dict[str, Any]) -> None:
    silver = next(table for name, table in tables.items() if name.startswith("silver."))
    assert list(origins(silver, "order_id")) == ["Order ID"]
    assert "internal_note" not in silver["fields"]


def test_masking_is_said(tables: dict[str, Any]) -> None:
    silver = next(table for name, table in tables.items() if name.startswith("silver."))
    entry = silver["fields"]["customer_email"]["inputFields"][0]
    assert entry["transformations"] == [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": True}]
    assert not silver["fields"]["region"]["inputFields"][0]["transformations"][0]["masking"]


def test_a_derived_column_names_all_that_it_is_made_from(tables: dict[str, Any]) -> None:
    silver = next(table for name, table in tables.items() if name.startswith("silver."))
    derived = sales_plan().transformation.derived[0].name
    assert set(origins(silver, derived)) == {"quantity", "unit_price"}


def test_an_aggregate_is_told_from_a_column_that_is_shown(tables: dict[str, Any]) -> None:
    plan = sales_plan()
    aggregate = next(table for table in plan.transformation.gold_tables if table.kind == "aggregate")
    gold = tables[f"gold.{aggregate.name}"]
    assert set(origins(gold, aggregate.grain[0]).values()) == {"IDENTITY"}
    summed = next(item for item in aggregate.measures if item.aggregation == "sum")
    assert set(origins(gold, summed.name).values()) == {"AGGREGATION"}
    deciding = {item["field"]: item["transformations"][0] for item in gold["dataset"]}
    assert deciding[aggregate.grain[-1]]["type"] == "INDIRECT"


def test_what_decides_which_rows_stay_is_named(tables: dict[str, Any]) -> None:
    silver = next(table for name, table in tables.items() if name.startswith("silver."))
    assert {item["field"]: item["transformations"][0]["subtype"] for item in silver["dataset"]} == {"Order ID": "SORT"}


def test_the_same_plan_gives_the_same_bytes() -> None:
    plan = sales_plan()
    once, twice = (lineage_document(plan.workload, plan.metadata, plan.transformation) for _ in range(2))
    assert once == twice
