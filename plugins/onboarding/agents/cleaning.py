"""Cleaning of one column, in order: trim, nullify, case, replace, require_format, then the type.

Operations and arguments are those of ``onboarding.spec.cleaning``.
"""

from __future__ import annotations

from typing import Any

from onboarding.agents.base import AgentContext, AgentError
from onboarding.spec.cleaning import AFTER_TYPE, OPERATIONS, REWRITING, TYPING, read_arguments
from onboarding.spec.conf import CleaningStep, ColumnType, Role
from onboarding.spec.plans import CleaningOperation, ColumnPlan, Decision
from onboarding.spec.profile import ColumnProfile
from shared.pipeline.profile.formats import truth_pair

#: Words that never are a value; the profile adds what it found in the column itself.
ALWAYS_NULL = ("", "NULL", "null", "N/A", "n/a")
#: Further words that a number or a date cannot be.
NULL_WHEN_TYPED = ("NA", "None", "none", "nan", "NaN", "-")
#: Form of personal values, by the detector's name; portable regular expressions.
PERSONAL_FORMATS: dict[str, dict[str, str]] = {
    "EMAIL": {"format": "email"},
    "PHONE": {"pattern": "[+]?[0-9(][0-9 ()./-]{5,24}( ?(x|ext[.]?) ?[0-9]{1,5})?"},
    "US_SSN": {"pattern": "[0-9]{3}-?[0-9]{2}-?[0-9]{4}"},
    "CREDIT_CARD": {"pattern": "[0-9]([ -]?[0-9]){12,18}"},
    "IBAN": {"pattern": "[A-Za-z]{2}[0-9]{2}( ?[A-Za-z0-9]){11,30}"},
    "IP_ADDRESS": {"pattern": "[0-9A-Fa-f:.]{3,45}"},
}
_VALIDATORS = {
    "EMAIL": ("email",), "PHONE": ("phone", "phone_digits"), "US_SSN": ("us_ssn", "us_ssn_digits"),
    "CREDIT_CARD": ("credit_card",), "IBAN": ("iban",), "IP_ADDRESS": ("ip_address",),
}  # fmt: skip
#: A form is required when at least this share of the values has it; the quality gate judges the others.
FORMAT_SHARE = 0.60
#: How amounts of money are written -> arguments of ``parse_currency``.
_AMOUNTS: dict[str, dict[str, str]] = {
    "currency": {"decimal_separator": ".", "thousands_separator": ","},
    "currency_comma": {"decimal_separator": ",", "thousands_separator": "."},
}
_SPELLING = ("lower", "upper", "title")
#: Columns with more different values than this are not normalised in case.
_MOST_CASE_VALUES = 200


def is_text(physical_type: str) -> bool:
    """Whether the column arrives as text."""
    return physical_type.upper() in ("VARCHAR", "TEXT", "STRING")


def clean(
    context: AgentContext, plan: ColumnPlan, column: ColumnProfile
) -> tuple[list[CleaningOperation], list[Decision]]:
    """The operations of one column and the decisions behind those that are not plain consequences of its type.

    What a person gives comes after what is proposed, in the person's order; it replaces proposals of its own kind.

    :raises AgentError: a given operation is not for a column of this type.
    """
    steps = [step for step in context.conf.transformations.cleaning if step.column in (plan.name, plan.source_name)]
    given = [_given(context, plan, step) for step in steps]
    decisions = [_said(plan.name, step) for step in steps]
    if not is_text(plan.physical_type):
        return given, decisions
    names = [operation.operation for operation in given]
    before = [_operation(plan.name, "trim"), _nullify(context, plan, column)]
    given = given[1:] if names[:1] == ["trim"] else given
    cased, decision = _case(plan, column)
    if cased is not None and not {*_SPELLING, "map_values"} & set(names):
        before.append(cased)
        decisions += [decision] if decision else []
    if not set(names) & set(TYPING) - {"cast"}:
        before += _number_signs(plan, column)
    if not set(names) & {*REWRITING, "require_format"}:
        before += _required_format(plan, column)
    if plan.type is ColumnType.TEXT:
        return [*before, *given], decisions
    on_text = [operation for operation in given if operation.operation not in (*TYPING, *AFTER_TYPE)]
    typing = [operation for operation in given if operation.operation in TYPING] or _typing(plan, column)
    after = [operation for operation in given if operation.operation in AFTER_TYPE]
    return [*before, *on_text, *typing, *after], decisions


def _operation(column: str, name: str, **arguments: Any) -> CleaningOperation:
    return CleaningOperation(column=column, operation=name, arguments=arguments)


def _given(context: AgentContext, plan: ColumnPlan, step: CleaningStep) -> CleaningOperation:
    """A step of the conf for the plan: checked against the column's type, other columns under their plan's names."""
    known = OPERATIONS[step.op]
    if known.place in ("type", "value") and known.types and plan.type not in known.types:
        kinds = " or ".join(known.types)
        raise AgentError(
            f"the cleaning operation `{step.op}` is not for this column",
            where=f"transformations.cleaning ({step.column})",
            expected=f"a column of type {kinds}",
            given=f"`{step.column}` of type {plan.type.value}",
            remedy=f"say its type before, for example `domain.columns: {{{step.column}: {{type: {known.types[0]}}}}}`, "
            "or leave the operation out",
        )
    arguments = dict(read_arguments(step.op, step.arguments).model_dump(mode="json", exclude_unset=True))
    if step.op == "concat":
        where = f"transformations.cleaning ({step.column}).columns"
        arguments["columns"] = [context.column_name(name, where) for name in arguments["columns"]]
    return CleaningOperation(column=plan.name, operation=step.op, arguments=arguments)


def _said(name: str, step: CleaningStep) -> Decision:
    return Decision(subject=f"columns.{name}.cleaning", value=step.op, reason="given", source="human")


def _nullify(context: AgentContext, plan: ColumnPlan, column: ColumnProfile) -> CleaningOperation:
    given = context.conf.source.options.null_values
    seen = [word.value for word in column.null_words]
    words = list(dict.fromkeys(["", *given])) if given is not None else list(ALWAYS_NULL)
    if given is None and plan.type is not ColumnType.TEXT:
        words += NULL_WHEN_TYPED
    return _operation(plan.name, "nullify", values=[*words, *sorted(word for word in seen if word not in words)])


def _case(plan: ColumnPlan, column: ColumnProfile) -> tuple[CleaningOperation | None, Decision | None]:
    """One way of writing for a dimension whose values differ in case only; nothing without such values."""
    folded = column.folded_distinct_count
    if plan.role is not Role.DIMENSION or plan.type is not ColumnType.TEXT or folded is None:
        return None, None
    if folded >= column.distinct_count or column.distinct_count > _MOST_CASE_VALUES:
        return None, None
    style = max(sorted(column.case_matches), key=lambda name: column.case_matches[name])
    values = [entry.value for entry in column.top_values]
    variants = column.distinct_count - folded
    reason = f"{variants} values differ from another one in case only"
    if style == "title" and not all(_is_plain_title(value) for value in _leaders(column)):
        mapping = _variant_mapping(column)
        if not mapping:
            return None, None
        made = _operation(plan.name, "map_values", mapping=mapping)
        return made, _case_decision(plan.name, f"map {len(mapping)} variants", reason)
    if not values:
        return None, None
    share = column.case_matches[style] / max(sum(column.case_matches.values()), 1)
    return _operation(plan.name, style), _case_decision(plan.name, style, f"{reason}; {share:.0%} are in {style} case")


def _case_decision(name: str, value: str, reason: str) -> Decision:
    return Decision(
        subject=f"columns.{name}.case", value=value, reason=reason, alternatives=["leave as it is"],
        cost_of_error="values that differ on purpose become one",
    )  # fmt: skip


def _leaders(column: ColumnProfile) -> list[str]:
    """The most frequent way of writing of each value."""
    leaders: dict[str, str] = {}
    for entry in column.top_values:
        leaders.setdefault(entry.value.lower(), entry.value)
    return list(leaders.values())


def _is_plain_title(value: str) -> bool:
    """Title case on any engine gives the value back: plain words of letters, each with one capital in front."""
    return all(word.isalpha() and word == word[:1].upper() + word[1:].lower() for word in value.split(" "))


def _variant_mapping(column: ColumnProfile) -> dict[str, str]:
    leaders = {value.lower(): value for value in _leaders(column)}
    mapping = {entry.value: leaders[entry.value.lower()] for entry in column.top_values}
    return {old: new for old, new in sorted(mapping.items()) if old != new}


def _number_signs(plan: ColumnPlan, column: ColumnProfile) -> list[CleaningOperation]:
    if column.number_format == "whole":
        return [_operation(plan.name, "replace", pattern="[.]0$", replacement="")]
    if plan.type not in (ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.INTEGER):
        return []
    if column.number_format == "grouped":
        return [_operation(plan.name, "replace", pattern="[$€£ ]", replacement="")]
    if column.number_format == "percent":
        return [_operation(plan.name, "replace", pattern=" ?%", replacement="")]
    return []


def format_share(column: ColumnProfile) -> float | None:
    """Share of the sampled values that have the form of the column's personal data; None when it has no form."""
    names = _VALIDATORS.get(column.personal_data.type)
    if names is None or not column.validator_sample:
        return None
    passed = sum(column.validator_matches.get(name, 0) for name in names)
    return min(1.0, passed / column.validator_sample)


def _required_format(plan: ColumnPlan, column: ColumnProfile) -> list[CleaningOperation]:
    share = format_share(column)
    if plan.type is not ColumnType.TEXT or share is None or share < FORMAT_SHARE:
        return []
    return [_operation(plan.name, "require_format", **PERSONAL_FORMATS[column.personal_data.type])]


def _typing(plan: ColumnPlan, column: ColumnProfile) -> list[CleaningOperation]:
    if plan.type is ColumnType.TEXT:
        return []
    if plan.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return [_temporal(plan, column)]
    pair = truth_pair(column.truth_words)
    if plan.type is ColumnType.BOOLEAN and pair is not None:
        return [_operation(plan.name, "parse_boolean", true_values=[pair[0]], false_values=[pair[1]])]
    size = {"precision": plan.precision, "scale": plan.scale} if plan.type is ColumnType.DECIMAL else {}
    if column.number_format in _AMOUNTS:
        return [_operation(plan.name, "parse_currency", **_AMOUNTS[column.number_format], **size)]
    arguments: dict[str, Any] = {"type": plan.type.value, **size}
    if column.number_format == "grouped":
        arguments["thousands_separator"] = ","
    if column.number_format == "decimal_comma":
        arguments["decimal_separator"] = ","
    return [_operation(plan.name, "cast", **arguments)]


def _temporal(plan: ColumnPlan, column: ColumnProfile) -> CleaningOperation:
    name = "parse_date" if plan.type is ColumnType.DATE else "parse_timestamp"
    formats = column.date_formats if column.type is plan.type else []
    if len(formats) > 1:
        return _operation(plan.name, name, formats=formats)
    default = "%Y-%m-%d" if plan.type is ColumnType.DATE else "iso"
    return _operation(plan.name, name, format=formats[0] if formats else default)
