"""A data set whose masked columns hold unmistakable values, and deliveries of it that go wrong in every way.

No masked column but ``email`` and ``phone`` looks like personal data: that they are masked is only in the conf.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WORKLOAD = "people_orders"
# Column -> masking; the year is the only part of ``juliet`` that may be seen.
MASKING = {
    "email": "email", "phone": "last4", "bravo": "hash", "charlie": "last4", "delta": "partial", "echo": "redact",
    "foxtrot": "hash", "golf": "hash", "hotel": "partial", "india": "drop", "juliet": "year", "kilo": "hash",
}  # fmt: skip
HEADER = ["order_id", *MASKING, "amount", "channel"]
CONF: dict[str, Any] = {
    "workload": WORKLOAD,
    "domain.primary_key": ["order_id"],
    "domain.columns": {"golf": {"type": "integer"}, "kilo": {"type": "integer"}, "hotel": {"role": "dimension"}},
    "transformations.masking": MASKING,
    "transformations.derived": [{"name": "shouted", "expression": "upper(bravo)"}],
    "quality.rules": [
        {"id": "bravo_form", "zone": "bronze", "column": "bravo", "dimension": "validity", "check": "regex",
         "args": {"pattern": "zq.*"}},
        {"id": "kilo_small", "zone": "bronze", "column": "kilo", "dimension": "accuracy", "check": "expression",
         "args": {"expression": "kilo < 5000000000"}},
    ],
    # Fails, with the value in the engine's message, when there is one that is no number.
    "source.filter": "CAST(kilo AS BIGINT) >= 0",
    "schedule.retries": 0,
}  # fmt: skip
#: Words that no place but Bronze may have.
WORDS = (r"zq[a-z]+\d{4}", r"777000\d{4}", r"888000\d{4}", r"19[0-6]\d[-/.]\d\d[-/.]\d\d")
#: Words of the column that is dropped before Bronze.
DROPPED_WORDS = (r"zqindia\d{4}",)


@dataclass(frozen=True)
class Delivery:
    """One file of the source.

    :ivar fails: whether the run that reads it fails.
    """

    name: str
    content: bytes
    fails: bool


def person(number: int, **other: str) -> list[str]:
    """One row; every masked value has the number in it."""
    n = f"{number:04d}"
    values = {
        "order_id": f"ORD-{n}",
        "email": f"ann.zqmail{n}@example.com",
        "phone": f"zqphone{n}-555-0199",
        "bravo": f"zqbravo{n}",
        "charlie": f"zqcharlie{n}-tail",
        "delta": f"zqdelta{n} O'Brien",
        "echo": f'zqecho{n} said "no", twice;\nDROP TABLE bronze; -- {{{{ 7 * 7 }}}}',
        # Few values, each in many rows: what a profile would show as the frequent ones.
        "foxtrot": f"zqfoxtrot{number % 3:04d}",
        "golf": f"777000{n}",
        "hotel": f"zqhotel{number % 4:04d}",
        "india": f"zqindia{n}",
        "juliet": f"19{number % 70:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "kilo": f"888000{n}",
        "amount": f"{number}.50",
        "channel": ["web", "shop", "phone call"][number % 3],
    }
    return [(values | other)[name] for name in HEADER]


def delivery_rows() -> list[list[str]]:
    """Good rows, rows that are held back, casts that fail, and duplicates of a key."""
    rows = [person(number) for number in range(300)]
    rows += [person(number, amount=f"zqamount{number:04d}") for number in range(300, 304)]
    rows += [person(number, golf=f"zqgolf{number:04d} 'x'") for number in range(304, 308)]
    rows += [person(number, juliet=f"zqjuliet{number:04d}") for number in range(308, 312)]
    rows += [person(number, delta=f"  ZQDELTA{number:04d}") for number in range(312, 314)]
    rows += [person(number, order_id=f"ORD-{number - 314:04d}") for number in range(314, 318)]
    return [*rows, person(3), person(4)]


def deliveries() -> list[Delivery]:
    """The first one is what the workload is made from; each of the others goes wrong in its own way."""
    rows = delivery_rows()
    good = _csv([HEADER, *rows]) + _csv([[*person(900), "one", "zqmore0900", "too many"], ["zqshort0901"]])
    sick = [person(n, amount=f"zqamount{n:04d}", golf=f"zqgolf{n:04d}") if n % 10 < 6 else row
            for n, row in enumerate(rows)]  # fmt: skip
    unreadable = [person(n, kilo=f"zqkilo{n:04d}") for n in range(20)]
    return [
        Delivery("good", good, False),
        Delivery("failed_gate", _csv([HEADER, *sick]), True),
        Delivery("no_header", _csv(rows), True),
        Delivery("filter_that_cannot_compare", _csv([HEADER, *rows[:30], *unreadable]), True),
        Delivery("other_delimiter", _csv([HEADER, *rows]).replace(b",", b"|"), True),
        Delivery("open_quote", _csv([HEADER]) + b'"' + _csv(rows[:20]).replace(b'"', b""), True),
        Delivery("other_encoding", _csv([HEADER, *rows[:5]]) + b"\xff\xfe\x00" + _csv(rows), False),
        Delivery("column_more", _csv([[*HEADER, "more"], *([*row, "zqmore0001"] for row in rows)]), False),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
