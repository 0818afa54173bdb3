"""Is the watermark column one that loads can rely on?"""

from __future__ import annotations

from collections.abc import Callable

from onboarding.agents.base import AgentContext, AgentError
from onboarding.spec.plans import ColumnPlan, Decision
from shared.pipeline.watermark import COMPARED_AS


def watermark_decisions(
    context: AgentContext, columns: list[ColumnPlan], unreadable: Callable[[ColumnPlan], int]
) -> list[Decision]:
    """The decision about the watermark column; none for other loads.

    :param unreadable: counts the values of a column that are there and cannot be read as its type.
    :raises AgentError: its values cannot be compared.
    """
    source = context.need_discovery().source
    if source.load != "watermark":
        return []
    plan = next(column for column in columns if column.name == source.watermark_column)
    measured = context.need_profile().column(plan.name)
    if plan.type.value not in COMPARED_AS or measured.number_format != "plain":
        raise AgentError(
            "the watermark column has no values that can be compared",
            where="source.watermark_column",
            expected=f"{', '.join(COMPARED_AS)}, numbers without separators and signs",
            given=f"{plan.name}: {measured.type_reason}",
            remedy="take another column, give this one its type in domain.columns, or set source.load to full or "
            "new_files",
        )
    missing = measured.missing_count + unreadable(plan)
    return [
        Decision(
            subject="source.watermark_column",
            value=plan.name,
            reason=f"{plan.type.value}; {missing} rows have no value in it: each is loaded once, when it is first seen"
            if missing
            else f"{plan.type.value}, never empty",
            source="human",
            needs_eyes=bool(missing),
            cost_of_error="a row that changes without a new value in it is not loaded again",
        )
    ]
