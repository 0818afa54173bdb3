"""The cards of the gates, made from what the steps before them left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.deploy.dry_run import DryRun
from onboarding.discovery.estimates import Estimate, in_words
from onboarding.gates.card import Card, CardChoice, CardItem, NextRun, items_of
from onboarding.gates.corrections import change
from onboarding.gates.links import airflow_url, report_url
from onboarding.operators import second_look
from onboarding.operators.card_choices import deploy_choices, plan_choices, profile_choices
from onboarding.operators.step import StepContext
from onboarding.operators.steps.discovery import discovery_of, notes_of
from onboarding.operators.steps.planning import PLAN_FILE, profile_of
from onboarding.operators.steps.replaced import thresholds_before
from onboarding.operators.steps.route import conf_of
from onboarding.operators.steps.validation import OVERLAPS_FILE, reuses_of
from onboarding.spec.plans import Assumption, DiscoveryPlan, MetadataPlan, WorkloadPlan
from onboarding.workspace.record import gap_text, gaps_of, last_attempts


def plan_card(context: StepContext) -> Card:
    """``approve_plan``: what will be onboarded from where, and what was assumed."""
    discovery = discovery_of(context)
    files = context.inputs["connectivity"].summary if "connectivity" in context.inputs else {}
    size = f"{int(files.get('bytes', 0)) / 1e6:,.1f} MB in {files.get('files', '?')} file(s)"
    return Card(
        gate="approve_plan",
        workload=discovery.workload,
        first_option="approve",
        effect="profiles the source; nothing is deployed yet.",
        items=[
            *(_overlap_item(overlap) for overlap in _overlaps(context)),
            *(_unread_item(why) for why in _duplicates(context).get("not_compared") or ()),
            *_estimated(context),
            *items_of(discovery.regulation_decisions),
            *(_note(note) for note in notes_of(context)),
        ],
        nothing_unusual="the source was reached, and neither it nor its name is onboarded already",
        numbers=[
            f"Source: {discovery.source.location} ({discovery.source.format.value}, {size})",
            f"Zones: bronze, silver, gold ({discovery.gold_format}); engine: {discovery.engine}",
            *([f"Regulations: {', '.join(discovery.regulations)}"] if discovery.regulations else []),
            *_estimates(context),
            f"Quality gates: silver {discovery.silver_threshold:.2f}, gold {discovery.gold_threshold:.2f}",
            *([f"Reuses: {'; '.join(reuses)}"] if (reuses := reuses_of(context)) else []),
            f"Decided for you, because the form left it empty: {len(discovery.assumptions)} fields",
            *_assumed(discovery.assumptions),
        ],
        links=report_links(context),
        choices=plan_choices(discovery, conf_of(context).schedule.cron or _assumed_value(discovery, "schedule.cron")),
    )


def _estimated(context: StepContext) -> list[CardItem]:
    """What runs will take that is out of the ordinary."""
    if "plan" not in context.inputs:
        return []
    plan = context.json("plan", "plan.json")
    before = plan["estimate_before"]
    return second_look.of_plan(
        Estimate.model_validate(plan["estimate"]), Estimate.model_validate(before) if before else None
    )


def _estimates(context: StepContext) -> list[str]:
    """What runs and the onboarding itself will take and cost."""
    if "plan" not in context.inputs:
        return []
    plan = context.json("plan", "plan.json")
    lines, limits = [in_words(Estimate.model_validate(plan["estimate"]))], plan["claude_limits"]
    lines += [plan["profile"]] if plan["profile"] else []
    if limits:
        tokens = int(limits["tokens"])
        lines.append(f"Claude: at most {tokens:,} tokens and {limits['cost_usd']} USD for all of this, none for runs")
    return lines


def overlap_card(context: StepContext) -> Card:
    """``approve_overlap``: the plan, what is onboarded already of the same data, and what extending that means."""
    (best, *others), plan = _overlaps(context), plan_card(context)
    instead = {change("workload", other["workload"]): other for other in others}
    choices = [
        CardChoice(change=text, label=f"extend {other['workload']}, which then reads {_reads(other)}")
        for text, other in instead.items()
    ]
    chosen = f", or of another that is chosen in the form ({len(others)} of them)" if others else ""
    following = NextRun(
        conf=_extended(best), instead={text: _extended(other) for text, other in instead.items()}, from_phase=1
    )
    return plan.model_copy(
        update={
            "gate": "approve_overlap",
            "first_option": "extend the existing",
            "effect": f"makes a new version of {best['workload']} that reads {_reads(best)}{chosen}; `keep separate` "
            "onboards this source as planned.",
            "choices": [*choices, *plan.choices],
            "following": {"extend the existing": following},
        }
    )


def _reads(overlap: Mapping[str, str]) -> str:
    return f"{overlap['location']} where {overlap['filter']}" if overlap["filter"] else str(overlap["location"])


def _extended(overlap: Mapping[str, str]) -> dict[str, Any]:
    """The conf that makes a new version of the workload, which reads the data of both."""
    source = {"location": overlap["location"], "filter": overlap["filter"] or None}
    return {"intent": "modify", "workload": overlap["workload"], "source": source}


def _overlaps(context: StepContext) -> list[dict[str, str]]:
    """Deployed workloads that read some of the same data."""
    return list(context.json("duplicates", OVERLAPS_FILE)) if "duplicates" in context.inputs else []


def _duplicates(context: StepContext) -> Mapping[str, Any]:
    return context.inputs["duplicates"].summary if "duplicates" in context.inputs else {}


def _unread_item(why: str) -> CardItem:
    return CardItem(
        title="a workload with the same columns could not be compared",
        evidence=why,
        proposed="go on, and have a look at that workload",
        cost_of_error="the same rows are in two Gold tables and counted twice",
    )


def _overlap_item(overlap: Mapping[str, str]) -> CardItem:
    """What is onboarded already of the same data."""
    return CardItem(
        title=f"overlaps with {overlap['workload']}",
        evidence=overlap["reason"],
        proposed="extend the existing, unless the two are different things",
        cost_of_error="the same rows are in two Gold tables and counted twice",
    )


def _assumed_value(discovery: DiscoveryPlan, key: str) -> str:
    return next((made.value for made in discovery.assumptions if made.key == key), "")


def _note(note: str) -> CardItem:
    return CardItem(
        title="request",
        evidence=note,
        proposed="what is listed below",
        cost_of_error="the pipeline does not do what was asked for",
    )


def _assumed(assumptions: list[Assumption]) -> list[str]:
    """One line per part of the conf: what it became."""
    parts: dict[str, list[str]] = {}
    for item in assumptions:
        part, _, name = item.key.rpartition(".")
        value = item.value if any(map(str.isalnum, item.value)) else f'"{item.value}"'
        parts.setdefault(part.split(".")[0] or "run", []).append(f"{name} = {value if item.value else 'none'}")
    return [f"{part}: {'; '.join(found)}" for part, found in parts.items()]


def profile_card(context: StepContext) -> Card:
    """``confirm_profile``: types, key, roles and personal data, what is unsure first."""
    profile = profile_of(context)
    plan = context.model("metadata", PLAN_FILE, MetadataPlan)
    tests = context.inputs["tests"].summary
    roles: dict[str, list[str]] = {}
    for column in plan.columns:
        roles.setdefault(column.role.value, []).append(f"{column.name} ({column.type.value})")
    personal = [
        f"{column.name} {column.personal_data.type} ({column.personal_data.confidence:.0%})"
        for column in plan.columns
        if column.personal_data.type != "NONE"
    ]
    key = "no usable key: a hash of the row" if plan.technical_key else ", ".join(plan.primary_key)
    return Card(
        gate="confirm_profile",
        workload=discovery_of(context).workload,
        first_option="confirm",
        effect="builds the pipeline from this; nothing is deployed yet.",
        items=[*second_look.of_profile(plan, profile), *items_of(plan.decisions)],
        nothing_unusual="every type, the key and the roles rest on all rows, not on a sample"
        if profile.source_rows is None
        else "types and roles rest on a share of the rows; the key and the listed values on all of them",
        numbers=[
            f"Rows: {profile.all_rows:,} ({profile.duplicate_rows:,} exact duplicates, "
            f"{profile.unreadable_rows:,} unreadable); columns: {len(plan.columns)}",
            *([f"Measured: {profile.rows:,} of these rows, by Athena"] if profile.source_rows is not None else []),
            f"Primary key: {key}",
            f"Personal data: {', '.join(personal) or 'none found'}",
            *[f"Role {role}: {', '.join(columns)}" for role, columns in sorted(roles.items())],
            f"Tests: {tests['unit']} unit, {tests['integration']} integration passed",
        ],
        links=report_links(context),
        choices=profile_choices(plan),
    )


def deploy_card(context: StepContext) -> Card:
    """``approve_deploy``: what the pipeline did with the real source in a dry run."""
    trial = DryRun.model_validate_json(context.read("review", "dry_run.json"))
    plan = WorkloadPlan.model_validate_json(context.read("review", "plans.json"))
    items = [
        *(_gap_item(agent, tests) for agent, tests in sorted(gaps_of(context.record.entries()).items())),
        *_edited_items(plan.discovery.edited),
        *second_look.of_deployment(plan, trial, thresholds_before(context)),
        *items_of([*plan.transformation.decisions, *plan.quality.decisions, *plan.dag.decisions]),
    ]
    if trial.blocked:
        items.insert(
            0,
            CardItem(
                level="STOP",
                title="the quality gate did not pass in the dry run",
                evidence=_why_blocked(trial.blocked),
                proposed="reject, and correct the source or the rules",
                cost_of_error="a pipeline that publishes nothing",
            ),
        )
    return Card(
        gate="approve_deploy",
        workload=plan.workload,
        first_option="deploy",
        effect="puts exactly this pipeline into the DAGs bucket and switches its schedule on.",
        items=items,
        nothing_unusual="the dry run on the real source passed both quality gates",
        numbers=[*_dry_run_numbers(trial), *_test_numbers(context), *_pipeline_numbers(context, plan)],
        links=report_links(context),
        choices=deploy_choices(plan),
    )


def _why_blocked(text: str) -> str:
    """What the gate was given, which names score and rules; the rest of its error is in the full report."""
    given = [line.strip() for line in text.splitlines() if line.strip().startswith("given: ")]
    return given[0].removeprefix("given: ") if given else " ".join(text.split())


def _gap_item(agent: str, tests: list[str]) -> CardItem:
    return CardItem(
        title="skipped",
        evidence=gap_text(agent, tests),
        proposed="deploy with this gap, which README and report name",
        cost_of_error="what these tests look for reaches Gold",
    )


def _edited_items(paths: list[str]) -> list[CardItem]:
    if not paths:
        return []
    return [
        CardItem(
            title=f"{len(paths)} files are as a person edited them",
            evidence=", ".join(paths),
            proposed="deploy them; a change that you choose below renders them anew, without the edits",
            cost_of_error="what they do with the rows reaches Gold",
        )
    ]


def report_links(context: StepContext) -> list[str]:
    """The tab with everything that does not fit on a card; none when nobody said where Airflow's UI is."""
    base = airflow_url(context.settings.base_url)
    return [f"[Full report]({report_url(base, context.run.dag_id, context.run.run_id)})"] if base else []


def _dry_run_numbers(trial: DryRun) -> list[str]:
    """Rows in, held back and out, and the scores; what the dry run did not reach is left out."""
    extract = next((step for name, step in trial.steps.items() if name.startswith("extract_")), {})
    duplicates = sum(_of_tables(trial, "bronze_to_silver", "duplicates").values())
    quarantined = [
        sum(_of_tables(trial, f"check_{zone}", "quarantined").values())
        for zone in ("silver", "gold")
        if f"check_{zone}" in trial.steps
    ]
    gold = _of_tables(trial, "silver_to_gold", "rows")
    rows = [
        f"{extract.get('source', 0):,} rows read",
        f"{extract.get('unreadable', 0):,} unreadable",
        f"{duplicates:,} duplicates left out",
        *([f"{sum(quarantined):,} quarantined"] if quarantined else []),
        *[f"{count:,} in Gold {table}" for table, count in gold.items()],
    ]
    return [f"Dry run on the real source: {', '.join(rows)}", *_scores(trial)]


def _scores(trial: DryRun) -> list[str]:
    found = [
        f"{zone} {score:.3f} (at least {_of_tables(trial, f'check_{zone}', 'threshold').get(table, 0):.2f})"
        for zone in ("silver", "gold")
        for table, score in _of_tables(trial, f"check_{zone}", "score").items()
    ]
    return [f"Quality scores: {', '.join(found)}"] if found else []


def _of_tables(trial: DryRun, step: str, measure: str) -> dict[str, Any]:
    tables = trial.steps.get(step, {}).get("tables", {})
    return {name: table[measure] for name, table in tables.items() if measure in table}


def _test_numbers(context: StepContext) -> list[str]:
    found = last_attempts(context.record.entries())
    unit = sum(entry["unit"]["passed"] for entry in found)
    integration = sum(entry["integration"]["passed"] for entry in found)
    again = [str(entry["agent"]) for entry in found if entry["attempts"] > 1]
    note = f"; in the second attempt: {', '.join(again)}" if again else ""
    return [f"Tests: {unit} unit, {integration} integration passed{note}"]


def _pipeline_numbers(context: StepContext, plan: WorkloadPlan) -> list[str]:
    masked = [f"{name} {masking.value}" for name, masking in sorted(plan.transformation.masking.items())]
    review = context.inputs["review"].summary
    return [
        f"Schedule: {plan.dag.cron or 'on other workloads'} {plan.dag.timezone}; "
        f"quality rules: {len(plan.quality.rules)}",
        f"Masked: {', '.join(masked) or 'nothing'}",
        f"Version {review['version']}, {review['files']} files",
    ]
