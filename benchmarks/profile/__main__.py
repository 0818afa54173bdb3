"""``python -m benchmarks.profile``: a million rows profiled, three ways in turn, each in a process of its own.

No time is judged here. Ratios are of one run, in which the ways take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.data_plane.data import ROWS, write_source
from benchmarks.environment import python_with
from shared.pipeline import engine
from shared.pipeline.literals import quote_literal
from tests.hard_input.control_group import control_group, run_inside

TARGETS = {
    "ours / SUMMARIZE": "at most 3",
    "ydata-profiling / ours": "at least 10",
    "peak of ours": "under 700 MB",
    "2 GB and 1 CPU": "finishes",
}
_YDATA = Path(__file__).parent / "ydata.py"
_OURS = [sys.executable, "-m", "benchmarks.profile.ours"]
_SUMMARIZE = [sys.executable, "-m", "benchmarks.profile.summarize"]
_LIMIT_BYTES = 2 * 1024**3
_LIMIT_SECONDS = 1800.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.profile", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of the source (default {ROWS:,})")
    parser.add_argument("--runs", type=int, default=3, help="runs of ours and of SUMMARIZE in turn (default 3)")
    parser.add_argument("--ydata", action="store_true", help="also ydata-profiling, once for each format")
    parser.add_argument("--limited", action="store_true", help="also ours with 2 GB and one processor")
    parser.add_argument("--json", type=Path, help="write every number to this file")
    given = parser.parse_args()
    document: dict[str, Any] = {"cores": os.cpu_count(), "rows": given.rows, "targets": TARGETS}
    with tempfile.TemporaryDirectory(prefix="onboard-bench-") as scratch:
        for source in _sources(Path(scratch).resolve(), given.rows):
            kind = source.suffix[1:]
            document[kind] = _in_turn(source, given.runs)
            if given.ydata:
                document[kind] |= _beside(
                    document[kind], _said([str(python_with("ydata-profiling")), str(_YDATA)], source)
                )
            if given.limited:
                document[kind]["2 GB and 1 CPU"] = _limited(source)
            _print(kind, document[kind])
    if given.json is not None:
        given.json.write_text(json.dumps(document, indent=2) + "\n")
    return 0


def _sources(folder: Path, rows: int) -> list[Path]:
    """The rows as CSV, and as Parquet with the types that DuckDB finds in the CSV."""
    csv, parquet = folder / "lines.csv", folder / "lines.parquet"
    with engine.connection() as con:
        write_source(con, csv, rows)
        con.execute(
            f"COPY (FROM read_csv({quote_literal(str(csv))})) TO {quote_literal(str(parquet))} (FORMAT parquet)"
        )
    return [csv, parquet]


def _in_turn(source: Path, runs: int) -> dict[str, Any]:
    found = [(_said(_SUMMARIZE, source), _said(_OURS, source)) for _ in range(runs)]
    for summarized, ours in found:
        if summarized["rows"] != ours["rows"]:
            raise SystemExit(f"{summarized['rows']} rows summarized, {ours['rows']} profiled: times mean nothing")
    return {
        "source_bytes": source.stat().st_size,
        "SUMMARIZE, seconds": round(median(one["seconds"] for one, _ in found), 2),
        "ours, seconds": round(median(other["seconds"] for _, other in found), 2),
        "ours / SUMMARIZE": round(median(other["seconds"] / one["seconds"] for one, other in found), 2),
        "ours / SUMMARIZE, processor": round(
            median(other["processor_seconds"] / one["processor_seconds"] for one, other in found), 2
        ),
        "peak of ours, MB": round(max(other["peak_bytes"] for _, other in found) / 1e6),
        "personal": found[0][1]["personal"],
    }


def _beside(ours: dict[str, Any], ydata: dict[str, Any]) -> dict[str, Any]:
    return {
        "ydata-profiling, seconds": round(ydata["seconds"], 1),
        "ydata-profiling / ours": round(ydata["seconds"] / ours["ours, seconds"], 1),
        "peak of ydata-profiling, MB": round(ydata["peak_bytes"] / 1e6),
    }


def _said(command: list[str], source: Path) -> dict[str, Any]:
    """What a process prints about its profile."""
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _limited(source: Path) -> dict[str, Any]:
    name = f"onboarding-bench-{os.getpid()}"
    with control_group(name, memory_bytes=_LIMIT_BYTES, processors=1.0) as group:
        done = run_inside(group, [*_OURS, str(source)], timeout=_LIMIT_SECONDS, env=dict(os.environ))
    if done.returncode:
        raise SystemExit(f"the profile in the control group failed:\n{done.stderr[-3000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    return {"seconds": round(said["seconds"], 1), "peak, MB": round(said["peak_bytes"] / 1e6)}


def _print(title: str, said: dict[str, Any]) -> None:
    sys.stdout.write(f"\n{title}\n" + "".join(f"  {name:<30} {value}\n" for name, value in said.items()))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
