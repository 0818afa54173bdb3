"""A source of cards and patients under every regulation at once: the whole path, and the workload's own tests."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from onboarding.operators.steps.testing import TEST_FILES
from shared.operators.test_gate import run_test_gate
from shared.pipeline.profile.checksums import is_card
from shared.pipeline.storage import join, local_path
from shared.pipeline.tables import parquet_files
from tests.hard_input.onboarding_path import Onboarded, onboard, read_published, read_rows

ROWS = 400
REGULATIONS = ["GDPR", "CCPA", "HIPAA", "SOX", "PCI_DSS"]


def _card(chance: random.Random) -> str:
    start = "4" + "".join(chance.choice("0123456789") for _ in range(14))
    return next(start + digit for digit in "0123456789" if is_card(start + digit))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(11)
    lines = ["payment_id,card_number,cvv,email,birth_date,diagnosis_code,amount"]
    for n in range(ROWS):
        born = date(1940, 1, 1) + timedelta(days=chance.randrange(20_000))
        amount = "" if n in (7, 80) else f"{chance.uniform(5, 900):.2f}"
        code = f"{chance.choice('AEJ')}{chance.randint(10, 89)}.{chance.randint(0, 9)}"
        secret = chance.randint(100, 999)
        lines.append(f"P-{n:05d},{_card(chance)},{secret},person{n}@mail.example,{born},{code},{amount}")
    path = tmp_path_factory.mktemp("payments") / "payments.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Onboarded:
    return onboard(source, tmp_path_factory.mktemp("run"), {"quality.regulations": REGULATIONS})


def test_the_code_on_the_back_of_a_card_is_nowhere(done: Onboarded) -> None:
    bronze = read_rows(parquet_files(join(done.lake.uri, "bronze", done.lake.workload)))
    assert len(bronze) == ROWS
    assert "cvv" not in bronze[0]
    assert "cvv" not in read_published(done.lake, "silver", done.plan.workload)[0]
    assert "cvv" not in done.gold()[0]


def test_silver_shows_neither_cards_nor_persons(done: Onboarded, source: Path) -> None:
    rows = read_published(done.lake, "silver", done.plan.workload)
    assert {len(row["card_number"]) for row in rows} == {64}
    assert {row["email"] for row in rows} == {"[REDACTED]"}
    assert all(1940 <= row["birth_date"] <= 1995 for row in rows)
    cells = {cell for line in source.read_text().splitlines()[1:] for cell in line.split(",")[1:5]}
    shown = {str(value) for row in rows for value in row.values()}
    assert not {cell for cell in cells & shown if len(cell) > 4}


def test_every_row_has_a_hash_of_its_own(done: Onboarded) -> None:
    rows = read_published(done.lake, "silver", done.plan.workload)
    assert len({row["row_hash"] for row in rows}) == len(rows)


def test_rows_without_an_amount_are_held_back(done: Onboarded) -> None:
    assert not done.blocked
    assert len(done.gold()) == ROWS - 2


@pytest.mark.slow
def test_its_own_tests_pass(done: Onboarded) -> None:
    folder = Path(local_path(done.lake.uri)).parent / "workload"
    for agent in ("profiling", "metadata", "transformation", "quality", "dag"):
        result = run_test_gate(folder, agent=agent, file_name=TEST_FILES[agent])
        assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]
