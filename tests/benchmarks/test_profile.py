"""The profile's benchmark measures the same rows in each of its ways."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_both_ways_see_every_row_and_ours_the_personal_columns(tmp_path: Path) -> None:
    written = tmp_path / "numbers.json"
    command = [sys.executable, "-m", "benchmarks.profile", "--rows", "3000", "--runs", "1", "--json", str(written)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(written.read_text())
    for kind in ("csv", "parquet"):
        found = document[kind]
        assert {"customer_name", "email", "phone"} <= set(found["personal"])
        assert found["ours, seconds"] > 0 and found["SUMMARIZE, seconds"] > 0
        assert found["peak of ours, MB"] < 700
