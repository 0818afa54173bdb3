"""``python -m benchmarks.quality``: twenty rules over a million rows, three ways in turn; no time is judged here."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.environment import python_with
from benchmarks.quality.data import ROWS, write_rows
from benchmarks.quality.ours import Counts, count_by_hand, count_by_rules
from shared.pipeline import engine

TARGET_RATIO = 1.5
_EXPECTATIONS = Path(__file__).parent / "expectations.py"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows to check (default {ROWS:,})")
    parser.add_argument("--runs", type=int, default=5, help="runs of each way (default 5)")
    parser.add_argument("--json", type=Path, help="write every number to this file")
    arguments = parser.parse_args()
    python = python_with("great-expectations")
    with tempfile.TemporaryDirectory(prefix="onboard-bench-") as scratch:
        path = Path(scratch).resolve() / "rows.parquet"
        with engine.connection() as con:
            write_rows(con, path, arguments.rows)
        found = [_run_each(path, python) for _ in range(arguments.runs)]
    document = _document(found, arguments.rows)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")
    sys.stdout.write(_table(document) + "\n")
    return 0


def _run_each(path: Path, python: Path) -> dict[str, float]:
    """Seconds of each way, one after the other."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        by_hand, expected = _timed(lambda con: count_by_hand(con, path))
        by_rules, counted = _timed(lambda con: count_by_rules(con, path, Path(scratch)))
    if counted != expected:
        raise SystemExit("the rules and the hand-written statement count different rows: their times mean nothing")
    said = subprocess.run([str(python), str(_EXPECTATIONS), str(path)], capture_output=True, text=True, check=True)
    expectations = json.loads(said.stdout.splitlines()[-1])
    if expectations["violated"] != [applicable - kept for applicable, kept in expected]:
        raise SystemExit("great-expectations counts other rows: its time means nothing")
    return {"by hand": by_hand, "rules": by_rules, "great-expectations": float(expectations["seconds"])}


def _timed(count: Callable[[Any], Counts]) -> tuple[float, Counts]:
    """Seconds of a count on a connection of its own, whose opening is not counted."""
    with engine.connection() as con:
        started = time.monotonic()
        counts = count(con)
        return time.monotonic() - started, counts


def _document(found: list[dict[str, float]], rows: int) -> dict[str, Any]:
    seconds = {way: [run[way] for run in found] for way in found[0]}
    # A ratio within one run: what else the machine does falls on both.
    ratios = {way: median(run[way] / run["by hand"] for run in found) for way in seconds}
    return {
        "cores": os.cpu_count(),
        "rows": rows,
        "rules": 20,
        "seconds": seconds,
        "ratio_to_by_hand": {way: round(ratio, 2) for way, ratio in ratios.items()},
        "target": {"rules": TARGET_RATIO},
    }


def _table(document: dict[str, Any]) -> str:
    lines = [
        f"{document['cores']} cores, {document['rules']} rules over {document['rows']:,} rows, "
        f"{len(document['seconds']['by hand'])} runs of each way in turn",
        "",
        f"{'way':<20} {'median seconds':>14} {'ratio':>7}",
    ]
    for way, seconds in document["seconds"].items():
        lines.append(f"{way:<20} {median(seconds):>14.2f} {document['ratio_to_by_hand'][way]:>7.2f}")
    lines += ["", f"target: rules at most {TARGET_RATIO} times the statement by hand"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
