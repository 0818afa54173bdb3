"""The checked-in worked example is what the generator writes, and its own tests pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from onboarding.codegen.ownership import owned_file
from shared.operators.test_gate import run_test_gate
from shared.pipeline.workload import verify_directory
from tools.render_example import FOLDER, example_workload

EXAMPLE = FOLDER / "sales_orders"


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_it_is_what_the_generator_writes() -> None:
    """Write it again with: python -m tools.render_example."""
    rendered = example_workload()
    checked_in = _files(EXAMPLE)
    assert sorted(checked_in) == sorted(rendered.files)
    assert [name for name, data in rendered.files.items() if checked_in[name] != data] == []


def test_every_file_has_an_owner() -> None:
    for name in _files(EXAMPLE):
        assert owned_file(name, "sales_orders").owners


def test_its_manifest_fits() -> None:
    assert verify_directory(EXAMPLE)["workload"] == "sales_orders"


@pytest.mark.parametrize("file_name", ["test_metadata.py", "test_transformations.py", "test_quality.py", "test_dag.py"])
def test_its_own_tests_pass(file_name: str) -> None:
    result = run_test_gate(EXAMPLE, agent=file_name, file_name=file_name)
    assert result.failures == ()
    assert result.passed
