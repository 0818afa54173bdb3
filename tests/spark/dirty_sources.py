"""Sources with planted dirt, each piece counted: what a run must find of it on any engine."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

ROWS = 120
_HEADER = ["Order ID", "customer_email", "phone", "amount", "ordered on", "country", "note"]


@dataclass(frozen=True)
class Dirt:
    """A source and what is wrong with it.

    :ivar planted: what the summaries of a run must say: ``unreadable``, ``duplicates``, ``quarantined``.
    :ivar conf: answers, besides the location.
    """

    location: str
    planted: Mapping[str, int]
    conf: Mapping[str, Any] = field(default_factory=dict)


def csv_of_several_senders(folder: Path) -> Dirt:
    """Three files: columns in another order, another line end, gzip; quotes, line ends, spellings of nothing.

    Planted: 3 rows of the wrong width, 1 with a quote that is never closed, 4 repeated keys, 5 amounts and 2 dates that
    are none, 2 missing keys.
    """
    rows = [
        [
            f"A-{number:04d}",
            f" Person{number}@Example.com ",
            f"+41 79 {number:03d} 22 33",
            f"{number}.{number % 100:02d}",
            f"2025-03-{1 + number % 28:02d}",
            ("CH", "de", " Fr ", "N/A")[number % 4],
            ("", "two\nlines", 'a "quoted" word, and a comma', "Zürich ß İ Σ", "tab\there\u00a0")[number % 5],
        ]
        for number in range(ROWS)
    ]
    for place, amount in ((3, "12,5O"), (14, "--"), (25, "1e3x"), (36, "five"), (47, "0x1F")):
        rows[place][3] = amount
    rows[58][4], rows[59][4] = "2025-02-30", "yesterday"
    rows[61][0], rows[62][0] = "", "NULL"
    rows += [[*row[:3], "9.99", *row[4:]] for row in rows[:4]]
    folder.mkdir()
    first, second, third = rows[:50], rows[50:90], rows[90:]
    (folder / "a.csv").write_text(_text(_HEADER, first) + "A-9001,too few\n" + "A-9002,a,b,1,2025-03-01,CH,x,y,z\n")
    flipped = _text(_HEADER[::-1], [row[::-1] for row in second], "\r\n")
    (folder / "b.csv").write_bytes(flipped.encode() + b'A-9003,"never closed,1,2\r\n')
    (folder / "c.csv.gz").write_bytes(gzip.compress((_text(_HEADER, third) + "A-9004\n").encode("utf-8-sig")))
    planted = {"unreadable": 4, "duplicates": 4}
    star = [
        {"name": "fact_orders", "kind": "fact"},
        {"name": "dim_country", "kind": "dimension", "grain": ["country"]},
        {"name": "dim_day", "kind": "dimension", "grain": ["ordered on", "country"], "columns": ["note"]},
    ]
    conf = {"domain.primary_key": ["Order ID"], "destination.gold.tables": star}
    return Dirt(folder.as_uri() + "/", planted, conf)


def json_lines_that_drift(folder: Path) -> Dirt:
    """Values as senders write them: numbers with zeros at their end, nested values, keys that come and go.

    Planted: 2 lines that are no JSON, 1 that is no object, 3 repeated keys.
    """
    lines = []
    for number in range(ROWS):
        row: dict[str, Any] = {
            "id": number,
            "price": f"{number}.50",
            "active": number % 2 == 0,
            "tags": ["a", {"b": number}],
            "seen_at": f"2025-04-{1 + number % 28:02d}T10:{number % 60:02d}:00Z",
            "email": f"user{number}@example.org" if number % 7 else None,
        }
        if number % 3 == 0:
            row["Sometimes"] = f"value {number % 4}"
        lines.append(json.dumps(row))
    lines += lines[5:8]
    lines[10:10] = ['{"id": 1000, "price": ', "[1, 2]", "not json"]
    folder.mkdir()
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n")
    return Dirt(folder.as_uri() + "/", {"unreadable": 3, "duplicates": 3}, {"domain.primary_key": ["id"]})


def typed_parquet(folder: Path) -> Dirt:
    """Parquet with types of its own, two files, partitions and an aggregate in Gold.

    Planted: 2 repeated keys, 3 negative amounts that a rule holds back.
    """
    rows = [
        (
            number,
            None if number % 11 == 0 else Decimal(number) / 4,
            date(2025, 1, 1 + number % 28),
            datetime(2025, 1, 1 + number % 28, number % 24, 30, 15, 123456),
            number % 2 == 0,
            number / 3,
            ("north", "south", "east %", None)[number % 4],
        )
        for number in range(ROWS)
    ]
    for place in (20, 21, 23):
        rows[place] = (place, Decimal(-5), *rows[place][2:])
    rows += rows[:2]
    folder.mkdir()
    columns = 'id INTEGER, amount DECIMAL(12, 2), day DATE, "at" TIMESTAMP, open BOOLEAN, ratio DOUBLE, area VARCHAR'
    with duckdb.connect() as con:
        for name, part in (("a", rows[:60]), ("b", rows[60:])):
            con.execute(f"CREATE OR REPLACE TABLE t ({columns})")
            con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * 7)})", part)
            con.execute(f"COPY t TO '{folder / name}.parquet' (FORMAT parquet)")
    rule = {
        "id": "amount_not_negative",
        "zone": "silver",
        "column": "amount",
        "dimension": "validity",
        "check": "range",
        "args": {"minimum": 0},
        "severity": "warning",
        "on_fail": "quarantine",
    }
    conf = {
        "domain.primary_key": ["id"],
        "domain.dimensions": ["area"],
        "destination.gold": {"use_case": "metrics"},
        "quality.rules": [rule],
    }
    return Dirt(folder.as_uri() + "/", {"unreadable": 0, "duplicates": 2, "quarantined": 3}, conf)


def csv_with_padding(folder: Path) -> Dirt:
    """Blanks before cells, and before the quotes of cells with delimiters inside; one row has a cell too many."""
    folder.mkdir()
    lines = [f'{number},   "Street {number % 9}, Bern",  {number}.5' for number in range(ROWS)]
    lines[7] += ", more"
    (folder / "a.csv").write_text("\n".join(['id, "address", amount', *lines]) + "\n")
    conf = {"domain.primary_key": ["id"]}
    return Dirt(folder.as_uri() + "/", {"unreadable": 1, "duplicates": 0, "quarantined": 0}, conf)


def frames(folder: Path) -> Dirt:
    """Parquet as libraries of data frames write it: a column that has no type, and one that has no value in a file."""
    import pyarrow
    import pyarrow.parquet

    folder.mkdir()
    numbers = [float(number) if number % 7 else None for number in range(ROWS)]
    table = {
        "id": list(range(ROWS)),
        "nothing": pyarrow.nulls(ROWS),
        "station_id": pyarrow.array(numbers, pyarrow.float64()),
    }
    pyarrow.parquet.write_table(pyarrow.table(table), folder / "a.parquet")
    conf = {"domain.primary_key": ["id"]}
    return Dirt(folder.as_uri() + "/", {"unreadable": 0, "duplicates": 0, "quarantined": 0}, conf)


def _text(header: list[str], rows: list[list[str]], line_end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows([header, *rows])
    return out.getvalue()
