"""A source in a control group of Linux: too large is refused before a byte is moved, the largest accepted one runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from onboarding.discovery.engine_choice import LOCAL_BYTES_PER_MEMORY_BYTE
from tests.hard_input.control_group import CannotLimitError, control_group, run_inside

GIGABYTE = 1024**3
HEADER = "event_id,happened,kind,station,amount,note\n"
ROWS_AT_A_TIME = 1_000_000


def limited(source: Path, scratch: Path, *, memory_bytes: int, seconds: int) -> dict[str, Any]:
    """What ``limited_run`` said of a source, with so much memory and one processor."""
    try:
        with control_group(f"onboarding-{os.getpid()}", memory_bytes=memory_bytes, processors=1.0) as group:
            command = [sys.executable, "-m", "tests.hard_input.limited_run", str(source), str(scratch / "out")]
            done = run_inside(group, command, timeout=seconds, env={**os.environ, "TMPDIR": str(scratch)})
    except CannotLimitError as error:
        pytest.skip(f"no control groups here: {error}")
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_five_gigabytes_are_refused_where_two_are_granted(tmp_path: Path) -> None:
    source = tmp_path / "events.csv"
    source.write_text(HEADER + "1,2025-01-01,a,b,1.5,x\n")
    with source.open("r+b") as stream:
        stream.truncate(5 * GIGABYTE)
    said = limited(source, tmp_path, memory_bytes=2 * GIGABYTE, seconds=120)
    assert said["resources"]["threads"] == 1
    assert said["resources"]["memory_bytes"] <= 0.6 * GIGABYTE
    assert "too large for the embedded engine on this worker" in said["refused"]
    assert "use aws (deployment.engine: aws" in said["refused"]
    assert "5368.7 MB in 1 file(s)" in said["refused"]
    assert said["read_bytes"] < 0.2 * GIGABYTE, "the source was read"
    assert said["peak_bytes"] < 0.3 * GIGABYTE


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_the_largest_accepted_source_runs_within_one_gigabyte(tmp_path: Path) -> None:
    source = tmp_path / "events.csv"
    size = int(GIGABYTE * 0.6 / 2 * LOCAL_BYTES_PER_MEMORY_BYTE * 0.85)
    rows = write_events(source, size)
    said = limited(source, tmp_path, memory_bytes=GIGABYTE, seconds=2300)
    print(f"{source.stat().st_size / 1e6:.0f} MB, {rows} rows: peak {said['peak_bytes'] / 1e6:.0f} MB")
    assert "fit the embedded engine" in said["reason"]
    assert said["blocked"] == ""
    assert said["peak_bytes"] < GIGABYTE
    assert said["steps"]["extract_events"]["bronze"] == rows
    assert said["steps"]["load_gold"]["published_tables"] == {"events": rows}


def write_events(path: Path, size: int) -> int:
    """A CSV of at least ``size`` bytes with a key, dates, categories, amounts and free text; returns its rows."""
    rows = 0
    with duckdb.connect() as con, path.open("wb") as stream:
        stream.write(HEADER.encode())
        while stream.tell() < size:
            part = path.with_suffix(".part")
            con.execute(
                f"""COPY (
                    SELECT 'E-' || lpad(i::VARCHAR, 10, '0'), DATE '2020-01-01' + (i % 1800)::INT,
                           ['start', 'stop', 'error', 'tick'][1 + (i % 4)], 'station-' || (hash(i) % 500),
                           ((hash(i * 7) % 1000000) / 100)::DECIMAL(12, 2),
                           md5(i::VARCHAR) || ' ' || md5((i * 3)::VARCHAR)
                    FROM range({rows}, {rows + ROWS_AT_A_TIME}) numbers(i)
                ) TO '{part}' (FORMAT csv, HEADER false)"""
            )
            stream.write(part.read_bytes())
            part.unlink()
            rows += ROWS_AT_A_TIME
    return rows
