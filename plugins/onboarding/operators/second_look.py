"""A second look at what is proposed: each card's plan against what was measured, whoever made the plan.

An agent, a model or a person may be wrong and sure of it. What is compared here is nobody's opinion: rows that were
counted, values that a validator read, what the dry run did, what is deployed now. A plan that fits has no item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from onboarding.agents.metadata import readable
from onboarding.deploy.dry_run import DryRun
from onboarding.discovery.estimates import Estimate
from onboarding.gates.card import CardItem
from onboarding.spec.column_types import NUMBERS, TEMPORAL
from onboarding.spec.conf import Masking
from onboarding.spec.plans import ColumnPlan, MetadataPlan, WorkloadPlan
from onboarding.spec.profile import ColumnProfile, ProfileReport

#: Shares of the rows from which something is said, and from which marking is no answer any more. A source loses a few
#: rows to any honest key or rule; one in ten is another matter. Chosen, not derived.
SAID_SHARE, STOP_SHARE = 0.05, 0.10
#: Share of values that a column's type may fail to read before it is said.
UNREADABLE_SHARE = 0.01
#: Forms that hardly occur by chance: a share of the values from which they are said of a column taken for harmless.
#: One card number in ten of sixteen digits has the right check digit by chance.
_TELLING_FORMS = {"email": 0.01, "us_ssn": 0.01, "iban": 0.01, "credit_card": 0.5}
#: Usual thresholds of the quality gates.
USUAL_THRESHOLDS = {"silver": 0.80, "gold": 0.95}
#: More runs than every fifteen minutes, or so much more of anything than the version that is deployed, is said.
MOST_RUNS_A_MONTH, MUCH_MORE = 2_880, 3
_MONTH_SECONDS = 30 * 86_400


def of_plan(estimate: Estimate, before: Estimate | None) -> list[CardItem]:
    """What runs will take: more than fits, unusually often, or much more than the deployed version.

    :param before: of the version that this one takes the place of, for the same deliveries.
    """
    found, runs = [], estimate.runs_per_month or 0
    busy = runs * estimate.seconds_per_run
    if busy > _MONTH_SECONDS:
        found.append(
            _item(
                "STOP", "schedule", f"{runs:,} runs a month of {estimate.seconds_per_run} s each do not fit a month",
                "run less often", "runs queue up, and the newest data is always late",
            )
        )  # fmt: skip
    elif runs > MOST_RUNS_A_MONTH:
        found.append(
            _item(
                "LOOK", "schedule", f"{runs:,} runs a month, one every {30 * 1_440 / runs:.1f} minutes",
                "as given", "a worker is busy with it most of the time",
            )
        )  # fmt: skip
    cost, cost_before = estimate.cost_usd_per_month, before.cost_usd_per_month if before else None
    busy_before = (before.runs_per_month or 0) * before.seconds_per_run if before else 0
    if cost and cost_before and cost > MUCH_MORE * cost_before:
        evidence = f"{cost:.2f} USD a month, {cost / cost_before:.0f} times the deployed version's {cost_before:.2f}"
        found.append(_item("LOOK", "cost", evidence, "as given", "the bill grows by as much"))
    elif busy_before and busy > MUCH_MORE * busy_before:
        evidence = f"{busy / 3600:.0f} hours of runs a month, {busy / busy_before:.0f} times the deployed version's"
        found.append(_item("LOOK", "cost", evidence, "as given", "a worker is busy for as much longer"))
    return found


def of_profile(plan: MetadataPlan, profile: ProfileReport) -> list[CardItem]:
    """Key, types, dates and personal data against what was measured; what a decision asks about already is left out."""
    asked = {decision.subject for decision in plan.decisions if decision.needs_eyes}
    answered = {decision.subject for decision in plan.decisions if decision.source == "human"}
    found = [] if "primary_key" in asked else _key(plan, profile)
    measured = {column.name: column for column in profile.columns}
    for column in plan.columns:
        if column.name not in measured:
            continue
        subject = f"columns.{column.name}"
        if f"{subject}.personal_data" not in asked | answered:
            found += _personal(column, measured[column.name])
        if f"{subject}.type" not in asked:
            found += _type(column, measured[column.name], profile.rows)
    return found


def _is_counted(key: list[str], profile: ProfileReport) -> bool:
    return len(key) == 1 and profile.column(key[0]).distinct_exact


def _key(plan: MetadataPlan, profile: ProfileReport) -> list[CardItem]:
    if plan.technical_key:
        return []
    counted = next((one for one in profile.key_candidates if sorted(one.columns) == sorted(plan.primary_key)), None)
    if counted is not None and counted.exact:
        return []
    if counted is not None:
        distinct, missing = counted.distinct_count, counted.null_count
    elif profile.source_rows is None and _is_counted(plan.primary_key, profile):
        column = profile.column(plan.primary_key[0])
        distinct, missing = column.distinct_count, column.missing_count
    else:
        evidence = "it was not counted over all rows whether this tells them apart"
        return [_item("LOOK", "primary key", evidence, ", ".join(plan.primary_key), _KEY_COST)]
    lost = max(profile.all_distinct_rows - distinct, missing)
    if lost <= 0:
        return []
    best = next((", ".join(one.columns) for one in profile.key_candidates if one.exact), "")
    level = "STOP" if lost > STOP_SHARE * profile.all_rows else "LOOK"
    evidence = (
        f"{distinct:,} different values in {profile.all_distinct_rows:,} different rows, {missing:,} rows without one"
    )
    return [
        _item(level, f"primary key {', '.join(plan.primary_key)} is not unique", evidence,
              f"{best}, which is unique" if best else "another key, or none", _KEY_COST)
    ]  # fmt: skip


_KEY_COST = "rows with the same key are removed as duplicates"


def _personal(plan: ColumnPlan, measured: ColumnProfile) -> list[CardItem]:
    if plan.personal_data.type != "NONE":
        return []
    cost = "personal values stay readable"
    if measured.is_personal:
        kind = measured.personal_data
        evidence = f"{kind.confidence:.0%} sure: {'; '.join(kind.evidence)}"
        return [_item("STOP", f"{plan.name} looks like {kind.type}", evidence, f"personal data: {kind.type}", cost)]
    for form, share in _TELLING_FORMS.items():
        matches = measured.validator_matches.get(form, 0)
        if measured.validator_sample and matches > share * measured.validator_sample:
            evidence = f"{matches:,} of {measured.validator_sample:,} sampled values have the form {form}"
            return [_item("STOP", f"{plan.name} has personal values", evidence, "personal data", cost)]
    return []


def _type(plan: ColumnPlan, measured: ColumnProfile, rows: int) -> list[CardItem]:
    values = rows - measured.missing_count
    if values <= 0 or measured.physical_type != "VARCHAR":
        return []
    if plan.type in NUMBERS and measured.leading_zero_count:
        evidence = f"{measured.leading_zero_count:,} values begin with a zero, which a number does not keep"
        return [_item("STOP", f"{plan.name} as {plan.type.value}", evidence, "text", "007 and 7 become the same")]
    if plan.type in TEMPORAL and plan.date_format:
        return _dates(plan, measured, values)
    read = readable(measured, plan.type)
    if values - read > UNREADABLE_SHARE * values:
        evidence = f"{values - read:,} of {values:,} values cannot be read as {plan.type.value}"
        level = "STOP" if values - read > STOP_SHARE * values else "LOOK"
        return [_item(level, f"{plan.name} as {plan.type.value}", evidence, "text", "their rows go to quarantine")]
    return []


def _dates(plan: ColumnPlan, measured: ColumnProfile, values: int) -> list[CardItem]:
    """Another format reads more of the values than the one that is planned, such as days and months swapped."""
    prefix = f"{plan.type.value}:"
    found = {
        name.removeprefix(prefix): count for name, count in measured.type_matches.items() if name.startswith(prefix)
    }
    planned = {str(plan.date_format)}
    if plan.date_format in measured.date_formats:
        planned |= set(measured.date_formats)
    read = sum(found.get(name, 0) for name in planned)
    best = max(sorted(found), key=lambda name: found[name], default="")
    if not best or best in planned or found[best] <= read:
        return []
    evidence = f"{plan.date_format} reads {read:,} of {values:,} values, {best} reads {found[best]:,}"
    return [_item("STOP", f"dates of {plan.name}", evidence, best, "days and months are swapped, or rows are lost")]


def of_deployment(plan: WorkloadPlan, trial: DryRun, thresholds: Mapping[str, float]) -> list[CardItem]:
    """What the dry run did with the rows, the thresholds, and personal data that stays readable.

    :param thresholds: zone -> threshold of the version that this one takes the place of; empty: there is none.
    """
    return [*_rows(plan, trial), *_gates(plan, thresholds), *_readable(plan)]


def _rows(plan: WorkloadPlan, trial: DryRun) -> Iterable[CardItem]:
    silver = _table(trial, "bronze_to_silver", plan.metadata.table)
    read = int(silver.get("input_rows") or 0)
    losses = {
        "removed as duplicates": int(silver.get("duplicates") or 0),
        "quarantined": int(_table(trial, "check_silver", plan.metadata.table).get("quarantined") or 0),
    }
    for what, count in losses.items():
        if read and count > SAID_SHARE * read:
            level = "STOP" if count > STOP_SHARE * read else "LOOK"
            yield _item(
                level, f"rows {what}", f"{count:,} of {read:,} rows, {count / read:.0%}",
                "look at the key" if what.startswith("removed") else "look at the rules and types",
                "these rows are not in Gold",
            )  # fmt: skip
    kept = int(silver.get("rows") or 0)
    for table in plan.transformation.gold_tables:
        gold = _table(trial, "silver_to_gold", table.name)
        rows, left_out = int(gold.get("rows") or 0), int(gold.get("filtered") or 0)
        if table.kind in ("flat", "fact") and rows > kept:
            evidence = f"{rows:,} rows are made of {kept:,} rows of Silver"
            yield _item("STOP", f"Gold {table.name} multiplies rows", evidence, "reject", "every sum counts rows twice")
        if table.kind in ("flat", "fact") and kept and left_out > 0.5 * kept:
            evidence = f"{left_out:,} of {kept:,} rows"
            yield _item("LOOK", f"filters of Gold {table.name}", evidence, "as given", "most rows are not in Gold")


def _gates(plan: WorkloadPlan, before: Mapping[str, float]) -> Iterable[CardItem]:
    for zone, planned in (("silver", plan.quality.silver_threshold), ("gold", plan.quality.gold_threshold)):
        earlier, usual = before.get(zone), USUAL_THRESHOLDS[zone]
        than = f"the deployed version's {earlier:.2f}" if earlier is not None else f"the usual {usual:.2f}"
        if planned < (usual if earlier is None else earlier):
            yield _item(
                "LOOK", f"quality gate of {zone}", f"{planned:.2f} is less than {than}", "as given",
                "worse data is published without a stop",
            )  # fmt: skip


def _readable(plan: WorkloadPlan) -> Iterable[CardItem]:
    asked = {decision.subject for decision in plan.transformation.decisions if decision.needs_eyes}
    for column in plan.metadata.columns:
        kind = column.personal_data
        shown = plan.transformation.masking.get(column.name, Masking.KEEP) is Masking.KEEP
        if shown and kind.sensitivity in ("CRITICAL", "HIGH") and f"masking.{column.name}" not in asked:
            yield _item(
                "LOOK", f"{column.name} is not masked", f"{kind.type}, sensitivity {kind.sensitivity}", "as given",
                "personal values stay readable",
            )  # fmt: skip


def _table(trial: DryRun, step: str, table: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = trial.steps.get(step, {}).get("tables", {}).get(table, {})
    return found


def _item(level: str, title: str, evidence: str, proposed: str, cost: str) -> CardItem:
    return CardItem.model_validate(
        {"level": level, "title": title, "evidence": evidence, "proposed": proposed, "cost_of_error": cost}
    )
