"""The same source is told, and so is one that is part of another, contains it, or shares rows with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onboarding.deploy.duplicates import find_duplicate, find_overlaps
from onboarding.spec.conf import Format
from onboarding.spec.plans import DiscoveryPlan, SourcePlan
from onboarding.spec.profile import ReadOptions
from onboarding.workspace.deployed import DeployedWorkload
from onboarding.workspace.deployed_index import DeployedIndex
from onboarding.workspace.store import Store


def discovery(location: str, condition: str = "", name: str = "new_orders") -> DiscoveryPlan:
    source = SourcePlan(location=location, format=Format.CSV, read_options=ReadOptions(), filter=condition)
    return DiscoveryPlan(workload=name, description="", owner="", source=source)


@pytest.fixture
def dags(tmp_path: Path) -> Store:
    """A DAGs location where ``orders`` is deployed from ``s3://landing/sales/eu/``, and one by filter."""
    store = Store((tmp_path / "dags").as_uri())
    deploy(store, "orders", "s3://landing/sales/eu/", "")
    deploy(store, "paid", "s3://landing/payments/", "status = 'PAID' AND amount > 5")
    return store


def deploy(store: Store, name: str, location: str, condition: str) -> None:
    store.write(f"workloads/{name}/{name}_dag.py", b'VERSION = "abc"\n')
    manifest = {"workload": name, "source": {"location": location, "filter": condition}}
    store.write(f"workloads/{name}/abc/.onboarding/manifest.json", json.dumps(manifest).encode())


def deployed(dags: Store) -> list[DeployedWorkload]:
    return DeployedIndex(dags, dags.below("workspace")).workloads()


def test_the_same_source_is_a_duplicate(dags: Store) -> None:
    found = find_duplicate(deployed(dags), discovery("s3://landing/sales/eu"))
    assert found is not None
    assert found.workload == "orders"
    assert "duplicate source" in found.reason
    assert find_duplicate(deployed(dags), discovery("s3://landing/sales/eu"), modifies="orders") is None


@pytest.mark.parametrize(
    ("location", "condition", "wanted"),
    [
        ("s3://landing/sales/eu/2026/", "", ("s3://landing/sales/eu/", "")),
        ("s3://landing/sales/eu/orders.csv", "amount > 5", ("s3://landing/sales/eu/", "")),
        ("s3://landing/sales/", "", ("s3://landing/sales/", "")),
        ("s3://landing/sales/", "amount > 5", ("s3://landing/sales/", "")),
        ("s3://landing/sales/eu/", "amount > 5", ("s3://landing/sales/eu/", "")),
        ("s3://landing/payments/", "", ("s3://landing/payments/", "")),
        (
            "s3://landing/payments/", "amount < 9",
            ("s3://landing/payments/", "(status = 'PAID' AND amount > 5) OR (amount < 9)"),
        ),
    ],
)  # fmt: skip
def test_an_overlap_says_what_the_existing_would_read(
    dags: Store, location: str, condition: str, wanted: tuple[str, str]
) -> None:
    found = find_overlaps(deployed(dags), discovery(location, condition))
    assert [(overlap.location, overlap.filter) for overlap in found] == [wanted]


@pytest.mark.parametrize(
    ("location", "condition"),
    [
        ("s3://landing/sales/europe/", ""), ("s3://landing/sales/us/", ""), ("s3://other/sales/eu/", ""),
        ("file:///landing/sales/eu/", ""), ("s3://landing/payments/", "status = 'OPEN'"),
    ],
)  # fmt: skip
def test_other_data_is_no_overlap(dags: Store, location: str, condition: str) -> None:
    assert find_overlaps(deployed(dags), discovery(location, condition)) == []


def test_a_new_version_overlaps_with_nothing_of_its_own(dags: Store) -> None:
    wider = discovery("s3://landing/sales/", name="orders")
    assert find_overlaps(deployed(dags), wider, modifies="orders") == []
