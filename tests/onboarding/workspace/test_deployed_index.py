"""The index says what the DAGs location says, whatever became of either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onboarding.workspace.deployed import DeployedWorkload, dag_file_key, version_key
from onboarding.workspace.deployed_index import DeployedIndex, entry_of
from onboarding.workspace.store import Store

V1, V2 = "1" * 12, "2" * 12


class Places:
    """A DAGs location and a workspace."""

    def __init__(self, folder: Path) -> None:
        self.dags = CountingStore((folder / "dags").as_uri())
        self.workspace = Store((folder / "workspace").as_uri())
        self.index = DeployedIndex(self.dags, self.workspace)

    def deploy(self, name: str, version: str = V1, *, location: str = "", noted: bool = True) -> None:
        manifest = {
            "workload": name,
            "source": {"location": location or f"s3://landing/{name}/", "filter": ""},
            "about": {"description": f"All {name}", "columns": ["id"]},
            "decisions": [
                {"subject": "masking.id", "value": "hash", "source": "human"},
                {"subject": "columns.id.type", "value": "text", "source": "rules"},
            ],
            "files": {"a.sql": "0" * 64},
        }
        self.dags.write_json(f"{version_key(name, version)}/.onboarding/manifest.json", manifest)
        self.dags.write(dag_file_key(name), f'VERSION = "{version}"\n'.encode())
        if noted:
            self.index.note(name)

    def found(self) -> dict[str, tuple[str, str]]:
        return {one.name: (one.version, one.manifest["source"]["location"]) for one in self.index.workloads()}


class CountingStore(Store):
    """Counts reads of whole files."""

    reads = 0

    def read(self, key: str) -> bytes:
        self.reads += 1
        return super().read(key)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path)
    made.deploy("orders")
    made.deploy("people")
    return made


def test_what_was_noted_is_read_once_and_then_known(places: Places) -> None:
    first = places.found()
    places.dags.reads = 0
    assert places.found() == first == {
        "orders": (V1, "s3://landing/orders/"), "people": (V1, "s3://landing/people/"),
    }  # fmt: skip
    assert places.dags.reads == 0


def test_it_keeps_of_a_manifest_what_is_asked_of_it(places: Places) -> None:
    places.index.workloads()
    (orders, _) = places.index.workloads()
    assert orders.about["description"] == "All orders"
    assert [one["subject"] for one in orders.manifest["decisions"]] == ["masking.id"]
    assert "files" not in orders.manifest


def test_a_new_version_and_one_that_was_taken_back(places: Places) -> None:
    places.found()
    places.deploy("orders", V2, location="s3://landing/elsewhere/")
    assert places.found()["orders"] == (V2, "s3://landing/elsewhere/")
    places.dags.delete(dag_file_key("orders"))
    places.index.note("orders")
    assert set(places.found()) == {"people"}
    assert not [key for key in places.workspace.find("index/deployed") if "orders" in key]


def test_what_nobody_noted_is_found_all_the_same(places: Places) -> None:
    places.found()
    places.deploy("late", noted=False)
    assert set(places.found()) == {"late", "orders", "people"}
    # A deployment that was killed between its two notes: the location itself is asked.
    places.deploy("orders", V2, noted=False)
    places.workspace.write(*entry_of(DeployedWorkload("orders", V2, {"workload": "orders", "source": {}})))
    assert places.found()["orders"] == (V2, "s3://landing/orders/")


def test_a_folder_that_is_gone_is_not_deployed(places: Places) -> None:
    places.found()
    places.dags.delete_tree("workloads/orders")
    assert set(places.found()) == {"people"}


def test_whoever_is_told_about_is_read_itself(places: Places) -> None:
    known = places.index.workloads()
    places.deploy("orders", V2, location="s3://landing/elsewhere/", noted=False)
    places.dags.delete(dag_file_key("people"))
    fresh = places.index.with_fresh(known, {"orders", "people"})
    assert [(one.name, one.version) for one in fresh] == [("orders", V2)]
    assert fresh[0].manifest["source"]["location"] == "s3://landing/elsewhere/"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", json.dumps({f"orders@{V1}": 1}).encode()])
def test_a_broken_index_is_made_again(places: Places, content: bytes) -> None:
    wanted: Any = places.found()
    places.workspace.write("index/deployed.json", content)
    assert places.found() == wanted
    places.dags.reads = 0
    assert places.found() == wanted
    assert places.dags.reads == 0
