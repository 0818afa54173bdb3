"""Numbers, truth values and moments as exports write them: read as what they are, and the workload's tests pass."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.hard_input.onboarding_path import Onboarded, failures_of_its_own_tests, onboard

ROWS = 300
START = 1_600_000_000


def _amount(n: int) -> Decimal:
    return Decimal(n * 7919 % 900_000 + 1) / 100


def _grouped(amount: Decimal, thousands: str, point: str) -> str:
    return f"{amount:,.2f}".translate(str.maketrans({",": thousands, ".": point}))


def _row(n: int) -> dict[str, Any]:
    amount, shown = _amount(n), _grouped(_amount(n), ",", ".")
    return {
        "order_id": f"A{n:05d}",
        "in_brackets": f"({shown})" if n % 5 == 0 else shown,
        "dollars": f"$({amount})" if n % 7 == 0 else f"${amount}",
        "minus_behind": f"{amount}-" if n % 6 == 0 else f"{amount}",
        "with_code": f"{shown} USD",
        "euros": f"{_grouped(amount, '.', ',')} €",
        "ja_nein": ("ja", "Nein")[n % 2],
        "on_off": ("on", "off")[n % 2],
        "epoch": START + n * 3600,
        "created_ts": (START + n * 3600) * 1000,
        "share": f"{n % 101} %",
    }


def _wanted(n: int) -> dict[str, Any]:
    amount, moment = _amount(n), datetime.fromtimestamp(START + n * 3600, tz=UTC).replace(tzinfo=None)
    return {
        "order_id": f"A{n:05d}",
        "in_brackets": -amount if n % 5 == 0 else amount,
        "dollars": -amount if n % 7 == 0 else amount,
        "minus_behind": -amount if n % 6 == 0 else amount,
        "with_code": amount,
        "euros": amount,
        "ja_nein": n % 2 == 0,
        "on_off": n % 2 == 0,
        "epoch": moment,
        "created_ts": moment,
        "share": Decimal(n % 101),
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Onboarded:
    folder = tmp_path_factory.mktemp("written")
    with (folder / "written.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_row(0)))
        writer.writeheader()
        writer.writerows(_row(n) for n in range(ROWS))
    return onboard(folder / "written.csv", tmp_path_factory.mktemp("run"))


def test_every_value_is_read_as_what_it_is(done: Onboarded) -> None:
    gold = {row["order_id"]: row for row in done.gold()}
    for n in range(ROWS):
        wanted = _wanted(n)
        assert {name: gold[f"A{n:05d}"][name] for name in wanted} == wanted


def test_extremes_are_those_of_the_numbers(done: Onboarded) -> None:
    column = done.profile.column("in_brackets")
    wanted = [_wanted(n)["in_brackets"] for n in range(ROWS)]
    assert (float(column.minimum or 0), float(column.maximum or 0)) == (float(min(wanted)), float(max(wanted)))
    assert column.negative_count == sum(value < 0 for value in wanted)
    assert done.profile.column("epoch").minimum == "2020-09-13 12:26:40"


@pytest.mark.slow
def test_its_own_tests_pass(done: Onboarded) -> None:
    assert failures_of_its_own_tests(done) == []


def test_words_of_two_pairs_are_no_truth_values(tmp_path: Path) -> None:
    words = ("ja", "off", "nein", "on")
    path = tmp_path / "words.csv"
    path.write_text("code,word\n" + "".join(f"C{n:04d},{words[n % 2]}\n" for n in range(100)))
    assert str(onboard(path, tmp_path / "run").profile.column("word").type) == "text"


def test_numbers_that_may_be_identifiers_are_no_moments(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("parcel,weight\n" + "".join(f"{START + n * 17},{n}.5\n" for n in range(100)))
    assert str(onboard(path, tmp_path / "run").profile.column("parcel").type) == "integer"
