"""Two thousand columns of ten kinds: the whole path, and the workload's own tests within a test gate's time."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from shared.operators.test_gate import run_test_gate
from tests.hard_input.onboarding_path import Onboarded, onboard
from tests.mutations.mutation import GATES

ROWS = 60
#: Kind -> type that it is read as.
KINDS = {
    "number": "integer",
    "amount": "decimal",
    "colour": "text",
    "day": "date",
    "remark": "text",
    "mail": "text",
    "flag": "boolean",
    "moment": "timestamp",
    "code": "text",
    "sparse": "integer",
}


def write_wide(path: Path, columns: int) -> list[str]:
    """A CSV with a key and columns of all kinds in turn; returns their kinds."""
    chance = random.Random(7)
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(columns - 1)]
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["order_id", *(f"{kind}_{number}" for number, kind in enumerate(kinds))])
        for row in range(ROWS):
            writer.writerow([f"O-{row:04d}", *(value(kind, row, at, chance) for at, kind in enumerate(kinds))])
    return kinds


def value(kind: str, row: int, column: int, chance: random.Random) -> str:
    """One value of a kind."""
    made = {
        "number": lambda: str(row * 7 + column),
        "amount": lambda: f"{chance.uniform(0, 1000):.2f}",
        "colour": lambda: chance.choice(["red", "green", "blue"]),
        "day": lambda: f"2024-{1 + row % 12:02d}-{13 + (row + column) % 15:02d}",
        "remark": lambda: f"Word {chance.randrange(10**6)} text",
        "mail": lambda: f"p{row}.{column}@example.com",
        "flag": lambda: chance.choice(["true", "false"]),
        "moment": lambda: f"2024-03-{1 + row % 28:02d} 12:{row % 60:02d}:00",
        "code": lambda: f"AB-{row:04d}-{column}",
        "sparse": lambda: "" if chance.random() < 0.3 else str(chance.randrange(100)),
    }
    return made[kind]()


def check(done: Onboarded, kinds: list[str]) -> None:
    assert done.blocked == ""
    assert len(done.gold()) == ROWS
    types = [column.type.value for column in done.plan.metadata.columns]
    assert types == ["text", *(KINDS[kind] for kind in kinds)]
    assert done.plan.metadata.primary_key == ["order_id"]


def test_two_hundred_columns(tmp_path: Path) -> None:
    source = tmp_path / "wide.csv"
    kinds = write_wide(source, 200)
    check(onboard(source, tmp_path), kinds)


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_two_thousand_columns_and_their_own_tests(tmp_path: Path) -> None:
    source = tmp_path / "wide.csv"
    kinds = write_wide(source, 2000)
    check(onboard(source, tmp_path), kinds)
    for agent, (file_name, class_name) in GATES.items():
        result = run_test_gate(tmp_path / "workload", agent=agent, file_name=file_name, class_name=class_name)
        assert result.failures == ()
        assert result.passed
