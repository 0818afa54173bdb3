"""A star: a fact with the surrogate keys of its dimensions, through the scripts of a workload."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents.base import AgentError
from onboarding.operators.steps.testing import TEST_FILES
from shared.operators.test_gate import run_test_gate
from shared.pipeline.errors import BalanceError
from tests.hard_input.onboarding_path import read_published
from tests.loads.deployed import Deployed, write_csv

HEADER = ("order_id", "customer_id", "segment", "region", "amount", "ordered_on")
ROWS = [
    (f"ORD-{n:05d}", f"C-{n % 7:03d}", ("retail", "trade")[n % 7 % 2], ("north", "south", "west")[n % 3], f"{n}.50",
     f"2026-01-{n % 28 + 1:02d}")
    for n in range(120)
]  # fmt: skip
TABLES: list[dict[str, Any]] = [
    {"name": "fact_orders", "kind": "fact"},
    {"name": "dim_customer", "kind": "dimension", "grain": ["customer_id"], "columns": ["segment"]},
    {"name": "dim_place", "kind": "dimension", "grain": ["region"]},
]


def deployed(folder: Path, rows: list[tuple[str, ...]], **conf: Any) -> Deployed:
    write_csv(folder / "landing" / "orders.csv", HEADER, rows)
    given = {"workload": "orders", "destination.gold.tables": TABLES, "quality.silver_threshold": 0.5, **conf}
    return Deployed.onboard((folder / "landing").as_uri(), folder, given)


def published(workload: Deployed, table: str) -> list[dict[str, Any]]:
    return read_published(workload.lake, "gold", table)


def surrogate(*parts: str) -> str:
    return hashlib.sha256("".join(f"{len(part)}:{part};" for part in parts).encode()).hexdigest()


def test_facts_and_dimensions_are_published_together(tmp_path: Path) -> None:
    workload = deployed(tmp_path, ROWS)
    workload.run("2026-02-01")

    customers = published(workload, "dim_customer")
    assert {(row["customer_key"], row["customer_id"], row["segment"]) for row in customers} == {
        (surrogate(customer), customer, segment) for _, customer, segment, *_ in ROWS
    }
    assert {row["place_key"]: row["region"] for row in published(workload, "dim_place")} == {
        surrogate(region): region for region in ("north", "south", "west")
    }
    facts = {row["order_id"]: row for row in published(workload, "fact_orders")}
    assert list(next(iter(facts.values()))) == ["customer_key", "place_key", "order_id", "amount", "ordered_on"]
    assert {order: (row["customer_key"], row["place_key"], f"{row['amount']:.2f}") for order, row in facts.items()} == {
        order: (surrogate(customer), surrogate(region), amount) for order, customer, _, region, amount, _ in ROWS
    }


def test_the_last_row_of_a_member_counts_and_a_missing_key_has_a_member(tmp_path: Path) -> None:
    nobody = [(f"ORD-9000{n}", "", "retail", "south", f"{n}.75", "2026-01-02") for n in range(8)]
    workload = deployed(tmp_path, [*ROWS, *nobody])
    moved = ("ORD-90009", "C-001", "retail", "north", "1.50", "2026-01-01")
    write_csv(tmp_path / "landing" / "orders.csv", HEADER, [*ROWS, *nobody, moved])
    workload.run("2026-02-01")
    customers = {row["customer_key"]: row for row in published(workload, "dim_customer")}
    facts = {row["order_id"]: row for row in published(workload, "fact_orders")}

    assert {facts[row[0]]["customer_key"] for row in nobody} == {"unknown"}
    assert (customers["unknown"]["customer_id"], customers["unknown"]["segment"]) == (None, None)
    assert (ROWS[1][1:3], customers[surrogate("C-001")]["segment"]) == (("C-001", "trade"), "retail")
    assert {row["customer_key"] for row in facts.values()} == set(customers)


def test_filters_leave_out_facts_and_no_member(tmp_path: Path) -> None:
    workload = deployed(tmp_path, ROWS, **{"transformations.filters": ["region = 'north'"]})
    workload.run("2026-02-01")
    assert len(published(workload, "fact_orders")) == 40
    assert len(published(workload, "dim_place")) == 3


def test_a_member_that_is_held_back_holds_up_its_facts(tmp_path: Path) -> None:
    rule = {"id": "no_trade", "zone": "gold", "column": "segment", "dimension": "validity", "check": "in_set",
            "args": {"values": ["retail"]}, "on_fail": "quarantine", "min_pass_rate": 0.0}  # fmt: skip
    workload = deployed(tmp_path, ROWS, **{"quality.rules": [rule], "quality.gold_threshold": 0.0})
    with pytest.raises(BalanceError, match="refer to members"):
        workload.run("2026-02-01")
    assert published(workload, "fact_orders") == []


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ([{"name": "facts", "kind": "fact"}], "needs a dimension"),
        ([{"name": "dim", "kind": "dimension"}], "needs its business key"),
        ([{"name": "dim", "kind": "dimension", "grain": ["nobody"]}], "does not have"),
    ],
)
def test_a_star_that_cannot_be_is_refused(tmp_path: Path, tables: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(AgentError, match=told):
        deployed(tmp_path, ROWS, **{"destination.gold.tables": tables})


@pytest.mark.parametrize(
    ("conf", "told"),
    [
        ({"transformations.masking": {"customer_id": "last4"}}, "different values become the same"),
        (
            {
                "domain.columns": {"amount": {"type": "double"}},
                "destination.gold.tables": [{"name": "dim", "kind": "dimension", "grain": ["amount"]}],
            },
            "floating-point",
        ),
    ],
)
def test_a_key_of_merged_or_floating_values_is_refused(tmp_path: Path, conf: dict[str, Any], told: str) -> None:
    with pytest.raises(AgentError, match=told):
        deployed(tmp_path, ROWS, **conf)


@pytest.mark.slow
def test_the_generated_tests_of_a_star_pass(tmp_path: Path) -> None:
    workload = deployed(tmp_path, ROWS)
    for agent in ("transformation", "quality", "dag"):
        result = run_test_gate(workload.folder, agent=agent, file_name=TEST_FILES[agent])
        assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]
