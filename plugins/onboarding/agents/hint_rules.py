"""Rules from what columns say of each other: they flag rows that do not agree, and never hold one back."""

from __future__ import annotations

from collections.abc import Mapping

from onboarding.agents.quality_checks import WARNING_PASS_RATE, rule_id
from onboarding.spec.column_types import NUMBERS, TEMPORAL
from onboarding.spec.plans import ColumnPlan, QualityRule
from onboarding.spec.profile import ColumnProfile, FunctionalHint
from shared.pipeline.literals import quote_identifier


def from_hint(
    hint: FunctionalHint, columns: Mapping[str, tuple[ColumnPlan, ColumnProfile]], table: str
) -> QualityRule | None:
    """The rule of a product, a sum, or an order of dates; None of any other hint.

    :param columns: the columns that Silver has unmasked, as planned and as measured; a hint of any other gives none,
        and neither does one of numbers that the source writes in a form of their own (``$ 1,234.50``).
    """
    found = [columns.get(name) for name in hint.columns]
    known = [both for both in found if both is not None]
    kinds = {plan.type for plan, _ in known}
    if len(known) < len(found) or any(profile.number_format != "plain" for _, profile in known):
        return None
    names = [quote_identifier(name) for name in hint.columns]
    if hint.kind in ("product", "sum") and kinds <= set(NUMBERS):
        sign, word = ("*", "times") if hint.kind == "product" else ("+", "plus")
        absolute, share = known[0][1].rounding
        allowed = f"{absolute:.10f}".rstrip("0") if absolute else f"{share:.10f}".rstrip("0") + f" * abs({names[0]})"
        expression = f"abs({names[0]} - ({names[1]} {sign} {names[2]})) <= {allowed}"
        parts = [hint.columns[0], "equals", hint.columns[1], word, hint.columns[2]]
    elif hint.kind == "not_before" and kinds <= set(TEMPORAL) and len(kinds) == 1:
        expression = f"{names[0]} >= {names[1]}"
        parts = [hint.columns[0], "not_before", hint.columns[1]]
    else:
        return None
    return QualityRule(
        id=rule_id(*parts), zone="silver", table=table, columns=hint.columns, dimension="consistency",
        check="expression", arguments={"expression": expression}, min_pass_rate=WARNING_PASS_RATE,
        reason=f"{hint.text} in {hint.holds} of {hint.rows} sampled rows",
    )  # fmt: skip
