"""The fields of the gates' forms: preset with what is proposed, so that a person changes only what is wrong."""

from __future__ import annotations

from onboarding.discovery.personal_kinds import SENSITIVITY
from onboarding.gates.card import MAXIMUM_ITEMS, CardField
from onboarding.gates.corrections import (
    BECOMES,
    COLUMN,
    MASKED_AS,
    MASKED_COLUMN,
    ONLY_INFORMS,
    RULE,
    RULE_BECOMES,
    column_choices,
)
from onboarding.spec.conf import ColumnType, Conf, Masking
from onboarding.spec.plans import Decision, DiscoveryPlan, MetadataPlan, WorkloadPlan

_USE_CASES = ["adhoc", "reporting", "ml", "api", "metrics"]


def plan_fields(conf: Conf, discovery: DiscoveryPlan) -> list[CardField]:
    """``approve_plan``: the answers that people change most; all others are keys of the conf."""
    return [
        CardField(name="workload", title="Name of the workload", preset=discovery.workload),
        CardField(
            name="destination.gold.use_case", title="What Gold is for", preset=discovery.gold_use_case,
            values=_USE_CASES,
        ),
        *_schedule(conf.schedule.cron or _assumed(discovery, "schedule.cron")),
        *_thresholds(discovery.silver_threshold, discovery.gold_threshold),
    ]  # fmt: skip


def _assumed(discovery: DiscoveryPlan, key: str) -> str:
    return next((made.value for made in discovery.assumptions if made.key == key), "")


def _schedule(cron: str) -> list[CardField]:
    """None for a pipeline that runs on other workloads' Gold."""
    return [CardField(name="schedule.cron", title="Schedule (cron)", preset=cron)] if cron else []


def _thresholds(silver: float, gold: float) -> list[CardField]:
    return [
        CardField(name="quality.silver_threshold", title="Score that Silver needs", preset=silver, number=True),
        CardField(name="quality.gold_threshold", title="Score that Gold needs", preset=gold, number=True),
    ]


def profile_fields(plan: MetadataPlan) -> list[CardField]:
    """``confirm_profile``: a field for each item that needs eyes, and one pair for any other column."""
    unsure = [decision for decision in plan.decisions if decision.needs_eyes][:MAXIMUM_ITEMS]
    found = [field for decision in unsure if (field := _field_of(decision)) is not None]
    names = ["", *(column.name for column in plan.columns)]
    return [
        *found,
        CardField(name=COLUMN, title="Another column", preset="", values=names),
        CardField(name=BECOMES, title="... is", preset="", values=column_choices(list(SENSITIVITY))),
    ]


def _field_of(decision: Decision) -> CardField | None:
    """The field of an item whose decision is a key of the conf; other items have their numbers and a rule."""
    if decision.subject == "primary_key":
        keys = [key for key in [decision.value, *decision.alternatives] if key != "row_hash"]
        if not keys:
            return None
        values = _once([decision.value, *keys])
        return CardField(name="domain.primary_key", title="Primary key", preset=decision.value, values=values)
    column, _, what = decision.subject.removeprefix("columns.").rpartition(".")
    name = f"domain.columns.{column}"
    if what == "type":
        preset, kinds = decision.value.split(" ")[0], [kind.value for kind in ColumnType]
        return CardField(name=f"{name}.type", title=f"Type of {column}", preset=preset, values=kinds)
    if what == "personal_data":
        preset = "none" if decision.value == "NONE" else decision.value
        values = _once([preset, "none", *sorted(SENSITIVITY)])
        return CardField(name=f"{name}.pii", title=f"Personal data in {column}", preset=preset, values=values)
    return None


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def deploy_fields(plan: WorkloadPlan) -> list[CardField]:
    """``approve_deploy``: thresholds, schedule, the mask of one column, and one rule that shall only inform."""
    columns = ["", *(column.name for column in plan.metadata.columns)]
    rules = ["", *(rule.id for rule in plan.quality.rules if rule.zone != "bronze" and not rule.only_informs)]
    return [
        *_schedule(plan.dag.cron),
        *_thresholds(plan.quality.silver_threshold, plan.quality.gold_threshold),
        CardField(name=MASKED_COLUMN, title="Column to mask in another way", preset="", values=columns),
        CardField(name=MASKED_AS, title="... is masked as", preset="", values=["", *(mask.value for mask in Masking)]),
        CardField(name=RULE, title="Rule that is too strict", preset="", values=rules),
        CardField(name=RULE_BECOMES, title="... becomes", preset="", values=["", ONLY_INFORMS]),
    ]
