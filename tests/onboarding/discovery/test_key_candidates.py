"""Keys without a name for one: dates in even steps, and tables of every combination."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
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
