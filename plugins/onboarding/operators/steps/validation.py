"""Group ``phase_2_validate``: duplicates, connectivity, reuse, and the plan that a person approves."""

from __future__ import annotations

from onboarding.deploy.duplicates import find_duplicate
from onboarding.discovery import list_files
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.discovery import discovery_of
from onboarding.operators.steps.route import conf_of
from onboarding.spec.conf import Intent
from onboarding.workspace.store import Store, canonical_json


def detect_duplicates(context: StepContext) -> StepResult:
    """End the run as blocked when this source, or this name, is deployed already."""
    discovery = discovery_of(context)
    modifies = discovery.workload if conf_of(context).intent is Intent.MODIFY else ""
    duplicate = find_duplicate(Store(context.settings.dags_uri), discovery, modifies=modifies)
    if duplicate is None:
        return StepResult(summary={"duplicates": 0})
    return StepResult(summary={"duplicates": 1}, outcome="blocked", reason=duplicate.reason)


def check_connectivity(context: StepContext) -> StepResult:
    """List the source's files again, without moving data; an unreachable source ends the run with its remedy."""
    files = list_files(conf_of(context))
    return StepResult(
        files={"files.json": canonical_json([file.model_dump() for file in files])},
        summary={"files": len(files), "bytes": sum(file.bytes for file in files)},
    )


def find_reusable_assets(context: StepContext) -> StepResult:
    """Nothing to do yet: generated pipelines share ``shared/`` as it is; reuse of other workloads is not there."""
    return StepResult(skip=True, reason="reuse of other workloads' assets is not part of this version")


def summarize_plan(context: StepContext) -> StepResult:
    """The plan in one file: what, from what, assumed what."""
    discovery = discovery_of(context)
    connectivity = context.inputs.get("connectivity")
    plan = {
        "workload": discovery.workload,
        "source": discovery.source.model_dump(mode="json"),
        "source_files": dict(connectivity.summary) if connectivity else {},
        "zones": ["bronze", "silver", "gold"],
        "engine": discovery.engine,
        "gold_format": discovery.gold_format,
        "thresholds": {"silver": discovery.silver_threshold, "gold": discovery.gold_threshold},
        "assumptions": [assumption.model_dump() for assumption in discovery.assumptions],
    }
    context.record.write("plan", plan)
    return StepResult(files={"plan.json": canonical_json(plan)}, summary={"assumptions": len(discovery.assumptions)})
