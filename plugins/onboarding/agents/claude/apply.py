"""Amendments become part of a plan the way a person's answers do: as leaves of the conf, which the rules then follow.

So an amendment passes every check that a conf passes (known operations and their arguments, the allow-list of SQL,
columns that exist, types that fit), and what follows from it (cleaning for a type, rules for a column) follows by the
same rules. What a person gave is not amended. A decision that came about so says that it is Claude's, and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from onboarding.agents.base import Agent, AgentContext
from onboarding.agents.claude import amendments as kinds
from onboarding.spec.cleaning import OPERATIONS
from onboarding.spec.conf import ColumnAnswer, Conf, Masking
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import Decision, QualityPlan, QualityRule, TransformationPlan
from onboarding.spec.profile import ColumnProfile
from shared.pipeline.errors import DataOnboardingError

PlanT = TypeVar("PlanT", bound=Any)
#: Column, kind of personal data, reason -> the column as it is profiled when that is what it holds.
Reclassify = Callable[[ColumnProfile, str, str], ColumnProfile]

#: How much of a value a masking leaves; an amendment may only leave less.
_HIDES = {
    Masking.KEEP: 0, Masking.YEAR: 1, Masking.EMAIL: 1, Masking.PARTIAL: 1, Masking.LAST4: 1, Masking.HASH: 2,
    Masking.REDACT: 3, Masking.DROP: 4,
}  # fmt: skip
_KEEPS_KEYS_APART = "hash"


class AmendmentError(DataOnboardingError):
    """An amendment cannot be applied."""

    code = "amendment"


@dataclass(frozen=True)
class Amended:
    """A context in which an amendment is an answer, and the decision that it is about.

    :ivar subject: of the decision; one of this subject is made where the rules make none.
    :ivar value: what the decision becomes.
    :ivar needs_eyes: whether a person should look at it: it changes rows, types, keys or protection.
    :ivar also: further decisions that the same amendment makes.
    """

    context: AgentContext
    subject: str
    value: str
    needs_eyes: bool
    also: tuple[str, ...] = ()


def apply_all(
    agent: Agent[PlanT],
    context: AgentContext,
    proposed: PlanT,
    amendments: Sequence[kinds.Amendment],
    reclassify: Reclassify,
) -> PlanT:
    """The agent's plan with the amendments in it.

    :param context: what the rules proposed from.
    :param proposed: what they proposed.
    :raises AmendmentError: with a line for each amendment that cannot be applied, by its place in the list.
    """
    made: list[tuple[kinds.Amendment, Amended]] = []
    faults: list[str] = []
    known: AgentContext = context
    plan: Any = proposed
    for number, amendment in enumerate(amendments):
        try:
            amended = _applied(known, plan, amendment, context.conf, reclassify)
            plan = _changed_rule(plan, amendment) if isinstance(amendment, kinds.ChangeRule) else plan
            if amended.context is not known:
                plan = _with_rule_changes(agent.propose(amended.context), made)
        except (DataOnboardingError, ValidationError, ValueError) as error:
            faults.append(f"amendments[{number}]: {explained(error)}")
            continue
        known = amended.context
        made.append((amendment, amended))
    if faults:
        raise AmendmentError(
            "some amendments cannot be applied",
            where=agent.name,
            expected="amendments that the plan can follow",
            given="; ".join(faults),
            remedy="correct them, or leave them out",
        )
    decisions = _decisions(proposed.decisions, plan.decisions, made)
    whole = plan.model_copy(update={"decisions": decisions}).model_dump(mode="json")
    validated: PlanT = type(plan).model_validate(whole)
    return validated


def explained(error: Exception) -> str:
    """What is wrong, in a line; of what was given, only what the model itself wrote."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found[:5])
    if isinstance(error, DataOnboardingError):
        parts = (error.where, error.what, f"expected {error.expected}", f"given {error.given}")
        return " | ".join(part for part in parts if part)[:600]
    return str(error)[:300]


def _applied(
    context: AgentContext, plan: Any, amendment: kinds.Amendment, given: Conf, reclassify: Reclassify
) -> Amended:
    match amendment:
        case kinds.AmendType() | kinds.AmendRole() | kinds.AmendDescription():
            return _column_answer(context, amendment, given)
        case kinds.AmendPersonalData():
            return _personal_data(context, amendment, given, reclassify)
        case kinds.AmendPrimaryKey():
            return _primary_key(context, amendment, given)
        case kinds.AddCleaning():
            return _cleaning(context, amendment)
        case kinds.AmendMasking():
            return _masking(context, plan, amendment, given)
        case kinds.AmendNewestRow():
            return _newest_row(context, amendment, given)
        case kinds.AddDerived():
            entry = {"name": amendment.name, "expression": amendment.expression}
            changed = _with(context, "transformations", "derived", entry)
            return Amended(changed, f"derived.{amendment.name}", amendment.expression, needs_eyes=True)
        case kinds.AddRule():
            return _rule(context, plan, amendment)
        case kinds.ChangeRule():
            return Amended(context, f"quality.{amendment.id}", _rule_value(amendment), needs_eyes=False)
        case kinds.AmendSchedule() | kinds.AmendTimes():
            return _schedule(context, amendment, given)
    raise AmendmentError("unknown kind of amendment", given=type(amendment).__name__)


def _column_answer(
    context: AgentContext, amendment: kinds.AmendType | kinds.AmendRole | kinds.AmendDescription, given: Conf
) -> Amended:
    name = context.column_name(amendment.column, "column")
    source_name = context.need_profile().column(name).source_name
    said = given.domain.columns.get(name) or given.domain.columns.get(source_name) or ColumnAnswer()
    if getattr(said, amendment.kind) is not None:
        raise _a_persons(f"domain.columns.{name}.{amendment.kind}")
    value = getattr(amendment, amendment.kind)
    columns = dict(context.conf.domain.columns)
    key = source_name if source_name in columns else name
    columns[key] = columns.get(key, ColumnAnswer()).model_copy(update={amendment.kind: value})
    changed = context.conf.model_dump(mode="json")
    changed["domain"]["columns"] = {key: answer.model_dump(mode="json") for key, answer in columns.items()}
    return Amended(
        replace(context, conf=parse_conf(changed, where="amendment")),
        f"columns.{name}.{amendment.kind}",
        str(getattr(value, "value", value)),
        needs_eyes=isinstance(amendment, kinds.AmendType),
    )


def _personal_data(
    context: AgentContext, amendment: kinds.AmendPersonalData, given: Conf, reclassify: Reclassify
) -> Amended:
    name = context.column_name(amendment.column, "column")
    profile = context.need_profile()
    column = profile.column(name)
    said = given.domain.columns.get(name) or given.domain.columns.get(column.source_name)
    if said is not None and said.pii is not None:
        raise _a_persons(f"domain.columns.{name}.pii")
    if column.is_personal:
        raise AmendmentError(
            "the column is classified as personal data already",
            where=name,
            expected="a column that the rules took for harmless",
            given=column.personal_data.type,
            remedy="leave it as it is; a person can change it",
        )
    changed = reclassify(column, amendment.type.strip().upper(), amendment.reason)
    columns = [changed if found.name == name else found for found in profile.columns]
    profile = profile.model_copy(update={"columns": columns})
    subject = f"columns.{name}.personal_data"
    return Amended(replace(context, profile=profile), subject, changed.personal_data.type, needs_eyes=True)


def _primary_key(context: AgentContext, amendment: kinds.AmendPrimaryKey, given: Conf) -> Amended:
    if given.domain.primary_key:
        raise _a_persons("domain.primary_key")
    names = [context.column_name(name, "columns") for name in amendment.columns]
    candidates = [candidate.columns for candidate in context.need_profile().key_candidates if candidate.exact]
    if names not in candidates:
        raise AmendmentError(
            "this was not measured to be a key",
            where="primary_key",
            expected=" or ".join(", ".join(columns) for columns in candidates) or "nothing: no key was measured",
            given=", ".join(names),
            remedy="choose one of the measured candidates",
        )
    changed = context.conf.model_dump(mode="json")
    changed["domain"]["primary_key"] = names
    conf = parse_conf(changed, where="amendment")
    return Amended(replace(context, conf=conf), "primary_key", ", ".join(names), needs_eyes=True)


def _cleaning(context: AgentContext, amendment: kinds.AddCleaning) -> Amended:
    name = context.column_name(amendment.column, "column")
    if OPERATIONS[amendment.operation].place == "type" or amendment.operation in ("cast", "nullify", "default"):
        raise AmendmentError(
            "this operation is not for amendments: types and missing values are decided from all rows",
            where=name,
            expected="an operation that keeps the type",
            given=amendment.operation,
            remedy="leave it out",
        )
    entry = {"column": name, "op": amendment.operation, **_arguments(amendment.arguments_json)}
    changed = _with(context, "transformations", "cleaning", entry)
    return Amended(changed, f"columns.{name}.cleaning", amendment.operation, needs_eyes=True)


def _masking(context: AgentContext, plan: TransformationPlan, amendment: kinds.AmendMasking, given: Conf) -> Amended:
    name = context.column_name(amendment.column, "column")
    source_name = context.need_profile().column(name).source_name
    if {name, source_name} & set(given.transformations.masking):
        raise _a_persons(f"transformations.masking.{name}")
    wanted, now = Masking(amendment.masking), plan.masking.get(name, Masking.KEEP)
    in_key = name in context.need_metadata().primary_key
    if _HIDES[wanted] <= _HIDES[now] or (in_key and wanted is not Masking.HASH):
        raise AmendmentError(
            "masking can be made stricter only, and a key stays a key",
            where=name,
            expected=_KEEPS_KEYS_APART if in_key else f"something that hides more than {now.value}",
            given=wanted.value,
            remedy="leave it out; a person can change it",
        )
    changed = context.conf.model_dump(mode="json")
    changed["transformations"]["masking"][name] = wanted.value
    conf = parse_conf(changed, where="amendment")
    return Amended(replace(context, conf=conf), f"masking.{name}", wanted.value, needs_eyes=True)


def _newest_row(context: AgentContext, amendment: kinds.AmendNewestRow, given: Conf) -> Amended:
    said = given.transformations.deduplicate
    if said.order_by or said.keep:
        raise _a_persons("transformations.deduplicate")
    name = context.column_name(amendment.order_by, "order_by")
    changed = context.conf.model_dump(mode="json")
    changed["transformations"]["deduplicate"] |= {"order_by": name, "keep": amendment.keep}
    conf = parse_conf(changed, where="amendment")
    return Amended(replace(context, conf=conf), "deduplication", f"the {amendment.keep} by {name}", needs_eyes=True)


def _rule(context: AgentContext, plan: QualityPlan, amendment: kinds.AddRule) -> Amended:
    if any(rule.id == amendment.id for rule in plan.rules):
        raise AmendmentError(
            "there is a rule of this name", where=amendment.id, expected="a new id", given=amendment.id,
            remedy="take another id, or change_rule",
        )  # fmt: skip
    entry = {
        "id": amendment.id, "zone": amendment.zone, "columns": amendment.columns, "dimension": amendment.dimension,
        "check": amendment.check, "args": _arguments(amendment.arguments_json), "severity": amendment.severity,
        "on_fail": amendment.on_fail, "min_pass_rate": amendment.min_pass_rate,
    }  # fmt: skip
    changed = _with(context, "quality", "rules", entry)
    return Amended(changed, f"quality.{amendment.id}", amendment.check, needs_eyes=amendment.severity == "critical")


def _changed_rule(plan: QualityPlan, amendment: kinds.ChangeRule) -> QualityPlan:
    """The plan with this rule as hard as the amendment says.

    :raises AmendmentError: there is no such rule, a person gave it, or consumers rely on it.
    """
    by_people = {item.subject for item in plan.decisions if item.source == "human"}
    rule = next((rule for rule in plan.rules if rule.id == amendment.id), None)
    if rule is None or rule.check in ("unique", "row_count") or rule.id.endswith("key_not_null"):
        raise AmendmentError(
            "there is no such rule to change",
            where=amendment.id,
            expected="the id of a proposed rule that is not about keys or row counts",
            given=amendment.id,
            remedy="leave it out",
        )
    if f"quality.{rule.id}" in by_people:
        raise _a_persons(f"quality.rules.{rule.id}")
    update = {name: getattr(amendment, name) for name in ("severity", "on_fail", "min_pass_rate")}
    changed = QualityRule.model_validate(rule.model_dump() | update)
    rules = [changed if found.id == rule.id else found for found in plan.rules]
    return plan.model_copy(update={"rules": rules})


def _with_rule_changes(plan: PlanT, made: Iterable[tuple[kinds.Amendment, Amended]]) -> PlanT:
    """Changes of rules again, on a plan that was proposed anew."""
    for amendment, _ in made:
        if isinstance(amendment, kinds.ChangeRule):
            plan = _changed_rule(plan, amendment)  # type: ignore[assignment]
    return plan


def _rule_value(amendment: kinds.ChangeRule) -> str:
    return f"{amendment.severity}, {amendment.on_fail}, at least {amendment.min_pass_rate:.0%}"


def _schedule(context: AgentContext, amendment: kinds.AmendSchedule | kinds.AmendTimes, given: Conf) -> Amended:
    leaves = ("cron", "timezone") if isinstance(amendment, kinds.AmendSchedule) else ("retries", "deadline_minutes")
    said = [name for name in leaves if getattr(given.schedule, name) is not None]
    if said or (given.schedule.depends_on and isinstance(amendment, kinds.AmendSchedule)):
        raise _a_persons(f"schedule.{said[0] if said else 'depends_on'}")
    changed = context.conf.model_dump(mode="json")
    changed["schedule"] |= {name: getattr(amendment, name) for name in leaves}
    conf = parse_conf(changed, where="amendment")
    subject = "dag.schedule" if isinstance(amendment, kinds.AmendSchedule) else "dag.deadline_minutes"
    value = str(getattr(amendment, "cron" if subject == "dag.schedule" else "deadline_minutes"))
    also = ("dag.timezone",) if subject == "dag.schedule" else ("dag.retries",)
    return Amended(replace(context, conf=conf), subject, value, needs_eyes=True, also=also)


def _with(context: AgentContext, part: str, leaf: str, entry: dict[str, Any]) -> AgentContext:
    """The context whose conf has one more entry in a list."""
    changed = context.conf.model_dump(mode="json")
    changed[part][leaf].append(entry)
    return replace(context, conf=parse_conf(changed, where="amendment"))


def _arguments(text: str) -> dict[str, Any]:
    found = json.loads(text or "{}")
    if not isinstance(found, dict):
        raise ValueError("arguments_json is no JSON object")
    return found


def _a_persons(where: str) -> AmendmentError:
    return AmendmentError(
        "a person gave this, and it stays",
        where=where,
        expected="an amendment of what the rules decided",
        given="an amendment of a person's answer",
        remedy="leave it out",
    )


def _decisions(
    before: list[Decision], after: list[Decision], made: Sequence[tuple[kinds.Amendment, Amended]]
) -> list[Decision]:
    """The plan's decisions, those that amendments brought about under Claude's name and with its reason."""
    was = {decision.subject: decision.value for decision in before}
    decisions = list(after)
    for amendment, amended in made:
        update = {"source": "claude", "reason": amendment.reason, "needs_eyes": amended.needs_eyes}
        was_before = was.get(amended.subject, "")
        if was_before and was_before != amended.value:
            update["alternatives"] = [was_before]
        place = _place(decisions, amended.subject, before)
        if place is None:
            decisions.append(Decision(subject=amended.subject, value=amended.value, **update))
        else:
            value = amended.value if isinstance(amendment, kinds.ChangeRule) else decisions[place].value
            decisions[place] = decisions[place].model_copy(update={**update, "value": value})
        for number, decision in enumerate(decisions):
            if decision.subject in amended.also:
                decisions[number] = decision.model_copy(update={"source": "claude", "reason": amendment.reason})
    return decisions


def _place(decisions: list[Decision], subject: str, before: list[Decision]) -> int | None:
    """Where the decision is that came about so: of this subject, and preferably none that was there before."""
    found = [number for number, decision in enumerate(decisions) if decision.subject == subject]
    new = [number for number in found if decisions[number] not in before]
    return next(iter([*reversed(new), *found]), None)
