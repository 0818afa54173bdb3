"""``source.load: new_files``: each file is loaded once, and Silver is made of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline.errors import NothingNewError, SourceError
from tests.loads.deployed import Deployed, write_csv

HEADER = ("order_id", "customer", "amount", "ordered_on")


def orders(first: int, count: int, day: int, amount: float = 1.5) -> list[tuple[object, ...]]:
    """Rows with their own keys."""
    return [
        (f"ORD-{n:05d}", f"Firm {n % 7} Ltd", f"{n + amount:.2f}", f"2026-01-{day:02d}")
        for n in range(first, first + count)
    ]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """The source's folder, with the delivery of the 5th."""
    folder = tmp_path / "landing" / "orders"
    write_csv(folder / "day-05.csv", HEADER, orders(0, 40, 5))
    return folder


@pytest.fixture
def deployed(landing: Path, tmp_path: Path) -> Deployed:
    """Onboarded and loaded on the 5th."""
    made = Deployed.onboard(
        f"{landing.as_uri()}/", tmp_path, {"source.load": "new_files", "domain.primary_key": ["order_id"]}
    )
    made.run("2026-01-05")
    return made


def test_only_the_new_file_is_read_and_silver_has_all(deployed: Deployed, landing: Path) -> None:
    write_csv(landing / "day-06.csv", HEADER, orders(100, 10, 6))
    done = deployed.run("2026-01-06")
    assert (done["extract_orders"]["source"], done["extract_orders"]["files"]) == (10, 1)
    assert done["check_silver"]["tables"]["orders"]["published"] == 50
    assert deployed.loaded() == {"2026-01-05": 40, "2026-01-06": 10}
    assert len(deployed.gold()) == 50


def test_a_repeated_date_loads_its_own_files_again(deployed: Deployed, landing: Path) -> None:
    write_csv(landing / "day-06.csv", HEADER, orders(100, 10, 6))
    deployed.run("2026-01-06")
    before = deployed.silver()
    for suffix in ("run", "again"):
        assert deployed.run("2026-01-05", suffix)["extract_orders"]["source"] == 40
    assert deployed.silver() == before


def test_a_file_that_was_corrected_replaces_the_rows_of_its_date(deployed: Deployed, landing: Path) -> None:
    write_csv(landing / "day-05.csv", HEADER, orders(0, 30, 5, amount=7))
    deployed.run("2026-01-05", "again")
    assert len(deployed.silver()) == 30
    assert {row["amount"] % 1 for row in deployed.silver()} == {0}


def test_a_file_that_changed_later_is_a_new_file_and_its_rows_win(deployed: Deployed, landing: Path) -> None:
    write_csv(landing / "day-05.csv", HEADER, orders(0, 3, 5, amount=100))
    done = deployed.run("2026-01-06")
    assert done["extract_orders"]["source"] == 3
    assert done["bronze_to_silver"]["tables"]["orders"]["duplicates"] == 3
    amounts = {row["order_id"]: row["amount"] for row in deployed.silver()}
    assert len(amounts) == 40
    assert (float(amounts["ORD-00001"]), float(amounts["ORD-00005"])) == (101.0, 6.5)


def test_nothing_new_is_skipped_with_a_note_and_changes_nothing(deployed: Deployed) -> None:
    before = deployed.silver()
    with pytest.raises(NothingNewError, match="loaded before"):
        deployed.run("2026-01-06")
    assert deployed.silver() == before
    note = deployed.document("runs", "2026-01-06-run", "skipped.json")
    assert note["reason"] == "Every file at the location was loaded before."


def test_the_note_goes_when_the_run_is_repeated_with_something_new(deployed: Deployed, landing: Path) -> None:
    with pytest.raises(NothingNewError):
        deployed.run("2026-01-06")
    write_csv(landing / "day-06.csv", HEADER, orders(100, 10, 6))
    deployed.run("2026-01-06")
    assert deployed.document("runs", "2026-01-06-run", "skipped.json") is None


@pytest.mark.parametrize("content", [b"", b"order_id,customer,amount,ordered_on\n"], ids=["0 bytes", "header only"])
def test_an_empty_delivery_fails_with_its_key(deployed: Deployed, landing: Path, content: bytes) -> None:
    (landing / "day-06.csv").write_bytes(content)
    with pytest.raises(SourceError, match="source is empty") as caught:
        deployed.run("2026-01-06")
    assert caught.value.where == (landing / "day-06.csv").as_uri()
    assert deployed.loaded() == {"2026-01-05": 40}


@pytest.mark.parametrize("content", [b"", b"order_id,customer,amount,ordered_on\n"], ids=["0 bytes", "header only"])
def test_an_empty_file_beside_others_is_counted_and_never_new_again(
    deployed: Deployed, landing: Path, content: bytes
) -> None:
    (landing / "day-06-a.csv").write_bytes(content)
    write_csv(landing / "day-06-b.csv", HEADER, orders(100, 10, 6))
    done = deployed.run("2026-01-06")
    assert (done["extract_orders"]["source"], done["extract_orders"]["empty_files"]) == (10, 1)
    with pytest.raises(NothingNewError):
        deployed.run("2026-01-07")


def test_a_date_that_runs_late_takes_what_no_other_date_has(deployed: Deployed, landing: Path) -> None:
    write_csv(landing / "day-07.csv", HEADER, orders(200, 10, 7))
    deployed.run("2026-01-07")
    write_csv(landing / "day-06.csv", HEADER, orders(100, 10, 6))
    assert deployed.run("2026-01-06")["extract_orders"]["source"] == 10
    assert deployed.loaded() == {"2026-01-05": 40, "2026-01-06": 10, "2026-01-07": 10}
