"""Files of usual kinds that a team brings: each is onboarded, runs, and passes the tests that are written for it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.pipeline import engine
from tests.hard_input.onboarding_path import Onboarded, failures_of_its_own_tests, onboard

START = datetime(2025, 3, 1)
Write = Callable[[Path, random.Random], Path]


def _csv(path: Path, header: str, rows: Iterable[Iterable[object]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header.split("|"))
        writer.writerows(rows)
    return path


def _day(chance: random.Random, form: str = "%d.%m.%Y") -> str:
    return (START + timedelta(days=chance.randrange(300))).strftime(form)


def german_orders(folder: Path, chance: random.Random) -> Path:
    """Semicolons, commas in numbers, a product of two columns, numbers of orders that repeat now and then."""

    def row(number: int) -> list[object]:
        count, cents = chance.randint(1, 9), chance.randint(100, 9999)
        price, total = (f"{value / 100:.2f}".replace(".", ",") for value in (cents, count * cents))
        status = chance.choice(["offen", "geliefert", "storniert"])
        cancelled = _day(chance) if status == "storniert" else ""
        return [f"B-{number % 395:05d}", f"kunde{number}@mail.example.org", _day(chance), count, price, total, status,
                cancelled, f"{chance.randint(1, 28):02d}.03.{chance.randint(1945, 2003)}"]  # fmt: skip

    header = "Bestellnr|E-Mail|Bestelldatum|Menge|Preis|Betrag|Status|Storniert am|Geburtsdatum"
    return _csv(folder / "bestellungen.csv", header, map(row, range(400)), ";")


def web_log(folder: Path, chance: random.Random) -> Path:
    """Moments with their zone, addresses, durations with a unit."""
    rows = [
        [(START + timedelta(seconds=3 * number)).strftime("%d/%b/%Y:%H:%M:%S +0000"),
         f"{chance.randint(1, 223)}.{chance.randint(0, 255)}.{chance.randint(40, 255)}.{chance.randint(1, 254)}",
         chance.choice(["GET", "POST"]), chance.choice(["/", "/a"]), chance.choice([200, 200, 404]),
         f"{chance.expovariate(10):.3f}s"]
        for number in range(400)
    ]  # fmt: skip
    return _csv(folder / "access.csv", "ts|client|method|path|status|latency", rows)


def survey(folder: Path, chance: random.Random) -> Path:
    """Moments with AM and PM, texts with telephone numbers in them, truth in several words."""
    rows = [
        [10_000 + number, chance.choice(["Very satisfied", "Satisfied", "Neutral"]), chance.randint(0, 10),
         chance.choice(["yes", "no", "Y", "N"]), chance.choice(["", "all is well here", "call me at 555-123-4567"]),
         (START + timedelta(minutes=777 * number)).strftime("%m/%d/%Y %I:%M %p")]
        for number in range(400)
    ]  # fmt: skip
    return _csv(folder / "survey.csv", "Respondent ID|Q1: How is it?|NPS (0-10)|Again|Comments|Submitted At", rows)


def events(folder: Path, chance: random.Random) -> Path:
    """JSON Lines with persons inside a structure, and moments in milliseconds."""
    path = folder / "events.jsonl"
    rows = [
        {"id": f"evt_{number:06x}", "user": {"id": number % 50, "email": f"u{number % 50}@mail.example.org"},
         "type": chance.choice(["click", "view"]), "props": {"ms": chance.randint(1, 900)},
         "at": 1_700_000_000_000 + number * 1000}
        for number in range(300)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def nested_parquet(folder: Path, _chance: random.Random) -> Path:
    """Structures, lists and maps of Parquet, some with persons inside."""
    path = folder / "visits.parquet"
    with engine.connection() as con:
        con.execute(
            "COPY (SELECT i AS id, {'email': 'p' || i || '@mail.example.org', 'n': i} AS who, ['a', 'b'] AS tags,"
            " MAP {'seen': DATE '2025-01-01' + i::INTEGER} AS seen FROM range(300) t(i))"
            f" TO '{path}' (FORMAT parquet)"
        )
    return path


def inventory(folder: Path, chance: random.Random) -> Path:
    """A key of three columns, negative numbers that are right, dates with names of months."""
    rows = [
        [f"SKU-{number % 100:04d}", f"WH{number // 100 % 2 + 1}", _day(random.Random(number // 200), "%m/%d/%Y"),
         max(0, int(chance.gauss(50, 40))), int(chance.gauss(0, 5)), f"{chance.uniform(1, 90):.4f}",
         _day(chance, "%d-%b-%Y") if number % 3 else ""]
        for number in range(800)
    ]  # fmt: skip
    return _csv(folder / "stock.csv", "sku|warehouse|snapshot_date|on_hand|adjustment|unit_cost|last_count", rows)


def payments(folder: Path, chance: random.Random) -> Path:
    """Cards, codes that may not be kept, amounts with their currency."""
    rows = [
        [f"TX{number:08d}", "4111111111111111", f"{chance.randint(100, 999)}", f"0{chance.randint(1, 9)}/28",
         f"{chance.uniform(1, 9000):,.2f} USD", chance.choice(["T", "F"]),
         (START + timedelta(minutes=number)).strftime("%Y-%m-%d %I:%M:%S %p")]
        for number in range(400)
    ]  # fmt: skip
    return _csv(folder / "payments.csv", "Txn ID|Card Number|CVV|Exp|Amount|Approved|Auth Time", rows)


def results(folder: Path, chance: random.Random) -> Path:
    """Quotes inside of cells with a backslash before them, and blanks before those around a cell."""
    path = folder / "results.csv"
    rows = [
        f'"R{number:04d}", "Runner \\"{chance.choice(["Ace", "Bee"])}\\", {number}",  {chance.uniform(9, 12):.2f},'
        f'   "\\"{chance.choice(["USA", "JAM"])}\\""'
        for number in range(300)
    ]
    path.write_text("\n".join(["result_id, note,  seconds,   country", *rows]) + "\n")
    return path


def exported_numbers(folder: Path, chance: random.Random) -> Path:
    """Whole numbers written with a point, as tools do where one is missing."""
    rows = [
        [f"{number + 1}.0", f"{chance.randrange(10_000, 99_999)}.0" if number % 9 else "", f"{1990 + number % 30}.0",
         f"{chance.randrange(10_000, 99_999)}.0", f"{chance.randrange(1, 500)}.0", chance.choice(["AT", "CH"])]
        for number in range(400)
    ]  # fmt: skip
    return _csv(folder / "visits.csv", "visit_id|customer_id|year|zip|amount|country", rows)


def frame(folder: Path, chance: random.Random) -> Path:
    """Parquet as libraries of data frames write it: a column without a value has no type."""
    import pyarrow
    import pyarrow.parquet

    path = folder / "frame.parquet"
    columns = {
        "sensor_id": [f"S-{number:05d}" for number in range(300)],
        "remark": pyarrow.nulls(300),
        "station_id": [float(number % 40) if number % 9 else None for number in range(300)],
        "celsius": [round(chance.uniform(-5, 30), 1) for _ in range(300)],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


#: File -> column -> (type, what it says of persons).
EXPECTED: dict[Write, dict[str, tuple[str, str]]] = {
    german_orders: {"preis": ("decimal", "NONE"), "bestelldatum": ("date", "NONE"), "e_mail": ("text", "EMAIL")},
    web_log: {"ts": ("timestamp", "NONE"), "client": ("text", "IP_ADDRESS"), "latency": ("text", "NONE")},
    survey: {"submitted_at": ("timestamp", "NONE"), "again": ("boolean", "NONE")},
    events: {"user": ("text", "EMAIL"), "props": ("text", "NONE"), "at": ("timestamp", "NONE")},
    nested_parquet: {"who": ("text", "EMAIL"), "tags": ("text", "NONE"), "seen": ("text", "NONE")},
    inventory: {"adjustment": ("integer", "NONE"), "last_count": ("date", "NONE")},
    payments: {
        "amount": ("decimal", "NONE"),
        "auth_time": ("timestamp", "NONE"),
        "card_number": ("text", "CREDIT_CARD"),
    },
    results: {"note": ("text", "NONE"), "country": ("text", "NONE"), "seconds": ("decimal", "NONE")},
    exported_numbers: {
        "visit_id": ("integer", "NONE"),
        "customer_id": ("integer", "NONE"),
        "year": ("integer", "NONE"),
        "zip": ("text", "NONE"),
        "amount": ("decimal", "NONE"),
    },
    frame: {"remark": ("text", "NONE"), "celsius": ("double", "NONE"), "station_id": ("integer", "NONE")},
}
KEYS = {
    german_orders: ["bestellnr"],
    web_log: ["row_hash"],
    survey: ["respondent_id"],
    events: ["id"],
    nested_parquet: ["id"],
    inventory: ["sku", "warehouse", "snapshot_date"],
    payments: ["txn_id"],
    results: ["result_id"],
    exported_numbers: ["visit_id"],
    frame: ["sensor_id"],
}


@pytest.fixture(scope="module", params=list(EXPECTED), ids=lambda write: write.__name__)
def usual(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Write, Onboarded]:
    write: Write = request.param
    source = write(tmp_path_factory.mktemp("usual"), random.Random(7))
    return write, onboard(source, tmp_path_factory.mktemp("run"))


def test_types_persons_and_key(usual: tuple[Write, Onboarded]) -> None:
    write, done = usual
    columns = {column.name: column for column in done.plan.metadata.columns}
    found = {name: (columns[name].type.value, columns[name].personal_data.type) for name in EXPECTED[write]}
    assert found == EXPECTED[write]
    assert done.plan.metadata.primary_key == KEYS[write]


def test_nothing_is_held_back_that_a_person_would_accept(usual: tuple[Write, Onboarded]) -> None:
    _, done = usual
    assert not done.blocked
    assert done.gold()


def test_whole_numbers_lose_the_point_that_a_tool_gave_them(tmp_path: Path) -> None:
    done = onboard(exported_numbers(tmp_path, random.Random(7)), tmp_path / "run")
    first = min(done.gold(), key=lambda row: row["visit_id"])
    assert (first["visit_id"], first["customer_id"], first["year"]) == (1, None, 1990)
    assert all(len(row["zip"]) == 5 and row["zip"].isdigit() for row in done.gold())


@pytest.mark.slow
def test_the_tests_that_are_written_for_it_pass(usual: tuple[Write, Onboarded]) -> None:
    _, done = usual
    assert failures_of_its_own_tests(done) == []
