"""``db://<connection>/<schema>.<table>``: a table of a real PostgreSQL server, from the conf to Gold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.discovery import first_look, list_files
from onboarding.operators.steps.testing import TEST_FILES
from onboarding.spec.parse import parse_conf
from onboarding.spec.profile import ReadOptions
from shared.operators.pipeline_steps import aws_access
from shared.operators.test_gate import run_test_gate
from shared.pipeline.errors import DatabaseError, NothingNewError, SourceError
from tests.loads.deployed import Deployed
from tests.loads.on_airflow import run_on_airflow
from tests.postgres_server import PostgresServer

CREATE = """
CREATE TABLE sales.orders (
    order_id integer PRIMARY KEY, customer text, email varchar(80), amount numeric(12,2), rate double precision,
    paid boolean, ordered_on date, updated_at timestamptz, note text)"""
INSERT = "INSERT INTO sales.orders VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
LOCATION = "db://warehouse/sales.orders"


def order(number: int, moment: str, amount: str = "") -> tuple[object, ...]:
    return (
        number, f"Firm {number % 7} Ltd", f"ann{number}@example.com", amount or f"{number}.50", number / 3,
        number % 2 == 0, "2026-01-04", moment, None if number % 3 else "says \"hello\",\n'50%'",
    )  # fmt: skip


FIRST = [order(n, f"2026-01-04 {n % 24:02d}:00:00+00") for n in range(1, 49)]


@pytest.fixture
def table(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """The table with its first rows, and the Airflow connection ``warehouse``."""
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(postgres.airflow_connection()))
    postgres.run("DROP SCHEMA IF EXISTS sales CASCADE", "CREATE SCHEMA sales", CREATE, INSERT, rows=FIRST)
    yield postgres
    postgres.run("DROP SCHEMA sales CASCADE")


def onboard(tmp_path: Path, **conf: object) -> Deployed:
    with aws_access(""):
        return Deployed.onboard(LOCATION, tmp_path, {"domain.primary_key": ["order_id"], **conf})


def test_the_whole_path_of_a_table(table: PostgresServer, tmp_path: Path) -> None:
    deployed = onboard(tmp_path)
    types = {column.name: (column.physical_type, column.type.value) for column in deployed.plan.metadata.columns}
    assert types == {
        "order_id": ("INTEGER", "integer"), "customer": ("VARCHAR", "text"), "email": ("VARCHAR", "text"),
        "amount": ("DECIMAL(12,2)", "decimal"), "rate": ("DOUBLE", "double"), "paid": ("BOOLEAN", "boolean"),
        "ordered_on": ("DATE", "date"), "updated_at": ("TIMESTAMP", "timestamp"), "note": ("VARCHAR", "text"),
    }  # fmt: skip
    done = deployed.run("2026-01-05")
    assert done["extract_orders"]["source"] == 48
    gold = {row["order_id"]: row for row in deployed.gold()}
    assert len(gold) == 48
    assert gold[3]["note"] == "says \"hello\",\n'50%'"
    assert (str(gold[4]["amount"]), gold[4]["rate"], gold[4]["paid"]) == ("4.50", 4 / 3, True)
    assert str(gold[5]["updated_at"]) == "2026-01-04 05:00:00"
    assert len(gold[5]["email"]) == 64


@pytest.mark.slow
def test_generated_tests_pass(table: PostgresServer, tmp_path: Path) -> None:
    deployed = onboard(tmp_path, **{"source.watermark_column": "updated_at"})
    for agent in ("metadata", "transformation", "quality", "dag"):
        result = run_test_gate(deployed.folder, agent=agent, file_name=TEST_FILES[agent])
        assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]


@pytest.mark.slow
def test_a_table_is_streamed(table: PostgresServer) -> None:
    """400 MB of rows take as much memory as 2 MB, and a few parts of the stream."""
    rows = "AS SELECT n AS id, repeat(md5(n::text), 32) AS body FROM generate_series(1, {}) n"
    table.run(f"CREATE TABLE sales.small {rows.format(2_000)}", f"CREATE TABLE sales.large {rows.format(400_000)}")
    command = [sys.executable, "-m", "tests.loads.stream_probe", f"{LOCATION[:-6]}small", f"{LOCATION[:-6]}large"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    (small, before), (large, after) = [map(int, line.split()) for line in done.stdout.splitlines()]
    assert (small, large) == (2_000, 400_000)
    assert after - before < 256 * 1024 * 1024


def test_a_full_load_is_a_snapshot(table: PostgresServer, tmp_path: Path) -> None:
    deployed = onboard(tmp_path)
    deployed.run("2026-01-05")
    table.run("DELETE FROM sales.orders WHERE order_id > 40")
    deployed.run("2026-01-06")
    assert len(deployed.gold()) == 40


def test_a_watermark_is_compared_by_the_database(table: PostgresServer, tmp_path: Path) -> None:
    deployed = onboard(tmp_path, **{"source.watermark_column": "updated_at"})
    deployed.run("2026-01-05")
    table.run(INSERT, rows=[order(n, f"2026-01-05 {n % 24:02d}:30:00.123456+01") for n in range(100, 110)])
    table.run("UPDATE sales.orders SET amount = 999, updated_at = '2026-01-05 20:00+00' WHERE order_id = 7")
    done = deployed.run("2026-01-06")["extract_orders"]
    assert (done["source"], done["not_new"]) == (11, 0)
    assert done["watermark"]["low"] == "2026-01-04 23:00:00"
    gold = {row["order_id"]: str(row["amount"]) for row in deployed.gold()}
    assert (len(gold), gold[7]) == (58, "999.00")
    with pytest.raises(NothingNewError, match="No row of the table is new"):
        deployed.run("2026-01-07")
    # Late rows, and one whose moment nobody knows, come with a repeated date.
    table.run(INSERT, rows=[order(200, "2026-01-03 00:00+00"), order(201, "2026-01-05 00:00+00")])
    table.run("INSERT INTO sales.orders (order_id, amount) VALUES (202, 1)")
    assert deployed.run("2026-01-05", "again")["extract_orders"]["source"] == 47 + 3
    assert len(deployed.gold()) == 61


def test_an_empty_table_fails_with_its_key(table: PostgresServer, tmp_path: Path) -> None:
    deployed = onboard(tmp_path)
    table.run("TRUNCATE sales.orders")
    with pytest.raises(SourceError, match="source is empty") as caught:
        deployed.run("2026-01-05")
    assert caught.value.where == LOCATION


def test_looks_read_the_catalog_only(table: PostgresServer) -> None:
    with aws_access(""):
        look, files = (
            first_look(parse_conf({"source.location": LOCATION})),
            list_files(parse_conf({"source.location": LOCATION})),
        )
    assert (look.format.value, look.source_columns[0], look.read_options) == ("table", "order_id", ReadOptions())
    assert look.files == files
    assert files[0].uri == LOCATION and files[0].bytes > 0


def test_views_and_names_that_need_quotes(table: PostgresServer, tmp_path: Path) -> None:
    table.run(
        'CREATE VIEW sales."Odd "" 100% View" AS SELECT order_id AS "Order %s", updated_at AS "up""dated", '
        "amount FROM sales.orders"
    )
    location = "db://warehouse/sales.Odd%20%22%20100%25%20View"
    with aws_access(""):
        deployed = Deployed.onboard(location, tmp_path, {"workload": "odd_view", "source.watermark_column": 'up"dated'})
    deployed.run("2026-01-05")
    table.run("UPDATE sales.orders SET updated_at = '2026-02-01 00:00+00' WHERE order_id <= 2")
    assert deployed.run("2026-01-06")["extract_odd_view"]["source"] == 2


@pytest.mark.parametrize("location", ["db://warehouse/sales.nothing", "db://warehouse/SALES.orders"])
def test_a_table_that_is_not_there(table: PostgresServer, location: str) -> None:
    with aws_access(""), pytest.raises(SourceError, match="no such table") as caught:
        first_look(parse_conf({"source.location": location}))
    assert caught.value.where == location


def test_a_connection_that_is_not_there(table: PostgresServer) -> None:
    with aws_access(""), pytest.raises(SourceError, match="no such Airflow connection"):
        first_look(parse_conf({"source.location": "db://nowhere/sales.orders"}))


@pytest.mark.parametrize(
    "changes",
    [{"password": "wrong-hunter2"}, {"port": 1}, {"schema": "no_such_database"}],
    ids=lambda value: str(value),
)
def test_what_cannot_be_reached_may_pass_and_tells_no_secret(
    table: PostgresServer, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(table.airflow_connection(**changes)))
    with aws_access(""), pytest.raises(DatabaseError, match="cannot be reached") as caught:
        first_look(parse_conf({"source.location": LOCATION}))
    assert caught.value.transient
    assert "hunter2" not in caught.value.text() and table.password not in caught.value.text()


def test_a_table_that_may_not_be_read(table: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    table.run("DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN PASSWORD 'stranger-secret'")
    given = table.airflow_connection(login="stranger", password="stranger-secret")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(given))
    with aws_access(""), pytest.raises(SourceError, match="may not be read") as caught:
        first_look(parse_conf({"source.location": LOCATION}))
    assert not caught.value.transient


def test_another_kind_of_database_is_refused(table: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(table.airflow_connection(conn_type="mysql")))
    with aws_access(""), pytest.raises(SourceError, match="Only PostgreSQL"):
        first_look(parse_conf({"source.location": LOCATION}))


@pytest.mark.parametrize("cursor", ["dictcursor", "namedtuplecursor"])
def test_any_kind_of_cursor_of_the_connection(
    table: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cursor: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(table.airflow_connection(extra={"cursor": cursor})))
    assert onboard(tmp_path).run("2026-01-05", steps=1)["extract_orders"]["source"] == 48


def test_the_credentials_are_in_the_connection_only(
    table: PostgresServer, tmp_path: Path, aws_connection: dict[str, object]
) -> None:
    deployed = onboard(tmp_path)
    connections = {"aws_default": aws_connection, "warehouse": table.airflow_connection()}
    (run,) = run_on_airflow(deployed, tmp_path / "airflow", [("2026-01-05T03:00:00+00:00", {})], connections)
    assert (run["state"], set(run["tasks"].values())) == ("success", {"success"})
    assert len(deployed.gold()) == 48
    assert table.password.encode() not in table.log.read_bytes()
    found = [path for path in tmp_path.rglob("*") if path.is_file() and table.password.encode() in path.read_bytes()]
    assert found == []
