"""Group ``phase_2_validate``: duplicates, connectivity, reuse, and the plan that a person approves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from onboarding.deploy.duplicates import Overlap, find_duplicate, find_overlaps
from onboarding.discovery import list_files
from onboarding.discovery.athena_profile import why_on_the_worker
from onboarding.discovery.engine_choice import unpacked_bytes
from onboarding.discovery.estimates import estimate, profile_in_words
from onboarding.discovery.known_keys import known_keys
from onboarding.discovery.reuse import matching_keys, reusable_decisions
from onboarding.discovery.shared_rows import SAMPLE_ROWS, NotComparableError, are_alike, share_of_known_rows
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.discovery import COLUMNS_FILE, discovery_of
from onboarding.operators.steps.planning import REUSE_FILE
from onboarding.operators.steps.replaced import estimate_before
from onboarding.operators.steps.route import conf_of
from onboarding.spec.conf import Intent
from onboarding.spec.names import column_names
from onboarding.spec.plans import DiscoveryPlan
from onboarding.spec.profile import SourceFile
from onboarding.workspace.deployed import DeployedWorkload
from onboarding.workspace.store import Store, canonical_json
from shared.hooks.claude import ClaudeError, find_connection
from shared.operators.pipeline_steps import without_connection
from shared.pipeline.version import RUNTIME_VERSION

OVERLAPS_FILE = "overlaps.json"
#: Share of a source's first rows that another workload has, from which they overlap; a few are alike by chance.
SHARED_ROWS = 0.2


def detect_duplicates(context: StepContext) -> StepResult:
    """End the run as blocked when this source, or this name, is deployed already; else say what it overlaps with."""
    discovery, conf = discovery_of(context), conf_of(context)
    deployed = context.deployed.workloads()
    modifies = discovery.workload if conf.intent is Intent.MODIFY else ""
    duplicate = find_duplicate(deployed, discovery, modifies=modifies)
    overlaps = find_overlaps(deployed, discovery, modifies=modifies)
    told = {overlap.workload for overlap in overlaps} | ({duplicate.workload} if duplicate else set())
    if told:
        # What a person is told about is read itself: an index may be behind.
        deployed = context.deployed.with_fresh(deployed, told)
        duplicate = find_duplicate(deployed, discovery, modifies=modifies)
        overlaps = find_overlaps(deployed, discovery, modifies=modifies)
    if duplicate is not None:
        return StepResult(summary={"duplicates": 1}, outcome="blocked", reason=duplicate.reason)
    known = {overlap.workload for overlap in overlaps} | {modifies}
    copies, unread = _copies(context, [workload for workload in deployed if workload.name not in known])
    overlaps += copies
    return StepResult(
        files={OVERLAPS_FILE: canonical_json([asdict(overlap) for overlap in overlaps])},
        summary={
            "duplicates": 0,
            "overlaps": [overlap.workload for overlap in overlaps][:20],
            "not_compared": unread[:20],
        },
    )


def _copies(context: StepContext, workloads: Sequence[DeployedWorkload]) -> tuple[list[Overlap], list[str]]:
    """Workloads of other places that have the same columns, and rows of this source in their Bronze.

    :returns: these, and why others could not be compared.
    """
    discovery, conf = discovery_of(context), conf_of(context)
    lake_uri = without_connection(context.settings.lake_uri)
    columns = context.json("discovery", COLUMNS_FILE)
    found: list[Overlap] = []
    unread: list[str] = []
    for workload in workloads:
        if not are_alike(columns, [str(name) for name in workload.about.get("columns") or ()]):
            continue
        try:
            share = share_of_known_rows(conf, lake_uri, workload.name)
        except NotComparableError as error:
            unread.append(f"{error.what} ({error.given})"[:300])
            continue
        if share is not None and share >= SHARED_ROWS:
            reason = f"it has {share:.0%} of the first {SAMPLE_ROWS:,} rows of this source, with the same columns"
            source = discovery.source
            found.append(Overlap(workload.name, workload.version, reason, source.location, source.filter, "rows"))
    return found, unread


def check_connectivity(context: StepContext) -> StepResult:
    """List the source's files again, without moving data; an unreachable source ends the run with its remedy."""
    files = list_files(conf_of(context))
    return StepResult(
        files={"files.json": canonical_json([file.model_dump() for file in files])},
        summary={
            "files": len(files),
            "bytes": sum(file.bytes for file in files),
            "unpacked_bytes": unpacked_bytes(files),
        },
    )


def find_reusable_assets(context: StepContext) -> StepResult:
    """What this workload shares with others: ``shared/``, people's decisions about its columns, tables to refer to."""
    discovery = discovery_of(context)
    columns = set(column_names([str(name) for name in context.json("discovery", COLUMNS_FILE)]))
    others = [workload for workload in context.deployed.workloads() if workload.name != discovery.workload]
    decisions = reusable_decisions(others, columns)
    keys = matching_keys(known_keys(Store(context.settings.dags_uri), others), columns)
    return StepResult(
        files={REUSE_FILE: canonical_json([one.model_dump(mode="json") for one in decisions])},
        summary={
            "shared": RUNTIME_VERSION,
            "decisions": [one.text for one in decisions][:20],
            "keys": keys[:20],
        },
    )


def reuses_of(context: StepContext) -> list[str]:
    """What the plan says of it, one line each."""
    if "reuse" not in context.inputs:
        return []
    found = context.inputs["reuse"].summary
    lines = [f"shared/ {found['shared']}: pipeline steps, quality checks, masking, catalog, alerts"]
    lines += [str(text) for text in found["decisions"]]
    return [*lines, *(f"may refer to {key}" for key in found["keys"])]


def summarize_plan(context: StepContext) -> StepResult:
    """The plan in one file: what, from what, assumed what; approved at the gate that fits it."""
    discovery = discovery_of(context)
    connectivity = context.inputs.get("connectivity")
    plan: dict[str, Any] = {
        "workload": discovery.workload,
        "source": discovery.source.model_dump(mode="json"),
        "source_files": dict(connectivity.summary) if connectivity else {},
        "zones": ["bronze", "silver", "gold"],
        "engine": discovery.engine,
        "gold_format": discovery.gold_format,
        "thresholds": {"silver": discovery.silver_threshold, "gold": discovery.gold_threshold},
        "assumptions": [assumption.model_dump() for assumption in discovery.assumptions],
    }
    cron = conf_of(context).schedule.cron or _assumed(discovery, "schedule.cron")
    size = int(connectivity.summary["unpacked_bytes"]) if connectivity else 0
    plan["estimate"] = estimate(discovery.engine, size, cron).model_dump(mode="json")
    before = estimate_before(context, size)
    plan["estimate_before"] = before.model_dump(mode="json") if before else None
    listed = context.json("connectivity", "files.json") if connectivity else []
    files = [SourceFile.model_validate(file) for file in listed]
    by_athena = bool(files) and not why_on_the_worker(conf_of(context), discovery.source, files, context.settings)
    plan["profile"] = profile_in_words(sum(file.bytes for file in files)) if by_athena else ""
    plan["claude_limits"] = _claude_limits(context)
    overlaps = context.json("duplicates", OVERLAPS_FILE)
    plan["overlaps"] = [{"workload": overlap["workload"], "reason": overlap["reason"]} for overlap in overlaps]
    plan["reuses"] = reuses_of(context)
    context.record.write("plan", plan)
    return StepResult(
        files={"plan.json": canonical_json(plan)},
        summary={"assumptions": len(discovery.assumptions)},
        branch=f"phase_2_validate.{'approve_overlap' if _is_asked_about(context, overlaps) else 'approve_plan'}",
    )


def _assumed(discovery: DiscoveryPlan, key: str) -> str:
    return next((made.value for made in discovery.assumptions if made.key == key), "")


def _claude_limits(context: StepContext) -> dict[str, str]:
    """What this onboarding may spend on Claude at most; empty where it asks nobody."""
    settings = context.settings
    try:
        if find_connection(settings.claude_conn_id) is None:
            return {}
    except ClaudeError:
        # The agents say what is wrong with it, and go by their rules.
        return {}
    return {"tokens": settings.claude_token_budget, "cost_usd": settings.claude_cost_budget_usd}


def _is_asked_about(context: StepContext, overlaps: list[dict[str, str]]) -> bool:
    """Whether somebody has to say what to do about the overlaps.

    Who said that this shall be an onboarding of its own is only told about a workload elsewhere that has the same rows.
    """
    own = conf_of(context).intent in (Intent.ONBOARD, Intent.RESTART)
    return any(overlap["told_by"] == "place" or not own for overlap in overlaps)
