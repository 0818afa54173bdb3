"""Group ``phase_4_build``: the agents propose, the generator renders, the workload's own tests judge."""

from __future__ import annotations

from pydantic import BaseModel

from onboarding.agents import DagAgent, MetadataAgent, QualityAgent, TransformationAgent
from onboarding.codegen import build_workload
from onboarding.codegen.ownership import DAG, METADATA, ORCHESTRATOR, QUALITY, TRANSFORMATION
from onboarding.deploy.dry_run import dry_run
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.advice import advised
from onboarding.operators.steps.edits import edited_files, edited_plan, render_with_edits
from onboarding.operators.steps.planning import PLAN_FILE, agent_context, profile_of, workload_plan
from onboarding.operators.steps.testing import draft_files, run_agent_tests
from onboarding.workspace.store import canonical_json
from shared.pipeline.errors import DataOnboardingError

RENDERED = ("structure", "metadata_files", "transformation_files", "quality_files", "dag_files")


class DraftDiffersError(DataOnboardingError):
    """What was rendered and tested is not what the plans render to."""

    code = "draft_differs"


def structure(context: StepContext) -> StepResult:
    """The folder structure and the files that the orchestrator owns."""
    return _render(context, ORCHESTRATOR)


def propose_metadata(context: StepContext) -> StepResult:
    """The confirmed schema, key and classification, formalised; nobody is asked again."""
    return _kept(context, "metadata") or _proposed(MetadataAgent().propose(agent_context(context)))


def propose_transformation(context: StepContext) -> StepResult:
    """Cleaning, masking, deduplication and the Gold table."""
    return _kept(context, "transformation") or _proposed(
        advised(context, TransformationAgent(), agent_context(context))
    )


def propose_quality(context: StepContext) -> StepResult:
    """Quality rules, thresholds and baselines."""
    return _kept(context, "quality") or _proposed(advised(context, QualityAgent(), agent_context(context)))


def propose_dag(context: StepContext) -> StepResult:
    """Schedule, retries, deadlines."""
    return _kept(context, "dag") or _proposed(advised(context, DagAgent(), agent_context(context)))


def render_metadata(context: StepContext) -> StepResult:
    """The metadata agent's files of this phase."""
    return _render(context, METADATA)


def render_transformation(context: StepContext) -> StepResult:
    """The transformation agent's files."""
    return _render(context, TRANSFORMATION)


def render_quality(context: StepContext) -> StepResult:
    """The quality agent's files."""
    return _render(context, QUALITY)


def render_dag(context: StepContext) -> StepResult:
    """The DAG agent's files."""
    return _render(context, DAG)


def test_metadata(context: StepContext) -> StepResult:
    """The metadata agent's own tests."""
    return run_agent_tests(context, agent="metadata", file_inputs=RENDERED, class_name="TestMetadata")


def test_transformation(context: StepContext) -> StepResult:
    """The transformation agent's own tests."""
    return run_agent_tests(context, agent="transformation", file_inputs=RENDERED)


def test_quality(context: StepContext) -> StepResult:
    """The quality agent's own tests."""
    return run_agent_tests(context, agent="quality", file_inputs=RENDERED)


def test_dag(context: StepContext) -> StepResult:
    """The DAG agent's own tests."""
    return run_agent_tests(context, agent="dag", file_inputs=RENDERED)


def stage_ontology(context: StepContext) -> StepResult:
    """Nothing to do: the hand-off to a semantic layer is not part of this version."""
    return StepResult(skip=True, reason="ontology.enabled is not set")


def review(context: StepContext) -> StepResult:
    """The whole workload, proved equal to what was tested, and a dry run of it on the real source.

    :raises DraftDiffersError: a tested file is not what the plans render to.
    """
    plan = workload_plan(context)
    workload = build_workload(plan, profile_of(context), edited=edited_files(context))
    tested = draft_files(context, RENDERED)
    different = sorted(name for name, data in tested.items() if workload.files.get(name) != data)
    if different:
        raise DraftDiffersError(
            "the tested draft is not what the plans render to",
            where=", ".join(different[:5]),
            expected="the same bytes from the same plans",
            given=f"{len(different)} files differ",
            remedy="clear phase_4_build and run it again; nothing was deployed",
        )
    trial = dry_run(
        workload.files,
        workload.script_order,
        run_date=context.run.date,
        # On this worker, whatever runs it later: both engines give the same rows.
        engine="local",
        aws_conn_id=context.settings.aws_conn_id,
    )
    plans = canonical_json(plan.model_dump(mode="json"))
    files = {f"workload/{name}": data for name, data in workload.files.items()}
    return StepResult(
        files={**files, "dry_run.json": canonical_json(trial.model_dump(mode="json")), "plans.json": plans},
        summary={"version": workload.version, "files": len(workload.files), "dry_run": trial.headline},
    )


def _proposed(plan: BaseModel) -> StepResult:
    decisions = getattr(plan, "decisions", [])
    return StepResult(
        files={PLAN_FILE: canonical_json(plan.model_dump(mode="json"))},
        summary={
            "decisions": len(decisions),
            "needs_eyes": sum(1 for decision in decisions if decision.needs_eyes),
        },
    )


def _kept(context: StepContext, agent: str) -> StepResult | None:
    """The plan that a person edited files of: no agent proposes another one."""
    plan = edited_plan(context, agent)
    return None if plan is None else _proposed(plan)


def _render(context: StepContext, owner: str) -> StepResult:
    files = render_with_edits(context, workload_plan(context), profile_of(context), owner)
    return StepResult(files=files, summary={"files": len(files)})
