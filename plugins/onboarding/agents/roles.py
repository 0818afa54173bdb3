"""The role of a column: its type, number of values and form first; its name only where these leave it open."""

from __future__ import annotations

from onboarding.agents.base import present
from onboarding.spec.conf import ColumnType, Role
from onboarding.spec.profile import ColumnProfile
from shared.pipeline.profile.words import name_words, word_set

#: A text with at most so many different values, or at most this share of the rows, and repeats, is a dimension.
DIMENSION_VALUES = 50
DIMENSION_SHARE = 0.05
DIMENSION_MOST = 1_000
DIMENSION_REPEATS = 3
_PLACE_WORDS = word_set("lat lon lng latitude longitude")
#: Whole numbers under these words count periods, or stand for groups: sums of them mean nothing.
_GROUP_WORDS = word_set(
    "year yr quarter qtr season month mnth week wk day weekday dow hour hr minute "
    "class group level grade rank status type kind category cat code zone region district ward arm stage phase stratum "
    "strata cluster segment tier band bucket sex gender race ethnicity religion account acct konto cuenta compte "
    "ledger department dept branch store shop warehouse channel"
)
_GROUP_ENDINGS = ("code", "class", "group", "type", "level", "status", "grade")
_COUNT_WORDS = word_set("number num count total sum amount qty quantity days hours minutes weeks months years")
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


def decide_role(column: ColumnProfile, kind: ColumnType, *, rows: int, in_key: bool) -> tuple[Role, str]:
    """The role and its reason.

    :param kind: the type that the plan gives the column.
    :param in_key: the column belongs to the primary key.
    """
    if in_key:
        return Role.IDENTIFIER, "it is part of the key"
    if kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return Role.TEMPORAL, f"its type is {kind.value}"
    # Towns, postal codes and sexes stay readable by default: groups by them are what they are good for.
    if column.is_personal and column.personal_data.sensitivity != "LOW":
        return Role.ATTRIBUTE, f"it describes a person ({column.personal_data.type})"
    if column.identifier_strength >= 2:
        return Role.IDENTIFIER, column.identifier_reason
    if kind is ColumnType.BOOLEAN:
        return Role.DIMENSION, "a truth value"
    if kind in _NUMBERS:
        return _number_role(column, kind, rows)
    return _text_role(column, rows)


def _number_role(column: ColumnProfile, kind: ColumnType, rows: int) -> tuple[Role, str]:
    if _PLACE_WORDS.intersection(name_words(column.source_name)):
        return Role.ATTRIBUTE, "a coordinate: sums of it mean nothing"
    if kind is not ColumnType.INTEGER:
        return Role.MEASURE, "numbers with a fraction"
    values = present(column, rows)
    if column.identifier_strength == 1 and column.distinct_count == values:
        return Role.IDENTIFIER, f"{column.identifier_reason}, each once"
    low, high = _ends(column)
    if low == 0 and high == 1:
        return Role.DIMENSION, "only 0 and 1"
    if column.distinct_count == 1:
        return Role.DIMENSION, "the same number in every row"
    words = name_words(column.source_name)
    grouping = words and (words[-1] in _GROUP_WORDS or words[-1].endswith(_GROUP_ENDINGS))
    if grouping and not _COUNT_WORDS.intersection(words):
        if column.distinct_count <= DIMENSION_MOST and values >= DIMENSION_REPEATS * column.distinct_count:
            return Role.DIMENSION, f"the name says that its {column.distinct_count} numbers stand for periods or groups"
        return Role.ATTRIBUTE, "the name says that its numbers stand for something: sums of them mean nothing"
    if low is not None and high is not None and 1800 <= low <= high <= 2100 and column.distinct_count <= 0.2 * values:
        return Role.DIMENSION, f"{column.distinct_count} different years, each in many rows"
    return Role.MEASURE, f"{column.distinct_count} different whole numbers"


def _ends(column: ColumnProfile) -> tuple[int | None, int | None]:
    texts = (column.minimum, column.maximum)
    if any(text is None or not text.lstrip("-").isdigit() for text in texts):
        return None, None
    return int(str(column.minimum)), int(str(column.maximum))


def _text_role(column: ColumnProfile, rows: int) -> tuple[Role, str]:
    values = present(column, rows)
    distinct = column.distinct_count
    few = distinct <= DIMENSION_VALUES or distinct <= min(DIMENSION_SHARE * values, DIMENSION_MOST)
    repeated = distinct > 0 and values >= DIMENSION_REPEATS * distinct
    if few and repeated and (column.average_length or 0) <= 40 and not column.type_matches.get("json"):
        return Role.DIMENSION, f"{distinct} different texts in {values} rows"
    return Role.ATTRIBUTE, f"{distinct} different texts in {values} rows, not enough repeats for a dimension"
