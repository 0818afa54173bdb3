"""Five hundred CSV files by chance: each is onboarded with balanced books, or refused with one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline.errors import DataOnboardingError
from tests.hard_input.fuzzed_csv import fuzzed_csv
from tests.hard_input.onboarding_path import onboard

EVERY, QUICK = 500, 12


def run(number: int, folder: Path) -> None:
    """Onboard a file; only a damaged one may be refused."""
    file = fuzzed_csv(number)
    source = folder / "fuzzed.csv"
    source.write_bytes(file.content)
    try:
        done = onboard(source, folder)
    except DataOnboardingError as error:
        assert file.rows is None, f"nothing is wrong with it: {error.text()}"
        assert error.what
        assert error.where
        assert "Traceback" not in error.text()
        return
    if file.rows is not None:
        assert done.profile.rows + done.profile.unreadable_rows == file.rows


def test_the_same_number_is_the_same_file() -> None:
    assert [fuzzed_csv(number) for number in range(50)] == [fuzzed_csv(number) for number in range(50)]
    assert len({fuzzed_csv(number).content for number in range(EVERY)}) == EVERY


@pytest.mark.parametrize(
    "number", [number if number < QUICK else pytest.param(number, marks=pytest.mark.slow) for number in range(EVERY)]
)
def test_a_file_by_chance(number: int, tmp_path: Path) -> None:
    run(number, tmp_path)
