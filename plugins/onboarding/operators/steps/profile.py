"""Group ``phase_3_profile``: measure every row, propose the metadata, write and run the profile's tests."""

from __future__ import annotations

from onboarding.agents import MetadataAgent
from onboarding.codegen import render as render_workload
from onboarding.codegen.ownership import PROFILING
from onboarding.discovery import list_files, look_at_source
from onboarding.discovery.athena_profile import AthenaAccess, profile_by_athena, why_on_the_worker
from onboarding.discovery.known_keys import known_keys
from onboarding.discovery.profiling import Neighbours
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.advice import advised
from onboarding.operators.steps.discovery import COLUMNS_FILE, discovery_of
from onboarding.operators.steps.planning import PLAN_FILE, agent_context, profile_of, workload_plan
from onboarding.operators.steps.route import conf_of
from onboarding.operators.steps.testing import run_agent_tests
from onboarding.spec.plans import MetadataPlan
from onboarding.workspace.store import Store, canonical_json
from shared.operators.pipeline_steps import without_connection


def measured_conf(context: StepContext) -> bytes:
    """What of the conf a measurement depends on: the source, the key, and of which columns values are shown."""
    conf, settings = conf_of(context), context.settings
    kinds = {name: answer.pii for name, answer in sorted(conf.domain.columns.items()) if answer.pii is not None}
    return canonical_json(
        {
            "source": conf.source.model_dump(mode="json"),
            "primary_key": conf.domain.primary_key,
            "personal_data": kinds,
            "masking": conf.model_dump(mode="json")["transformations"]["masking"],
            "athena": [settings.athena_output_uri, settings.athena_from_megabytes]
            if conf.deployment.engine == "aws"
            else [],
        }
    )


def measure(context: StepContext) -> StepResult:
    """The profile report; values of personal columns are not in it."""
    settings = context.settings
    workload = discovery_of(context).workload
    deployed = [other for other in context.deployed.workloads() if other.name != workload]
    others = known_keys(Store(settings.dags_uri), deployed)
    neighbours = Neighbours(others, without_connection(settings.lake_uri))
    conf = conf_of(context)
    files = list_files(conf)
    reason = why_on_the_worker(conf, discovery_of(context).source, files, settings)
    if reason:
        profile, scanned = look_at_source(conf, neighbours), 0
    else:
        profile, scanned = profile_by_athena(
            conf, discovery_of(context).source, context.json("discovery", COLUMNS_FILE), files, _athena(context),
            neighbours,
        )  # fmt: skip
    personal = [column.name for column in profile.columns if column.personal_data.type != "NONE"]
    measured = {"measured_rows": profile.rows, "athena_bytes": scanned} if not reason else {"measured_here": reason}
    return StepResult(
        files={"profile.json": canonical_json(profile.model_dump(mode="json"))},
        summary={"rows": profile.all_rows, "columns": len(profile.columns), "personal": len(personal), **measured},
    )


def _athena(context: StepContext) -> AthenaAccess:
    settings = context.settings
    return AthenaAccess(
        aws_conn_id=settings.aws_conn_id,
        workgroup=settings.athena_workgroup,
        output_uri=without_connection(settings.athena_prefix),
        role_arn=settings.glue_role_arn,
        name=f"{settings.glue_database_prefix}profile_{discovery_of(context).workload}",
    )


def propose(context: StepContext) -> StepResult:
    """Types, key, roles and personal data, each with its reason."""
    known = agent_context(context)
    plan = advised(context, MetadataAgent(), known)
    record_profile(context, plan)
    unsure = [decision.subject for decision in plan.decisions if decision.needs_eyes]
    return StepResult(
        files={PLAN_FILE: canonical_json(plan.model_dump(mode="json"))},
        summary={"columns": len(plan.columns), "primary_key": plan.primary_key, "needs_eyes": len(unsure)},
    )


def record_profile(context: StepContext, plan: MetadataPlan) -> None:
    """Size of the source and its personal data, as the plan has it, into the record."""
    profile = profile_of(context)
    personal = [
        {
            "column": column.name,
            "type": column.personal_data.type,
            "sensitivity": column.personal_data.sensitivity,
            "confidence": column.personal_data.confidence,
        }
        for column in plan.columns
        if column.personal_data.type != "NONE"
    ]
    context.record.write("profile", {"rows": profile.all_rows, "columns": len(profile.columns), "pii": personal})


def render(context: StepContext) -> StepResult:
    """The files that the metadata agent owns in this phase."""
    files = render_workload(workload_plan(context), profile_of(context), owner=PROFILING)
    return StepResult(files=files, summary={"files": len(files)})


def test_gate(context: StepContext) -> StepResult:
    """Run the profile's own tests; a red one ends the run."""
    return run_agent_tests(context, agent="profiling", file_inputs=("files",), class_name="TestProfile")
