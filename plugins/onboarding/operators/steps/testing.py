"""Test gates: the draft as far as it is rendered, in a scratch folder, with its own tests run on it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from onboarding.operators.step import StepContext, StepResult
from onboarding.workspace.outputs import output_files
from onboarding.workspace.record import attempt_entry
from onboarding.workspace.store import canonical_json
from shared.operators.test_gate import FailedTest, LevelResult, TestGateError, TestGateResult, run_test_gate

TEST_FILES = {
    "profiling": "test_metadata.py",
    "metadata": "test_metadata.py",
    "transformation": "test_transformations.py",
    "quality": "test_quality.py",
    "dag": "test_dag.py",
}
#: Where an output that holds more than rendered files has them.
DRAFT_PREFIX = "draft/"


def draft_files(context: StepContext, inputs: Iterable[str]) -> dict[str, bytes]:
    """Files of several rendered outputs as one tree, later ones over earlier ones."""
    files: dict[str, bytes] = {}
    for name in inputs:
        if name in context.inputs:
            found = output_files(context.store, context.inputs[name])
            below = {path.removeprefix(DRAFT_PREFIX): data for path, data in found.items() if _is_draft(path)}
            files |= below or found
    return files


def _is_draft(path: str) -> bool:
    return path.startswith(DRAFT_PREFIX)


def write_tree(files: Mapping[str, bytes], folder: Path) -> None:
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
    result = judge_draft(context, agent=agent, files=draft_files(context, file_inputs), class_name=class_name)
    return StepResult(
        files={"tests.json": canonical_json(result.as_dict())},
        summary={"unit": result.unit.passed, "integration": result.integration.passed},
    )


def judge_draft(
    context: StepContext,
    *,
    agent: str,
    files: Mapping[str, bytes],
    class_name: str = "",
    attempt: int = 1,
    notes: Mapping[str, Any] | None = None,
    gap: Collection[str] = (),
) -> TestGateResult:
    """Run an agent's tests on a draft; what they said goes into the record, whatever it is.

    :param files: the draft by relative path.
    :param class_name: only the tests of this class; empty for all of the file.
    :param attempt: 1 or 2.
    :param notes: what the record says beside it.
    :param gap: tests that may fail, since a person decided so.
    :returns: a result that passed, or in which only tests of ``gap`` failed; never another.
    :raises TestGateError: a test failed, or pytest could not run them.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="workload-") as scratch:
            folder = Path(scratch) / "workload"
            write_tree(files, folder)
            result = run_test_gate(folder, agent=agent, file_name=TEST_FILES[agent], class_name=class_name)
    except TestGateError as error:
        not_run = FailedTest(error.where, f"{error.what}: {error.given}"[:2000])
        result = TestGateResult(agent, unit=LevelResult(failed=1, failures=(not_run,)))
        _record(context, result, files, attempt, notes)
        raise
    is_gap = not result.passed and {failure.name for failure in result.failures} <= set(gap)
    _record(context, result, files, attempt, {**(notes or {}), "gap": True} if is_gap else notes)
    if not result.passed and not is_gap:
        raise _failed(result, attempt)
    return result


def _record(
    context: StepContext,
    result: TestGateResult,
    files: Mapping[str, bytes],
    attempt: int,
    notes: Mapping[str, Any] | None,
) -> None:
    entry = {"attempts": attempt, **result.as_dict(), **(notes or {})}
    if not result.passed:
        entry["produced"] = sorted(files)
    context.record.write(attempt_entry(result.agent, context.run.iteration, attempt=attempt), entry)


def _failed(result: TestGateResult, attempt: int) -> TestGateError:
    shown = "; ".join(f"{failure.name}: {failure.message}" for failure in result.failures[:3])
    return TestGateError(
        f"{result.unit.failed} unit and {result.integration.failed} integration tests of the {result.agent} "
        f"agent failed{' again' if attempt > 1 else ''}",
        where=f"tests/unit/{TEST_FILES[result.agent]}, tests/integration/{TEST_FILES[result.agent]}",
        expected="at least one test on each level, none failing",
        given=shown[:2000] or "no test ran",
        remedy="see the run's record for each failed test; nothing was deployed"
        if attempt > 1
        else "nothing to do yet: the agent tries once more, knowing what failed",
    )
