"""Group ``phase_1_discovery``: a first look at the source, and every open question closed or assumed."""

from __future__ import annotations

from onboarding.discovery import first_look, list_files, resolve
from onboarding.discovery.engine_choice import local_reason
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.route import conf_of
from onboarding.spec.plans import DiscoveryPlan
from onboarding.workspace.store import canonical_json


def discover(context: StepContext) -> StepResult:
    """The discovery plan, with each assumption and its reason."""
    conf = conf_of(context)
    # Before a byte is moved: the first look brings the whole source here.
    local_reason(conf, list_files(conf))
    look = first_look(conf)
    plan = resolve(conf, look)
    return StepResult(
        files={"discovery.json": canonical_json(plan.model_dump(mode="json"))},
        summary={
            "workload": plan.workload,
            "format": plan.source.format.value,
            "bytes": look.total_bytes,
            "assumptions": len(plan.assumptions),
        },
    )


def discovery_of(context: StepContext) -> DiscoveryPlan:
    """The discovery plan of phase 1."""
    return context.model("discovery", "discovery.json", DiscoveryPlan)
