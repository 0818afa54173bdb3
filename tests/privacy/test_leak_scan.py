"""The scan finds what is planted: in every kind of file, and in every place that a pipeline's runs leave."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.hard_input.onboarding_path import KEY
from tests.privacy.leak_scan import LeakScan
from tests.privacy.places import Places
from tests.privacy.planted_source import WORDS, WORKLOAD

SCAN = LeakScan(WORDS, KEY)
VALUE = "it is 'zqplanted0042', \"really\""


def write_parquet(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def test_text_in_any_case() -> None:
    assert [leak.needle for leak in SCAN.content("x", b"... ZQPlanted0042 ...")] == ["zqplanted0042"]


def test_what_is_masked_is_no_leak() -> None:
    assert SCAN.content("x", b"z*** ****0199 a***@example.com [REDACTED] 1969 2026-01-05") == []


@pytest.mark.parametrize("offset", [0, 1, 2])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_key_in_base64(encode: Callable[[bytes], bytes], offset: int) -> None:
    assert SCAN.content("x", encode(b"p:w"[:offset] + KEY.encode() + b"!"))


@pytest.mark.parametrize("text", [KEY, KEY.encode().hex(), KEY.encode().hex().upper(), KEY.replace(" ", "+")])
def test_the_key_as_text(text: str) -> None:
    assert SCAN.content("x", f'{{"key": "{text}"}}'.replace(",", "%2C" if "+" in text else ",").encode())


def test_compressed_rows_of_parquet(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", "SELECT 'zqplanted0042' || repeat('x', i) AS a FROM range(2000) r(i)")
    assert SCAN.folder("x", tmp_path)


def test_dates_of_parquet_in_rows_and_statistics(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", "SELECT DATE '1961-02-03' AS a")
    assert [leak.place for leak in SCAN.folder("x", tmp_path)] == ["x: a.parquet (rows)", "x: a.parquet (statistics)"]


def test_statistics_of_parquet_that_no_row_shows(tmp_path: Path) -> None:
    """The smallest and largest value stand in the footer as they are."""
    write_parquet(tmp_path / "a.parquet", "SELECT 'zqplanted0042' AS a UNION ALL SELECT 'zzz'")
    places = {leak.place for leak in SCAN.folder("x", tmp_path)}
    assert {"x: a.parquet", "x: a.parquet (statistics)"} <= places


def test_long_values_of_sqlite(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.execute("INSERT INTO t VALUES (?)", ["x" * 4089 + "zqplanted0042" + "x" * 9000])
        database.commit()
    assert "x: a.db (table t)" in {leak.place for leak in SCAN.folder("x", tmp_path)}


def test_archives(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(VALUE.encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/c.txt", VALUE * 10)
    places = {leak.place for leak in SCAN.folder("x", tmp_path)}
    assert {"x: a.gz (gzip)", "x: b.zip (zip inner/c.txt)"} <= places


def test_names_of_files(tmp_path: Path) -> None:
    write_parquet(tmp_path / "city=zqplanted0042" / "a.parquet", "SELECT 1 AS a")
    assert [leak.place for leak in SCAN.folder("x", tmp_path)] == ["x: name of city=zqplanted0042/a.parquet"]


@contextmanager
def file_with(path: Path, content: bytes) -> Iterator[None]:
    """A file as long as the context lasts; what was there before is put back."""
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((before or b"") + content)
    yield
    path.unlink() if before is None else path.write_bytes(before)


@contextmanager
def parquet(path: Path, column: str = "value") -> Iterator[None]:
    write_parquet(path, f"SELECT 'zqplanted0042' AS {column}")
    yield
    path.unlink()


@contextmanager
def xcom(database: Path) -> Iterator[None]:
    """The value in the row of an XCom that a run has left."""
    with closing(sqlite3.connect(database)) as db:
        (row, before), *_ = db.execute("SELECT rowid, value FROM xcom").fetchall()
        db.execute("UPDATE xcom SET value = ? WHERE rowid = ?", [json.dumps(VALUE), row])
        db.commit()
        yield
        db.execute("UPDATE xcom SET value = ? WHERE rowid = ?", [before, row])
        db.commit()


@contextmanager
def catalog_parameter(glue: Any) -> Iterator[None]:
    """The value in a parameter of a table, as lineage and scores are kept."""
    table = {"Name": "planted", "StorageDescriptor": {"Columns": []}, "Parameters": {"onboarding:lineage": VALUE}}
    glue.create_table(DatabaseName="onboarding_silver", TableInput=table)
    yield
    glue.delete_table(DatabaseName="onboarding_silver", Name="planted")


def plants(places: Places) -> dict[str, Any]:
    """Beginning of the place -> what plants a value there."""
    lake, text = places.root / "lake", VALUE.encode()
    run = next(path for path in (lake / "_state" / WORKLOAD / "runs").iterdir() if path.is_dir())
    return {
        "lake: silver": parquet(lake / "silver" / WORKLOAD / WORKLOAD / "version=x" / "a.parquet"),
        "lake: gold": parquet(lake / "gold" / WORKLOAD / WORKLOAD / "version=x" / "a.parquet"),
        "lake: quarantine": parquet(lake / "quarantine" / WORKLOAD / "silver" / "load_id=x" / "a.parquet", "_reasons"),
        f"lake: _state/{WORKLOAD}/candidates": parquet(lake / "_state" / WORKLOAD / "candidates/x/a.parquet"),
        f"lake: _state/{WORKLOAD}/runs": file_with(run / "extract.json", text),
        f"lake: _state/{WORKLOAD}/quality": file_with(lake / "_state" / WORKLOAD / "quality/silver.jsonl", text),
        "workload: config/lineage.json": file_with(places.root / "workload/config/lineage.json", text),
        "workload: tests": file_with(places.root / "workload/tests/unit/test_metadata.py", text),
        "airflow: log.txt": file_with(places.root / "airflow/log.txt", text),
        "airflow: airflow.db (table xcom)": xcom(places.root / "airflow/airflow.db"),
        "catalog: onboarding_silver.planted": catalog_parameter(places.client("glue")),
    }


def test_a_value_in_any_place_is_found(places: Places) -> None:
    for place, plant in plants(places).items():
        with ExitStack() as planted:
            planted.enter_context(plant)
            found = [leak for leak in places.leaks() if leak.place.startswith(place)]
        assert found, place
    assert places.leaks() == []


def test_a_dropped_column_in_bronze_is_found(places: Places) -> None:
    folder = places.root / "lake/bronze" / WORKLOAD / WORKLOAD / "planted"
    write_parquet(folder / "a.parquet", "SELECT 'zqindia0042' AS a")
    assert {leak.needle for leak in places.leaks()} == {"zqindia0042"}
    (folder / "a.parquet").unlink()


def test_a_value_in_an_alert_is_found(places: Places) -> None:
    """The alerts of the runs themselves are there, too."""
    before = list(places.messages())
    assert sum("failed" in message for message in before) >= 4
    assert sum("published" in message for message in before) >= 2
    places.client("sns").publish(TopicArn=places.topic, Message=VALUE)
    sent = [message for message in places.messages() if "zqplanted0042" in message]
    assert sent
    assert SCAN.content("alert", sent[0].encode())
    places.sent[:] = before
