"""A copy of a source that is onboarded is told by its rows, whatever it is called and wherever it lies."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from onboarding.discovery.shared_rows import NotComparableError, are_alike, share_of_known_rows
from onboarding.spec.conf import Conf
from shared.pipeline import state
from shared.pipeline.errors import SourceError
from shared.pipeline.state import Load
from shared.pipeline.zones import Lake


def source(folder: Path, first: int, last: int) -> Conf:
    rows = "".join(f"T{number:04d},{number % 7},{'' if number % 5 else 'x'}\n" for number in range(first, last))
    (folder / "copy.csv").write_text("ticket,minutes,note\n" + rows)
    return Conf.model_validate({"source": {"location": (folder / "copy.csv").as_uri()}})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Bronze of ``tickets`` with the rows 0 to 99."""
    lake = Lake((tmp_path / "lake").as_uri(), "tickets")
    load = Load(load_id="l1", run_date="2026-01-05", rows=100, mode="full", files=(), unreadable=0)
    folder = Path(lake.bronze_load("tickets", load.run_date, load.load_id).removeprefix("file://"))
    folder.mkdir(parents=True)
    rows = (
        "SELECT printf('T%04d', i) AS ticket, CAST(i % 7 AS VARCHAR) AS minutes, "
        "CASE WHEN i % 5 = 0 THEN 'x' END AS note FROM range(100) AS t(i)"
    )
    duckdb.sql(f"COPY ({rows}) TO '{folder}/part-00000.parquet'")
    state.record_load(lake, load)
    return lake


@pytest.mark.parametrize(("first", "last", "share"), [(0, 100, 1.0), (50, 150, 0.5), (200, 300, 0.0)])
def test_the_share_of_rows_that_are_there(lake: Lake, tmp_path: Path, first: int, last: int, share: float) -> None:
    assert share_of_known_rows(source(tmp_path, first, last), lake.uri, "tickets") == share


def test_without_bronze_nothing_is_said(tmp_path: Path) -> None:
    assert share_of_known_rows(source(tmp_path, 0, 9), (tmp_path / "empty").as_uri(), "tickets") is None


@pytest.mark.parametrize("harm", ["bronze", "state"])
def test_what_cannot_be_read_of_the_other_workload_is_no_fault_of_the_source(
    lake: Lake, tmp_path: Path, harm: str
) -> None:
    root = Path(lake.uri.removeprefix("file://"))
    pattern = "bronze/**/*.parquet" if harm == "bronze" else "_state/**/*.json"
    files = list(root.glob(pattern))
    assert files
    for path in files:
        path.write_bytes(b"{ not what it was")
    with pytest.raises(NotComparableError, match="Bronze of `tickets` cannot be read"):
        share_of_known_rows(source(tmp_path, 0, 9), lake.uri, "tickets")


def test_what_is_wrong_with_the_source_itself_is_said(lake: Lake, tmp_path: Path) -> None:
    conf = source(tmp_path, 0, 9)
    (tmp_path / "copy.csv").write_bytes(b"")
    with pytest.raises(SourceError):
        share_of_known_rows(conf, lake.uri, "tickets")


def test_other_columns_are_another_thing() -> None:
    assert are_alike(["Ticket", "minutes", "note"], ["ticket", "minutes", "note"])
    assert not are_alike(["ticket", "minutes"], ["ticket", "minutes", "note", "owner"])
    assert not are_alike([], [])
