"""What the tasks of a generated pipeline call, with a workload directory as it is deployed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.operators import pipeline_steps as steps

RUN_AFTER = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
EXTRACT = """
from shared.pipeline.arguments import parse_arguments
from shared.pipeline.extract import ExtractSpec, extract_to_bronze
SPEC = ExtractSpec("orders", "orders", {location!r}, "csv", columns=("id", "amount"), null_values=("",))
def main(argv):
    return extract_to_bronze(SPEC, parse_arguments(argv))
"""
SILVER = """
from shared.pipeline.arguments import parse_arguments
from shared.pipeline.transform import TransformSpec, transform
INPUTS, SQL = {{"bronze": "bronze/orders"}}, {{"duckdb": "sql/silver.sql"}}
MEASURES = {{"missing": ("id", "amount")}}
SPEC = TransformSpec("orders", "orders", "silver", INPUTS, SQL, (), True, measures=MEASURES)
def main(argv):
    return {{"orders": transform(SPEC, parse_arguments(argv))}}
"""
CHECK = """
from shared.pipeline.arguments import parse_arguments
from shared.pipeline.check import CheckSpec, Rule, check_zone
ALL, READ = {{"duckdb": "true"}}, {{"duckdb": "amount IS NOT NULL"}}
RULE = Rule("amount_read", "validity", "critical", "quarantine", {minimum}, ALL, READ)
SPEC = CheckSpec("orders", "orders", "silver", 0.5, {{}}, (RULE,))
def main(argv):
    return {{"orders": check_zone(SPEC, parse_arguments(argv))}}
"""
GOLD = """
from shared.pipeline.arguments import parse_arguments
from shared.pipeline.check import CheckSpec, check_zone
from shared.pipeline.load import LoadSpec, publish_gold
from shared.pipeline.transform import TransformSpec, transform
def main(argv):
    given = parse_arguments(argv)
    inputs, sql = {{"silver": "silver/orders"}}, {{"duckdb": "sql/gold.sql"}}
    transform(TransformSpec("orders", "orders", "gold", inputs, sql), given)
    check_zone(CheckSpec("orders", "orders", "gold", 0.9), given)
    return publish_gold(LoadSpec("orders", ("orders",)), given)
"""
SQL = {
    "silver": "SELECT sha256($masking_key || id) AS id, try_cast(amount AS DOUBLE) AS amount, _source_file, "
    "_source_row, _load_id, '' AS _unparsed, 1 AS _duplicate_rank FROM bronze",
    "gold": "SELECT id, amount FROM silver",
}
CONFIG = {
    "schedule": "timezone: Europe/Zurich\n",
    "deployment": "engine: local\nretention_days: {bronze: 30, quarantine: 90}\n",
    "source": "workload: orders\ntable: orders\ndescription: Orders.\nsource: {location: here}\n"
    "columns:\n- {name: id, source_name: id, description: Number of the order.}\n",
    "semantic": "tables:\n- name: orders\n  description: Orders for analysts.\n"
    "  columns:\n  - {name: id, description: Key.}\n",
}
ORIGIN = {"namespace": "lake", "name": "silver.orders", "field": "id"}
LINEAGE = {
    "tables": [{"name": "gold.orders", "inputs": ["silver.orders"], "fields": {"id": {"inputFields": [ORIGIN]}}}]
}
ALL = ["scripts/extract/extract.py", "scripts/silver.py", "scripts/check.py", "scripts/gold.py"]


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Deploys the workload and returns the arguments of its tasks."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__LAKE_URI", f"file://{tmp_path}/lake")
    monkeypatch.setenv("AIRFLOW__ONBOARDING__AWS_CONN_ID", "")
    monkeypatch.setenv(
        "AIRFLOW_CONN_ONBOARDING_MASKING_KEY", json.dumps({"conn_type": "generic", "password": "k" * 20})
    )

    def deploy(rows: str = "1,2.5\n2,x\n", minimum: float = 0.1, runtime: str = "1.0.0") -> dict[str, Any]:
        (tmp_path / "orders.csv").write_text("id,amount\n" + rows)
        location = f"file://{tmp_path}/orders.csv"
        files = {f"sql/{name}.sql": text for name, text in SQL.items()}
        files |= {f"config/{name}.yaml": text for name, text in CONFIG.items()}
        files["config/lineage.json"] = json.dumps(LINEAGE)
        for name, template in (("extract/extract", EXTRACT), ("silver", SILVER), ("check", CHECK), ("gold", GOLD)):
            files[f"scripts/{name}.py"] = template.format(location=location, minimum=minimum)
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
        files[".onboarding/manifest.json"] = json.dumps({"runtime_version": runtime, "files": digests})
        version = hashlib.sha256(files[".onboarding/manifest.json"].encode()).hexdigest()[:12]
        for name, text in files.items():
            path = tmp_path / "dags" / version / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return {"workload": "orders", "version": version, "dag_file": str(tmp_path / "dags/orders_dag.py")}

    return deploy


def context(outlets: tuple[str, ...] = ()) -> dict[str, Any]:
    from airflow.sdk import Asset
    from airflow.sdk.execution_time.context import OutletEventAccessors

    run = SimpleNamespace(dag_id="orders", run_id="manual__1", run_after=RUN_AFTER, conf={})
    assets = [Asset(name=name, uri=f"onboarding://{name}") for name in outlets]
    return {"dag_run": run, "task": SimpleNamespace(outlets=assets), "outlet_events": OutletEventAccessors()}


def test_all_steps_of_a_deployed_workload(deployed):
    given = context(("orders.bronze.orders", "orders.silver.orders", "orders.gold"))

    done = steps.run_step(**(task := deployed()), scripts=ALL, **given)

    assert done["scripts/gold.py"]["published_tables"] == {"orders": 1}
    assert len(json.dumps(done)) < 5000
    extras = {asset.name: given["outlet_events"][asset].extra for asset in given["task"].outlets}
    assert extras["orders.gold"] == {
        "run_date": "2026-01-06",
        "load_id": steps.load_id_of("orders", "manual__1", RUN_AFTER, "Europe/Zurich"),
        "workload_version": task["version"],
        "rows": 1,
        "score": 1.0,
    }
    assert (extras["orders.bronze.orders"]["rows"], extras["orders.silver.orders"]["score"]) == (2, 0.5)


def test_a_replay_reads_no_source_and_gives_the_same_gold(deployed, tmp_path, aws, aws_endpoint, monkeypatch):
    test_the_catalog_has_tables_scores_and_lineage(deployed, aws, aws_endpoint, monkeypatch)
    (tmp_path / "orders.csv").unlink()
    task = deployed_before(tmp_path)
    given = context(("orders.bronze.orders",))
    given["dag_run"].run_id, given["dag_run"].conf = "replay__1", {"replay": True}

    done = steps.run_step(**task, scripts=ALL[:1], **given)
    gold = steps.run_step(**task, scripts=ALL[1:], **given)["scripts/gold.py"]
    steps.update_catalog(**task, **given)

    assert done == {"replay": {"replayed": 1, "bronze": 2}}
    assert gold["published_tables"] == {"orders": 1}
    (event,) = given["task"].outlets
    assert given["outlet_events"][event].extra["rows"] == 2
    table = aws("glue").get_table(DatabaseName="onboarding_bronze", Name="orders")["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]][:2] == ["id", "amount"]
    assert len(list((tmp_path / "lake/bronze").rglob("*.parquet"))) == 1
    totals = steps.completion_summary(**task, **given)
    assert (totals["replayed"], totals["bronze"], totals["gold"]) == (1, 2, {"orders": 1})


def deployed_before(tmp_path: Path) -> dict[str, Any]:
    """The arguments of the tasks of what is deployed already."""
    (version,) = [path.name for path in (tmp_path / "dags").iterdir()]
    return {"workload": "orders", "version": version, "dag_file": str(tmp_path / "dags/orders_dag.py")}


@pytest.mark.parametrize(
    ("conf", "says"), [({"replay": "yes"}, "true or false"), ({"replay": True}, "nothing to replay")]
)
def test_a_replay_that_cannot_be(deployed, conf, says):
    from airflow.sdk.exceptions import AirflowFailException

    given = context()
    given["dag_run"].conf = conf
    with pytest.raises(AirflowFailException, match=says):
        steps.run_step(**deployed(), scripts=ALL[:1], **given)


def test_scripts_leave_nothing_in_their_directory_and_can_run_again(deployed):
    task = deployed()

    for _ in range(2):
        steps.run_step(**task, scripts=ALL[:1], **context())

    assert not [name for name in sys.modules if name.startswith("onboarded_")]


@pytest.mark.parametrize(
    ("changes", "scripts", "says"),
    [
        ({"rows": ""}, ALL[:1], "source is empty"),
        ({"minimum": 0.9}, ALL[:3], "amount_read 50.00%"),
        ({"runtime": "2.0.0"}, ALL[:1], "another major version"),
        ({}, ALL[1:2], "does not exist"),
    ],
)
def test_what_a_retry_cannot_cure_fails_at_once(deployed, changes, scripts, says):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match=says):
        steps.run_step(**deployed(**changes), scripts=scripts, **context())


def test_other_errors_are_left_for_a_retry(deployed, monkeypatch):
    task = deployed()

    def throttled(*given):
        raise TimeoutError

    monkeypatch.setattr("shared.pipeline.storage.write_bytes", throttled)
    with pytest.raises(TimeoutError):
        steps.run_step(**task, scripts=ALL[:1], **context())


def test_the_directory_is_verified_first(deployed):
    from airflow.sdk.exceptions import AirflowFailException

    task = deployed()
    (Path(task["dag_file"]).parent / task["version"] / "sql/silver.sql").write_text("SELECT 1")

    with pytest.raises(AirflowFailException, match="not what was approved"):
        steps.run_step(**task, scripts=ALL[:1], **context())


def test_the_catalog_has_tables_scores_and_lineage(deployed, aws, aws_endpoint, monkeypatch):
    extra = {"endpoint_url": aws_endpoint, "region_name": "eu-west-1"}
    monkeypatch.setenv(
        "AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws", "login": "x", "password": "y", "extra": extra})
    )
    monkeypatch.setenv("AIRFLOW__ONBOARDING__AWS_CONN_ID", "aws_default")
    task = deployed()
    steps.run_step(**task, scripts=ALL, **context())

    written = steps.update_catalog(**task, **context())

    assert written == ["onboarding_bronze.orders", "onboarding_silver.orders", "onboarding_gold.orders"]
    glue = aws("glue")
    gold = glue.get_table(DatabaseName="onboarding_gold", Name="orders")["Table"]
    column = gold["StorageDescriptor"]["Columns"][0]
    assert column["Comment"] == "Key."
    assert column["Parameters"] == {"onboarding:lineage": '["silver.orders.id"]'}
    assert gold["Parameters"]["onboarding:quality_verdict"] == "PASS"
    assert gold["Parameters"]["onboarding:lineage"] == '["silver.orders"]'
    assert len(glue.get_partitions(DatabaseName="onboarding_bronze", TableName="orders")["Partitions"]) == 1
    assert steps.completion_summary(**task, **context())["gold"] == {"orders": 1}


def test_what_was_kept_long_enough_is_removed_with_its_partition(deployed, aws, aws_endpoint, monkeypatch, tmp_path):
    test_the_catalog_has_tables_scores_and_lineage(deployed, aws, aws_endpoint, monkeypatch)
    given = context()
    given["dag_run"].run_id, given["dag_run"].run_after = "manual__2", RUN_AFTER + timedelta(days=31)
    task = deployed(rows="3,1.5\n4,x\n")
    steps.run_step(**task, scripts=ALL, **given)

    steps.update_catalog(**task, **given)

    partitions = aws("glue").get_partitions(DatabaseName="onboarding_bronze", TableName="orders")["Partitions"]
    assert [part["Values"][0] for part in partitions] == ["2026-02-06"]
    assert list(json.loads((tmp_path / "lake/_state/orders/loads.json").read_text())) == ["2026-02-06"]
    left = sorted(path.parent.parent.name for path in (tmp_path / "lake/bronze").rglob("*.parquet"))
    assert left == ["ingestion_date=2026-02-06"]
    held = sorted(path.parent.parent.name for path in (tmp_path / "lake/quarantine").rglob("*.parquet"))
    assert held == ["ingestion_date=2026-01-06", "ingestion_date=2026-02-06"], "kept for 90 days"


def test_a_failed_verdict_is_in_the_catalog_and_the_location_stays(deployed, aws, aws_endpoint, monkeypatch):
    from airflow.sdk.exceptions import AirflowFailException

    test_the_catalog_has_tables_scores_and_lineage(deployed, aws, aws_endpoint, monkeypatch)
    glue = aws("glue")
    before = glue.get_table(DatabaseName="onboarding_silver", Name="orders")["Table"]
    given = context()
    given["dag_run"].run_id = "manual__2"

    with pytest.raises(AirflowFailException):
        steps.run_step(**deployed(minimum=0.9), scripts=ALL[:3], **given)

    after = glue.get_table(DatabaseName="onboarding_silver", Name="orders")["Table"]
    assert after["Parameters"]["onboarding:quality_verdict"] == "FAIL"
    assert after["StorageDescriptor"] == before["StorageDescriptor"]


def test_what_is_unusual_is_in_the_summary_and_counted_in_the_catalog(deployed, aws, aws_endpoint, monkeypatch):
    test_the_catalog_has_tables_scores_and_lineage(deployed, aws, aws_endpoint, monkeypatch)
    given = context()
    given["dag_run"].run_id, given["dag_run"].run_after = "manual__2", RUN_AFTER + timedelta(days=1)
    task = deployed(rows="3,1.5\n4,2\n5,2\n6,2\n")

    done = steps.run_step(**task, scripts=ALL, **given)
    steps.update_catalog(**task, **given)

    unusual = ["4 rows, +100% against 2 on 2026-01-06"]
    assert steps.completion_summary(**task, **given)["unusual"] == unusual
    assert "baseline" not in json.dumps(done)
    silver = aws("glue").get_table(DatabaseName="onboarding_silver", Name="orders")["Table"]
    assert silver["Parameters"]["onboarding:baseline_findings"] == "1"


def test_run_dates_are_those_of_the_schedules_time_zone():
    assert steps.run_date_of(RUN_AFTER, "UTC") == "2026-01-05"
    assert steps.run_date_of("2026-01-05T23:30:00Z", "Europe/Zurich") == "2026-01-06"
    assert steps.load_id_of("a", "r", RUN_AFTER, "UTC") != steps.load_id_of("b", "r", RUN_AFTER, "UTC")


def test_a_connection_in_the_lake_uri_is_taken_out():
    assert steps.without_connection("s3://aws_default@lake/zones") == "s3://lake/zones"
    assert steps.without_connection("file:///tmp/a@b/c") == "file:///tmp/a@b/c"


def test_callbacks_tell_what_happened(monkeypatch):
    sent = []
    monkeypatch.setattr("shared.hooks.notifications.send", lambda *text: sent.append(text))
    instance = SimpleNamespace(
        dag_id="orders", task_id="notify.done", run_id="r1", xcom_pull=lambda task_ids: {"silver": 4}
    )

    steps.completion_callback()({"ti": instance})
    steps.failure_callback()({"ti": instance, "exception": ValueError("why")})
    steps.deadline_missed(workload="orders", version="0")

    assert "silver: 4" in sent[0][1]
    assert "why" in sent[1][1] and "stays published" in sent[1][1]
    assert sent[2][0] == "orders: deadline missed"


def test_parsing_a_dag_file_pays_nothing_for_this_module():
    code = (
        "import sys, shared.operators.pipeline_steps\n"
        "heavy = {'airflow', 'boto3', 'duckdb', 'yaml', 'onboarding', 'shared.pipeline.check'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
