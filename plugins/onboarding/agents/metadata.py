"""The metadata agent: schema, key and classification, from the profile and what people said."""

from __future__ import annotations

import re
from typing import Any

from onboarding.agents.base import AgentContext, present
from onboarding.agents.fallbacks import as_text, fallback_decision, metadata_as_text
from onboarding.agents.findings import findings, lone_row, unnamed_columns, unreadable_rows
from onboarding.agents.instructions import instruction_decisions
from onboarding.agents.keys import choose_key
from onboarding.agents.masking import usual_masking
from onboarding.agents.roles import decide_role
from onboarding.agents.watermark import watermark_decisions
from onboarding.spec.cleaning import OPERATIONS, TYPING, read_arguments
from onboarding.spec.cleaning_arguments import Cast, ParseCurrency, ParseDate, ParsePercent
from onboarding.spec.column_types import TEMPORAL
from onboarding.spec.conf import CleaningStep, ColumnAnswer, ColumnType, Masking, Role
from onboarding.spec.plans import ColumnPlan, Decision, MetadataPlan
from onboarding.spec.profile import ColumnProfile, FunctionalHint, ProfileReport
from onboarding.spec.regulations import controls_of

#: Digits of a DECIMAL that one machine word holds; more where the values need them.
PRECISION = 18
WIDE_PRECISION = 38
#: Money is written with two digits even when the first delivery has fewer.
LEAST_SCALE = 2
_USUAL_SCALE = 6
#: Below this confidence a person should look at a classification.
SURE_OF_PERSONAL = 0.8


class MetadataAgent:
    """Proposes the metadata plan by rules."""

    name = "metadata"

    def propose(self, context: AgentContext) -> MetadataPlan:
        """Types, roles, key and personal data of every column; a plan that was confirmed already stays as it is."""
        plan = context.metadata or self._plan(context)
        if not context.failures:
            return plan
        return metadata_as_text(self._with_every_column(plan, context), context.failures)

    def _with_every_column(self, plan: MetadataPlan, context: AgentContext) -> MetadataPlan:
        """Measured columns that the plan lacks come back as text, in the order of the source."""
        known = {column.name: column for column in plan.columns}
        decisions, columns = list(plan.decisions), []
        for measured in context.need_profile().columns:
            if measured.name in known:
                columns.append(known[measured.name])
                continue
            proposed, _ = _column(context, measured, in_key=False)
            columns.append(as_text(proposed))
            decisions.append(
                fallback_decision(
                    f"columns.{measured.name}.type",
                    ColumnType.TEXT.value,
                    context.failures[0],
                    before="nothing",
                    cost="no sums, no filters by date",
                )
            )
        return plan.model_copy(update={"columns": columns, "decisions": decisions})

    def _plan(self, context: AgentContext) -> MetadataPlan:
        profile = context.need_profile()
        for name in context.conf.domain.columns:
            context.column_name(name, "domain.columns")
        key = choose_key(context)
        of_source = [*unreadable_rows(profile), *lone_row(profile), *unnamed_columns(profile.columns)]
        decisions = [*instruction_decisions(profile), *of_source, key.decision]
        columns: list[ColumnPlan] = []
        for column in profile.columns:
            plan, made = _column(context, column, in_key=column.name in key.columns)
            columns.append(plan)
            decisions += [*made, *findings(plan, column, profile.rows)]
        decisions += [_reference_decision(hint) for hint in profile.hints if hint.kind == "refers_to"]
        decisions += watermark_decisions(context, columns, lambda plan: _unreadable(profile, plan))
        relationships = [
            relationship.model_copy(update={"column": context.column_name(relationship.column, "domain.relationships")})
            for relationship in context.conf.domain.relationships
        ]
        return MetadataPlan(
            table=context.need_discovery().workload,
            columns=columns,
            primary_key=key.columns,
            technical_key=key.technical,
            dropped_columns=_dropped(context, columns, key.columns),
            relationships=relationships,
            decisions=decisions,
        )


def _reference_decision(hint: FunctionalHint) -> Decision:
    """A column whose values are keys of a known workload: said, and not enforced."""
    return Decision(
        subject=f"columns.{hint.columns[0]}.references",
        value=hint.values[0],
        reason=f"{hint.holds} of {hint.rows} sampled rows have one of its keys",
    )


def _dropped(context: AgentContext, columns: list[ColumnPlan], key: list[str]) -> list[str]:
    """Columns that never reach Bronze, given or by default: extraction is rendered before masking is planned."""
    given = {
        context.column_name(name, "transformations.masking"): how
        for name, how in context.conf.transformations.masking.items()
    }
    controls = controls_of(context.need_discovery().regulations)
    by_default = {
        column.name: Masking.DROP
        for column in columns
        if column.personal_data.type != "NONE"
        and usual_masking(column, controls, context.reused_mask(column.name))[0] is Masking.DROP
        and column.name not in key
    }
    return sorted(name for name, how in (by_default | given).items() if how is Masking.DROP)


def _column(context: AgentContext, column: ColumnProfile, *, in_key: bool) -> tuple[ColumnPlan, list[Decision]]:
    answer = _answer(context, column)
    kind, type_decision = _type(context, column, answer)
    rows = context.need_profile().rows
    role, role_decision = _role(column, kind, answer, rows, in_key)
    decisions = [type_decision, role_decision, *_personal_decisions(context, column, answer)]
    plan = ColumnPlan(
        name=column.name,
        source_name=column.source_name,
        position=column.position,
        physical_type=column.physical_type,
        type=kind,
        role=role,
        nullable=not in_key and (column.missing_count > 0 or readable(column, kind) < present(column, rows)),
        description=(answer.description if answer else None) or _description(column, kind, role),
        personal_data=column.personal_data,
        **(_numbers_and_dates(column, kind) | _given_form(context, column, kind)),
    )
    return plan, decisions


def _answer(context: AgentContext, column: ColumnProfile) -> ColumnAnswer | None:
    answers = context.conf.domain.columns
    return answers.get(column.name) or answers.get(column.source_name)


def _type(context: AgentContext, column: ColumnProfile, answer: ColumnAnswer | None) -> tuple[ColumnType, Decision]:
    subject = f"columns.{column.name}.type"
    given = (answer.type if answer else None) or _type_of_cleaning(context, column)
    if given is not None:
        differs = given is not column.type
        reason = f"given; the values look like {column.type.value}: {column.type_reason}" if differs else "given"
        return given, Decision(
            subject=subject, value=given.value, reason=reason, source="human", needs_eyes=False,
            cost_of_error="values that cannot be read go to quarantine" if differs else "",
        )  # fmt: skip
    return column.type, Decision(
        subject=subject,
        value=_type_label(column),
        reason=column.type_reason,
        needs_eyes=column.type_needs_eyes,
        alternatives=column.type_alternatives,
        cost_of_error="dates are read wrongly"
        if column.date_formats
        else "values that cannot be read go to quarantine",
    )


def _type_label(column: ColumnProfile) -> str:
    return f"{column.type.value} {' or '.join(column.date_formats)}".strip()


def _type_of_cleaning(context: AgentContext, column: ColumnProfile) -> ColumnType | None:
    """A cleaning step that a person gives says the type as well."""
    for step in _steps(context, column):
        kinds = OPERATIONS[step.op].types
        if step.op in TYPING and kinds:
            return ColumnType.DECIMAL if ColumnType.DECIMAL in kinds else kinds[0]
        arguments = read_arguments(step.op, step.arguments)
        if isinstance(arguments, Cast) and arguments.type is not None:
            return arguments.type
    return None


def _steps(context: AgentContext, column: ColumnProfile) -> list[CleaningStep]:
    steps = context.conf.transformations.cleaning
    return [step for step in steps if step.column in (column.name, column.source_name)]


def _given_form(context: AgentContext, column: ColumnProfile, kind: ColumnType) -> dict[str, Any]:
    """Precision and scale of a decimal, or the first format of a date, that a person's step asks for."""
    size: dict[str, Any] = {}
    for step in _steps(context, column):
        arguments = read_arguments(step.op, step.arguments)
        if isinstance(arguments, ParseDate) and arguments.given and kind in TEMPORAL:
            size["date_format"] = arguments.given[0]
        if kind is ColumnType.DECIMAL and isinstance(arguments, Cast | ParseCurrency):
            given = {"precision": arguments.precision, "scale": arguments.scale}
            size |= {name: value for name, value in given.items() if value is not None}
            if isinstance(arguments, ParsePercent) and arguments.unit == "fraction" and arguments.scale is None:
                size["scale"] = max(column.decimal_scale or 0, LEAST_SCALE) + 2
    if size.get("scale", 0) > _USUAL_SCALE:
        size.setdefault("precision", WIDE_PRECISION)
    return size


def _role(
    column: ColumnProfile, kind: ColumnType, answer: ColumnAnswer | None, rows: int, in_key: bool
) -> tuple[Role, Decision]:
    subject = f"columns.{column.name}.role"
    if answer and answer.role:
        return answer.role, Decision(subject=subject, value=answer.role.value, reason="given", source="human")
    role, reason = decide_role(column, kind, rows=rows, in_key=in_key)
    return role, Decision(subject=subject, value=role.value, reason=reason)


def _personal_decisions(context: AgentContext, column: ColumnProfile, answer: ColumnAnswer | None) -> list[Decision]:
    found = column.personal_data
    said = answer is not None and answer.pii is not None
    if found.type == "NONE" and not said:
        return _open_decisions(context, column)
    return [
        Decision(
            subject=f"columns.{column.name}.personal_data",
            value=found.type,
            reason="; ".join(found.evidence) or "no evidence",
            source="human" if said else "rules",
            needs_eyes=not said and found.confidence < SURE_OF_PERSONAL,
            alternatives=[] if said else ["none"],
            cost_of_error="personal values stay readable" if found.type == "NONE" else "values are masked without need",
        )
    ]


def _open_decisions(context: AgentContext, column: ColumnProfile) -> list[Decision]:
    """What nobody but a person can tell is asked, with "none" as the answer that changes nothing."""
    return [
        Decision(
            subject=f"columns.{column.name}.personal_data",
            value="NONE",
            reason=f"possible identifier: please decide; {listed.reason}",
            needs_eyes=True,
            alternatives=["NATIONAL_ID", "MEDICAL_RECORD", "BANK_ACCOUNT", "PERSON_NAME", "OTHER"],
            cost_of_error="personal values stay readable",
        )
        for listed in context.need_profile().possible_identifiers
        if listed.column == column.name
    ]


def _numbers_and_dates(column: ColumnProfile, kind: ColumnType) -> dict[str, Any]:
    if kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return {"date_format": column.date_format if column.type is kind else None}
    if kind is not ColumnType.DECIMAL:
        return {}
    native = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", column.physical_type)
    if native:
        return {"precision": int(native[1]), "scale": int(native[2])}
    scale = max(column.decimal_scale or 0, LEAST_SCALE)
    whole = max(len(str(end or "0").lstrip("-").split(".")[0]) for end in (column.minimum, column.maximum))
    # Three digits more than seen: the next delivery may have larger amounts.
    return {"precision": PRECISION if whole + 3 + scale <= PRECISION else WIDE_PRECISION, "scale": scale}


def readable(column: ColumnProfile, kind: ColumnType) -> int:
    """How many values can be read as ``kind``, as far as it was measured; all of them for texts."""
    matches = column.type_matches
    if column.physical_type != "VARCHAR" or kind is ColumnType.TEXT:
        return 10**18
    if kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return sum(matches.get(f"{kind.value}:{name}", 0) for name in column.date_formats)
    if column.number_format.startswith("currency"):
        return matches.get(column.number_format, 0)
    if column.number_format == "whole" and kind is not ColumnType.INTEGER:
        return matches.get(kind.value, 0)
    if column.number_format != "plain":
        return max(matches.get(column.number_format, 0) + matches.get("integer", 0), matches.get("double", 0))
    return matches.get(kind.value, 0)


def _unreadable(profile: ProfileReport, plan: ColumnPlan) -> int:
    measured = profile.column(plan.name)
    return max(0, present(measured, profile.rows) - readable(measured, plan.type))


def _description(column: ColumnProfile, kind: ColumnType, role: Role) -> str:
    personal = f", {column.personal_data.type.lower().replace('_', ' ')}" if column.is_personal else ""
    return f"{column.name.replace('_', ' ').capitalize()} ({role.value}, {kind.value}{personal})."
