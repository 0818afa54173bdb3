"""Helpers of the end-to-end tests: the command line as a child process, and a recount of the lake's files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jsonschema

from onboarding.local_platform import PlatformInfo

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Finished:
    """A finished ``onboard`` command."""

    exit_code: int
    output: str
    errors: str
    report: dict[str, Any]


def onboard(platform: PlatformInfo, *arguments: str) -> Finished:
    """Run ``onboard`` with these arguments in the platform's home."""
    process = subprocess.run(
        [sys.executable, "-m", "onboarding.cli.main", *arguments],
        env={**os.environ, "ONBOARD_HOME": str(platform.home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    report: dict[str, Any] = {}
    if "--json" in arguments[:-1]:  # as the last argument it is the switch of `status` and `lint`
        path = Path(arguments[arguments.index("--json") + 1])
        report = json.loads(path.read_text()) if path.exists() else {}
        if report:
            jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    return Finished(process.returncode, process.stdout, process.stderr, report)


def count_rows(folder: Path) -> int:
    """Rows of all Parquet files below a folder."""
    files = sorted(str(path) for path in folder.rglob("*.parquet"))
    if not files:
        return 0
    with duckdb.connect() as con:
        found = con.execute("SELECT COUNT(*) FROM read_parquet(?, union_by_name = true)", [files]).fetchone()
    assert found is not None
    return int(found[0])


def check_balance(report: dict[str, Any], out: Path) -> None:
    """The report's numbers are those of the files, and nothing is lost between the zones."""
    rows, workload = report["rows"], report["workload"]
    bronze, silver = count_rows(out / "bronze"), count_rows(out / "silver")
    duplicates = count_rows(out / "quarantine" / "duplicates")
    quarantined = count_rows(out / "quarantine") - duplicates
    gold = {table: count_rows(out / "gold" / table) for table in rows["gold"]}
    assert rows == {
        "source": rows["source"],
        "bronze": bronze,
        "silver": silver,
        "quarantined": quarantined,
        "duplicates": duplicates,
        "gold": gold,
    }, workload
    assert bronze == silver + duplicates + count_rows(out / "quarantine" / "silver")
