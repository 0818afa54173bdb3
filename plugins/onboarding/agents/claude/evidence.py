"""What Claude is shown: names, measures and shapes of values; a value itself only where it is harmless and frequent.

A value is shown when its column is neither personal nor masked, by the rules, by a person or by a plan so far, and at
least :data:`LEAST_OCCURRENCES` rows have it. Extremes and quantiles are values of single rows and never shown. Of
plans only what was decided is shown, without the texts inside (mappings, lists of values, patterns, expressions).
"""

from __future__ import annotations

import re
from typing import Any

from onboarding.agents.base import AgentContext
from onboarding.spec.conf import Masking
from onboarding.spec.plans import Decision
from onboarding.spec.profile import ColumnProfile
from shared.operators.test_gate import FailedTest

#: A value that fewer rows have may tell something of one of them.
LEAST_OCCURRENCES = 10
_MOST_VALUES = 12
_MOST_SHAPES = 5
_VALUE_CHARACTERS = 60
_MESSAGE_CHARACTERS = 800
#: Arguments of operations that hold no text of the data.
_PLAIN_ARGUMENTS = ("type", "precision", "scale", "format", "formats", "digits")


def evidence(context: AgentContext, agent: str) -> dict[str, Any]:
    """What is known, as JSON data; the same context gives the same data.

    :param agent: whose proposal is to be amended; of the plans it reads, and of its own, the decisions are shown.
    """
    profile = context.need_profile()
    hidden = hidden_columns(context)
    shown: dict[str, Any] = {
        "workload": context.need_discovery().workload,
        "what_a_row_is": context.conf.domain.description or "",
        "rows": profile.rows,
        "different_rows": profile.distinct_rows,
        **({} if profile.source_rows is None else {"rows_of_the_whole_source": profile.source_rows}),
        "columns": [_column(context, column, column.name in hidden) for column in profile.columns],
        "measured_keys": [
            {"columns": candidate.columns, "unique_and_complete": candidate.exact, "reason": candidate.reason}
            for candidate in profile.key_candidates
        ],
    }
    if agent == "transformation":
        shown["key"] = context.need_metadata().primary_key
    return shown


def hidden_columns(context: AgentContext) -> set[str]:
    """Columns of which no value may be shown."""
    given = {name for name, how in context.conf.transformations.masking.items() if how is not Masking.KEEP}
    hidden = {
        column.name
        for column in context.need_profile().columns
        if column.is_personal or {column.name, column.source_name} & given
    }
    if context.metadata is not None:
        hidden |= {column.name for column in context.metadata.columns if column.personal_data.type != "NONE"}
    if context.transformation is not None:
        hidden |= {name for name, how in context.transformation.masking.items() if how is not Masking.KEEP}
    return hidden


def _column(context: AgentContext, column: ColumnProfile, hidden: bool) -> dict[str, Any]:
    plan = next((found for found in context.metadata.columns if found.name == column.name), None) if (
        context.metadata
    ) else None  # fmt: skip
    shown: dict[str, Any] = {
        "name": column.name,
        "name_in_source": column.source_name,
        "type": (plan.type if plan else column.type).value,
        "type_reason": column.type_reason,
        "personal_data": (plan.personal_data if plan else column.personal_data).type,
        "missing": column.missing_count,
        "different_values": column.distinct_count,
        "lengths": [column.minimum_length, column.maximum_length],
        "readable_as": column.type_matches,
        "shapes": [[_shape(entry.value), entry.count] for entry in _frequent(column.shapes)[:_MOST_SHAPES]],
    }
    if plan is not None:
        shown["role"] = plan.role.value
    if not hidden:
        shown["values"] = [
            [entry.value[:_VALUE_CHARACTERS], entry.count] for entry in _frequent(column.top_values)[:_MOST_VALUES]
        ]
        shown["mean"], shown["standard_deviation"] = _rounded(column.mean), _rounded(column.standard_deviation)
        shown["negative"] = column.negative_count
    return shown


def _frequent(counted: list[Any]) -> list[Any]:
    return [entry for entry in counted if entry.count >= LEAST_OCCURRENCES]


def _shape(shape: str) -> str:
    """A shape whose letters and digits stand for letters and digits only, of any script."""
    return re.sub(r"[^\W9Aa_]", "?", shape)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def proposal(agent: str, plan: Any) -> dict[str, Any]:
    """A plan of the rules: its decisions, and the parts that amendments name."""
    shown: dict[str, Any] = {"decisions": [_decision(item) for item in plan.decisions if agent != "quality"]}
    if agent == "transformation":
        shown["cleaning"] = [
            {
                "column": item.column,
                "operation": item.operation,
                "arguments": {name: value for name, value in item.arguments.items() if name in _PLAIN_ARGUMENTS},
            }
            for item in plan.cleaning
        ]
        shown["masking"] = {name: how.value for name, how in plan.masking.items()}
        shown["derived"] = [column.name for column in plan.derived]
        shown["gold_tables"] = [{"name": table.name, "kind": table.kind} for table in plan.gold_tables]
    if agent == "quality":
        names = {"id", "zone", "columns", "check", "dimension", "severity", "on_fail", "min_pass_rate"}
        shown["rules"] = [rule.model_dump(mode="json", include=names) for rule in plan.rules]
    return shown


def _decision(decision: Decision) -> dict[str, Any]:
    """A decision without its reason and its cost, which are for people."""
    return {"subject": decision.subject, "value": decision.value, "given_by_a_person": decision.source == "human"}


def failed_tests(failures: list[FailedTest]) -> list[dict[str, str]]:
    """Failed tests; they run on synthetic rows, so that no row of the source is in their messages."""
    return [{"test": failure.name, "message": failure.message[:_MESSAGE_CHARACTERS]} for failure in failures[:20]]
