"""Keys without a name for one: dates in even steps, and tables of every combination."""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from onboarding.discovery import look_at_source
from onboarding.spec.conf import Conf
from onboarding.spec.profile import KeyCandidate


def _keys(tmp_path: Path, header: str, rows: list[list[object]]) -> list[KeyCandidate]:
    path = tmp_path / "data.csv"
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}})).key_candidates


def _monthly(count: int, step: int = 1) -> list[date]:
    return [date(2001 + step * i // 12, 1 + step * i % 12, 1) for i in range(count)]


@pytest.mark.parametrize(
    ("days", "step"),
    [
        ([date(2020, 1, 6) + timedelta(days=7 * i) for i in range(60)], "week"),
        (_monthly(48), "month"),
        (_monthly(40, step=3), "quarter"),
        ([date(1960 + i, 12, 31) for i in range(50)], "year"),
        ([following - timedelta(days=1) for following in _monthly(37)[1:]], "month"),
    ],
)
def test_a_date_for_each_step(tmp_path: Path, days: list[date], step: str) -> None:
    chance = random.Random(1)
    keys = _keys(tmp_path, "observed,price", [[day, chance.randint(100, 10**6) / 100] for day in days])
    assert keys[0].columns == ["observed"]
    assert f"a date for each {step} from {days[0]} to {days[-1]}" in keys[0].reason
    assert keys[0].needs_eyes


def test_a_year_for_each_row(tmp_path: Path) -> None:
    chance = random.Random(4)
    keys = _keys(tmp_path, "year,rate", [[1950 + number, chance.randint(1, 999) / 10] for number in range(60)])
    assert keys[0].columns == ["year"]
    assert "a year for each row from 1950 to 2009" in keys[0].reason
    assert keys[0].needs_eyes


def test_years_with_a_gap_and_numbers_that_could_be_years_are_no_key(tmp_path: Path) -> None:
    assert _keys(tmp_path, "year", [[1950 + 2 * number] for number in range(60)]) == []
    assert _keys(tmp_path, "height", [[1950 + number] for number in range(60)]) == []


@pytest.mark.parametrize(("minutes", "step"), [(10, "10 min"), (30, "30 min"), (60, "1 h")])
def test_moments_in_even_steps_are_a_key_though_one_is_missing(tmp_path: Path, minutes: int, step: str) -> None:
    start = datetime(2024, 3, 1, 0, 7)
    rows: list[list[object]] = [[start + timedelta(minutes=minutes * n), n % 7 / 10] for n in range(3000) if n != 1234]
    keys = _keys(tmp_path, "measured,celsius", rows)
    assert keys[0].columns == ["measured"]
    assert f"moments in steps of {step}" in keys[0].reason


def test_moments_that_differ_by_chance_are_no_key(tmp_path: Path) -> None:
    chance = random.Random(5)
    seconds = chance.sample(range(10**8), 500)
    rows: list[list[object]] = [[datetime(2020, 1, 1) + timedelta(seconds=second), 1] for second in sorted(seconds)]
    assert _keys(tmp_path, "seen,score", rows) == []


def test_dates_that_differ_by_chance_are_no_key(tmp_path: Path) -> None:
    chance = random.Random(2)
    days = chance.sample(range(20_000), 40)
    rows: list[list[object]] = [[date(1970, 1, 1) + timedelta(days=day), chance.randint(1, 9)] for day in days]
    assert _keys(tmp_path, "observed,score", rows) == []


def test_every_combination_in_one_row_is_a_key(tmp_path: Path) -> None:
    chance = random.Random(3)
    grid = itertools.product(["oak", "elm", "ash", "fir"], ["wet", "dry", "mild"], [10, 20, 40])
    rows: list[list[object]] = [[*cell, chance.randint(1, 5), chance.randint(1, 10**6) / 7] for cell in grid]
    chance.shuffle(rows)
    keys = _keys(tmp_path, "tree,weather,dose,replicate,growth", rows)
    assert keys[0].columns == ["tree", "weather", "dose"]
    assert "each of the 4 x 3 x 3 combinations is one row" in keys[0].reason
    assert keys[0].needs_eyes


def test_a_grid_with_a_hole_is_none(tmp_path: Path) -> None:
    grid = list(itertools.product(["oak", "elm", "ash", "fir", "yew"], ["wet", "dry", "mild", "hot", "cold"]))
    rows: list[list[object]] = [[*cell, i % 3] for i, cell in enumerate(grid)]
    rows[7][0] = "oak" if rows[7][0] != "oak" else "elm"
    assert _keys(tmp_path, "tree,weather,growth", rows) == []


def test_an_order_number_that_repeats_now_and_then_is_the_key_and_no_chance_company_of_it(tmp_path: Path) -> None:
    """Ten pairs of rows that share a number differ in status or country by chance."""
    chance = random.Random(4)
    rows: list[list[object]] = [
        [f"B-{number % 790:05d}", chance.choice("abc"), chance.choice(["DE", "AT", "CH", "FR"]), f"{number % 97}.50"]
        for number in range(800)
    ]
    for number in range(10):
        rows[790 + number][1] = "b" if rows[number][1] == "a" else "a"
    found = _keys(tmp_path, "Bestellnummer,Status,Land,Betrag", rows)
    assert found[0].columns == ["bestellnummer"]
    assert (found[0].exact, found[0].needs_eyes, found[0].distinct_count) == (False, True, 790)


def test_lines_of_orders_are_told_apart_by_two_columns_whatever_the_language(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"A{order:04d}", line, order % 7] for order in range(120) for line in range(1, 5)]
    assert _keys(tmp_path, "Auftragsnummer,Positionsnr,Menge", rows)[0].columns == ["auftragsnummer", "positionsnr"]


def test_the_record_number_is_the_key_and_not_the_number_of_an_insurance(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [f"{number * 7919 % 10**8:08d}", f"XYZ{number * 104_729 % 10**9:09d}", f"{1930 + number % 80}-03-07"]
        for number in range(1, 200)
    ]
    found = _keys(tmp_path, "MRN,insurance_id,dob", rows)
    assert [candidate.columns for candidate in found] == [["mrn"], ["insurance_id"]]


def test_a_number_with_its_unit_is_no_identifier(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"{number * 7 / 1000:.3f}s", f"{number % 5}"] for number in range(1, 60)]
    assert _keys(tmp_path, "latency,kind", rows) == []
