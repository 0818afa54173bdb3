"""Columns that may identify a person although nothing proves it: they are put before a person, never passed over.

A name that says nothing, values that look like identifiers and hardly repeat, no check digit: a medical record number,
a passport or an order number can all look so. Likewise many different capitalised words beside personal columns: names
that no list knows, or places. And texts of several words in which some have an address or a number of a person.
"""

from __future__ import annotations

import re

from onboarding.discovery.column_concepts import name_sense
from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import ColumnProfile, PossibleIdentifier

#: Share of the values that must differ.
LEAST_DISTINCT = 0.8
LEAST_VALUES = 20
_LEAST_DIGITS = 6
_PARTS = "an e-mail address, a telephone or a social security number"
#: Different words from which on they may be names of persons.
_LEAST_WORDS = 12
#: Whole numbers between these are seconds since 1970, of 2001 to 2040.
_EPOCH_SECONDS = (1_000_000_000, 2_210_000_000)


def possible_identifiers(columns: list[ColumnProfile], rows: int) -> list[PossibleIdentifier]:
    """The columns that a person has to decide about, in the order of the source.

    :param columns: with their personal data as it was found.
    :param rows: rows of the source.
    """
    result = []
    persons = any(column.is_personal for column in columns)
    for column in columns:
        if has_personal_parts(column):
            share = column.validator_matches["personal_part"] / column.validator_sample
            reason = (
                f"{share:.0%} of the sampled texts have an e-mail address, a telephone or a social security number in"
            )
            result.append(PossibleIdentifier(column=column.name, reason=f"{reason} them"))
            continue
        if is_possible_identifier(column, rows):
            what = "look like identifiers, and no check digit tells of which"
        elif persons and _may_be_names(column, rows):
            what = "are words as names of persons are, and few of them are known names"
        else:
            continue
        different = f"{column.distinct_count} different values in {rows - column.missing_count} rows"
        reason = f"the name {column.source_name!r} says nothing; {different} {what}"
        result.append(PossibleIdentifier(column=column.name, reason=reason))
    return result


def has_personal_parts(column: ColumnProfile) -> bool:
    """Whether texts of a column that is not personal itself have personal data in them."""
    return not column.is_personal and column.validator_matches.get("personal_part", 0) > 0


def is_possible_identifier(column: ColumnProfile, rows: int) -> bool:
    """Whether nothing but a person can say if the column holds personal data."""
    if has_personal_parts(column):
        return True
    values = rows - column.missing_count
    if not _is_open(column, values):
        return False
    if column.type_matches.get("uuid", 0) >= LEAST_DISTINCT * values:
        return True
    if column.distinct_count < LEAST_DISTINCT * values or not column.validator_sample:
        return False
    if column.type is ColumnType.INTEGER:
        return _is_numbered(column)
    return column.type is ColumnType.TEXT and _is_code(column)


def _is_open(column: ColumnProfile, values: int) -> bool:
    return not column.is_personal and name_sense(column.source_name).opaque and values >= LEAST_VALUES


def _may_be_names(column: ColumnProfile, rows: int) -> bool:
    values = rows - column.missing_count
    words = column.validator_matches.get("name_word", 0) + column.validator_matches.get("name_like", 0)
    capitals = sum(shape.count for shape in column.shapes if re.match("A.*a", shape.value))
    counted = sum(shape.count for shape in column.shapes)
    without_case = column.validator_matches.get("caseless_word", 0) >= 0.8 * column.validator_sample
    written = words >= 0.8 * column.validator_sample and (without_case or capitals >= 0.8 * counted)
    return _is_open(column, values) and column.distinct_count >= _LEAST_WORDS and written and words > 0


def _is_numbered(column: ColumnProfile) -> bool:
    """Whole numbers of one length, neither a sequence nor moments."""
    lengths = (column.minimum_length, column.maximum_length)
    if lengths[0] != lengths[1] or (lengths[0] or 0) < _LEAST_DIGITS or column.minimum is None:
        return False
    low, high = int(column.minimum), int(str(column.maximum))
    moments = any(_EPOCH_SECONDS[0] * scale <= low <= high <= _EPOCH_SECONDS[1] * scale for scale in (1, 1000))
    return not moments and column.distinct_count < 0.5 * (high - low + 1)


def _is_code(column: ColumnProfile) -> bool:
    """Short words with digits in them."""
    return column.validator_matches.get("code", 0) >= 0.9 * column.validator_sample
