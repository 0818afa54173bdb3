"""What is removed after its time, and what stays however old it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.pipeline import state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.retention import KINDS, expire_quarantine, expired_loads
from shared.pipeline.zones import Lake

DATES = ["2026-01-01", "2026-01-30", "2026-01-31", "2026-02-01"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake((tmp_path / "lake").as_uri(), "orders")


def loads(lake: Lake, mode: str) -> None:
    for day in DATES:
        state.record_load(lake, state.Load(day, f"{day}-a", mode, (), 1, 0))
    state.record_load(lake, state.Load(DATES[0], f"{DATES[0]}-b", mode, (), 1, 0))


def expired(lake: Lake, run_date: str, days: int | None) -> list[str]:
    return [load.load_id for load in expired_loads(lake, run_date, days)]


def test_snapshots_expire_but_never_the_latest(lake: Lake) -> None:
    loads(lake, "full")
    assert expired(lake, "2026-02-01", None) == []
    assert expired(lake, "2026-02-01", 1) == ["2026-01-01-a", "2026-01-01-b", "2026-01-30-a"]
    assert expired(lake, "2026-02-01", 2) == ["2026-01-01-a", "2026-01-01-b"]
    assert expired(lake, "2027-02-01", 1) == [f"{DATES[0]}-a", f"{DATES[0]}-b", f"{DATES[1]}-a", f"{DATES[2]}-a"]


def test_a_run_of_an_old_date_expires_what_was_old_then(lake: Lake) -> None:
    loads(lake, "full")
    assert expired(lake, "2026-01-02", 1) == []
    assert expired(lake, "2026-01-03", 1) == ["2026-01-01-a", "2026-01-01-b"]


def test_of_loads_that_add_up_only_replaced_ones_expire(lake: Lake) -> None:
    loads(lake, "new_files")
    assert expired(lake, "2027-02-01", 1) == ["2026-01-01-a"]


def test_a_load_is_forgotten_once(lake: Lake) -> None:
    loads(lake, "full")
    (first, *_) = expired_loads(lake, "2027-01-01", 1)
    state.forget_load(lake, first)
    state.forget_load(lake, first)
    assert [load.load_id for load in state.read_loads(lake)] == ["2026-01-01-b", *(f"{day}-a" for day in DATES[1:])]
    assert "2026-01-01-b" in expired(lake, "2027-01-01", 1)


def test_held_back_rows_of_every_kind_expire(lake: Lake) -> None:
    def files() -> list[str]:
        return [storage.relative(file.uri, lake.uri) for file in storage.list_files(lake.uri)]

    for kind in KINDS:
        for day in DATES:
            arguments = RunArguments("file:///w", day, f"{day}-a", "local", lake.uri)
            storage.write_bytes(storage.join(lake.quarantine(kind, arguments), "orders.parquet"), b"x")
    assert expire_quarantine(lake, "2026-02-01", None) == []
    assert len(files()) == len(KINDS) * len(DATES)
    removed = expire_quarantine(lake, "2026-02-01", 1)
    assert removed == [f"{kind}/ingestion_date={day}" for kind in KINDS for day in DATES[:2]]
    assert expire_quarantine(lake, "2026-02-01", 1) == []
    left = {name.split("ingestion_date=")[1][:10] for name in files()}
    assert left == set(DATES[2:])
