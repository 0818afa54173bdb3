"""Publication: everything else first, the DAG file last; a second onboarding of a name loses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onboarding.deploy.duplicates import source_identity
from onboarding.deploy.publication import (
    IGNORE_FILE,
    DeploymentError,
    present_dag,
    publication_steps,
    publish,
    take_back,
    wait_until_listed,
)
from onboarding.deploy.staging import StagingError, check_dag_import, check_python
from onboarding.workspace.deployed import dag_file_key, find_deployed, version_key, version_of
from onboarding.workspace.store import Store
from shared.hooks.airflow_api import AirflowApi

DAG = b'VERSION = "abcdefabcdef"\n'
FILES = {"scripts/a.py": b"print(1)\n", ".onboarding/manifest.json": b'{"source": {}}'}


@pytest.fixture
def dags(tmp_path: Path) -> Store:
    return Store(tmp_path.as_uri())


class Listing:
    """Answers of Airflow's REST API, one after the other; the last one stays."""

    def __init__(self, dags: list[dict[str, Any]], errors: list[dict[str, Any]] | None = None) -> None:
        self.dags, self.errors = dags, errors or []

    def send(self, method: str, path: str, params: dict[str, Any], body: dict[str, Any] | None) -> Any:
        if path == "/importErrors":
            return {"import_errors": self.errors}
        return self.dags.pop(0) if len(self.dags) > 1 else self.dags[0]


def test_the_dag_file_is_written_last(dags: Store) -> None:
    steps = publication_steps("orders", "abcdefabcdef", FILES, DAG)
    assert steps[0].key == IGNORE_FILE
    assert steps[-1].key == "workloads/orders/orders_dag.py"
    assert publish(dags, steps)[-1] == dag_file_key("orders")
    found = find_deployed(dags, "orders")
    assert found is not None
    assert found.version == "abcdefabcdef"


def test_publishing_twice_changes_nothing(dags: Store) -> None:
    steps = publication_steps("orders", "abcdefabcdef", FILES, DAG)
    publish(dags, steps)
    before = {key: dags.read(key) for key in dags.find()}
    publish(dags, steps)
    assert {key: dags.read(key) for key in dags.find()} == before


def test_the_second_of_one_name_is_told_and_the_first_stays(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    other = publication_steps("orders", "123412341234", FILES, b'VERSION = "123412341234"\n')
    with pytest.raises(DeploymentError, match="deployed a workload of this name first"):
        publish(dags, other)
    assert dags.read(dag_file_key("orders")) == DAG


def test_take_back_leaves_nothing_of_the_version(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    take_back(dags, "orders", "abcdefabcdef")
    assert dags.find() == [IGNORE_FILE]


def test_take_back_leaves_another_version_alone(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    take_back(dags, "orders", "123412341234")
    assert find_deployed(dags, "orders") is not None


def test_a_stale_listing_does_not_count() -> None:
    tags = [{"name": "onboarding"}, {"name": "version:abcdefabcdef"}]
    found = {"bundle_name": "workloads", "fileloc": "/x", "is_stale": False, "tags": tags}
    api = AirflowApi(Listing([{**found, "is_stale": True}, found]))
    listed = wait_until_listed(api, "orders", "abcdefabcdef", timeout_seconds=5, sleep=lambda _: None)
    assert listed["bundle_name"] == "workloads"


def test_the_listing_of_an_earlier_version_does_not_count() -> None:
    earlier = {"is_stale": False, "tags": [{"name": "version:123412341234"}]}
    api = AirflowApi(Listing([earlier]))
    with pytest.raises(DeploymentError, match="listed with the tags version:123412341234"):
        wait_until_listed(api, "orders", "abcdefabcdef", timeout_seconds=0.01, sleep=lambda _: None)


def test_a_new_version_takes_the_place_of_the_one_it_was_made_from(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    newer = b'VERSION = "123412341234"\n'
    steps = publication_steps("orders", "123412341234", FILES, newer)

    publish(dags, steps, replaces="abcdefabcdef")
    publish(dags, steps, replaces="abcdefabcdef")

    assert present_dag(dags, "orders") == newer
    assert dags.exists(f"{version_key('orders', 'abcdefabcdef')}/.onboarding/manifest.json")


def test_a_new_version_of_what_is_not_deployed_any_more_is_refused(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    newer = publication_steps("orders", "123412341234", FILES, b'VERSION = "123412341234"\n')

    with pytest.raises(DeploymentError, match="trigger again with intent modify"):
        publish(dags, newer, replaces="999999999999")
    assert present_dag(dags, "orders") == DAG


def test_a_new_version_that_is_taken_back_leaves_the_one_before(dags: Store) -> None:
    publish(dags, publication_steps("orders", "abcdefabcdef", FILES, DAG))
    before = {key: dags.read(key) for key in dags.find()}
    newer = publication_steps("orders", "123412341234", FILES, b'VERSION = "123412341234"\n')
    publish(dags, newer, replaces="abcdefabcdef")

    take_back(dags, "orders", "123412341234", replaced=DAG)

    assert {key: dags.read(key) for key in dags.find()} == before


def test_an_import_error_is_told() -> None:
    api = AirflowApi(Listing([{}], [{"filename": "workloads/orders/orders_dag.py", "stack_trace": "NameError: x"}]))
    with pytest.raises(DeploymentError, match="NameError: x"):
        wait_until_listed(api, "orders", "abcdefabcdef", timeout_seconds=5, sleep=lambda _: None)


def test_version_of_reads_only_a_literal() -> None:
    assert version_of(b"VERSION = open('x').read()\n") == ""
    assert version_of(b"VERSION = (") == ""


def test_python_that_does_not_compile_names_file_and_line() -> None:
    with pytest.raises(StagingError) as caught:
        check_python({"scripts/a.py": b"x = 1\nif:\n"})
    assert caught.value.where == "scripts/a.py, line 2"


def test_a_dag_that_does_not_import_is_refused() -> None:
    source = b"# dag airflow\nimport no_such_module_anywhere\n"
    with pytest.raises(StagingError, match="no_such_module_anywhere"):
        check_dag_import("orders", "abcdefabcdef", FILES, source)


def test_a_source_is_the_same_with_and_without_a_slash() -> None:
    assert source_identity("s3://b/orders/", "") == source_identity("s3://b/orders", " ")
    assert source_identity("s3://b/orders", "a = 1") != source_identity("s3://b/orders", "")
