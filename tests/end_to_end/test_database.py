"""A table of a real PostgreSQL server, through a connection that an administrator made in Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.cli.airflow_client import AirflowClient
from onboarding.cli.follow import wait_for_run
from onboarding.local_platform import PlatformInfo
from tests.end_to_end.onboarding import check_balance, onboard
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.e2e
CREATE = "CREATE TABLE depot.shipments (shipment_id integer PRIMARY KEY, depot text, weight numeric(8,2), sent_on date)"
INSERT = "INSERT INTO depot.shipments VALUES (%s, %s, %s, %s)"
ROWS = [(n, f"depot {n % 5}", f"{n}.25", f"2026-02-{1 + n % 28:02d}") for n in range(1, 91)]


@pytest.fixture(scope="module")
def warehouse(platform: PlatformInfo, postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The table, and the connection ``warehouse_e2e`` in Airflow's database."""
    postgres.run("CREATE SCHEMA depot", CREATE, INSERT, rows=ROWS)
    given = postgres.airflow_connection()
    body = {"connection_id": "warehouse_e2e", **{key: value for key, value in given.items() if key != "extra"}}
    admin = AirflowClient(platform, "admin")
    admin.api.send("POST", "/connections", body)
    yield postgres
    admin.api.send("DELETE", "/connections/warehouse_e2e", None)
    postgres.run("DROP SCHEMA depot CASCADE")


@pytest.mark.slow
def test_a_table_becomes_a_pipeline_and_its_new_rows_are_loaded(
    warehouse: PostgresServer, platform: PlatformInfo, tmp_path: Path
) -> None:
    conf = {
        "workload": "shipments", "source.location": "db://warehouse_e2e/depot.shipments",
        "source.watermark_column": "shipment_id",
    }  # fmt: skip
    (tmp_path / "conf.yaml").write_text(json.dumps(conf))
    finished = onboard(
        platform, "run", "--conf", str(tmp_path / "conf.yaml"), "--approve", "auto",
        "--json", str(tmp_path / "report.json"), "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    assert finished.report["rows"]["gold"] == {"shipments": 90}
    check_balance(finished.report, tmp_path / "out")

    warehouse.run(INSERT, rows=[(91, "depot 9", "1.00", "2026-03-01")])
    client = AirflowClient(platform, "requester")
    client.trigger("shipments", "more-rows", {})
    assert wait_for_run(client, "shipments", "more-rows", progress=print, timeout_seconds=300) == "success"

    written = [path for path in (platform.home / "lake").rglob("*") if path.is_file()]
    written += [path for path in (platform.home / "workspace").rglob("*") if path.is_file()]
    assert [path for path in written if warehouse.password.encode() in path.read_bytes()] == []


def test_a_connection_that_is_not_there_is_one_clear_error(platform: PlatformInfo, tmp_path: Path) -> None:
    (tmp_path / "conf.yaml").write_text(json.dumps({"source.location": "db://nowhere_e2e/depot.shipments"}))
    finished = onboard(platform, "run", "--conf", str(tmp_path / "conf.yaml"), "--approve", "auto")
    assert finished.exit_code not in (0, 5), finished.output
    assert "There is no such Airflow connection." in finished.output + finished.errors
