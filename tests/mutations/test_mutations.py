"""Every mutation makes the test gate of its agent red, and the failure names what is at fault."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.codegen.ownership import owned_file
from shared.operators.test_gate import TestGateResult, run_test_gate
from tests.mutations.catalogue import MUTATIONS, PAGE, page
from tests.mutations.folders import WORKLOADS
from tests.mutations.mutation import EXAMPLE, GATES, Mutation

ORDER = list(GATES)
#: Files without an agent's gate of their own are tested by the DAG agent, the last one.
LATER = {"orchestrator": "dag"}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Unchanged workloads."""
    root = tmp_path_factory.mktemp("workloads")
    folders = {name: root / name / "workload" for name in WORKLOADS}
    for name, make in WORKLOADS.items():
        make(folders[name])
    return folders


@pytest.fixture
def copies(originals: dict[str, Path], tmp_path: Path) -> Iterator[dict[str, Path]]:
    """A copy of each workload, to be changed."""
    folders = {name: tmp_path / name for name in originals}
    for name, folder in folders.items():
        shutil.copytree(originals[name], folder)
    yield folders
    for folder in folders.values():
        shutil.rmtree(folder)


def gate(folder: Path, agent: str) -> TestGateResult:
    file_name, class_name = GATES[agent]
    return run_test_gate(folder, agent=agent, file_name=file_name, class_name=class_name)


def cases() -> list[object]:
    return [
        pytest.param(item, id=f"{item.workload}: {item.name}", marks=[] if item.quick else [pytest.mark.slow])
        for item in MUTATIONS
    ]


@pytest.mark.parametrize("mutation", cases())
def test_it_is_caught(mutation: Mutation, copies: dict[str, Path]) -> None:
    folder = copies[mutation.workload]
    for edit in mutation.edits:
        edit.apply(folder)
    result = gate(folder, mutation.agent)
    assert not result.passed
    assert result.failures
    messages = "\n".join(failure.message for failure in result.failures)
    assert re.search(rf"\b{re.escape(mutation.blames)}\b", messages), messages


@pytest.mark.parametrize("agent", ORDER)
@pytest.mark.parametrize(
    "workload",
    [pytest.param(name, marks=[] if name == EXAMPLE else [pytest.mark.slow]) for name in WORKLOADS],
)
def test_the_unchanged_workload_passes(originals: dict[str, Path], workload: str, agent: str) -> None:
    result = gate(originals[workload], agent)
    assert result.failures == ()
    assert result.passed


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda item: f"{item.workload}: {item.name}")
def test_every_edit_fits_its_file_and_the_gate_is_no_earlier_than_the_owner(
    mutation: Mutation, copies: dict[str, Path]
) -> None:
    folder = copies[mutation.workload]
    name = "sales_orders" if mutation.workload == "shop_orders" else mutation.workload
    for edit in mutation.edits:
        before = (folder / edit.path).read_bytes()
        edit.apply(folder)
        assert (folder / edit.path).read_bytes() != before
        owner = owned_file(edit.path, name).owners[0]
        assert ORDER.index(mutation.agent) >= ORDER.index(LATER.get(owner, owner))


def test_names_are_unique_and_every_agent_has_several() -> None:
    names = [(item.workload, item.agent, item.name) for item in MUTATIONS]
    assert len(set(names)) == len(names)
    assert all(sum(item.agent == agent for item in MUTATIONS) >= 5 for agent in ORDER)


def test_the_page_is_up_to_date() -> None:
    """Write it again with: python -m tests.mutations.catalogue."""
    assert PAGE.read_text("utf-8") == page()
