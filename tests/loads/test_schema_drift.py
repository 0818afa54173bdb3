"""Deliveries whose columns are not those that were onboarded: nothing is lost, nothing leaks, everything is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shared.operators import pipeline_steps
from shared.pipeline import engine, schema_drift, state, tables
from shared.pipeline.errors import QualityGateFailed, SourceError
from tests.hard_input.onboarding_path import masking_key
from tests.loads.deployed import Deployed, write_csv

HEADER = ("item_key", "amount", "seen_on", "city")
ROWS = [(f"ITEM-{n:03d}", f"{n}.25", f"2026-01-{1 + n % 28:02d}", ("Bern", "Basel")[n % 2]) for n in range(60)]
CONF = {"workload": "items", "domain.primary_key": ["item_key"], "quality.gold_threshold": 0.0}
FIRST, SECOND = "2026-03-01", "2026-03-02"


def write_parquet(path: Path, select: str) -> None:
    """A Parquet file of a query."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")


def typed(amount: str = "(n * 1.5)::DOUBLE", quantity: str = "n::BIGINT", more: str = "") -> str:
    """A query of sixty rows with types of their own."""
    return (
        f"SELECT 'ITEM-' || lpad(n::VARCHAR, 3, '0') AS item_key, {amount} AS amount, {quantity} AS quantity, "
        f"DATE '2026-01-01' + n::INT AS seen_on{more} FROM range(60) numbers(n)"
    )


def bronze(deployed: Deployed, columns: str, condition: str = "true") -> list[tuple[Any, ...]]:
    """Rows of the current loads of Bronze, sorted."""
    uris = [
        uri
        for load in state.current_loads(deployed.lake)
        for uri in tables.parquet_files(deployed.lake.bronze_load("items", load.run_date, load.load_id))
    ]
    with engine.connection() as con:
        read = tables.scan(tables.bring_tables(uris, deployed.folder))
        return con.execute(f"SELECT {columns} FROM {read} WHERE {condition} ORDER BY ALL").fetchall()


def findings(deployed: Deployed, run_date: str) -> list[dict[str, Any]]:
    """What the report of a run's load says."""
    report = deployed.document("runs", f"{run_date}-run", "schema_drift.json")
    return [] if report is None else report["findings"]


@pytest.fixture
def csv_items(tmp_path: Path) -> tuple[Deployed, Path]:
    """A workload of a folder of CSV files, its first date loaded, and the file that deliveries replace."""
    file = tmp_path / "landing" / "items.csv"
    write_csv(file, HEADER, ROWS)
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, CONF)
    deployed.run(FIRST)
    return deployed, file


@pytest.fixture
def parquet_items(tmp_path: Path) -> tuple[Deployed, Path]:
    """The same of a folder of Parquet files."""
    file = tmp_path / "landing" / "items.parquet"
    write_parquet(file, typed())
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, CONF)
    deployed.run(FIRST)
    return deployed, file


def checked(done: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the gate of Silver counted."""
    return done["check_silver"]["tables"]["items"]


def silver_by_key(deployed: Deployed) -> dict[str, Mapping[str, Any]]:
    return {row["item_key"]: row for row in deployed.silver()}


def test_no_drift_no_report(csv_items: tuple[Deployed, Path]) -> None:
    deployed, _ = csv_items

    assert findings(deployed, FIRST) == []
    assert deployed.document("runs", f"{FIRST}-run", "extract.json")["schema_drift"] == 0


def test_a_new_column_is_in_bronze_and_waits_for_somebody_to_classify_it(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file, [*HEADER, "owner"], [[*row, "Anna Muster"] for row in ROWS])

    done = deployed.run(SECOND)

    assert checked(done)["published"] == 60
    assert {row[0] for row in bronze(deployed, "owner")} == {"Anna Muster"}
    assert "owner" not in deployed.silver()[0]
    assert findings(deployed, SECOND) == [
        {
            "table": "items", "column": "owner", "change": "added", "expected": "", "got": "VARCHAR",
            "zone": "bronze", "rows": 0, "example": "Aaaa Aaaaaa",
        }
    ]  # fmt: skip


def test_a_column_that_is_gone_is_null(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file, HEADER[:3], [row[:3] for row in ROWS])

    done = deployed.run(SECOND)

    assert checked(done)["published"] == 60
    assert {row["city"] for row in deployed.silver()} == {None}
    assert [(item["column"], item["change"]) for item in findings(deployed, SECOND)] == [("city", "removed")]


def test_a_primary_key_that_is_gone_stops_at_the_gate(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file, HEADER[1:], [row[1:] for row in ROWS])
    before = deployed.gold()

    with pytest.raises(QualityGateFailed):
        deployed.run(SECOND)
    assert deployed.gold() == before
    assert [item["column"] for item in findings(deployed, SECOND)] == ["item_key"]


def test_a_name_in_other_letters_is_the_same_column(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    before = deployed.silver()
    write_csv(file, ["ITEM_KEY", "Amount", "Seen_On", "City"], ROWS)

    deployed.run(SECOND)

    assert deployed.silver() == before
    assert findings(deployed, SECOND) == []


def test_files_of_one_delivery_may_differ(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file.with_name("more.csv"), ["owner", "amount", "item_key"], [["Anna", "7.5", "ITEM-900"]])

    done = deployed.run(SECOND)

    assert (done["extract_items"]["source"], checked(done)["published"]) == (61, 61)
    new = silver_by_key(deployed)["ITEM-900"]
    assert (f"{new['amount']:.2f}", new["city"], new["seen_on"]) == ("7.50", None, None)
    assert bronze(deployed, "owner, city", "item_key IN ('ITEM-000', 'ITEM-900')") == [("Anna", None), (None, "Bern")]
    assert [(item["column"], item["change"]) for item in findings(deployed, SECOND)] == [("owner", "added")]


def test_files_must_agree_when_they_are_onboarded(tmp_path: Path) -> None:
    write_csv(tmp_path / "landing" / "a.csv", HEADER, ROWS)
    write_csv(tmp_path / "landing" / "b.csv", [*HEADER, "owner"], [[*row, "Anna"] for row in ROWS])

    with pytest.raises(SourceError, match="do not have the same columns"):
        Deployed.onboard(f"{(tmp_path / 'landing').as_uri()}/", tmp_path, CONF)


def test_text_that_is_no_number_any_more_is_reported_with_its_shape(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file, HEADER, [[key, f"CHF {amount}", day, city] for key, amount, day, city in ROWS])

    with pytest.raises(QualityGateFailed):
        deployed.run(SECOND)
    assert findings(deployed, SECOND) == [
        {
            "table": "items", "column": "amount", "change": "type_changed", "expected": "DECIMAL(18,2)",
            "got": "other text", "zone": "silver", "rows": 60, "example": "AAA 9.99",
        }
    ]  # fmt: skip
    assert {row["amount"] for row in deployed.held("silver", SECOND)} == {None}


def test_the_report_of_a_repaired_delivery_is_gone(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    write_csv(file, [*HEADER, "owner"], [[*row[:1], "x", *row[2:], "Anna"] for row in ROWS])
    with pytest.raises(QualityGateFailed):
        deployed.run(SECOND)
    assert [item["zone"] for item in findings(deployed, SECOND)] == ["bronze", "silver"]

    write_csv(file, HEADER, ROWS)
    deployed.run(SECOND)

    assert findings(deployed, SECOND) == []


def test_a_wider_type_with_values_that_fit_changes_nothing(parquet_items: tuple[Deployed, Path]) -> None:
    deployed, file = parquet_items
    before = deployed.silver()
    write_parquet(file, typed(quantity="n::VARCHAR"))

    done = deployed.run(SECOND)

    assert checked(done)["quarantined"] == 0
    assert deployed.silver() == before
    assert [(item["expected"], item["got"], item["rows"]) for item in findings(deployed, SECOND)] == [
        ("BIGINT", "VARCHAR", 0)
    ]


def test_values_that_do_not_fit_their_type_go_to_quarantine_and_stay_in_bronze(
    parquet_items: tuple[Deployed, Path],
) -> None:
    deployed, file = parquet_items
    dirty = "CASE n WHEN 3 THEN '12.5' WHEN 4 THEN 'n/a' ELSE n::VARCHAR END"
    write_parquet(file, typed(quantity=dirty))

    done = deployed.run(SECOND)

    assert (checked(done)["published"], checked(done)["quarantined"]) == (58, 2)
    held = deployed.held("silver", SECOND)
    assert sorted(row["item_key"] for row in held) == ["ITEM-003", "ITEM-004"]
    assert {tuple(row["_reasons"]) for row in held} == {("quantity_not_null", "quantity_type_changed")}
    assert bronze(deployed, "item_key, _uncast['quantity']", "_uncast IS NOT NULL") == [
        ("ITEM-003", "12.5"),
        ("ITEM-004", "n/a"),
    ]
    assert "_uncast" not in {*held[0], *deployed.silver()[0]}
    assert [(item["rows"], item["example"]) for item in findings(deployed, SECOND)] == [(2, "99.9")]


@pytest.mark.parametrize("kind", ["INTEGER", "VARCHAR", "TIMESTAMP"])
def test_a_column_without_a_value_has_no_type_that_could_have_changed(
    parquet_items: tuple[Deployed, Path], kind: str
) -> None:
    deployed, file = parquet_items
    write_parquet(file, typed(amount=f"NULL::{kind}"))

    done = deployed.run(SECOND)

    assert checked(done)["published"] == 60
    assert {row["amount"] for row in deployed.silver()} == {None}
    assert findings(deployed, SECOND) == []


def test_a_column_without_a_type_takes_texts_later(tmp_path: Path) -> None:
    """What data frames write where no row has a value."""
    import pyarrow
    import pyarrow.parquet

    file = tmp_path / "landing" / "items.parquet"
    file.parent.mkdir()
    keys = [f"ITEM-{number:03d}" for number in range(60)]
    pyarrow.parquet.write_table(pyarrow.table({"item_key": keys, "remark": pyarrow.nulls(60)}), file)
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, CONF)
    deployed.run(FIRST)
    assert {row["remark"] for row in deployed.silver()} == {None}
    pyarrow.parquet.write_table(pyarrow.table({"item_key": keys, "remark": ["fine"] * 60}), file)

    deployed.run(SECOND)

    assert {row["remark"] for row in deployed.silver()} == {"fine"}
    assert findings(deployed, SECOND) == []


def test_too_many_values_of_another_type_stop_at_the_gate(parquet_items: tuple[Deployed, Path]) -> None:
    deployed, file = parquet_items
    before = deployed.gold()
    write_parquet(file, typed(quantity="'many'"))

    with pytest.raises(QualityGateFailed, match="quantity_type_changed"):
        deployed.run(SECOND)
    assert deployed.gold() == before


@pytest.mark.parametrize(
    ("onboarded", "delivered", "fits", "misfits"),
    [
        ("n::BIGINT", "n::INTEGER", 60, 0),
        ("n::INTEGER", "(n + 4000000000)::BIGINT", 0, 60),
        ("n::BIGINT", "(n + 0.5 * (n % 2))::DOUBLE", 30, 30),
        ("(n * 1.25)::DOUBLE", "n::BIGINT", 60, 0),
        ("(n * 0.25)::DECIMAL(10,2)", "(n * 0.125)::DECIMAL(10,3)::VARCHAR", 30, 30),
        ("DATE '2026-01-01' + n::INT", "TIMESTAMP '2026-01-01 00:00:00' + INTERVAL (n % 2) HOUR", 30, 30),
        ("DATE '2026-01-01' + n::INT", "CASE WHEN n < 15 THEN '2026' ELSE '2026-02-03' END", 45, 15),
        ("n % 2 = 0", "CASE WHEN n < 15 THEN 'maybe' ELSE 'True' END", 45, 15),
        ("{'a': n}", "n::VARCHAR", 0, 60),
        ("[n]", "n", 0, 60),
    ],
)
def test_a_cast_never_changes_a_value(onboarded: str, delivered: str, fits: int, misfits: int) -> None:
    with engine.connection() as con:
        con.execute(f"CREATE VIEW before AS SELECT {onboarded} AS value FROM range(60) numbers(n)")
        con.execute(
            f"CREATE VIEW delivered AS SELECT {delivered} AS value, 'f' AS _source_file, n AS _source_row "
            "FROM range(60) numbers(n)"
        )
        kinds = [dict(tables.columns_of(con, f"FROM {view}"))["value"] for view in ("before", "delivered")]
        delivery = schema_drift.Delivery("t", {"value": kinds[0]}, {"value": kinds[1]})
        delivery.create_view(con, "delivered", "conformed")
        counted = con.execute("SELECT count(value), count(_uncast), any_value(typeof(value)) FROM conformed").fetchall()

        assert counted == [(fits, misfits, kinds[0])]
        assert [finding.rows for finding in delivery.findings(con, "delivered")] == [misfits]


def test_a_dropped_column_under_another_name_never_reaches_bronze(tmp_path: Path) -> None:
    file = tmp_path / "landing" / "items.csv"
    write_csv(file, [*HEADER, "code"], [[*row, f"zqcode{n:04d}"] for n, row in enumerate(ROWS)])
    conf = {**CONF, "transformations.masking": {"code": "drop"}}
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, conf)
    deployed.run(FIRST)
    write_csv(file, [*HEADER, "secret_code"], [[*row, f"zqcode{n:04d}"] for n, row in enumerate(ROWS)])

    done = deployed.run(SECOND)

    assert checked(done)["published"] == 60
    assert not [path for path in (tmp_path / "lake").rglob("*") if path.is_file() and b"zqcode" in path.read_bytes()]
    told = [(item["column"], item["change"], item["expected"], item["example"]) for item in findings(deployed, SECOND)]
    assert told == [("code", "removed", "any type", ""), ("secret_code", "withheld", "code", "")]
    with duckdb.connect() as con:
        named = con.execute(
            f"SELECT DISTINCT name FROM parquet_schema('{tmp_path}/lake/bronze/**/*.parquet')"
        ).fetchall()
    assert ("item_key",) in named and ("secret_code",) not in named

    write_csv(file, [*HEADER, "code", "owner"], [[*row, "zqcode0001", "Anna"] for row in ROWS])
    deployed.run("2026-03-03")
    assert {row[0] for row in bronze(deployed, "owner")} == {"Anna"}, "with the column there, a new one is no rename"


def test_a_dropped_column_of_another_type_never_reaches_bronze(tmp_path: Path) -> None:
    file = tmp_path / "landing" / "items.parquet"
    write_parquet(file, typed(more=", 4111111111111000 + n AS code"))
    conf = {**CONF, "transformations.masking": {"code": "drop"}}
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, conf)
    deployed.run(FIRST)
    write_parquet(file, typed(more=", 'card 4111-1111-1111-' || lpad(n::VARCHAR, 4, '0') AS code"))

    deployed.run(SECOND)

    stored = [path for path in (tmp_path / "lake").rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if b"4111-1111" in path.read_bytes()] == []


def test_json_lines_with_other_keys(tmp_path: Path) -> None:
    file = tmp_path / "landing" / "items.jsonl"
    rows: Sequence[dict[str, Any]] = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    file.parent.mkdir()
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path, CONF)
    deployed.run(FIRST)
    changed = [{"item_key": row["item_key"], "Amount": row["amount"], "owner": {"name": "Anna"}} for row in rows]
    file.write_text("".join(json.dumps(row) + "\n" for row in changed))

    deployed.run(SECOND)

    assert len(deployed.silver()) == 60
    assert {item["column"]: item["change"] for item in findings(deployed, SECOND)} == {
        "seen_on": "removed",
        "city": "removed",
        "owner": "added",
    }


def test_loads_with_and_without_a_column_are_one_silver(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    write_csv(folder / "a.csv", HEADER, ROWS)
    deployed = Deployed.onboard(f"{folder.as_uri()}/", tmp_path, {**CONF, "source.load": "new_files"})
    deployed.run(FIRST)
    write_csv(folder / "b.csv", ["owner", *HEADER[:3]], [["Anna", "ITEM-900", "1.5", "2026-02-01"]])
    deployed.run(SECOND)

    assert len(deployed.silver()) == 61
    assert bronze(deployed, "owner", "owner IS NOT NULL") == [("Anna",)]
    assert silver_by_key(deployed)["ITEM-900"]["city"] is None


def test_the_examples_show_no_value(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([[*HEADER, "ssn"], *([*row, f"756.{n:04d}.11"] for n, row in enumerate(ROWS))])

    deployed.run(SECOND)

    report = json.dumps(deployed.document("runs", f"{SECOND}-run", "schema_drift.json"))
    assert "999.9999.99" in report
    assert "756" not in report


def accepted(deployed: Deployed, folder: Path, conf: Mapping[str, Any]) -> Deployed:
    """The workload onboarded again from the source as it is now, on the lake that it has."""
    folder.mkdir()
    changed = Deployed.onboard(f"{(deployed.folder.parent / 'landing').as_uri()}/", folder, conf)
    return replace(changed, lake=deployed.lake)


def test_an_accepted_column_has_its_values_since_it_came(tmp_path: Path) -> None:
    folder, conf = tmp_path / "landing", {**CONF, "source.load": "new_files"}
    write_csv(folder / "a.csv", HEADER, ROWS)
    deployed = Deployed.onboard(f"{folder.as_uri()}/", tmp_path, conf)
    deployed.run(FIRST)
    (folder / "a.csv").unlink()
    write_csv(folder / "b.csv", [*HEADER, "carrier"], [("ITEM-900", "1.5", "2026-02-01", "Bern", "rail")])
    deployed.run(SECOND)
    write_csv(folder / "c.csv", [*HEADER, "carrier"], [(*row, "post") for row in ROWS])

    changed = accepted(deployed, tmp_path / "changed", conf)
    (folder / "c.csv").unlink()
    changed.run(SECOND, "again")

    carriers = {key: row["carrier"] for key, row in silver_by_key(changed).items()}
    assert len(carriers) == 61
    assert (carriers["ITEM-900"], carriers["ITEM-000"]) == ("rail", None)


def test_texts_that_did_not_fit_are_values_once_their_type_is_accepted(parquet_items: tuple[Deployed, Path]) -> None:
    deployed, file = parquet_items
    write_parquet(file, typed(quantity="CASE WHEN n < 3 THEN 'a-' || n ELSE n::VARCHAR END"))
    assert checked(deployed.run(SECOND))["quarantined"] == 3
    write_parquet(file, typed(quantity="'a-' || n"))

    changed = accepted(deployed, file.parents[1] / "changed", CONF)
    with masking_key():
        done = pipeline_steps.run_scripts(
            changed.folder, list(changed.scripts[2:]), run_date="2026-03-03", load_id="2026-03-03-replay",
            engine="local", lake_uri=changed.lake.uri, aws_conn_id="",
        )  # fmt: skip

    assert done["scripts/quality/check_silver.py"]["tables"]["items"]["quarantined"] == 0
    assert sorted(row["quantity"] for row in changed.silver())[-3:] == ["a-0", "a-1", "a-2"]


def test_a_file_without_its_header_is_refused_and_its_first_row_is_not_told(csv_items: tuple[Deployed, Path]) -> None:
    deployed, file = csv_items
    with file.with_name("more.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("ITEM-777", "1.5", "2026-03-03", "Secretville")] * 3)

    with pytest.raises(SourceError, match="none of the columns that were onboarded") as caught:
        deployed.run(SECOND)
    assert caught.value.where.endswith("/more.csv")
    assert "Secretville" not in caught.value.text()
    assert deployed.loaded() == {FIRST: 60}
