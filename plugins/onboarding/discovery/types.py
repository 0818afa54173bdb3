"""The type of a column from what its values can be read as, over all rows.

Its name has no say, but for numbers that may be moments, and for identifiers and years that are written as 12.0.

Shares are of the rows with a value. ``SURE``: above it, what cannot be read is a stray (quarantined by a rule).
``POSSIBLE``: above it the type is proposed, a person looks, and the quality gate decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from onboarding.discovery.column_concepts import name_sense
from onboarding.discovery.key_candidates import YEAR_WORDS, YEARS, says_identifier
from onboarding.spec.column_types import ColumnType, logical_type
from onboarding.spec.profile import NumberFormat
from shared.pipeline.profile.formats import DAY_MONTH_TWINS, is_mixed_truth, reads_as_truth, truth_pair
from shared.pipeline.profile.words import name_words, word_set

SURE = 0.95
POSSIBLE = 0.60
#: More digits than BIGINT holds: text.
LONGEST_INTEGER = 18
#: More digits after the point: a floating-point number, not a decimal one.
LONGEST_SCALE = 6
#: Names of numbers that are moments; the others need a look.
EPOCH_WORDS = word_set("epoch unix timestamp ts")
MOMENT_WORDS = word_set("time datetime date at created updated modified since")
#: Seconds since 1970: from 2000 to 2100.
EPOCH_RANGE = (946_684_800, 4_102_444_800)
#: Above it, a floating-point number does not hold every whole number.
LARGEST_WHOLE = 2**53
#: A second date format is accepted when at least this share of the values has it.
SECOND_FORMAT_SHARE = 0.005


@dataclass(frozen=True)
class TypeDecision:
    """A type with its format, its reason, and whether a person should look at it."""

    type: ColumnType
    reason: str
    date_formats: list[str] = field(default_factory=list)
    number_format: NumberFormat = "plain"
    needs_eyes: bool = False
    alternatives: list[str] = field(default_factory=list)


def decide_type(measures: dict[str, Any], rows: int) -> TypeDecision:
    """Decide the type of a column.

    :param measures: one entry of ``Measurement.columns``.
    :param rows: rows of the source.
    """
    physical = str(measures["physical_type"])
    values = rows - measures["null_count"] - measures["empty_count"] - measures["null_word_count"]
    if physical != "VARCHAR":
        return _stored(measures, physical, values)
    if values <= 0:
        return TypeDecision(ColumnType.TEXT, "no row has a value")
    matches: dict[str, int] = measures["type_matches"]
    for decide in (_structured, _boolean, _temporal, _epoch, _number):
        decision = decide(measures, matches, values)
        if decision is not None:
            return decision
    return TypeDecision(
        ColumnType.TEXT, f"{values} values are texts: too few can be read as numbers, dates or truth values"
    )


def _stored(measures: dict[str, Any], physical: str, values: int) -> TypeDecision:
    """The source's own type; libraries store whole numbers as floating-point ones as soon as one is missing."""
    reason = f"the source stores it as {physical}"
    whole = physical in ("DOUBLE", "FLOAT") and 0 < values == measures["type_matches"].get("whole")
    if whole and _counts_or_names(measures):
        return TypeDecision(ColumnType.INTEGER, f"{reason}, and every value is whole", number_format="whole")
    return TypeDecision(logical_type(physical), reason)


def _structured(measures: dict[str, Any], matches: dict[str, int], values: int) -> TypeDecision | None:
    for kind, label in (("uuid", "UUIDs"), ("json", "nested JSON, kept as its text")):
        if matches.get(kind, 0) >= SURE * values:
            return TypeDecision(ColumnType.TEXT, f"{matches[kind]} of {values} values are {label}")
    return None


def _boolean(measures: dict[str, Any], matches: dict[str, int], values: int) -> TypeDecision | None:
    words = matches.get("boolean", 0)
    folded = (measures.get("folded_distinct_count") or 99) - measures["unreadable_distinct_count"]
    single = folded == 1 and (measures["maximum_length"] or 0) >= 4
    found = measures.get("truth_words") or []
    several = folded > 2 and reads_as_truth(found) and is_mixed_truth(found)
    if words >= SURE * values and (folded == 2 or single or several) and (reads_as_truth(found) or truth_pair(found)):
        shown = f" ({', '.join(found)})" if truth_pair(found) or several else ""
        return TypeDecision(ColumnType.BOOLEAN, f"{words} of {values} values are words for true and false{shown}")
    return None


def _temporal(measures: dict[str, Any], matches: dict[str, int], values: int) -> TypeDecision | None:
    found = {key: count for key, count in matches.items() if ":" in key}
    if matches.get("integer", 0) and found.get("date:%Y%m%d", 0) < 0.99 * values:
        found.pop("date:%Y%m%d", None)
    if not found:
        return None
    best = max(found, key=lambda key: (found[key], key.endswith("%Y-%m-%d")))
    kind = best.split(":", 1)[0]
    counts = {key.split(":", 1)[1]: count for key, count in found.items() if key.startswith(kind + ":")}
    dropped, ambiguous = _settle_twins(counts)
    formats = sorted(
        (name for name in counts if name not in dropped and counts[name] >= SECOND_FORMAT_SHARE * values),
        key=lambda name: (-counts[name], name),
    )
    total = sum(counts[name] for name in formats)
    if total < POSSIBLE * values:
        return None
    listed = ", ".join(f"{counts[name]} as {name}" for name in formats)
    reason = f"{total} of {values} values are a {kind} ({listed})"
    if ambiguous:
        reason += "; every value fits both orders of day and month"
    elif dropped:
        reason += "; values with a part above 12 settle the order of day and month"
    return TypeDecision(
        ColumnType(kind),
        reason,
        date_formats=formats,
        needs_eyes=bool(ambiguous) or total < SURE * values,
        alternatives=ambiguous or ([] if total >= SURE * values else [ColumnType.TEXT.value]),
    )


def _epoch(measures: dict[str, Any], matches: dict[str, int], values: int) -> TypeDecision | None:
    """Whole numbers that are moments of this century as seconds or milliseconds since 1970, where the name says time.

    The numbers alone could be identifiers.
    """
    words = set(name_words(str(measures.get("source_name") or "")))
    if matches.get("integer", 0) < SURE * values or not words & (EPOCH_WORDS | MOMENT_WORDS):
        return None
    low, high = (float(measures[end] or 0) for end in ("minimum", "maximum"))
    for name, unit in (("epoch", 1), ("epoch_ms", 1_000)):
        if EPOCH_RANGE[0] * unit <= low <= high <= EPOCH_RANGE[1] * unit:
            what = "seconds" if unit == 1 else "milliseconds"
            return TypeDecision(
                ColumnType.TIMESTAMP,
                f"{matches['integer']} of {values} values are moments of this century as {what} since 1970",
                date_formats=[name],
                needs_eyes=not words & EPOCH_WORDS,
                alternatives=[ColumnType.INTEGER.value],
            )
    return None


def _settle_twins(counts: dict[str, int]) -> tuple[set[str], list[str]]:
    """Formats that lose against the other order of day and month, and the losers where nothing decides.

    Without evidence the month comes first with slashes (the convention of exports), else the day.
    """
    dropped: set[str] = set()
    ambiguous: list[str] = []
    for day_first, month_first in DAY_MONTH_TWINS:
        day, month = counts.get(day_first, 0), counts.get(month_first, 0)
        if not day and not month:
            continue
        if day == month:
            loser = day_first if "/" in day_first else month_first
            ambiguous.append(loser)
        else:
            loser = day_first if day < month else month_first
        dropped.add(loser)
    return dropped, ambiguous


def _number(measures: dict[str, Any], matches: dict[str, int], values: int) -> TypeDecision | None:
    plain, integer, decimal = (matches.get(kind, 0) for kind in ("double", "integer", "decimal"))
    if plain < SURE * values:
        written = _written_number(matches, values)
        if written is not None:
            return written
    if plain < POSSIBLE * values:
        return None
    if integer == plain:
        return _whole_number(measures, integer, values)
    if integer + matches.get("whole", 0) == plain >= SURE * values and _counts_or_names(measures):
        reason = f"{plain} of {values} values are whole numbers, {matches['whole']} of them written as 12.0"
        return TypeDecision(ColumnType.INTEGER, reason, number_format="whole")
    scale = measures["decimal_scale"] or 0
    kind = ColumnType.DECIMAL if decimal == plain and scale <= LONGEST_SCALE else ColumnType.DOUBLE
    detail = f"up to {scale} digits after the point" if kind is ColumnType.DECIMAL else "floating-point numbers"
    reason = f"{plain} of {values} values are numbers, {detail}"
    if plain >= SURE * values:
        return TypeDecision(kind, reason)
    if integer < 0.5 * plain or _is_junk(measures, values - plain):
        return TypeDecision(kind, reason, needs_eyes=True, alternatives=[ColumnType.TEXT.value])
    return TypeDecision(
        ColumnType.TEXT, f"only {reason}; the others differ much", needs_eyes=True, alternatives=[kind.value]
    )


def _counts_or_names(measures: dict[str, Any]) -> bool:
    """Whether a later value with a fraction would be wrong: the name says identifier or postal code, or year.

    An amount whose values happen to be whole is none of these.
    """
    name = str(measures.get("source_name") or "")
    words = name_words(name)
    low, high = float(measures["minimum"]), float(measures["maximum"])
    if not words or max(abs(low), abs(high)) >= LARGEST_WHOLE:
        return False
    if says_identifier(words) or name_sense(name).says("postal_code"):
        return True
    return bool(YEAR_WORDS & set(words)) and YEARS[0] <= low <= high <= YEARS[1]


def _written_number(matches: dict[str, int], values: int) -> TypeDecision | None:
    """Numbers with separators, a currency sign, a decimal comma or a percent sign."""
    comma, grouped, percent = (matches.get(kind, 0) for kind in ("decimal_comma", "grouped", "percent"))
    if comma and comma + matches.get("integer", 0) >= SURE * values:
        reason = f"{comma} of {values} values have a decimal comma"
        return TypeDecision(ColumnType.DECIMAL, reason, number_format="decimal_comma")
    if grouped >= SURE * values:
        reason = f"{grouped} of {values} values are numbers with thousands separators or a currency sign"
        return TypeDecision(ColumnType.DECIMAL, reason, number_format="grouped")
    written: tuple[tuple[NumberFormat, str], ...] = (("currency", "$ (1,234.50)"), ("currency_comma", "1.234,50 €"))
    for kind, example in written:
        amounts = matches.get(kind, 0)
        if amounts >= SURE * values:
            reason = f"{amounts} of {values} values are amounts as in {example}: signs, codes, brackets for negative"
            return TypeDecision(ColumnType.DECIMAL, reason, number_format=kind)
    if percent >= SURE * values:
        reason = f"{percent} of {values} values are percentages; the number before the sign is kept"
        return TypeDecision(ColumnType.DECIMAL, reason, number_format="percent")
    return None


def _whole_number(measures: dict[str, Any], integer: int, values: int) -> TypeDecision:
    zeros = measures["leading_zero_count"]
    if zeros >= max(1, 0.005 * values):
        return TypeDecision(
            ColumnType.TEXT, f"{zeros} of {values} values have leading zeros, which a number would lose"
        )
    if max(len(str(measures[end] or "").lstrip("-")) for end in ("minimum", "maximum")) > LONGEST_INTEGER:
        return TypeDecision(ColumnType.TEXT, f"numbers of more than {LONGEST_INTEGER} digits fit no integer")
    reason = f"{integer} of {values} values are whole numbers"
    if integer >= SURE * values:
        return TypeDecision(ColumnType.INTEGER, reason)
    if _is_junk(measures, values - integer):
        return TypeDecision(ColumnType.INTEGER, reason, needs_eyes=True, alternatives=[ColumnType.TEXT.value])
    return TypeDecision(
        ColumnType.TEXT,
        f"only {reason}; the others are {measures['unreadable_distinct_count']} different texts",
        needs_eyes=True,
        alternatives=[ColumnType.INTEGER.value],
    )


def _is_junk(measures: dict[str, Any], unread: int) -> bool:
    """Texts that cannot be read repeat themselves (placeholders), while real codes differ from row to row."""
    return int(measures["unreadable_distinct_count"]) <= max(5, 0.05 * unread)
