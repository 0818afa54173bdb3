"""The plans of a workload as far as they are made: what steps read, and what the generator renders from."""

from __future__ import annotations

from dataclasses import replace

from onboarding.agents import AgentContext, DagAgent, MetadataAgent, QualityAgent, TransformationAgent
from onboarding.discovery.profiling import as_planned
from onboarding.discovery.reuse import with_reused
from onboarding.operators.step import StepContext
from onboarding.operators.steps.discovery import discovery_of
from onboarding.operators.steps.route import conf_of
from onboarding.spec.plans import (
    DagPlan,
    MetadataPlan,
    QualityPlan,
    ReusedDecision,
    TransformationPlan,
    WorkloadPlan,
)
from onboarding.spec.profile import ProfileReport

PLAN_FILE = "plan.json"
REUSE_FILE = "reuse.json"


def profile_of(context: StepContext) -> ProfileReport:
    """The profile report of phase 3, without values of columns that anything since then calls personal."""
    profile = context.model("profile", "profile.json", ProfileReport)
    given = conf_of(context).domain.columns
    names = {column.source_name: column.name for column in profile.columns}
    answered = {names.get(name, name) for name, answer in given.items() if answer.pii is not None}
    profile = with_reused(profile, reused_of(context), answered)
    if "metadata" not in context.inputs:
        return profile
    return as_planned(profile, context.model("metadata", PLAN_FILE, MetadataPlan))


def reused_of(context: StepContext) -> list[ReusedDecision]:
    """What people decided about columns of the same name in other workloads, as the plan says."""
    if "reuse" not in context.inputs:
        return []
    return [ReusedDecision.model_validate(one) for one in context.json("reuse", REUSE_FILE)]


def agent_context(context: StepContext) -> AgentContext:
    """What an agent may look at: the conf, the profile, and the plans of the agents before it."""
    made, reused = context.inputs, reused_of(context)
    return AgentContext(
        conf=conf_of(context),
        discovery=discovery_of(context),
        profile=profile_of(context),
        reused=reused,
        metadata=context.model("metadata", PLAN_FILE, MetadataPlan) if "metadata" in made else None,
        transformation=(
            context.model("transformation", PLAN_FILE, TransformationPlan) if "transformation" in made else None
        ),
        quality=context.model("quality", PLAN_FILE, QualityPlan) if "quality" in made else None,
    )


def workload_plan(context: StepContext) -> WorkloadPlan:
    """All plans of the workload, see :func:`complete_plan`."""
    dag = context.model("dag", PLAN_FILE, DagPlan) if "dag" in context.inputs else None
    return complete_plan(agent_context(context), dag=dag)


def complete_plan(known: AgentContext, *, dag: DagPlan | None = None) -> WorkloadPlan:
    """All plans of the workload.

    Plans that are not made yet are filled in by the rules, which is enough for the files of an earlier agent:
    an agent's files depend only on its own plan and on those before it. ``review`` proves it by rendering all
    files again from the plans that were made.
    """
    known = replace(known, failures=[])
    metadata = known.metadata or MetadataAgent().propose(known)
    known = replace(known, metadata=metadata, profile=as_planned(known.need_profile(), metadata))
    known = replace(known, transformation=known.transformation or TransformationAgent().propose(known))
    known = replace(known, quality=known.quality or QualityAgent().propose(known))
    return WorkloadPlan(
        discovery=known.need_discovery(),
        metadata=known.need_metadata(),
        transformation=known.need_transformation(),
        quality=known.need_quality(),
        dag=dag or DagAgent().propose(known),
    )
