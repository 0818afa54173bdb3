"""Deliveries of one source in turn: what it has before each run, and what a run must take of it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Deliveries:
    """A source that changes.

    :ivar states: its rows before each run.
    :ivar runs: date, end of the load's name, and the rows that Bronze gets; 0: nothing is new.
    """

    location: str
    conf: Mapping[str, Any]
    states: Sequence[Sequence[Row]]
    runs: Sequence[tuple[str, str, int]]
    write: Callable[[Sequence[Row]], None]

    def deliver(self, number: int) -> None:
        """Let the source be as it is before this run."""
        self.write(self.states[number])


def orders_by_moment(folder: Path) -> Deliveries:
    """CSV with moments as text; one row has none, one has a word there, two are equal; late rows, changed rows."""
    first = [_order(number, f"{5 + number % 4:02d}/01/2026 {number % 24:02d}:15") for number in range(40)]
    second = [_order(number, f"10/01/2026 {number % 24:02d}:30") for number in range(100, 110)]
    odd = [_order(200, ""), _order(201, "soon"), _order(202, "10/01/2026 23:59"), _order(202, "10/01/2026 23:59")]
    late = [_order(300, "06/01/2026 03:00"), _order(301, "")]
    header = ("order_id", "customer", "amount", "updated_at")

    def write(rows: Sequence[Row]) -> None:
        folder.mkdir(exist_ok=True)
        with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    states = [first, first + second + odd, first + second + odd + late, first + second + odd + late, first + odd]
    runs = [
        ("2026-01-09", "first", 40),
        ("2026-01-11", "second", 14),
        ("2026-01-09", "again", 42),
        ("2026-01-05", "early", 0),
        ("2026-01-12", "third", 0),
    ]
    conf = {"source.load": "watermark", "source.watermark_column": "updated_at", "domain.primary_key": ["order_id"]}
    return Deliveries((folder / "orders.csv").as_uri(), conf, states, runs, write)


@dataclass(frozen=True)
class Persons:
    """Two files of a folder in turn, with persons under a key that is spelled in several ways.

    :ivar key: column -> value of the person who is erased after the first file.
    :ivar erased: rows of that person in each file.
    """

    location: str
    conf: Mapping[str, Any]
    key: Mapping[str, str]
    erased: tuple[int, int]
    deliver: Callable[[int], None]


def persons_by_email(folder: Path) -> Persons:
    """CSV; the column has a quote and a backslash in its name, the address blanks, accents and letters of Turkey."""
    spelled = [
        ["\u0130rem.\u00c9t\u00e9@EXAMPLE.com", "irem.\u00e9t\u00e9@example.com"],
        [
            "\u00a0irem.E\u0301te\u0301@example.com\t",
            "IREM.\u00c9T\u00c9@Example.COM ",
            "\u0131rem.\u00e9t\u00e9@example.com",
        ],
    ]

    def deliver(number: int) -> None:
        folder.mkdir(exist_ok=True)
        rows = [(f"O-{number}-{row:03d}", f"person{row}@example.com", row * 1.5) for row in range(40)]
        rows += [(f"O-{number}-9{row:02d}", address, 7.5) for row, address in enumerate(spelled[number])]
        with (folder / f"{number}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("order_id", "buyer's \\ e-mail", "amount"), *rows])

    conf = {"source.load": "new_files", "domain.primary_key": ["order_id"]}
    return Persons(folder.as_uri() + "/", conf, {"buyer's \\ e-mail": spelled[0][1]}, (2, 2), deliver)


def persons_by_number(folder: Path) -> Persons:
    """Parquet; the key is a double, as libraries make whole numbers with a gap, and large."""

    def deliver(number: int) -> None:
        folder.mkdir(exist_ok=True)
        numbers = [None, 12_345_678.0, 1e16, 1001.0, 12_345_678.0]
        rows = [(f"V-{number}-{row:03d}", numbers[row % 5], row) for row in range(40)]
        with duckdb.connect() as con:
            con.execute("CREATE TABLE v (visit_id VARCHAR, patient_number DOUBLE, minutes INTEGER)")
            con.executemany("INSERT INTO v VALUES (?, ?, ?)", rows)
            con.execute(f"COPY v TO '{folder / f'{number}.parquet'}' (FORMAT parquet)")

    conf = {"source.load": "new_files", "domain.primary_key": ["visit_id"]}
    return Persons(folder.as_uri() + "/", conf, {"patient_number": "12345678.0"}, (16, 16), deliver)


def _order(number: int, moment: str) -> Row:
    return (f"ORD-{number:05d}", f"Firm {number % 7} Ltd", f"{number}.50", moment)


def events_by_number(folder: Path) -> Deliveries:
    """Parquet with numbers, decimals and times of their own types; one row has no number.

    Columns are named as a script may name its own: `n`, `f`, `first`.
    """
    begin = datetime(2026, 1, 5)

    def event(number: int | None, name: int) -> Row:
        return (number, f"E-{name:04d}", begin + timedelta(minutes=name), f"{name}.25", ("on", "off")[name % 2])

    first = [event(number, number) for number in range(1, 31)]
    second = [event(number, number) for number in range(40, 52)]
    without = [event(None, 900)]

    def write(rows: Sequence[Row]) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "events.parquet").unlink(missing_ok=True)
        with duckdb.connect() as con:
            con.execute(
                "CREATE TABLE e (n INTEGER, event_id VARCHAR, happened_at TIMESTAMP, first DECIMAL(9, 2), f VARCHAR)"
            )
            con.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?)", rows)
            con.execute(f"COPY e TO '{folder / 'events.parquet'}' (FORMAT parquet)")

    states = [first, first + without + second, first[:20] + second + without, first + second + without]
    runs = [
        ("2026-01-06", "first", 30),
        ("2026-01-07", "second", 13),
        ("2026-01-06", "again", 20),
        ("2026-01-04", "early", 10),
    ]
    conf = {"source.load": "watermark", "source.watermark_column": "n", "domain.primary_key": ["event_id"]}
    return Deliveries((folder / "events.parquet").as_uri(), conf, states, runs, write)
