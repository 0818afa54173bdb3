"""What the project's own check counts, and the hand-written statement beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.quality.rules import rendered_rules
from shared.pipeline.scoring import flag_rows, judge
from shared.pipeline.tables import scan

BY_HAND = Path(__file__).parent / "by_hand.sql"
#: For each rule the rows that it applies to, and the rows that keep it.
Counts = list[tuple[int, int]]


def count_by_hand(con: Any, path: Path) -> Counts:
    """What the hand-written statement counts."""
    found = con.execute(BY_HAND.read_text(encoding="utf-8"), {"path": str(path)}).fetchall()[0]
    return [(int(found[index]), int(found[index + 1])) for index in range(0, len(found), 2)]


def count_by_rules(con: Any, path: Path, scratch: Path) -> Counts:
    """What a zone's check counts, with its verdict: the way of :mod:`shared.pipeline.check` up to the verdict."""
    rules = rendered_rules()
    flagged = flag_rows(con, f"FROM {scan([path])}", rules, scratch)
    verdict = judge(con, flagged, rules, 0.8, {})
    return [(result.applicable, result.satisfied) for result in verdict.results]
