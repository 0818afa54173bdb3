"""Names from sources and columns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.spec.names import WORKLOAD_PATTERN, column_names, workload_name


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("s3://landing/ecommerce_orders/", "ecommerce_orders"),
        ("s3://landing/2024 Orders.csv.gz", "w_2024_orders"),
        ("db://erp/public.Users", "users"),
        ("file:///data/SalesData.parquet", "sales_data"),
        ("s3://landing/onboard_x.csv", "w_onboard_x"),
        ("s3://landing/é.csv", "w_e"),
        ("s3://my-bucket", "my_bucket"),
    ],
)
def test_workload_name(location: str, expected: str) -> None:
    assert workload_name(location) == expected


@given(st.text(max_size=120))
def test_every_location_gives_a_legal_name(text: str) -> None:
    assert re.match(WORKLOAD_PATTERN, workload_name(f"s3://bucket/{text.replace('/', '')}"))


@given(st.lists(st.text(max_size=20), max_size=30))
def test_column_names_are_unique_and_plain(originals: list[str]) -> None:
    names = column_names(originals)
    assert len(set(names)) == len(originals)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_names_that_fit_stay() -> None:
    assert column_names(["order_id", "Order ID", "a-b", "1x", ""]) == [
        "order_id",
        "order_id_2",
        "a_b",
        "c_1x",
        "column_5",
    ]
