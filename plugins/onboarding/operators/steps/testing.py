"""Test gates: the draft as far as it is rendered, in a scratch folder, with its own tests run on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from onboarding.operators.step import StepContext, StepResult
from onboarding.workspace.outputs import output_files
from onboarding.workspace.store import canonical_json
from shared.operators.test_gate import TestGateError, TestGateResult, run_test_gate

TEST_FILES = {
    "profiling": "test_metadata.py",
    "metadata": "test_metadata.py",
    "transformation": "test_transformations.py",
    "quality": "test_quality.py",
    "dag": "test_dag.py",
}


def draft_files(context: StepContext, inputs: Iterable[str]) -> dict[str, bytes]:
    """Files of several rendered outputs as one tree, later ones over earlier ones."""
    files: dict[str, bytes] = {}
    for name in inputs:
        if name in context.inputs:
            files |= output_files(context.store, context.inputs[name])
    return files


def write_tree(files: dict[str, bytes], folder: Path) -> None:
    """Write files by relative path below a folder."""
    for name, data in sorted(files.items()):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def run_agent_tests(
    context: StepContext, *, agent: str, file_inputs: Iterable[str], class_name: str = ""
) -> StepResult:
    """Run an agent's unit and integration tests; the counts go into the record.

    :raises TestGateError: a test failed.
    """
    with tempfile.TemporaryDirectory(prefix="workload-") as scratch:
        folder = Path(scratch) / "workload"
        write_tree(draft_files(context, file_inputs), folder)
        result = run_test_gate(folder, agent=agent, file_name=TEST_FILES[agent], class_name=class_name)
    context.record.write(f"tests-{agent}-{context.run.iteration:02d}", {"attempts": 1, **result.as_dict()})
    if not result.passed:
        raise _failed(result)
    return StepResult(
        files={"tests.json": canonical_json(result.as_dict())},
        summary={"unit": result.unit.passed, "integration": result.integration.passed},
    )


def _failed(result: TestGateResult) -> TestGateError:
    shown = "; ".join(f"{failure.name}: {failure.message}" for failure in result.failures[:3])
    return TestGateError(
        f"{result.unit.failed} unit and {result.integration.failed} integration tests of the {result.agent} "
        "agent failed",
        where=f"tests/unit/{TEST_FILES[result.agent]}, tests/integration/{TEST_FILES[result.agent]}",
        expected="at least one test on each level, none failing",
        given=shown[:2000] or "no test ran",
        remedy="see the run's record for each failed test; nothing was deployed",
    )
