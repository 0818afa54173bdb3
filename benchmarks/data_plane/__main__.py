"""``python -m benchmarks.data_plane``: Bronze to Gold by the generated workload, by hand and on Spark.

No time is judged here. Ratios are of one run, in which the ways take turns; the tables must be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.data_plane.by_hand import run_by_hand
from benchmarks.data_plane.data import ROWS
from benchmarks.data_plane.equal import rows_of_tables
from benchmarks.data_plane.ours import LOAD_ID, deliver, onboard, run_embedded, run_spark
from tests.hard_input.control_group import control_group, run_inside
from tests.spark.both_engines import Workload

FORMATS = ("csv", "parquet")
TARGETS = {
    "ours / by hand": "at most 1.5",
    "Spark / ours": "at least 5",
    "Spark, per row, large / small": "at most 1.2",
    "peak in 2 GB and 1 CPU": "under 1.5 GB",
}
#: Rows of a delivery on which Spark takes its start, and what each job costs whatever it reads.
_START_ROWS = 100
_LIMIT_BYTES = 2 * 1024**3
_LIMIT_SECONDS = 7200.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.data_plane", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of the source (default {ROWS:,})")
    parser.add_argument("--runs", type=int, default=3, help="runs of each way in turn (default 3)")
    parser.add_argument("--spark", action="store_true", help="also on Spark 3.5.6, once")
    parser.add_argument("--large-rows", type=int, default=0, help="with --spark: also so many rows, on Spark only")
    parser.add_argument("--limited-rows", type=int, default=0, help="so many rows of CSV with 2 GB and one processor")
    parser.add_argument("--scratch", type=Path, help="folder for sources and lakes (default: a temporary one)")
    parser.add_argument("--json", type=Path, help="write every number to this file")
    given = parser.parse_args()
    document: dict[str, Any] = {"cores": os.cpu_count(), "rows": given.rows, "targets": TARGETS}
    with tempfile.TemporaryDirectory(prefix="onboard-bench-", dir=given.scratch) as scratch:
        for kind in FORMATS if given.runs else ():
            document[kind] = _against_by_hand(Path(scratch).resolve() / kind, kind, given.rows, given.runs)
            _print(kind, document[kind])
        if given.spark:
            document["spark"] = _on_spark(Path(scratch).resolve() / "spark", given.rows, given.large_rows)
            _print("Spark", document["spark"])
        if given.limited_rows:
            document["limited"] = _limited(Path(scratch).resolve() / "limited", given.limited_rows)
            _print("2 GB and 1 CPU", document["limited"])
    if given.json is not None:
        given.json.write_text(json.dumps(document, indent=2) + "\n")
    return 0


def _against_by_hand(scratch: Path, kind: str, rows: int, runs: int) -> dict[str, Any]:
    """Both ways in turn, on a source of ``rows`` rows."""
    source, by_hand = scratch / "in" / f"lines.{kind}", scratch / "by_hand"
    workload = onboard(source, scratch)
    deliver(source, rows)
    hand, ours = [], []
    counts: dict[str, int] = {}
    for _ in range(runs):
        shutil.rmtree(by_hand, ignore_errors=True)
        by_hand.mkdir()
        hand.append(run_by_hand(source, by_hand, LOAD_ID))
        ours.append(run_embedded(scratch, workload.plan.workload))
        counts = rows_of_tables(workload, by_hand)
    totals = [(sum(one.values()), sum(other.values())) for one, other in zip(hand, ours, strict=True)]
    return {
        "source_bytes": source.stat().st_size,
        "rows": counts,
        "by hand, seconds": _medians(hand),
        "ours, seconds": _medians(ours),
        "by hand, total": round(median(one for one, _ in totals), 2),
        "ours, total": round(median(other for _, other in totals), 2),
        "ours / by hand": round(median(other / one for one, other in totals), 2),
    }


def _on_spark(scratch: Path, rows: int, large_rows: int) -> dict[str, Any]:
    """The workload on Spark, its start taken off by a run over a hundred rows, beside the embedded engine."""
    source = scratch / "in" / "lines.csv"
    workload = onboard(source, scratch)
    seconds = {}
    for size in (_START_ROWS, rows, large_rows):
        if size:
            deliver(source, size)
            seconds[size] = run_spark(workload)
            print(f"Spark, {size:,} rows: {seconds[size]:.1f} s", flush=True)
    deliver(source, rows)
    embedded = sum(run_embedded(scratch, workload.plan.workload).values())
    said = {
        "start, seconds": round(seconds[_START_ROWS], 1),
        "seconds": {f"{size:,}": round(found, 1) for size, found in seconds.items()},
        "ours, seconds": round(embedded, 1),
        "Spark / ours": round(seconds[rows] / embedded, 2),
        "Spark / ours, start taken off": round((seconds[rows] - seconds[_START_ROWS]) / embedded, 2),
    }
    if large_rows:
        small, large = ((seconds[size] - seconds[_START_ROWS]) / size for size in (rows, large_rows))
        said["per row, large / small"] = round(large / small, 2)
    return said


def _limited(scratch: Path, rows: int) -> dict[str, Any]:
    """The workload in a control group."""
    source = scratch / "in" / "lines.csv"
    workload: Workload = onboard(source, scratch)
    deliver(source, rows)
    name = f"onboarding-bench-{os.getpid()}"
    command = [sys.executable, "-m", "benchmarks.data_plane.limited", str(scratch), workload.plan.workload]
    temporary = scratch / "temporary"
    temporary.mkdir()
    started = time.monotonic()
    with control_group(name, memory_bytes=_LIMIT_BYTES, processors=1.0) as group:
        done = run_inside(group, command, timeout=_LIMIT_SECONDS, env={**os.environ, "TMPDIR": str(temporary)})
    if done.returncode:
        raise SystemExit(f"the run in the control group failed:\n{done.stderr[-3000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"rows": rows, "source_bytes": source.stat().st_size, "wall": round(time.monotonic() - started, 1), **said}


def _medians(found: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(median(run[name] for run in found), 2) for name in found[0]}


def _print(title: str, said: dict[str, Any]) -> None:
    print(f"\n{title}")
    for name, value in said.items():
        if isinstance(value, dict):
            print(f"  {name}")
            for part, number in value.items():
                print(f"    {part:<24} {number:>14,}" if not isinstance(number, str) else f"    {part:<24} {number}")
        else:
            print(f"  {name:<26} {value:>14,}")


if __name__ == "__main__":
    sys.exit(main())
