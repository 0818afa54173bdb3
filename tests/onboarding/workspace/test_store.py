"""The store: whole writes, conditional creation, and keys that stay inside."""

from __future__ import annotations

from pathlib import Path

import pytest

from onboarding.workspace.store import StorageError, Store, canonical_json


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path.as_uri())


def test_write_and_read(store: Store) -> None:
    digest = store.write("a/b.txt", b"one")
    assert store.read("a/b.txt") == b"one"
    assert len(digest) == 64


def test_create_only_once(store: Store) -> None:
    assert store.create("a", b"first")
    assert not store.create("a", b"second")
    assert store.read("a") == b"first"


def test_listings_are_sorted_and_relative(store: Store) -> None:
    for key in ("b/2", "a/1", "b/1"):
        store.write(key, b"")
    assert store.find() == ["a/1", "b/1", "b/2"]
    assert store.find("b") == ["b/1", "b/2"]
    assert store.children() == ["a", "b"]
    assert store.children("nothing") == []


def test_no_partial_file_is_listed_or_left(store: Store, tmp_path: Path) -> None:
    store.write("a", b"x")
    (tmp_path / "b.partial-1234").write_bytes(b"half")
    assert store.find() == ["a"]
    assert store.children() == ["a"]


@pytest.mark.parametrize("way", ["write", "create"])
def test_what_a_killed_write_leaves_lies_beside_no_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A file too many in a deployed directory would keep its pipeline from running."""

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Path, "replace", killed)
    monkeypatch.setattr(Path, "unlink", killed)
    monkeypatch.setattr("os.link", killed)
    with pytest.raises(SystemExit):
        getattr(store, way)("workloads/orders/1234/a.py", b"x")
    assert list((tmp_path / "workloads/orders/1234").iterdir()) == []
    assert store.find() == []


def test_delete_what_is_not_there(store: Store) -> None:
    store.delete("nothing")
    store.delete_tree("nothing")


@pytest.mark.parametrize("key", ["/etc/passwd", "a/../../b"])
def test_a_key_cannot_leave_the_store(store: Store, key: str) -> None:
    with pytest.raises(StorageError, match="leaves its store"):
        store.write(key, b"")


def test_canonical_json_does_not_depend_on_order() -> None:
    assert canonical_json({"b": 1, "a": [1]}) == canonical_json({"a": [1], "b": 1})
