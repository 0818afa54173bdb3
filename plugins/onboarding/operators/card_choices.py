"""What a person may change at a gate, to choose from in the card's form: first what the card asks about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onboarding.discovery.personal_kinds import SENSITIVITY
from onboarding.gates.card import CardChoice
from onboarding.gates.corrections import INFORMING_RULES, PRIMARY_KEY, change
from onboarding.spec.choices import SCHEDULES
from onboarding.spec.conf import ColumnType, Masking, Role
from onboarding.spec.plans import ColumnPlan, Decision, DiscoveryPlan, MetadataPlan, WorkloadPlan

#: More choices than this make the list slow; what is left out is `onboard answer --set KEY=VALUE`.
MOST_CHOICES = 1_500
_USE_CASES = ("adhoc", "reporting", "ml", "api", "metrics")
_SCORES = ("0.70", "0.80", "0.85", "0.90", "0.95", "0.98", "0.99", "1.00")


def plan_choices(discovery: DiscoveryPlan, cron: str) -> list[CardChoice]:
    """``approve_plan``: what Gold is for, schedule and thresholds.

    :param cron: schedule that is planned; empty for a pipeline that runs on other workloads' Gold.
    """
    uses = [use for use in _USE_CASES if use != discovery.gold_use_case]
    return [
        *(CardChoice(change=change("destination.gold.use_case", use), label=f"Gold is for {use}") for use in uses),
        *_schedules(cron),
        *_thresholds(discovery.silver_threshold, discovery.gold_threshold),
    ]


def _schedules(cron: str) -> list[CardChoice]:
    others = [(value, label) for value, label in SCHEDULES.items() if cron and value != cron]
    return [CardChoice(change=change("schedule.cron", value), label=f"runs {label}") for value, label in others]


def _thresholds(silver: float, gold: float) -> list[CardChoice]:
    return [
        CardChoice(change=change(f"quality.{zone}_threshold", score), label=f"{zone} needs a score of {score}")
        for zone, present in (("silver", silver), ("gold", gold))
        for score in _SCORES
        if float(score) != present
    ]


def profile_choices(plan: MetadataPlan) -> list[CardChoice]:
    """``confirm_profile``: key, type, role and personal data; first of the columns that the card asks about."""
    unsure = [decision for decision in plan.decisions if decision.needs_eyes]
    asked = {decision.subject.removeprefix("columns.").rpartition(".")[0] for decision in unsure}
    columns = sorted(plan.columns, key=lambda column: column.name not in asked)
    found = [*_keys(unsure, plan.primary_key), *(_of_key([column.name]) for column in columns)]
    for choices in (_types, _roles, _kinds):
        for column in columns:
            found += choices(column)
    present = _of_key(plan.primary_key).change
    different = {choice.change: choice for choice in found if choice.change != present}
    return list(different.values())[:MOST_CHOICES]


def _keys(unsure: list[Decision], present: list[str]) -> list[CardChoice]:
    """The other keys that were found."""
    keys = [key for decision in unsure if decision.subject == "primary_key" for key in decision.alternatives]
    return [_of_key(key.split(", ")) for key in keys if key != "row_hash"]


def _of_key(columns: list[str]) -> CardChoice:
    listed = ", ".join(columns)
    return CardChoice(change=change(PRIMARY_KEY, listed), label=f"primary key: {listed}")


def _types(column: ColumnPlan) -> Iterator[CardChoice]:
    for kind in ColumnType:
        if kind is not column.type:
            yield _of_column(column, "type", kind.value, f"is {kind.value}")


def _roles(column: ColumnPlan) -> Iterator[CardChoice]:
    for role in Role:
        if role is not column.role:
            yield _of_column(column, "role", role.value, f"has the role {role.value}")


def _kinds(column: ColumnPlan) -> Iterator[CardChoice]:
    present = column.personal_data.type
    if present != "NONE":
        yield _of_column(column, "pii", "none", "is no personal data")
    for kind in sorted(SENSITIVITY):
        if kind != present:
            yield _of_column(column, "pii", kind, f"is personal data: {kind}")


def _of_column(column: ColumnPlan, key: str, value: str, label: str) -> CardChoice:
    return CardChoice(change=change(f"domain.columns.{column.name}.{key}", value), label=f"{column.name} {label}")


def deploy_choices(plan: WorkloadPlan) -> list[CardChoice]:
    """``approve_deploy``: rules that shall only inform, masks, schedule and thresholds."""
    rules = [rule.id for rule in plan.quality.rules if rule.zone != "bronze" and not rule.only_informs]
    masking = plan.transformation.masking
    found = [
        *(CardChoice(change=change(INFORMING_RULES, rule), label=f"the rule {rule} only informs") for rule in rules),
        *_schedules(plan.dag.cron),
        *_thresholds(plan.quality.silver_threshold, plan.quality.gold_threshold),
    ]
    for column in sorted(plan.metadata.columns, key=lambda column: column.name not in masking):
        found += _masks(column.name, masking.get(column.name))
    return found[:MOST_CHOICES]


def _masks(column: str, present: Masking | None) -> Iterable[CardChoice]:
    for mask in Masking:
        if mask is not (present or Masking.KEEP):
            text = change(f"transformations.masking.{column}", mask.value)
            yield CardChoice(change=text, label=f"{column} is masked as {mask.value}")
