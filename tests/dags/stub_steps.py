"""Steps that do what the run's conf says: ``{"scenario": {"<task id>": "skip" | "block" | "fail" | "branch <name>"}}``.

A step is named after its task, with ``__`` for the dots, whatever the task is: ``stub_steps:route__validate_conf``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from onboarding.gates.card import Card
from onboarding.operators.step import StepContext, StepResult
from shared.pipeline.errors import DataOnboardingError


class StubFault(DataOnboardingError):
    """A step that was told to fail."""

    code = "stub"


#: Branches that are taken when nobody says otherwise.
BRANCHES = {"phase_2_validate.summarize_plan": "phase_2_validate.approve_plan"}


def resolve_card(context: StepContext) -> Card | None:
    """The card of ``resolve``; none where the scenario says that no test failed twice."""
    none = dict(context.run.conf.get("scenario") or {}).get("phase_4_build.resolve") == "none"
    return None if none else card(context)


def card(context: StepContext) -> Card:
    """A card for any gate."""
    return Card(gate="gate", workload="stub", first_option="approve", effect="goes on.", nothing_unusual="a stub")


def _step(task_id: str, context: StepContext) -> StepResult:
    told = dict(context.run.conf.get("scenario") or {}).get(task_id, "")
    if told == "fail":
        raise StubFault(
            "told to fail", where=task_id, expected="nothing", given="a failure", remedy="none: this is a test"
        )
    if told == "skip":
        return StepResult(skip=True, reason="told to skip")
    if told == "block":
        return StepResult(outcome="blocked", reason=f"told to block in {task_id}")
    branch = told.removeprefix("branch ") if told.startswith("branch ") else BRANCHES.get(task_id, "")
    return StepResult(files={"output.txt": task_id.encode()}, summary={"task": task_id}, branch=branch)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return partial(_step, name.replace("__", "."))
