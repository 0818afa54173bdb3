"""Rules that the evidence supports, column by column. Each lets the profiled data itself through, unless it is bad.

Thresholds: a rule about types or keys is critical and fails below ``CRITICAL_PASS_RATE`` (three bad rows in ten are a
broken delivery, one in a hundred is quarantined). Rules drawn from observed values only flag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onboarding.agents.base import present
from onboarding.agents.cleaning import format_share
from onboarding.spec.cleaning import MARKING, REWRITING, TYPING, read_arguments
from onboarding.spec.cleaning_arguments import MapValues, Nullify
from onboarding.spec.conf import ColumnType, Masking, Role
from onboarding.spec.plans import CleaningOperation, ColumnPlan, QualityRule
from onboarding.spec.profile import ColumnProfile
from shared.pipeline.profile.lines import EARLIEST_USUAL, LATEST_USUAL

CRITICAL_PASS_RATE = 0.80
KEY_PASS_RATE = 0.95
WARNING_PASS_RATE = 0.90
#: A column is expected to have values when at most this share of the rows lacks one.
USUALLY_THERE = 0.05
#: An enumeration: few values, each in many rows, hardly any rare one.
SET_VALUES = 30
SET_REPEATS = 10
SET_RARE_SHARE = 0.02
_LONGEST_NAME = 60
#: A number that is so many times the 99th percentile widens no range.
FAR_OUT = 100
#: At most this share of the dates may be outside the usual range for a rule to be proposed.
FAR_DATES = 0.02


def rule_id(*parts: str) -> str:
    """A rule's id of its parts, at most 80 characters."""
    return "_".join(part[:_LONGEST_NAME] for part in parts)[:80]


def not_null(
    column: ColumnPlan, profile: ColumnProfile, rows: int, table: str, complete_measures: str | None = None
) -> QualityRule | None:
    """A value in every row, for columns that (nearly) always had one.

    :param complete_measures: why a measure has to be there: rows without it are held back then.
    """
    missing = profile.missing_count
    if missing > USUALLY_THERE * rows:
        return None
    if complete_measures and column.role is Role.MEASURE:
        return QualityRule(
            id=rule_id(column.name, "not_null"), zone="silver", table=table, columns=[column.name],
            dimension="completeness", check="not_null", severity="critical", on_fail="quarantine",
            min_pass_rate=CRITICAL_PASS_RATE, reason=f"{complete_measures}; {missing} of {rows} rows have no value",
        )  # fmt: skip
    return QualityRule(
        id=rule_id(column.name, "not_null"), zone="silver", table=table, columns=[column.name],
        dimension="completeness", check="not_null", min_pass_rate=WARNING_PASS_RATE,
        reason=f"{missing} of {rows} rows have no value",
    )  # fmt: skip


def parsed(
    column: ColumnPlan, profile: ColumnProfile, operations: list[CleaningOperation], table: str
) -> QualityRule | None:
    """Every value could be read: typed text columns, and columns whose form is required."""
    typed = any(operation.operation in TYPING for operation in operations)
    marking = [operation.operation for operation in operations if operation.operation in MARKING]
    if not marking:
        return None
    share = format_share(profile)
    formed = "require_format" in marking and share is not None
    reason = f"{share or 0:.0%} of the sampled values have the form" if formed else f"what {marking[-1]} cannot read"
    reason = profile.type_reason if typed else reason
    return QualityRule(
        id=rule_id(column.name, "parsed"), zone="silver", table=table, columns=[column.name], dimension="validity",
        check="parsed", severity="critical" if typed else "warning", on_fail="quarantine",
        min_pass_rate=CRITICAL_PASS_RATE, reason=reason,
    )  # fmt: skip


def rows_parsed(rules: list[QualityRule], table: str) -> QualityRule | None:
    """Rows in which everything could be read: bad values spread over many columns show here only."""
    columns = [rule.columns[0] for rule in rules if rule.check == "parsed"]
    if len(columns) < 2:
        return None
    return QualityRule(
        id="rows_parsed", zone="silver", table=table, columns=columns, dimension="validity", check="parsed",
        severity="critical", on_fail="flag", min_pass_rate=CRITICAL_PASS_RATE,
        reason="one unreadable value spoils a row, whichever column it is in",
    )  # fmt: skip


def in_set(
    column: ColumnPlan, profile: ColumnProfile, operations: list[CleaningOperation], rows: int, table: str
) -> QualityRule | None:
    """The values of a real enumeration, as they are after cleaning."""
    values = present(profile, rows)
    distinct = profile.folded_distinct_count or profile.distinct_count
    if column.role is not Role.DIMENSION or column.type is not ColumnType.TEXT:
        return None
    rare = profile.rare_value_count if profile.rare_value_count is not None else values
    if not 2 <= distinct <= SET_VALUES or values < SET_REPEATS * distinct or rare > SET_RARE_SHARE * values:
        return None
    if any(operation.operation in REWRITING and operation.operation != "map_values" for operation in operations):
        return None
    slips = {value.lower() for found in profile.misspellings for value in found.values}
    usual = [entry.value for entry in profile.top_values if entry.value.lower() not in slips]
    allowed = sorted({cleaned for value in usual if (cleaned := _cleaned(value, operations)) is not None})
    if len(allowed) < 2:
        return None
    return QualityRule(
        id=rule_id(column.name, "in_set"), zone="silver", table=table, columns=[column.name], dimension="consistency",
        check="in_set", arguments={"values": allowed}, min_pass_rate=WARNING_PASS_RATE,
        reason=f"{len(allowed)} values make up all but {rare + _rows_of_slips(profile)} of {values} rows",
    )  # fmt: skip


def _rows_of_slips(profile: ColumnProfile) -> int:
    """Rows whose value may be shown and looks like a slip."""
    slips = {value.lower() for found in profile.misspellings for value in found.values}
    return sum(entry.count for entry in profile.top_values if entry.value.lower() in slips)


def _cleaned(value: str, operations: list[CleaningOperation]) -> str | None:
    """A value after the operations that change letter case or map values; None: it means nothing."""
    cleaned: str | None = value
    for operation in operations:
        if cleaned is None:
            return None
        if operation.operation in SPELLED:
            cleaned = SPELLED[operation.operation](cleaned)
        arguments = read_arguments(operation.operation, operation.arguments)
        if isinstance(arguments, MapValues):
            cleaned = arguments.mapping.get(cleaned, arguments.default or cleaned)
        if isinstance(arguments, Nullify) and cleaned in arguments.values:
            return None
    return cleaned


#: Operations that change letter case, as they are done to a value.
SPELLED: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda value: " ".join(word[:1].upper() + word[1:].lower() for word in value.split(" ")),
}
#: After these a number is another one than was measured.
_RESIZING = ("map_values", "split", "substring", "concat", "json_field", "parse_percent", "multiply")


def value_range(
    column: ColumnPlan,
    profile: ColumnProfile,
    operations: list[CleaningOperation],
    masking: Masking | None,
    table: str,
) -> QualityRule | None:
    """Numbers and dates stay near what was seen; what is far outside is flagged."""
    if any(operation.operation in _RESIZING for operation in operations):
        return None
    if masking not in (None, Masking.KEEP) or profile.minimum is None or profile.maximum is None:
        return None
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return _date_range(column, profile, table)
    if column.role is not Role.MEASURE or column.type is not profile.type:
        return None
    limits = _limits(profile)
    return QualityRule(
        id=rule_id(column.name, "range"), zone="silver", table=table, columns=[column.name], dimension="accuracy",
        check="range", arguments=limits, min_pass_rate=WARNING_PASS_RATE,
        reason=f"seen {profile.minimum} to {profile.maximum}, {profile.negative_count} negative; limits leave room",
    )  # fmt: skip


def _limits(profile: ColumnProfile) -> dict[str, Any]:
    """Observed extremes with as much room again; an extreme far off the rest does not widen the range.

    Never negative stays never negative; a few negative numbers among others are flagged.
    """
    low, high = float(profile.minimum or 0), float(profile.maximum or 0)
    usual = profile.quantiles.get("p99", high)
    if usual > 0 and high > FAR_OUT * usual:
        high = 10 * usual
    room = (high - low) or abs(high) or 1.0
    floor = 0.0 if low >= 0 or few_negative(profile) else low - room
    return {"minimum": _nice(floor), "maximum": _nice(high + room)}


def few_negative(profile: ColumnProfile) -> bool:
    """Some negative numbers, in less than one in twenty rows: a sign error, or refunds that a person should know of."""
    return profile.negative_count > 0 and profile.quantiles.get("p05", -1.0) >= 0


def _nice(value: float) -> int | float:
    """At most three significant digits, outwards enough for a limit."""
    rounded = float(f"{value:.3g}")
    if abs(rounded) < abs(value):
        rounded = float(f"{value * 1.01:.3g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _date_range(column: ColumnPlan, profile: ColumnProfile, table: str) -> QualityRule | None:
    dates = max((count for key, count in profile.type_matches.items() if ":" in key), default=0)
    inside = EARLIEST_USUAL <= str(profile.minimum)[:10] <= str(profile.maximum)[:10] <= LATEST_USUAL
    if not inside and not 0 < profile.far_date_count <= FAR_DATES * dates:
        return None
    return QualityRule(
        id=rule_id(column.name, "date"), zone="silver", table=table, columns=[column.name], dimension="accuracy",
        check="date", arguments={"minimum": EARLIEST_USUAL, "maximum": LATEST_USUAL}, min_pass_rate=WARNING_PASS_RATE,
        reason=f"seen {profile.minimum} to {profile.maximum}",
    )  # fmt: skip
