"""What looks like dirt in a column: a person is told, and nothing is changed because of it alone."""

from __future__ import annotations

from collections.abc import Sequence

from onboarding.agents.base import present
from onboarding.agents.quality_checks import FAR_OUT, few_negative
from onboarding.spec.conf import ColumnType, Format, Role
from onboarding.spec.plans import ColumnPlan, Decision
from onboarding.spec.profile import ColumnProfile, ProfileReport

_FLAGGED = "kept, and flagged by a rule"
_SHOWN = 3
#: Characters of a value that may hold rows.
_LONG = 500
#: From this share of rows that cannot be read on, a person looks.
UNREADABLE_SHARE = 0.01
#: Share of values in another form up to which they are slips, and no second form.
_FEW = 0.03


def findings(plan: ColumnPlan, column: ColumnProfile, rows: int) -> list[Decision]:
    """A decision with the usual way on for each thing that looks like dirt.

    Legitimate negatives (in one row of twenty and more), columns that are mostly empty, and rare values that resemble
    no frequent one are none.

    :param rows: rows that were profiled.
    """
    found = [_misspellings(plan, column), _far_dates(plan, column, rows), _other_form(plan, column)]
    if plan.role is Role.MEASURE and plan.type is column.type:
        found += [_negatives(plan, column, rows), _far_out(plan, column)]
    return [decision for decision in found if decision is not None]


def _misspellings(plan: ColumnPlan, column: ColumnProfile) -> Decision | None:
    if not column.misspellings:
        return None
    pairs = [
        f"{entry.rows} rows hold {', '.join(map(repr, entry.values)) or 'a rare value'}, one or two letters from "
        f"{entry.usual!r}"
        for entry in column.misspellings[:_SHOWN]
    ]
    return Decision(
        subject=f"columns.{plan.name}.misspelt",
        value="kept as they are, and in no list of allowed values",
        reason="; ".join(pairs),
        needs_eyes=True,
        alternatives=["a step map_values in transformations.cleaning"],
        cost_of_error="one category is counted as two",
    )


def _negatives(plan: ColumnPlan, column: ColumnProfile, rows: int) -> Decision | None:
    if not few_negative(column):
        return None
    return Decision(
        subject=f"columns.{plan.name}.negative",
        value=_FLAGGED,
        reason=f"{column.negative_count} of {present(column, rows)} values are negative, the others are not",
        needs_eyes=True,
        alternatives=["a filter or a rule that quarantines"],
        cost_of_error="sums are too small if these are slips of the sign, and no refunds",
    )


def _far_out(plan: ColumnPlan, column: ColumnProfile) -> Decision | None:
    usual = column.quantiles.get("p99", 0.0)
    largest = float(column.maximum) if column.maximum is not None else 0.0
    if usual <= 0 or largest <= FAR_OUT * usual:
        return None
    return Decision(
        subject=f"columns.{plan.name}.far_out",
        value=_FLAGGED,
        reason=f"the largest value is more than {FAR_OUT} times that which 99 % stay below",
        needs_eyes=True,
        cost_of_error="one wrong value outweighs all others in a sum",
    )


def _other_form(plan: ColumnPlan, column: ColumnProfile) -> Decision | None:
    """A few identifiers that are not written as the others: rows of totals and of tests are found by them."""
    few = 0 < column.other_form_count <= _FEW * column.sampled_count
    if (
        plan.role is not Role.IDENTIFIER
        or plan.type is not ColumnType.TEXT
        or column.identifier_strength < 3
        or not few
    ):
        return None
    return Decision(
        subject=f"columns.{plan.name}.other_form",
        value="kept",
        reason=f"{column.other_form_count} of {column.sampled_count} sampled values are not written as the others are",
        needs_eyes=True,
        alternatives=["a filter in transformations.cleaning"],
        cost_of_error="a row of totals or of a test is counted as one of the others",
    )


def unreadable_rows(profile: ProfileReport) -> list[Decision]:
    """Rows that are in the source and cannot be read, where they are more than a line or two at its end."""
    all_rows = profile.rows + profile.unreadable_rows
    if profile.unreadable_rows < UNREADABLE_SHARE * all_rows:
        return []
    return [
        Decision(
            subject="source.options",
            value="as detected; rows that cannot be read are counted and left out",
            reason=f"{profile.unreadable_rows} of {all_rows} rows cannot be read",
            needs_eyes=True,
            alternatives=["another delimiter, quote or escape", "have the sender mend the file"],
            cost_of_error="these rows never reach Bronze",
        )
    ]


def lone_row(profile: ProfileReport) -> list[Decision]:
    """One object with a long text or list inside: the rows may be in there, as APIs answer."""
    long = [column.name for column in profile.columns if (column.maximum_length or 0) >= _LONG]
    if profile.rows != 1 or profile.format not in (Format.JSON, Format.JSONL) or not long:
        return []
    return [
        Decision(
            subject="source.format",
            value="one row",
            reason=f"the source is one object, and {', '.join(long[:_SHOWN])} is long: the rows may be inside",
            needs_eyes=True,
            alternatives=["have the list itself delivered, or JSON Lines"],
            cost_of_error="the pipeline loads one row where there are many",
        )
    ]


def unnamed_columns(columns: Sequence[ColumnProfile]) -> list[Decision]:
    """The header, where half of it and more has no name: it may be a title above the real one."""
    unnamed = [column for column in columns if column.source_name == f"column_{column.position + 1}"]
    if len(unnamed) < 2 or len(unnamed) < 0.5 * len(columns) or len(unnamed) == len(columns):
        return []
    return [
        Decision(
            subject="source.options.header",
            value="the first row",
            reason=f"{len(unnamed)} of {len(columns)} columns have no name in it: it may be a title above the header",
            needs_eyes=True,
            alternatives=["have the rows above the header removed"],
            cost_of_error="the real header is read as a row, and columns have names that say nothing",
        )
    ]


def _far_dates(plan: ColumnPlan, column: ColumnProfile, rows: int) -> Decision | None:
    values = present(column, rows)
    if plan.type not in (ColumnType.DATE, ColumnType.TIMESTAMP) or not 0 < column.far_date_count < 0.5 * values:
        return None
    return Decision(
        subject=f"columns.{plan.name}.far_dates",
        value=_FLAGGED,
        reason=f"{column.far_date_count} of {values} dates are before 1900 or after 2100",
        needs_eyes=True,
        alternatives=["a step nullify for dates that stand for no date"],
        cost_of_error="placeholders are taken for dates",
    )
