"""A generated DAG of engine aws on real Airflow, its steps run by a Glue on the loopback interface with real Spark."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from onboarding.codegen import build_workload
from onboarding.deploy.glue_files import glue_files
from onboarding.spec.plans import WorkloadPlan
from shared.operators.glue_steps import GlueStepTrigger
from shared.operators.remote_steps import ENTRY
from shared.pipeline import engine, state, storage, tables
from shared.pipeline.erasure_list import DONE, digest_of, read_erasures
from shared.pipeline.literals import identifiers
from shared.pipeline.secrets import SECRET_NAME
from shared.pipeline.zones import Lake, published_files, read_pointer
from tests.hard_input.onboarding_path import KEY, masking_key, render
from tests.spark.both_engines import Workload
from tests.spark.deliveries import persons_by_email
from tests.spark.dirty_sources import csv_of_several_senders
from tests.spark.glue_server import Glue, glue_server
from tools.spark_environment import spark_environment

pytestmark = pytest.mark.slow
DAGS, LAKE, LANDING = "dags", "lake", "landing"
MOMENT = "2026-01-15T03:00:00+00:00"
_AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "NO_PROXY": "127.0.0.1",
}
# Five job runs, each with a start of Spark.
TIMEOUT_SECONDS = 1700
ROLE = "arn:aws:iam::123456789012:role/glue"


@dataclass(frozen=True)
class Account:
    """An AWS account: moto, with a Glue that runs jobs."""

    moto_url: str
    glue_url: str
    glue: Glue

    def client(self, service: str) -> Any:
        """A client of moto."""
        return boto3.client(
            service,
            endpoint_url=self.moto_url,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def connection(self) -> dict[str, Any]:
        """The Airflow connection."""
        services = {"glue": {"endpoint_url": self.glue_url}}
        extra = {"endpoint_url": self.moto_url, "region_name": "eu-west-1", "service_config": services}
        return {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account with buckets, the masking key as a secret, and no workload."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # The server's content is the process's, not the server's: that of the test before goes.
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=30).close()
    with glue_server(spark_environment("3.5.6"), tmp_path / "job_runs", url) as (glue_url, glue):
        made = Account(url, glue_url, glue)
        for bucket in (DAGS, LAKE, LANDING):
            made.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
        made.client("secretsmanager").create_secret(Name=SECRET_NAME, SecretString=KEY)
        for name, value in _AWS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        storage.set_client_factory(None)
        yield made
        storage.set_client_factory(None)
    server.stop()


@dataclass(frozen=True)
class Deployed:
    """A workload of engine aws in the account, and its DAG file where Airflow reads it."""

    account: Account
    plan: WorkloadPlan
    version: str
    folder: Path
    lake: Lake

    def run(self, run_after: str = MOMENT, conf: dict[str, Any] | None = None) -> dict[str, Any]:
        """One run of the DAG: its state and those of its tasks."""
        (self.folder / "runs.json").write_text(json.dumps([{"run_after": run_after, "conf": conf or {}}]))
        log_file = self.folder / "log.txt"
        with log_file.open("w") as log_output:
            done = subprocess.run(
                [sys.executable, "-m", "tests.loads.airflow_runner", str(self.folder)],
                env=self._environment(),
                stdout=log_output,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        log = log_file.read_text()
        assert done.returncode == 0, log[-6000:]
        assert KEY not in log
        [result] = json.loads((self.folder / "results.json").read_text())
        return dict(result)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "AWS_"))}
        return {
            **kept,
            "AIRFLOW_HOME": str(self.folder / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.folder / "dags"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.folder / 'airflow.db'}",
            "AIRFLOW__ONBOARDING__LAKE_URI": self.lake.uri,
            "AIRFLOW__ONBOARDING__DAGS_URI": f"s3://aws_default@{DAGS}/dags",
            "AIRFLOW__ONBOARDING__GLUE_ROLE_ARN": ROLE,
            "NO_PROXY": "127.0.0.1,localhost",
            "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(self.account.connection()),
        }


def deploy(account: Account, source: Path, folder: Path, conf: dict[str, Any]) -> Deployed:
    """Render the workload for engine aws and put it where a deployment puts it."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        account.client("s3").upload_file(str(file), LANDING, f"orders/{file.relative_to(source).as_posix()}")
    profile, plan, _ = render(f"s3://{LANDING}/orders/", conf)
    plan = plan.model_copy(
        update={
            "discovery": plan.discovery.model_copy(update={"engine": "aws"}),
            "dag": plan.dag.model_copy(update={"engine": "aws", "retries": 0}),
        }
    )
    workload = build_workload(plan, profile)
    dag_file = f"{plan.workload}_dag.py"
    for name, content in {**workload.files, **glue_files()}.items():
        key = f"dags/workloads/{plan.workload}/{workload.version}/{name}"
        account.client("s3").put_object(Bucket=DAGS, Key=key, Body=content)
        (folder / "dags" / workload.version / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "dags" / workload.version / name).write_bytes(content)
    (folder / "dags" / dag_file).write_bytes(workload.files[f"dags/{dag_file}"])
    (folder / "dags" / ".airflowignore").write_text(f"{workload.version}/\n")
    return Deployed(account, plan, workload.version, folder, Lake(f"s3://{LAKE}/zones", plan.workload))


def without_java(folder: Path) -> str:
    """A PATH with every program of this one, but for those of Java."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if not program.name.startswith("java") and not (folder / program.name).exists():
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


def rows(lake: Lake, zone: str, table: str) -> list[tuple[Any, ...]]:
    """The published rows, without the id of the load that brought them."""
    published = read_pointer(lake, zone, table)
    assert published is not None
    names = [column["name"] for column in published.columns if column["name"] != "_load_id"]
    with tempfile.TemporaryDirectory() as scratch, engine.connection() as con:
        paths = tables.bring_tables(published_files(lake, zone, table, published), Path(scratch))
        query = f"SELECT {identifiers(names)} FROM {tables.scan(paths)} ORDER BY ALL"
        found: list[tuple[Any, ...]] = con.execute(query).fetchall()
    assert found
    return found


@pytest.mark.timeout(1800)
def test_a_run_gives_what_the_embedded_engine_gives(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirt = csv_of_several_senders(tmp_path / "in")
    deployed = deploy(account, tmp_path / "in", tmp_path / "airflow", dict(dirt.conf))
    monkeypatch.setenv("PATH", without_java(tmp_path / "bin"))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    run = deployed.run()

    assert (run["state"], set(run["tasks"].values())) == ("success", {"success"}), run
    assert [item.state for item in account.glue.runs] == ["SUCCEEDED"] * 5
    entry = (
        account.client("s3")
        .get_object(Bucket=DAGS, Key=f"dags/workloads/{deployed.plan.workload}/{deployed.version}/{ENTRY}")["Body"]
        .read()
    )
    assert {item.script_sha256 for item in account.glue.runs} == {hashlib.sha256(entry).hexdigest()}
    for item in account.glue.runs:
        assert KEY not in json.dumps(item.arguments) + json.dumps(item.job) + item.output
    local = Workload.onboard(f"s3://{LANDING}/orders/", tmp_path / "local", dirt.conf)
    expected = local.on_duckdb()
    assert not expected.error
    for zone in ("silver", "gold"):
        table = deployed.plan.workload if zone == "silver" else deployed.plan.transformation.gold_tables[0].name
        published = read_pointer(deployed.lake, zone, table)
        before = read_pointer(expected.lake, zone, table)
        assert published is not None and before is not None
        assert published.columns == before.columns
        assert rows(deployed.lake, zone, table) == rows(expected.lake, zone, table)
    [load] = state.current_loads(deployed.lake)
    assert load.unreadable == dirt.planted["unreadable"]


@pytest.mark.timeout(1800)
def test_a_person_is_erased_and_stays_out(account: Account, tmp_path: Path) -> None:
    """The worker takes the place of the extracting job; the other jobs build Silver and Gold without the person."""
    persons = persons_by_email(tmp_path / "in")
    persons.deliver(0)
    deployed = deploy(account, tmp_path / "in", tmp_path / "airflow", dict(persons.conf))
    assert deployed.run()["state"] == "success"
    before = len(account.glue.runs)
    with masking_key(), engine.connection() as con:
        digest = digest_of(con, deployed.plan.workload, persons.key)

    run = deployed.run("2026-01-16T03:00:00+00:00", {"erase": {"columns": sorted(persons.key), "digest": digest}})

    assert (run["state"], len(account.glue.runs) - before) == ("success", 4), run
    [erasure] = read_erasures(deployed.lake)
    assert (erasure.rows, erasure.state) == (persons.erased[0], DONE)
    assert len(rows(deployed.lake, "silver", deployed.plan.workload)) == 40
    persons.deliver(1)
    account.client("s3").upload_file(str(tmp_path / "in" / "1.csv"), LANDING, "orders/1.csv")
    assert deployed.run("2026-01-17T03:00:00+00:00")["state"] == "success"
    assert [load.rows for load in state.current_loads(deployed.lake)] == [40, 41]


def test_a_task_that_somebody_ends_ends_its_job_run(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.client("s3").put_object(Bucket=DAGS, Key="sleep.py", Body=b"import time\ntime.sleep(600)\n")
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(account.connection()))
    glue = boto3.client("glue", endpoint_url=account.glue_url)
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{DAGS}/sleep.py"}
    glue.create_job(Name="onboarding_orders", Role=ROLE, Command=command)
    run_id = glue.start_job_run(JobName="onboarding_orders")["JobRunId"]
    while glue.get_job_run(JobName="onboarding_orders", RunId=run_id)["JobRun"]["JobRunState"] == "STARTING":
        time.sleep(0.1)

    asyncio.run(GlueStepTrigger("onboarding_orders", run_id).on_kill())

    [run] = account.glue.runs
    assert run.process is not None
    run.process.wait(60)
    assert glue.get_job_run(JobName="onboarding_orders", RunId=run_id)["JobRun"]["JobRunState"] == "STOPPED"


def test_the_error_of_a_job_is_what_its_run_says(account: Account) -> None:
    account.client("s3").put_object(Bucket=DAGS, Key="bad.py", Body=b"raise ValueError('what went wrong')\n")
    glue = boto3.client("glue", endpoint_url=account.glue_url)
    glue.create_job(Name="bad", Role=ROLE, Command={"Name": "glueetl", "ScriptLocation": f"s3://{DAGS}/bad.py"})
    run_id = glue.start_job_run(JobName="bad")["JobRunId"]
    while (run := glue.get_job_run(JobName="bad", RunId=run_id)["JobRun"])["JobRunState"] in ("STARTING", "RUNNING"):
        time.sleep(0.1)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ValueError: what went wrong")
