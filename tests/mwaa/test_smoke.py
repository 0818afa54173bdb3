"""One onboarding in the layout of Amazon MWAA, from the built package to a pipeline that has run.

What stands in for what is said in ``running.py`` and ``image.py``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.cli.follow import approving_answer, follow_meta_run, wait_for_run
from onboarding.gates.definitions import GATES
from onboarding.local_platform import account_names as names
from onboarding.local_platform import processes
from onboarding.local_platform.environment import sample_data_folder
from shared.hooks.airflow_api import AirflowApi, AirflowApiError, MwaaBackend
from tests.end_to_end.onboarding import count_rows
from tests.mwaa.dags_sync import DagsSync
from tests.mwaa.image import ROOT, Image, install_package, lock, locked, make_image, probe
from tests.mwaa.running import ENVIRONMENT, WORKSPACE_BUCKET, Environment, aws_client, running

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(2400)]
IMAGE = "3.3.1"
WORKLOAD = "sales_orders"
RUN_ID = "smoke"
ORDERS = sample_data_folder() / "sales" / "orders.csv"
# Of the environment's owner, who keeps other DAGs there.
FOREIGN_IGNORE = b"# not ours\nhelpers/\n"
# So long the pipeline runs before the copy brings the directory that its DAG file names.
WAITING_SECONDS = 15.0


@dataclass(frozen=True)
class Onboarded:
    """The environment after one onboarding and one run of its pipeline; it still runs."""

    image: Image
    before: dict[str, str]
    files: dict[str, bytes]
    environment: Environment
    record: dict[str, dict[str, Any]]
    pipeline: str
    foreign_files: set[str]
    own_files: set[str]


@pytest.fixture(scope="module")
def onboarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Onboarded]:
    image = make_image(tmp_path_factory.mktemp("mwaa"), IMAGE)
    before = image.installed()
    files = install_package(image)
    with running(image) as environment:
        dags = image.home / "dags"
        with DagsSync(environment.s3(), names.DAGS_BUCKET, names.DAGS_PREFIX, dags) as sync:
            pipeline = _onboard(environment, files, sync)
        assert sync.error is None
        foreign, own = _mapped_files(environment)
        yield Onboarded(image, before, files, environment, _record(environment), pipeline, foreign, own)
    assert not processes.marked(image.folder)


def _onboard(environment: Environment, files: dict[str, bytes], sync: DagsSync) -> str:
    """Everything that people do; returns the state of the pipeline's run."""
    environment.s3().put_object(Bucket=names.DAGS_BUCKET, Key="dags/.airflowignore", Body=FOREIGN_IGNORE)
    for name, data in files.items():
        if name.startswith("dags/"):
            environment.s3().put_object(Bucket=names.DAGS_BUCKET, Key=name, Body=data)
    requester, reviewer = (AirflowClient(environment.info, name) for name in ("requester", "reviewer"))
    for dag_id in (META_DAG, *(gate.dag_id for gate in GATES)):
        assert processes.wait_for(lambda name=dag_id: requester.api.dag(name) is not None, 180), dag_id
    conf = {"source.location": f"s3://{names.LANDING_BUCKET}/sales/", "workload": WORKLOAD}
    requester.trigger(META_DAG, RUN_ID, conf)
    state = follow_meta_run(requester, reviewer, RUN_ID, answer=approving_answer, progress=print, timeout_seconds=1500)
    assert state == "success", _failed_logs(environment.image)
    requester.trigger(WORKLOAD, "first", {})
    time.sleep(WAITING_SECONDS)
    sync.bring_directories()
    return wait_for_run(requester, WORKLOAD, "first", progress=print, timeout_seconds=600)


def _failed_logs(image: Image) -> str:
    logs = sorted((image.home / "logs").rglob("attempt=*.log"), key=lambda path: path.stat().st_mtime)
    return "\n".join(f"{log}\n{log.read_text(errors='replace')[-3000:]}" for log in logs[-2:])


def _record(environment: Environment) -> dict[str, dict[str, Any]]:
    """The run's record in the workspace: entry name -> content."""
    s3, prefix = environment.s3(), f"workspace/runs/{RUN_ID}/"
    found = s3.list_objects_v2(Bucket=WORKSPACE_BUCKET, Prefix=prefix).get("Contents", [])
    keys = [item["Key"] for item in found if item["Key"].endswith(".json")]
    read = (s3.get_object(Bucket=WORKSPACE_BUCKET, Key=key)["Body"].read() for key in keys)
    return {Path(key).stem: json.loads(data) for key, data in zip(keys, read, strict=True)}


def _mapped_files(environment: Environment) -> tuple[set[str], set[str]]:
    """Files that the components and their workers have mapped into memory: of this checkout; of the environment."""
    mapped: set[str] = set()
    for component in environment.components:
        process = component.process()
        assert process is not None, component.name
        for member in (process, *process.children(recursive=True)):
            try:
                mapped |= {entry.path for entry in member.memory_maps()}
                mapped.add(member.cwd())
                mapped |= set(member.environ().values())
            except psutil.NoSuchProcess:
                continue  # a task that ended while we looked
    venv = str(environment.image.venv)
    return {path for path in mapped if str(ROOT) in path}, {path for path in mapped if path.startswith(venv)}


def test_pip_changed_no_package_of_the_image(onboarded: Onboarded) -> None:
    after = onboarded.image.installed()
    assert {name: after.get(name) for name in onboarded.before} == onboarded.before
    assert {name: onboarded.before[name] for name in locked(lock(IMAGE, "-base"))} == locked(lock(IMAGE, "-base"))


def test_the_environment_is_exactly_what_was_locked(onboarded: Onboarded) -> None:
    installed = onboarded.image.installed()
    del installed["pip"]
    del installed["airflow-data-onboarding"]
    assert installed == locked(lock(IMAGE))


def test_every_module_comes_from_the_wheel(onboarded: Onboarded) -> None:
    found = probe(onboarded.image, "modules")
    site_packages = str(onboarded.image.venv / "lib")
    assert all(file.startswith(site_packages) for file in found["packages"].values())
    assert found["editable"] == []
    wheel = onboarded.image.home / "plugins" / "airflow_data_onboarding-0.1.0-py3-none-any.whl"
    assert found["direct_url"]["url"] == wheel.as_uri()
    assert not [path for path in found["path"] if str(ROOT) in path]
    assert len(found["modules"]) > 100


def test_nothing_of_the_checkout_is_in_a_running_process(onboarded: Onboarded) -> None:
    assert onboarded.foreign_files == set()
    assert len(onboarded.own_files) > 10


def test_the_dags_are_read_from_the_plain_dags_folder(onboarded: Onboarded) -> None:
    api = AirflowClient(onboarded.environment.info, "requester").api
    for dag_id in (META_DAG, WORKLOAD):
        dag = api.dag(dag_id)
        assert dag is not None
        assert dag["bundle_name"] == "dags-folder"
        assert dag["fileloc"].startswith(str(onboarded.image.home / "dags"))
    admin = AirflowClient(onboarded.environment.info, "admin").api
    assert admin.get("/importErrors")["total_entries"] == 0


def test_the_plugin_is_the_wheels(onboarded: Onboarded) -> None:
    plugins = AirflowClient(onboarded.environment.info, "admin").api.get("/plugins")["plugins"]
    found = {plugin["name"]: plugin["source"] for plugin in plugins}
    assert found["onboarding"].startswith("airflow-data-onboarding==")


def test_it_was_deployed_after_three_answers_of_the_reviewer(onboarded: Onboarded) -> None:
    gates = {name: entry for name, entry in onboarded.record.items() if name.startswith("gate-")}
    assert len(gates) == 3
    assert {(gate["by"], gate["how"]) for gate in gates.values()} == {("reviewer", "required_actions")}
    assert onboarded.record["outcome"]["status"] == "deployed"
    assert onboarded.record["outcome"]["triggered_by"] == "requester"


def test_the_answers_came_from_no_administrator(onboarded: Onboarded) -> None:
    info = onboarded.environment.info
    reviewer = AirflowClient(info, "reviewer")
    with pytest.raises(AirflowApiError) as caught:
        reviewer.api.get("/connections")
    assert caught.value.status == 403


def test_verification_and_note_went_through_invoke_rest_api(onboarded: Onboarded) -> None:
    calls = onboarded.environment.api.calls
    assert ("GET", "/importErrors", 200) in calls
    assert ("GET", f"/dags/{WORKLOAD}/details", 200) in calls
    assert ("PATCH", f"/dags/{META_DAG}/dagRuns/{RUN_ID}", 200) in calls
    assert onboarded.record["verification"]["bundle_name"] == "dags-folder"
    run = AirflowClient(onboarded.environment.info, "requester").run(META_DAG, RUN_ID)
    assert run["note"] == "deployed"


def test_a_dag_that_is_not_there_yet_is_no_error_through_invoke_rest_api(onboarded: Onboarded) -> None:
    client = aws_client(onboarded.environment.api.url, "mwaa")
    api = AirflowApi(MwaaBackend(client, ENVIRONMENT))
    assert api.dag("nobody_deployed_this") is None
    found = api.dag(WORKLOAD)
    assert found is not None
    assert found["dag_id"] == WORKLOAD


def test_the_pipeline_waited_for_its_directory_and_ran(onboarded: Onboarded) -> None:
    assert onboarded.pipeline == "success"
    tasks = AirflowClient(onboarded.environment.info, "requester").tasks(WORKLOAD, "first")
    assert len(tasks) == 7
    assert {(task["state"], task["try_number"]) for task in tasks} == {("success", 1)}
    extract = next(task for task in tasks if task["task_id"].startswith("extract."))
    assert extract["duration"] > WAITING_SECONDS / 3


def test_gold_is_in_the_lake(onboarded: Onboarded, tmp_path: Path) -> None:
    s3 = onboarded.environment.s3()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=names.LAKE_BUCKET)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    for key in (key for key in keys if key.endswith(".parquet")):
        target = tmp_path / key
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(names.LAKE_BUCKET, key, str(target))
    with ORDERS.open(newline="") as file:
        source = sum(1 for _ in file) - 1
    bronze, silver, gold = (count_rows(tmp_path / zone / WORKLOAD) for zone in ("bronze", "silver", "gold"))
    held_back = count_rows(tmp_path / "quarantine" / WORKLOAD)
    assert bronze == source
    assert silver + held_back == bronze
    assert 0 < gold <= silver


def test_the_ignore_file_at_the_top_stays_its_owners(onboarded: Onboarded) -> None:
    s3 = onboarded.environment.s3()
    kept = s3.get_object(Bucket=names.DAGS_BUCKET, Key="dags/.airflowignore")["Body"].read()
    assert kept == FOREIGN_IGNORE
    dags = onboarded.image.home / "dags"
    assert (dags / "workloads" / ".airflowignore").read_text() == "*/*/\n"
    scripts = [path for path in (dags / "workloads" / WORKLOAD).rglob("*.py") if path.name != f"{WORKLOAD}_dag.py"]
    assert len(scripts) > 5
    listed = AirflowClient(onboarded.environment.info, "requester").api.get("/dags", limit=100)["dags"]
    assert {dag["dag_id"] for dag in listed} == {META_DAG, WORKLOAD, *(gate.dag_id for gate in GATES)}
