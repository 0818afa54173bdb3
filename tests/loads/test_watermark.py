"""``source.load: watermark``: rows above the highest value that earlier dates have loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from onboarding.agents.base import AgentError
from shared.pipeline.errors import NothingNewError, SourceError
from tests.loads.deployed import Deployed, write_csv

HEADER = ("order_id", "customer", "amount", "updated_at")
Row = tuple[str, str, str, str]


def order(number: int, moment: str, amount: float = 1.5) -> Row:
    """A row with its own key."""
    return (f"ORD-{number:05d}", f"Firm {number % 7} Ltd", f"{number + amount:.2f}", moment)


def hour(day: int, number: int) -> str:
    return f"2026-01-{day:02d} {number % 24:02d}:{number % 60:02d}:00"


FIRST = [order(n, hour(4, n)) for n in range(24)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """One file that grows: the source's rows."""
    write_csv(tmp_path / "landing" / "orders.csv", HEADER, FIRST)
    return tmp_path / "landing" / "orders.csv"


def onboard(table: Path, tmp_path: Path, column: str = "updated_at", **conf: object) -> Deployed:
    given = {"source.load": "watermark", "source.watermark_column": column, "domain.primary_key": ["order_id"], **conf}
    return Deployed.onboard(table.as_uri(), tmp_path, given)


@pytest.fixture
def deployed(table: Path, tmp_path: Path) -> Deployed:
    """Onboarded, and the rows of the 4th loaded on the 5th."""
    made = onboard(table, tmp_path)
    made.run("2026-01-05")
    return made


def source_rows(table: Path, *parts: Sequence[Row]) -> None:
    write_csv(table, HEADER, [row for part in parts for row in part])


def amounts(deployed: Deployed) -> dict[str, float]:
    return {row["order_id"]: float(row["amount"]) for row in deployed.silver()}


SECOND = [order(n, hour(5, n)) for n in range(100, 110)]


def test_only_rows_above_the_highest_value_are_loaded(deployed: Deployed, table: Path) -> None:
    source_rows(table, FIRST, SECOND)
    done = deployed.run("2026-01-06")["extract_orders"]
    assert (done["source"], done["not_new"]) == (10, 24)
    assert done["watermark"] == {"low": "2026-01-04 23:23:00", "high": max(row[3] for row in SECOND)}
    assert deployed.loaded() == {"2026-01-05": 24, "2026-01-06": 10}
    assert len(deployed.gold()) == 34


def test_a_row_that_changed_comes_again_and_wins(deployed: Deployed, table: Path) -> None:
    changed = [order(3, hour(5, 1), amount=100)]
    source_rows(table, [row for row in FIRST if row[0] != "ORD-00003"], changed)
    done = deployed.run("2026-01-06")
    assert done["extract_orders"]["source"] == 1
    assert amounts(deployed)["ORD-00003"] == 103
    assert len(amounts(deployed)) == 24


def test_nothing_new_is_skipped(deployed: Deployed, table: Path) -> None:
    with pytest.raises(NothingNewError, match="loaded before"):
        deployed.run("2026-01-06")
    source_rows(table, FIRST, [])
    with table.open("a") as file:
        file.write("\n")
    with pytest.raises(NothingNewError, match="No row of the source is new") as caught:
        deployed.run("2026-01-06")
    assert "2026-01-04 23:23:00" in caught.value.expected


def test_a_repeated_date_loads_its_own_rows(deployed: Deployed, table: Path) -> None:
    source_rows(table, FIRST, SECOND)
    deployed.run("2026-01-06")
    before = deployed.silver()
    for run_date, rows in (("2026-01-05", 24), ("2026-01-06", 10)):
        assert deployed.run(run_date, "again")["extract_orders"]["source"] == rows
        assert deployed.silver() == before


LATE = [order(50, hour(3, 2)), order(51, hour(4, 5))]


def test_rows_that_came_late_wait_for_a_repeated_date(deployed: Deployed, table: Path) -> None:
    source_rows(table, FIRST, SECOND, LATE)
    assert deployed.run("2026-01-06")["extract_orders"]["source"] == 10
    assert not {row[0] for row in LATE} & set(amounts(deployed))
    assert deployed.run("2026-01-05", "again")["extract_orders"]["source"] == 26
    assert len(amounts(deployed)) == 36


def test_a_date_before_the_others_takes_only_what_they_lack(deployed: Deployed, table: Path) -> None:
    source_rows(table, FIRST, LATE)
    assert deployed.run("2026-01-02")["extract_orders"]["source"] == 2
    assert deployed.loaded() == {"2026-01-02": 2, "2026-01-05": 24}
    with pytest.raises(NothingNewError):
        deployed.run("2026-01-01")


def test_equal_rows_are_counted_one_by_one(table: Path, tmp_path: Path) -> None:
    deployed = onboard(table, tmp_path, **{"domain.primary_key": []})
    deployed.run("2026-01-05")
    source_rows(table, FIRST, [FIRST[3]], [FIRST[3]])
    assert deployed.run("2026-01-04")["extract_orders"]["source"] == 2


def test_rows_without_a_value_are_loaded_once(deployed: Deployed, table: Path) -> None:
    without = [order(60, ""), order(61, "soon")]
    source_rows(table, FIRST, SECOND, without)
    assert deployed.run("2026-01-06")["extract_orders"]["source"] == 12
    third = [order(n, hour(6, n)) for n in range(200, 205)]
    source_rows(table, FIRST, SECOND, without, third)
    assert deployed.run("2026-01-07")["extract_orders"]["source"] == 5
    assert "ORD-00060" in amounts(deployed)
    assert [row["order_id"] for row in deployed.held("silver", "2026-01-07")] == ["ORD-00061"]


def test_numbers_and_dates_of_any_form_are_compared_by_value(tmp_path: Path) -> None:
    for name, values in (("version", ["9", "10", "11"]), ("day", ["30/01/2026", "02/02/2026", "15/02/2026"])):
        folder = tmp_path / name
        rows = [(f"K-{n:04d}", values[0], "x") for n in range(20)] + [("K-0020", values[1], "x")]
        write_csv(folder / "items.csv", ("item_key", name, "label"), rows)
        deployed = onboard(folder / "items.csv", folder, name, **{"domain.primary_key": ["item_key"]})
        deployed.run("2026-02-01")
        write_csv(folder / "items.csv", ("item_key", name, "label"), [*rows, ("K-0021", values[2], "y")])
        assert deployed.run("2026-02-02")["extract_items"]["source"] == 1


def test_a_folder_reads_only_files_that_are_new(tmp_path: Path) -> None:
    landing = tmp_path / "landing" / "orders"
    write_csv(landing / "a.csv", HEADER, FIRST)
    deployed = onboard(landing, tmp_path)
    deployed.run("2026-01-05")
    write_csv(landing / "b.csv", HEADER, SECOND)
    done = deployed.run("2026-01-06")["extract_orders"]
    assert (done["source"], done["not_new"], done["files"]) == (10, 0, 1)


def test_an_empty_delivery_fails_with_its_key(deployed: Deployed, table: Path) -> None:
    source_rows(table, [])
    with pytest.raises(SourceError, match="source is empty") as caught:
        deployed.run("2026-01-06")
    assert caught.value.where == table.as_uri()


def test_a_column_that_cannot_be_compared_is_refused(table: Path, tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="no values that can be compared") as caught:
        onboard(table, tmp_path, "customer")
    assert "customer" in caught.value.given


def test_the_watermark_column_is_not_dropped(table: Path, tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="dropped before Bronze"):
        onboard(table, tmp_path, **{"transformations.masking": {"updated_at": "drop"}})
