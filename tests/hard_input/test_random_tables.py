"""Tables drawn from columns of every usual kind: whatever meets whatever, each passes the tests written for it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.pipeline.profile.formats import TEMPORAL_FORMATS
from tests.hard_input.onboarding_path import AGENTS, failures_of_its_own_tests, onboard

TABLES, QUICK = 16, 1
Cell = Callable[[int], str]


def _grouped(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans({",": ".", ".": ","}))


def _moments(chance: random.Random) -> dict[str, Cell]:
    def written(form: str) -> Cell:
        form = "%Y-%m-%dT%H:%M:%S" if form == "iso" else form
        begin = datetime(2023, 1, 1, tzinfo=UTC)
        return lambda _row: (begin + timedelta(seconds=chance.randrange(80_000_000))).strftime(form)

    cells = {f"moment {number}": written(found.name) for number, found in enumerate(TEMPORAL_FORMATS)}
    cells["mixed dates"] = lambda row: written(("%Y-%m-%d", "%d.%m.%Y")[row % 2])(row)
    cells["epoch ts"] = lambda row: str(1_700_000_000 + row * 60)
    cells["created ms"] = lambda row: str(1_700_000_000_000 + row * 60_000)
    cells["dob"] = lambda row: f"{1 + row % 28:02d}.{1 + row % 12:02d}.{1940 + row % 60}"
    return cells


def _numbers(chance: random.Random) -> dict[str, Cell]:
    return {
        "eu price": lambda _: _grouped(chance.uniform(1, 9999)),
        "eu small": lambda _: f"{chance.uniform(0, 99):.2f}".replace(".", ","),
        "usd": lambda _: f"${chance.uniform(1, 99_999):,.2f}",
        "eur behind": lambda _: f"{_grouped(chance.uniform(1, 99_999))} \u20ac",
        "brackets": lambda row: f"({chance.uniform(1, 99):.2f})" if row % 4 else f"{chance.uniform(1, 99):.2f}",
        "percent": lambda _: f"{chance.randint(0, 100)}%",
        "percent eu": lambda _: f"{chance.uniform(0, 100):.1f} %".replace(".", ","),
        "grouped": lambda _: f"{chance.randint(1, 9_999_999):,}",
        "whole": lambda _: str(chance.randint(-50, 50)),
        "tiny": lambda _: f"{chance.random() * 1e-6:.4e}",
        "plain": lambda _: f"{chance.gauss(0, 100):.3f}",
        "year": lambda _: str(chance.randint(1990, 2024)),
        "large": lambda row: str(10**18 + row),
        "lat": lambda _: f"{chance.uniform(-90, 90):.5f}",
        "duration": lambda _: f"{chance.random():.2f}s",
    }


def _texts(chance: random.Random) -> dict[str, Cell]:
    return {
        "truth": lambda _: chance.choice(["Y", "N", "yes"]),
        "ja nein": lambda _: chance.choice(["ja", "nein"]),
        "zero one": lambda _: chance.choice("01"),
        "email": lambda row: f"u{row}@mail.example.org",
        "phone": lambda _: f"+49 30 {chance.randint(100_000, 999_999)}",
        "customer name": lambda _: chance.choice(["Anna M\u00fcller", "Peter Schmidt", "John Smith", "Maria Garcia"]),
        "iban": lambda _: "DE89370400440532013000",
        "card": lambda _: "4111 1111 1111 1111",
        "json": lambda row: json.dumps({"a": row, "b": ["x"] * (row % 3), "mail": f"u{row}@mail.example.org"}),
        "note": lambda _: chance.choice(["", "all is well here today", "some text, with comma", "line\nbreak"]),
        "status": lambda _: chance.choice(["open"] * 50 + ["closed"] * 40 + ["Open", "opne", "cancelled"]),
        "constant": lambda _: "X",
        "empty": lambda _: "",
        "mostly empty": lambda row: "" if row % 40 else "v",
        "missing words": lambda _: chance.choice(["N/A", "5", "7", "-"]),
        "zip": lambda _: f"{chance.randint(501, 99_999):05d}",
        "country": lambda _: chance.choice(["DE", "US", "NA", "FR"]),
        "code": lambda _: f"AB-{chance.randint(1, 40):03d}",
        "url": lambda row: f"https://mail.example.org/{row}",
        "ip": lambda _: f"192.168.{chance.randint(0, 255)}.{chance.randint(1, 254)}",
        "padded": lambda _: f" v{chance.randint(1, 9)} ",
        'quote "x"': lambda _: chance.choice(["a'b", 'c"d', "e\\f"]),
        "gr\u00f6\u00dfe (cm)": lambda _: str(chance.randint(1, 200)),
        "select": lambda _: chance.choice("abc"),
    }


def drawn(number: int, folder: Path) -> Path:
    """The table of this number: six to twelve columns, with and without a key, some rows there twice."""
    chance = random.Random(number)
    cells = _moments(chance) | _numbers(chance) | _texts(chance)
    names = chance.sample(sorted(cells), chance.randint(6, 12))
    rows = [[cells[name](row) for name in names] for row in range(chance.choice([30, 120, 400, 1500]))]
    if chance.random() < 0.7:
        names, rows = ["id", *names], [[f"K{row:05d}", *line] for row, line in enumerate(rows)]
    if chance.random() < 0.4:
        rows += rows[:3]
    path = folder / f"table{number}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=chance.choice(",;\t|"))
        writer.writerows([names, *rows])
    return path


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=pytest.mark.slow) if n >= QUICK else n for n in range(TABLES)]
)
def test_a_drawn_table_is_onboarded_and_passes_its_own_tests(number: int, tmp_path: Path) -> None:
    done = onboard(drawn(number, tmp_path), tmp_path / "run")
    assert not done.blocked
    # Each gate starts an interpreter: the quick ones take what the others rest on.
    agents = ("transformation",) if number < QUICK else AGENTS
    assert failures_of_its_own_tests(done, agents) == []
