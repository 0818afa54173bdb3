"""The journal: nobody's entry is lost, and whatever is changed later shows."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from onboarding.workspace.journal import Head, Journal
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store

ENTRIES = 7


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store((tmp_path / "workspace").as_uri())


@pytest.fixture
def record(store: Store) -> RunRecord:
    """A record of seven entries, one of them written twice with other content."""
    found = RunRecord(store, "run")
    for number in range(ENTRIES - 1):
        found.write(f"entry-{number}", {"number": number, "who": "réviseur"})
    found.write("entry-0", {"number": 0, "changed": True})
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "runs" / "run"


def test_every_entry_is_kept_and_the_newest_is_read(record: RunRecord) -> None:
    entries = record.journal.entries()
    assert [item["sequence"] for item in entries] == list(range(1, ENTRIES + 1))
    assert [item["name"] for item in entries] == [*(f"entry-{number}" for number in range(ENTRIES - 1)), "entry-0"]
    assert record.read("entry-0") == {"number": 0, "changed": True}
    assert record.verify() == []
    assert record.verify(record.journal.head()) == []


def test_the_same_again_is_no_entry(record: RunRecord) -> None:
    record.write("entry-0", {"changed": True, "number": 0})
    record.write("entry-3", {"number": 3, "who": "réviseur"})
    assert record.journal.head().entries == ENTRIES


def test_a_kill_between_journal_and_view_leaves_what_a_retry_finishes(record: RunRecord, folder: Path) -> None:
    record.journal.append("entry-9", {"number": 9})
    assert record.verify() == ["record/entry-9.json was removed"]
    record.write("entry-9", {"number": 9})
    assert record.journal.head().entries == ENTRIES + 1
    assert record.verify() == []


def _changed(path: Path) -> None:
    found = json.loads(path.read_text())
    found["entry"]["who"] = "somebody else"
    path.write_text(json.dumps(found))


def _swapped(first: Path, second: Path) -> None:
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


@pytest.mark.parametrize("number", range(1, ENTRIES + 1))
@pytest.mark.parametrize(
    "tamper",
    [
        _changed, Path.unlink, lambda path: path.write_bytes(b"{half an entry"), lambda path: path.write_bytes(b"[]"),
        lambda path: path.with_name("000099.json").write_bytes(path.read_bytes()),
        lambda path: _swapped(path, path.with_name("000001.json" if path.name != "000001.json" else "000002.json")),
    ],
    ids=["changed", "removed", "broken", "emptied", "added", "moved"],
)  # fmt: skip
def test_whatever_is_done_to_an_entry_shows(
    record: RunRecord, folder: Path, number: int, tamper: Callable[[Path], None]
) -> None:
    head = record.journal.head()
    tamper(folder / "journal" / f"{number:06d}.json")
    assert record.verify(head) != []


@pytest.mark.parametrize("name", [f"entry-{number}" for number in range(ENTRIES - 1)])
def test_whatever_is_done_to_what_is_quick_to_read_shows(record: RunRecord, folder: Path, name: str) -> None:
    path = folder / "record" / f"{name}.json"
    kept = path.read_bytes()
    path.write_text('{"number": 77}')
    assert record.verify() == [f"record/{name}.json was changed: it is not what the journal has"]
    path.unlink()
    assert record.verify() == [f"record/{name}.json was removed"]
    path.write_bytes(kept)
    path.with_name("invented.json").write_text("{}")
    assert record.verify() == ["record/invented.json was added: the journal does not have it"]


def test_an_end_that_was_cut_off_shows_against_what_is_kept_elsewhere(record: RunRecord, folder: Path) -> None:
    head = record.journal.head()
    (folder / "journal" / f"{ENTRIES:06d}.json").unlink()
    (folder / "record" / "entry-0.json").write_text('{"number": 0, "who": "r\\u00e9viseur"}')
    assert record.verify() == []
    assert "the end was changed" in record.verify(head)[0]
    assert "the end was changed" in record.verify(Head(ENTRIES - 1, "0" * 64))[0]


def test_entries_after_the_known_end_are_no_fault(record: RunRecord) -> None:
    head = record.journal.head()
    record.write("entry-8", {"number": 8})
    assert record.verify(head) == []


def _write_ten(arguments: tuple[str, int]) -> None:
    uri, writer = arguments
    journal = Journal(Store(uri), "run")
    for number in range(10):
        journal.append(f"writer-{writer:02d}", {"number": number})


def test_twenty_that_write_at_once_lose_nothing(store: Store) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(20) as pool:
        pool.map(_write_ten, [(store.uri, writer) for writer in range(20)])
    journal = Journal(store, "run")
    entries = journal.entries()
    assert journal.verify() == []
    assert len(entries) == 200
    for writer in range(20):
        own = [item["entry"]["number"] for item in entries if item["name"] == f"writer-{writer:02d}"]
        assert own == list(range(10))
