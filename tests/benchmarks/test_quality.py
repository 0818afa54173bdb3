"""What is compared with the hand-written statement counts the same."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.data import write_rows
from benchmarks.quality.ours import count_by_hand, count_by_rules
from benchmarks.quality.rules import RULES
from shared.pipeline import engine


def test_the_rules_count_what_the_statement_by_hand_counts(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    with engine.connection() as con:
        write_rows(con, path, 20_000)
        by_hand = count_by_hand(con, path)
        by_rules = count_by_rules(con, path, tmp_path)

    assert by_rules == by_hand
    assert len(by_hand) == len(RULES) == 20
    broken = [name for (name, *_), (applicable, kept) in zip(RULES, by_hand, strict=True) if kept < applicable]
    assert len(broken) == 19, "every rule but that of the number of rows is broken by some rows"
