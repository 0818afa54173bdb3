"""Second attempts: an agent whose tests failed proposes once more, knowing what they said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from onboarding.agents import (
    Agent,
    AgentContext,
    DagAgent,
    FailedTest,
    MetadataAgent,
    QualityAgent,
    TransformationAgent,
)
from onboarding.agents.claude.advice import marked
from onboarding.codegen.ownership import DAG, METADATA, PROFILING, QUALITY, TRANSFORMATION, Owner
from onboarding.discovery.profiling import as_planned
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.advice import advised, fell_to_tests
from onboarding.operators.steps.edits import PLANS, edited_plan, leave_to_edit, render_with_edits
from onboarding.operators.steps.planning import PLAN_FILE, agent_context, complete_plan, profile_of
from onboarding.operators.steps.profile import record_profile
from onboarding.operators.steps.testing import DRAFT_PREFIX, draft_files, judge_draft
from onboarding.spec.plans import Decision, MetadataPlan
from onboarding.workspace.record import attempt_entry, failures_of
from onboarding.workspace.store import canonical_json
from shared.operators.test_gate import TestGateError, TestGateResult


@dataclass(frozen=True)
class _Attempt:
    """How an agent tries again.

    :ivar plan: which plan it makes, by its name in :class:`AgentContext`.
    :ivar drafts: inputs with the files of those before it.
    """

    agent: str
    plan: str
    make: Callable[[], Agent[Any]]
    owner: Owner
    drafts: tuple[str, ...] = ()
    test_class: str = ""


_BUILT = ("structure", "metadata_files", "transformation_files", "quality_files")


def profiling(context: StepContext) -> StepResult:
    """The metadata agent in phase 3, once more."""
    return _again(context, _Attempt("profiling", "metadata", MetadataAgent, PROFILING, test_class="TestProfile"))


def metadata(context: StepContext) -> StepResult:
    """The metadata agent in phase 4, once more."""
    return _again(context, _Attempt("metadata", "metadata", MetadataAgent, METADATA, _BUILT[:1], "TestMetadata"))


def transformation(context: StepContext) -> StepResult:
    """The transformation agent, once more."""
    return _again(
        context, _Attempt("transformation", "transformation", TransformationAgent, TRANSFORMATION, _BUILT[:2])
    )


def quality(context: StepContext) -> StepResult:
    """The quality agent, once more."""
    return _again(context, _Attempt("quality", "quality", QualityAgent, QUALITY, _BUILT[:3]))


def dag(context: StepContext) -> StepResult:
    """The DAG agent, once more."""
    return _again(context, _Attempt("dag", "dag", DagAgent, DAG, _BUILT))


def _again(context: StepContext, attempt: _Attempt) -> StepResult:
    """Propose with the failed tests, render, and run the same tests; those that a person decided to skip may fail.

    Skipped where no test of the first attempt failed: then something else is broken, which a second attempt would
    only hide.

    :raises TestGateError: a test failed again; the record says which, and what was produced.
    """
    failures = _failures(context, attempt.agent)
    if not failures:
        return StepResult(skip=True, reason=f"no failed test of the {attempt.agent} agent to answer")
    known = replace(agent_context(context), failures=failures)
    proposed = _proposed(context, attempt, known)
    try:
        tried = _try(context, attempt, known, proposed, last=_is_last(context, attempt, proposed))
    except TestGateError as error:
        if _is_last(context, attempt, proposed):
            raise
        # A model's plan fell to the tests twice: what the rules answer is the last word.
        agent = attempt.make()
        fell_to_tests(context, agent.name, error.what)
        rules = marked(agent.propose(known), agent.name, f"its tests failed: {error.what}")
        tried = _try(context, attempt, known, rules, last=True)
    plan, stored, files, fallbacks, result = tried
    if isinstance(plan, MetadataPlan):
        record_profile(context, plan)
    return StepResult(
        files={
            PLAN_FILE: stored,
            "tests.json": canonical_json(result.as_dict()),
            **{f"{DRAFT_PREFIX}{name}": data for name, data in files.items()},
        },
        summary={
            "unit": result.unit.passed,
            "integration": result.integration.passed,
            "skipped": len(result.failures),
            "fallbacks": [f"{decision.subject}: {decision.value}"[:200] for decision in fallbacks][:20],
        },
    )


def _proposed(context: StepContext, attempt: _Attempt, known: AgentContext) -> Any:
    """The plan; of metadata that a person confirmed the rules' fallbacks only, and none where a person edited files."""
    kept = edited_plan(context, attempt.agent)
    if kept is not None:
        return kept
    agent = attempt.make()
    if attempt.agent == "metadata":
        return agent.propose(known)
    return advised(context, agent, known, attempt=2)


def _is_last(context: StepContext, attempt: _Attempt, plan: Any) -> bool:
    """Whether nothing is tried after this plan: only a model's is followed by the rules'."""
    of_claude = any(decision.source == "claude" for decision in plan.decisions)
    return attempt.agent in context.run.edits or not of_claude


def _try(
    context: StepContext, attempt: _Attempt, known: AgentContext, proposed: Any, *, last: bool
) -> tuple[Any, bytes, dict[str, bytes], list[Decision], TestGateResult]:
    """The plan as later tasks read it, its bytes, its files, its fallbacks, and what its tests said.

    :param last: nothing is tried after it: where a test fails, a person may edit the files.
    :raises TestGateError: a test failed.
    """
    # As every later task will read it: the order of keys, and some values, change on the way through JSON.
    stored = canonical_json(proposed.model_dump(mode="json"))
    plan = type(proposed).model_validate_json(stored)
    files = _render(context, attempt, known, plan)
    # A plan that was confirmed already carries what phase 3 answered; that is not this attempt's answer.
    earlier = known.metadata.decisions if attempt.plan == "metadata" and known.metadata else []
    fallbacks = [decision for decision in plan.decisions if decision.fallback and decision not in earlier]
    try:
        result = judge_draft(
            context,
            agent=attempt.agent,
            files={**draft_files(context, attempt.drafts), **files},
            class_name=attempt.test_class,
            attempt=2,
            notes={
                "answered": [failure.name for failure in known.failures],
                "fallbacks": [decision.model_dump(mode="json") for decision in fallbacks],
            },
            gap=context.run.gaps.get(attempt.agent, ()),
        )
    except TestGateError:
        if last and attempt.agent in PLANS:
            leave_to_edit(context, attempt.agent, stored, files)
        raise
    return plan, stored, files, fallbacks, result


def _render(context: StepContext, attempt: _Attempt, known: AgentContext, plan: Any) -> dict[str, bytes]:
    made = {"dag": plan} if attempt.plan == "dag" else {}
    known = known if made else replace(known, **{attempt.plan: plan})
    profile = profile_of(context)
    if isinstance(plan, MetadataPlan):
        profile = as_planned(profile, plan)
    return render_with_edits(context, complete_plan(known, **made), profile, attempt.owner)


def _failures(context: StepContext, agent: str) -> list[FailedTest]:
    entry = context.record.read(attempt_entry(agent, context.run.iteration, attempt=1))
    return [
        FailedTest(name=str(failure["name"]), message=str(failure["message"])) for failure in failures_of(entry or {})
    ]
