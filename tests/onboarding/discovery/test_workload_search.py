"""Words find the workload that is meant, with the reason; words that fit nothing find nothing."""

from __future__ import annotations

import pytest

from onboarding.discovery.workload_search import Described, search

KNOWN = [
    Described(
        "customer_master", "v1", "s3://landing/people/", "All customers of the shop", ("customer_master",), ("email",)
    ),
    Described("sales_orders", "v2", "s3://landing/sales/", "Orders of the web shop", ("sales_orders",), ("order_id",)),
    Described("sales_targets", "v3", "s3://landing/targets/", "Targets by region", ("sales_targets",), ("region",)),
    Described("payroll", "v4", "db://erp/public.pay", "Monthly pay", ("payroll",), ("employee_id", "iban")),
]


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("CRM data", "customer_master", "`customer`, which `crm` may mean"),
        ("change the customers", "customer_master", "name has `customer`"),
        ("our HR data", "payroll", "name has `payroll`, which `hr` may mean"),
        ("sales_orders", "sales_orders", "name has `sale`; name has `order`"),
        ("SalesTargets", "sales_targets", "name has `target`"),
    ],
)
def test_what_is_meant_comes_first(text: str, name: str, reason: str) -> None:
    found = search(text, KNOWN)
    assert found[0].workload == name
    assert reason in found[0].reason


def test_several_that_fit_are_all_shown() -> None:
    assert {found.workload for found in search("the sales data", KNOWN)} == {"sales_orders", "sales_targets"}


@pytest.mark.parametrize("text", ["", "new data please", "weather stations", "telemetry of machines"])
def test_what_fits_nothing_finds_nothing(text: str) -> None:
    assert search(text, KNOWN) == []
