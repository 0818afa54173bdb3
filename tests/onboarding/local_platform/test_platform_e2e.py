"""The whole local platform. One start serves the session; one test kills it and starts it again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import psutil
import pytest

from onboarding.cli.airflow_client import META_DAG
from onboarding.local_platform import PlatformError, PlatformInfo, airflow_setup, processes, read_platform, state, up
from onboarding.local_platform import account_names as names
from onboarding.local_platform.health import request_json
from onboarding.local_platform.info import Home

pytestmark = pytest.mark.e2e

PROBE = '''"""An airflow dag that proves the way from the bucket to a finished task."""
from airflow.sdk import DAG, task

with DAG("platform_probe", schedule=None, is_paused_upon_creation=False):

    @task(pool="onboarding_heavy")
    def read_everything() -> str:
        from airflow.providers.http.hooks.http import HttpHook
        from airflow.sdk import ObjectStoragePath
        from onboarding.spec.settings import load_settings

        settings = load_settings()
        (ObjectStoragePath(settings.lake_uri) / "probe.txt").write_text("lake")
        HttpHook.get_connection(settings.airflow_api_conn_id)
        return (ObjectStoragePath(settings.dags_uri) / "workloads" / "probe" / "note.txt").read_text()

    read_everything()
'''


class Api:
    """Airflow's REST API as one user."""

    def __init__(self, info: PlatformInfo, user: str) -> None:
        self._url = f"{info.api_url}/api/v2"
        self._token = airflow_setup.login(info.api_url, user, info.users[user])

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return request_json(f"{self._url}{path}", method=method, body=body, token=self._token, timeout_seconds=30)

    def eventually(self, path: str, accept: Callable[[Any], bool], seconds: float = 60) -> Any:
        end = time.monotonic() + seconds
        answer = None
        while time.monotonic() < end:
            _, answer = self.call("GET", path)
            if answer is not None and accept(answer):
                return answer
            time.sleep(0.5)
        raise AssertionError(f"{path}: {answer}")


def _client(info: PlatformInfo, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=info.aws_url,
        region_name=names.REGION,
        aws_access_key_id=names.FAKE_KEY,
        aws_secret_access_key=names.FAKE_KEY,
    )


def _deploy_probe(info: PlatformInfo) -> None:
    s3 = _client(info, "s3")
    for name, text in (("note.txt", "from the bucket"), ("probe_dag.py", PROBE)):
        s3.put_object(Bucket=names.DAGS_BUCKET, Key=f"dags/workloads/probe/{name}", Body=text.encode())


def test_up_again_finds_it_running_at_once(platform: PlatformInfo) -> None:
    started = time.monotonic()
    again = up(platform.home, progress=lambda text: None)
    assert time.monotonic() - started < 3
    assert (again.api_url, again.aws_url, again.users) == (platform.api_url, platform.aws_url, platform.users)
    assert read_platform(platform.home) == again


def test_another_port_is_refused_while_it_runs(platform: PlatformInfo) -> None:
    running = int(platform.api_url.rsplit(":", 1)[1])
    assert up(platform.home, port=running, progress=lambda text: None).pids == platform.pids
    with pytest.raises(PlatformError) as caught:
        up(platform.home, port=running + 1, progress=lambda text: None)
    assert caught.value.expected == f"the port of {platform.api_url}"
    assert read_platform(platform.home) is not None


def test_it_fits_into_two_gigabytes(platform: PlatformInfo) -> None:
    """Proportional set size: the forked components share pages, which a sum of resident sizes counts several times."""
    total = 0
    for process in processes.marked(platform.home):
        with contextlib.suppress(psutil.NoSuchProcess):  # a child that ended while we added up
            total += process.memory_full_info().pss
    assert total > 200 * 2**20, "the components were not counted"
    assert total < 2 * 2**30, f"{total / 2**20:.0f} MiB"


def test_a_dag_from_the_bucket_runs_and_sees_lake_bucket_and_connections(platform: PlatformInfo) -> None:
    _deploy_probe(platform)
    requester = Api(platform, "requester")
    requester.eventually("/dags/platform_probe", lambda dag: dag.get("dag_id") == "platform_probe")
    status, run = requester.call("POST", "/dags/platform_probe/dagRuns", {"logical_date": None})
    assert status == 200
    path = f"/dags/platform_probe/dagRuns/{run['dag_run_id']}"
    done = requester.eventually(path, lambda found: found["state"] in ("success", "failed"))
    assert done["state"] == "success"
    value = requester.call("GET", f"{path}/taskInstances/read_everything/xcomEntries/return_value")[1]["value"]
    assert value == "from the bucket"
    assert (platform.home / "lake" / "probe.txt").read_text() == "lake"


def test_people_who_trigger_at_the_same_moment_do_not_stop_the_server(platform: PlatformInfo) -> None:
    """Each call has 30 seconds; a server that stands still does so for the minute that SQLite waits for its lock.

    Each run ends at its first task, which refuses the conf.
    """
    people = [Api(platform, "requester") for _ in range(16)]
    together = threading.Barrier(len(people))

    def trigger(number: int) -> int:
        together.wait(30)
        time.sleep(number * 0.04)  # each while the run of the one before is made
        body = {"logical_date": None, "dag_run_id": f"together_{number}", "conf": {"no_such_key": "x"}}
        return people[number].call("POST", f"/dags/{META_DAG}/dagRuns", body)[0]

    with ThreadPoolExecutor(len(people)) as pool:
        assert list(pool.map(trigger, range(len(people)))) == [200] * len(people)
    people[0].eventually(
        f"/dags/{META_DAG}/dagRuns?run_id_pattern=together",
        lambda found: [run["state"] for run in found["dag_runs"]] == ["failed"] * len(people),
        seconds=180,
    )


def test_a_viewer_reads_and_may_not_trigger(platform: PlatformInfo) -> None:
    viewer = Api(platform, "viewer")
    assert viewer.call("GET", "/dags")[0] == 200
    assert viewer.call("GET", "/importErrors")[0] == 200
    assert viewer.call("POST", "/dags/platform_probe/dagRuns", {"logical_date": None})[0] == 403


def test_a_reviewer_marks_tasks_and_sees_no_connections(platform: PlatformInfo) -> None:
    reviewer = Api(platform, "reviewer")
    runs = reviewer.call("GET", "/dags/platform_probe/dagRuns")[1]["dag_runs"]
    path = f"/dags/platform_probe/dagRuns/{runs[0]['dag_run_id']}/taskInstances/read_everything"
    assert reviewer.call("PATCH", path, {"new_state": "failed"})[0] == 200
    assert reviewer.call("GET", "/connections")[0] == 403


def test_after_kill_9_it_starts_again_with_its_data(platform: PlatformInfo) -> None:
    home = Home.at(platform.home)
    _deploy_probe(platform)
    database = f"{names.DATABASE_PREFIX}gold"
    glue = _client(platform, "glue")
    before = {table["Name"] for table in glue.get_tables(DatabaseName=database)["TableList"]}
    glue.create_table(DatabaseName=database, TableInput={"Name": "probe"})
    known = state.read(home)
    assert known is not None
    for component in known.components:
        psutil.Process(component.pid).kill()
    assert read_platform(platform.home) is None
    assert processes.marked(platform.home), "orphaned workers were expected"

    again = up(platform.home, progress=lambda text: None)

    assert (again.api_url, again.aws_url, again.users) == (platform.api_url, platform.aws_url, platform.users)
    assert not set(again.pids.values()) & set(platform.pids.values())
    keys = _client(again, "s3").list_objects_v2(Bucket=names.DAGS_BUCKET, Prefix="dags/workloads/")["Contents"]
    assert {item["Key"] for item in keys} >= {"dags/workloads/probe/probe_dag.py"}
    tables = _client(again, "glue").get_tables(DatabaseName=database)["TableList"]
    assert {table["Name"] for table in tables} == before | {"probe"}
    requester = Api(again, "requester")
    assert requester.eventually("/dags/platform_probe/dagRuns", lambda runs: True)["total_entries"] == 1
    marked = {process.pid for process in processes.marked(platform.home)}
    left = {pid for pid in marked - _family(again) if psutil.pid_exists(pid)}  # a short child may have ended meanwhile
    assert not left


def _family(info: PlatformInfo) -> set[int]:
    """The components and everything that descends from them: nothing else may be left of the killed ones."""
    found = set(info.pids.values())
    for pid in info.pids.values():
        found |= {child.pid for child in psutil.Process(pid).children(recursive=True)}
    return found
