"""Columns that refer to keys of deployed workloads: by name and by values, in a lake of files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onboarding.discovery import look_at_source
from onboarding.discovery.known_keys import KnownKey, known_keys
from onboarding.discovery.profiling import Neighbours
from onboarding.discovery.references import name_says
from onboarding.spec.conf import Conf
from onboarding.workspace.deployed_index import DeployedIndex
from onboarding.workspace.store import Store
from shared.pipeline.storage import file_uri
from shared.pipeline.zones import Lake, Published, PublishedFile, switch

EXAMPLE = Path(__file__).resolve().parents[3] / "workloads" / "sales_orders"
KEY = KnownKey("sales_orders", "sales_orders", "order_id")
VERSION = "0123456789ab"


@pytest.fixture
def dags(tmp_path: Path) -> Store:
    """The DAGs location with the worked example deployed."""
    folder = tmp_path / "dags" / "workloads" / "sales_orders"
    shutil.copytree(EXAMPLE / "config", folder / VERSION / "config")
    shutil.copytree(EXAMPLE / ".onboarding", folder / VERSION / ".onboarding")
    (folder / "sales_orders_dag.py").write_text(f'VERSION = "{VERSION}"\n')
    return Store((tmp_path / "dags").as_uri())


@pytest.fixture
def lake_uri(tmp_path: Path) -> str:
    """A lake in which the orders 1 to 500 are published."""
    import duckdb

    uri = file_uri(tmp_path / "lake")
    lake = Lake(uri, "sales_orders")
    part = Path(lake.table("gold", "sales_orders").removeprefix("file://")) / "version=1" / "part-00000.parquet"
    part.parent.mkdir(parents=True)
    orders = "SELECT 'ORD-' || lpad(i::VARCHAR, 6, '0') AS order_id FROM range(1, 501) t(i)"
    duckdb.connect().execute(f"COPY ({orders}) TO '{part}' (FORMAT parquet)")
    files = (PublishedFile("version=1/part-00000.parquet", 500),)
    switch(lake, "gold", "sales_orders", Published("1", "load", "2026-01-01", "version=1", 500, files, ()))
    return uri


def _source(tmp_path: Path, last: int) -> Conf:
    path = tmp_path / "refunds.csv"
    rows = [f"RF-{i:04d},ORD-{i * last // 200:06d},{i % 7}" for i in range(1, 201)]
    path.write_text("refund_id,order_id,reason_code\n" + "\n".join(rows) + "\n")
    return Conf.model_validate({"source": {"location": path.as_uri()}})


def keys_of(dags: Store) -> list[KnownKey]:
    return known_keys(dags, DeployedIndex(dags, dags.below("workspace")).workloads())


def test_keys_of_deployed_workloads_that_are_readable(dags: Store) -> None:
    assert keys_of(dags) == [KEY]


def test_a_masked_key_can_be_referred_to_by_nobody(dags: Store, tmp_path: Path) -> None:
    config = tmp_path / "dags/workloads/sales_orders" / VERSION / "config/semantic.yaml"
    text = config.read_text()
    config.write_text(text.replace("masking: keep", "masking: hash", 1))
    assert keys_of(dags) == []


def test_values_that_are_keys_refer_to_them(dags: Store, lake_uri: str, tmp_path: Path) -> None:
    report = look_at_source(_source(tmp_path, last=500), Neighbours(keys_of(dags), lake_uri))
    found = [hint for hint in report.hints if hint.kind == "refers_to"]
    assert [(hint.text, hint.rows, hint.holds) for hint in found] == [
        ("order_id refers to sales_orders.sales_orders.order_id", 200, 200)
    ]


def test_a_name_without_the_values_is_no_reference(dags: Store, lake_uri: str, tmp_path: Path) -> None:
    report = look_at_source(_source(tmp_path, last=600), Neighbours(keys_of(dags), lake_uri))
    assert not [hint for hint in report.hints if hint.kind == "refers_to"]


def test_what_was_never_published_or_is_gone_refuses_nothing(dags: Store, lake_uri: str, tmp_path: Path) -> None:
    keys = keys_of(dags)
    nowhere = look_at_source(_source(tmp_path, last=500), Neighbours(keys, (tmp_path / "nothing").as_uri()))
    assert not [hint for hint in nowhere.hints if hint.kind == "refers_to"]
    (tmp_path / "lake/gold/sales_orders/sales_orders/version=1/part-00000.parquet").unlink()
    gone = look_at_source(_source(tmp_path, last=500), Neighbours(keys, lake_uri))
    assert not [hint for hint in gone.hints if hint.kind == "refers_to"]


@pytest.mark.parametrize(
    ("name", "key", "says"),
    [
        ("customer_id", KnownKey("crm", "customers", "customer_id"), True),
        ("SoldToCustomerID", KnownKey("crm", "customers", "customer_id"), True),
        ("customer", KnownKey("crm", "customers", "customer_id"), False),
        ("order_id", KnownKey("crm", "customers", "customer_id"), False),
        ("customer_id", KnownKey("crm", "customers", "id"), True),
        ("id", KnownKey("crm", "customers", "id"), False),
        ("product_code", KnownKey("shop", "products", "code"), True),
    ],
)
def test_names_that_name_a_key(name: str, key: KnownKey, says: bool) -> None:
    assert name_says(name, key) is says
