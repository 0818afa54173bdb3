"""``python -m benchmarks``: measure, print, and write JSON; a time is never judged here."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, help="write every number to this file")
    parser.add_argument("--runs", type=int, default=2, help="runs of each kind (default 2)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onboard-bench-") as scratch:
        # Airflow makes its home when it is imported; it shall not be the user's.
        os.environ["AIRFLOW_HOME"] = str(Path(scratch, "airflow"))
        from benchmarks.comparison import compare
        from benchmarks.report import as_json, tables

        found = compare(Path(scratch).resolve(), arguments.runs)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(found.runs, found.memory, found.instances), indent=2) + "\n")
    sys.stdout.write(tables(found.runs, found.memory, found.instances) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
