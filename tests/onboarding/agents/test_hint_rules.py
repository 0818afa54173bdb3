"""Rules from what columns say of each other: they flag what does not agree, and are not proposed of masked columns."""

from __future__ import annotations

from onboarding.agents.hint_rules import from_hint
from onboarding.spec.conf import ColumnType, Role
from onboarding.spec.expressions import check_predicate
from onboarding.spec.plans import ColumnPlan
from onboarding.spec.profile import ColumnProfile, FunctionalHint, HintKind, PersonalData


def _column(name: str, kind: ColumnType, scale: int | None = None) -> tuple[ColumnPlan, ColumnProfile]:
    plan = ColumnPlan(
        name=name, source_name=name, position=0, type=kind, role=Role.MEASURE, nullable=True, description="",
        personal_data=PersonalData(),
    )  # fmt: skip
    profile = ColumnProfile(
        name=name, source_name=name, position=0, physical_type="VARCHAR", null_count=0, empty_count=0,
        distinct_count=5, type=kind, decimal_scale=scale,
    )  # fmt: skip
    return plan, profile


def _hint(kind: HintKind, *columns: str) -> FunctionalHint:
    return FunctionalHint(kind=kind, columns=list(columns), rows=100, holds=99)


NUMBERS = {
    "amount": _column("amount", ColumnType.DECIMAL, 2),
    "ratio": _column("ratio", ColumnType.DOUBLE, 12),
    "quantity": _column("quantity", ColumnType.INTEGER),
    "order": _column("order", ColumnType.DECIMAL, 2),
    "day": _column("day", ColumnType.DATE),
    "moment": _column("moment", ColumnType.TIMESTAMP),
}


def test_a_product_within_half_a_unit_of_its_last_digit() -> None:
    rule = from_hint(_hint("product", "amount", "quantity", "order"), NUMBERS, "t")
    assert rule is not None
    assert rule.id == "amount_equals_quantity_times_order"
    assert rule.arguments["expression"] == 'abs("amount" - ("quantity" * "order")) <= 0.0051'
    assert (rule.severity, rule.on_fail, rule.min_pass_rate) == ("warning", "flag", 0.9)
    assert rule.reason == "amount = quantity x order in 99 of 100 sampled rows"
    check_predicate(rule.arguments["expression"], where="test", columns=NUMBERS)


def test_a_sum_of_floating_point_numbers_to_six_digits() -> None:
    rule = from_hint(_hint("sum", "ratio", "quantity", "order"), NUMBERS, "t")
    assert rule is not None
    assert rule.arguments["expression"] == 'abs("ratio" - ("quantity" + "order")) <= 0.000001 * abs("ratio")'
    check_predicate(rule.arguments["expression"], where="test", columns=NUMBERS)


def test_an_order_of_dates_of_one_type_only() -> None:
    later = dict(NUMBERS, other=_column("other", ColumnType.DATE))
    rule = from_hint(_hint("not_before", "day", "other"), later, "t")
    assert rule is not None and rule.arguments["expression"] == '"day" >= "other"'
    assert from_hint(_hint("not_before", "moment", "day"), later, "t") is None


def test_no_rule_of_a_column_that_is_masked_or_no_number() -> None:
    assert from_hint(_hint("product", "amount", "quantity", "gone"), NUMBERS, "t") is None
    assert from_hint(_hint("product", "amount", "quantity", "day"), NUMBERS, "t") is None
    assert from_hint(_hint("decides", "amount", "quantity"), NUMBERS, "t") is None
