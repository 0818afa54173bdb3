"""Outputs of tasks: a function of their input, complete or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from onboarding.workspace.outputs import (
    OutputReference,
    output_files,
    output_key,
    read_output,
    safe_segment,
    write_output,
)
from onboarding.workspace.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path.as_uri())


def test_the_same_input_gives_the_same_place() -> None:
    first = output_key("run", "phase.step", 1, {"a": "1", "b": "2"})
    assert first == output_key("run", "phase.step", 1, {"b": "2", "a": "1"})
    assert first != output_key("run", "phase.step", 1, {"a": "1", "b": "3"})
    assert first != output_key("run", "phase.step", 2, {"a": "1", "b": "2"})


def test_a_complete_output_is_found_again(store: Store) -> None:
    written = write_output(store, "runs/r/outputs/s/1", {"a.txt": b"x", "d/b.txt": b"y"}, {"rows": 1})
    assert read_output(store, "runs/r/outputs/s/1") == written
    assert output_files(store, written) == {"a.txt": b"x", "d/b.txt": b"y"}
    assert OutputReference.from_xcom(written.as_xcom()) == written


def test_an_interrupted_output_is_none(store: Store) -> None:
    store.write("key/a.txt", b"half")
    assert read_output(store, "key") is None


def test_what_an_interrupted_attempt_left_goes(store: Store) -> None:
    store.write("key/stale.txt", b"half")
    written = write_output(store, "key", {"a.txt": b"x"}, {})
    assert output_files(store, written) == {"a.txt": b"x"}


def test_the_digest_depends_on_names_and_content(store: Store) -> None:
    first = write_output(store, "1", {"a": b"x"}, {})
    assert first.digest == write_output(store, "2", {"a": b"x"}, {}).digest
    assert first.digest != write_output(store, "3", {"b": b"x"}, {}).digest
    assert first.digest != write_output(store, "4", {"a": b"y"}, {}).digest


@pytest.mark.parametrize(("text", "segment"), [("a/b:c", "a-b-c"), ("..", "-"), ("manual__2026", "manual__2026")])
def test_safe_segment(text: str, segment: str) -> None:
    assert safe_segment(text) == segment
