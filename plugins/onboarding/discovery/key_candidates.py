"""Columns that identify a row. Uniqueness alone is no evidence: floats, dates and free text are unique by accident.

A key has a value in every row, is unique over the different rows (exact counts), and looks like an identifier: by a
whole word of its name, or by its form (one constant pattern with digits, UUIDs, a dense sequence of integers, codes of
capital letters, a date or a year for each row, moments in even steps). Columns that are unique together only: one of
them is an identifier or a period, or every combination of their values is one row.
"""

from __future__ import annotations

import itertools
import math
import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from onboarding.spec.column_types import TEMPORAL
from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import ColumnProfile, KeyCandidate
from shared.pipeline.profile import Measurement
from shared.pipeline.profile.words import name_words, word_set

ID_WORDS = word_set(
    "id key code no num number nr uuid guid sku isbn ean upc iata icao barcode serial ref reference pk identifier "
    "ticker symbol vin seq sequence mrn"
)
#: Ends of words that are written as one: ``Bestellnummer``, ``ordernumber``.
_ID_ENDINGS = ("nummer", "nr", "number", "kennung", "schluessel", "schlussel", "uuid", "guid")
_STRONG_WORDS = word_set("id key uuid guid pk identifier sku mrn")
#: Personal data that may also identify a row.
_PERSONAL_IDENTIFIERS = word_set("BANK_ACCOUNT MEDICAL_RECORD NATIONAL_ID HEALTH_PLAN_ID NPI DEVICE_ID USERNAME")
#: Of these, what the source itself gave to the one that the row is about; the others come from elsewhere.
_OF_THE_ROW = word_set("MEDICAL_RECORD USERNAME DEVICE_ID")
#: Codes of places identify no row, though each may occur once in a small file.
_PLACE_WORDS = word_set("zip post postal area")
#: An identifier by name that is unique but for this share of the rows is proposed, and a person looks.
NEAR_UNIQUE = 0.95
#: ... and it may lack a value in this share of the rows.
NEAR_COMPLETE = 0.60
#: Integers that fill at least this share of their range are a sequence.
DENSE = 0.95
#: A composite is evidence only if chance alone would have given so many collisions: pairs of rows that are alike in its
#: most distinct column, if each of its values were in as many rows, over the combinations of the others.
EXPECTED_COLLISIONS = 10
_COMBINATIONS_TRIED = 40
#: Columns of which combinations are looked at as grids.
_GRID_MEMBERS = 30
#: Rows that a column which is merely unique needs to be proposed at all.
LEAST_ROWS = 20
#: Different values that an identifier by form has at least, unless each row has another one.
LEAST_IDENTIFIERS = 10
#: Shape of a number with its unit behind it: 0.25s, 12,5 kg.
_AMOUNT_WITH_UNIT = r"[+-]?9\+[.,]9\+ ?[Aa]{1,4}"
#: Whole numbers in this range are read as years.
YEARS = (1800, 2100)
YEAR_WORDS = word_set("year yr")
PERIOD_WORDS = word_set("year yr quarter qtr month mnth week wk day weekday hour hr minute period season")
#: Steps in which measurements are taken, in seconds. Shorter ones may be of events that somebody numbered with a clock.
_STEPS = (
    *((60 * minutes, f"{minutes} min") for minutes in (10, 15, 20, 30)),
    *((3600 * hours, f"{hours} h") for hours in (1, 2, 3, 4, 6, 8, 12, 24)),
)
#: So many moments are a series.
LEAST_MOMENTS = 1000
#: Of a thousand moments in even steps one may be missing; moments by chance hardly come so near to a usual step.
MISSING_STEPS = 0.001
CountDistinct = Callable[[list[int]], tuple[int, int]]


@dataclass(frozen=True)
class Look:
    """How much a column looks like an identifier: 0 (not) to 4, and why."""

    strength: int
    reason: str


def find_key_candidates(columns: list[ColumnProfile], measurement: Measurement) -> list[KeyCandidate]:
    """Key candidates, best first; empty when nothing identifies a row.

    :param measurement: open, for exact counts of combinations of columns.
    """
    rows, distinct_rows = measurement.rows, measurement.distinct_rows
    singles = [candidate for column in columns if (candidate := _single(column, rows, distinct_rows)) is not None]
    exact = [candidate for candidate in singles if candidate.exact]
    if not exact:
        composite = _composite(columns, measurement)
        exact = [composite] if composite else []
    near = [candidate for candidate in singles if not candidate.exact]
    preferred = {column.name: _preference(column) for column in columns}
    return [
        *sorted(exact, key=lambda found: (-found.strength, preferred[found.columns[0]])),
        *sorted(near, key=lambda found: (-found.strength, preferred[found.columns[0]])),
    ]


def _preference(column: ColumnProfile) -> tuple[bool, bool, bool, int]:
    """Among equals: what others gave a person last, a name that says identifier, a form with letters, the place."""
    words = name_words(column.source_name)
    lettered = any(re.search("[Aa]", shape.value) for shape in column.shapes[:1])
    of_others = column.is_personal and column.personal_data.type not in _OF_THE_ROW
    return of_others, not (words and words[-1] in _STRONG_WORDS), not lettered, column.position


def given_key(
    columns: list[ColumnProfile], names: list[str], distinct_rows: int, count_distinct: CountDistinct
) -> KeyCandidate:
    """The key that a person gave, counted; it is taken as it is, and looked at when the data contradicts.

    :param names: SQL names; every one of them is a column.
    """
    positions = {column.name: column.position for column in columns}
    distinct, missing = count_distinct([positions[name] for name in names])
    exact = missing == 0 and distinct == distinct_rows
    reason = f"given; {distinct} different values in {distinct_rows} different rows, {missing} rows without a value"
    return KeyCandidate(
        columns=names, distinct_count=distinct, null_count=missing, reason=reason, exact=exact, needs_eyes=not exact,
        strength=4,
    )  # fmt: skip


def proved_in_source(
    candidates: list[KeyCandidate], columns: list[ColumnProfile], measurement: Measurement, given: list[str]
) -> list[KeyCandidate]:
    """The candidates of a measured share of the rows that hold over every row, counted there.

    One that is nearly unique stays, and a person looks; the others are no candidates.

    :param given: columns of the key that a person gave, which stays whatever was counted; empty: none was.
    """
    positions = {column.name: column.position for column in columns}
    rows = measurement.whole.distinct_rows()
    proved: list[KeyCandidate] = []
    for candidate in candidates:
        distinct, missing = measurement.whole.count_distinct([positions[name] for name in candidate.columns])
        exact = missing == 0 and distinct == rows
        if not exact and distinct < NEAR_UNIQUE * rows and candidate.columns != given:
            continue
        counted = f"over every row: {distinct} different values in {rows} different rows, {missing} without a value"
        proved.append(
            KeyCandidate(
                columns=candidate.columns,
                distinct_count=distinct,
                null_count=missing,
                reason=f"{candidate.reason}; {counted}",
                exact=exact,
                needs_eyes=candidate.needs_eyes or not exact,
                strength=candidate.strength,
            )
        )
    return sorted(proved, key=lambda found: not found.exact)


def identifier_look(column: ColumnProfile) -> Look:
    """How much a column looks like an identifier, by name and by form."""
    if not _possible(column):
        return Look(0, "")
    words = name_words(column.source_name)
    named = says_identifier(words) and not _PLACE_WORDS.intersection(words)
    form = _form(column)
    if named and form:
        return Look(4, f"the name ends in {words[-1]!r} and the values are {form}")
    if form and form != _SEQUENCE:
        return Look(3, f"the values are {form}")
    if named:
        return Look(2, f"the name ends in {words[-1]!r}")
    return Look(1, f"the values are {form}") if form else Look(0, "")


def says_identifier(words: Sequence[str]) -> bool:
    """Whether the words of a column's name say that its values are identifiers."""
    if not words or tuple(words[:2]) == ("number", "of"):
        return False
    return words[0] == "id" or words[-1] in ID_WORDS or (len(words[-1]) > 5 and words[-1].endswith(_ID_ENDINGS))


_SEQUENCE = "a dense sequence of integers"


def _possible(column: ColumnProfile) -> bool:
    """Neither a float, a date, a truth value, a person, nor free text."""
    if column.type not in (ColumnType.TEXT, ColumnType.INTEGER):
        return False
    if column.is_personal and column.personal_data.type not in _PERSONAL_IDENTIFIERS:
        return False
    if column.type is ColumnType.INTEGER:
        return column.negative_count == 0
    longest = column.maximum_length or 0
    spaced = sum(shape.count for shape in column.shapes if " " in shape.value)
    return longest <= 64 and spaced <= 0.05 * max(column.sampled_count, 1) and not column.type_matches.get("json")


def _form(column: ColumnProfile) -> str:
    if column.type is ColumnType.INTEGER:
        return _SEQUENCE if _is_dense(column) else ""
    if column.type_matches.get("uuid", 0) >= 0.99 * max(column.distinct_count, 1):
        return "UUIDs"
    merged: dict[str, int] = {}
    for shape in column.shapes:
        text = re.sub(r"9+", "9+", shape.value)
        merged[text] = merged.get(text, 0) + shape.count
    best = max(merged, key=lambda text: (merged[text], text), default="")
    if re.fullmatch(_AMOUNT_WITH_UNIT, best):
        return ""
    constant = best and merged[best] >= 0.97 * column.sampled_count and _tells_rows_apart(column)
    if constant and "9+" in best and (re.search("[Aa]", best) or column.leading_zero_count):
        return f"of one form ({best})"
    return ""


def _tells_rows_apart(column: ColumnProfile) -> bool:
    """A handful of values that repeat are groups, whatever their form."""
    return column.distinct_count >= LEAST_IDENTIFIERS or column.distinct_count == column.sampled_count


def _is_dense(column: ColumnProfile) -> bool:
    """A sequence without gaps that matter; years are none."""
    if column.minimum is None or column.maximum is None or column.distinct_count < 10:
        return False
    low, high = int(column.minimum), int(column.maximum)
    return column.distinct_count >= DENSE * (high - low + 1) and (low < 1800 or high > 2100)


def _single(column: ColumnProfile, rows: int, distinct_rows: int) -> KeyCandidate | None:
    look = identifier_look(column)
    if look.strength == 0 and distinct_rows >= LEAST_ROWS:
        look = _unique_look(column, distinct_rows)
    if look.strength == 0 or distinct_rows < 2 or not column.distinct_exact:
        return None
    missing, distinct = column.missing_count, column.distinct_count
    counted = f"{distinct} different values in {distinct_rows} different rows, {missing} rows without a value"
    candidate = KeyCandidate(
        columns=[column.name], distinct_count=distinct, null_count=missing, reason=f"{look.reason}; {counted}",
        needs_eyes=look.strength == 1, strength=look.strength,
    )  # fmt: skip
    if missing == 0 and distinct == distinct_rows:
        return candidate
    present = distinct_rows - min(missing, distinct_rows)
    nearly = look.strength == 4 or (look.strength == 2 and name_words(column.source_name)[-1] in ("id", "uuid", "key"))
    if nearly and present >= NEAR_COMPLETE * distinct_rows and distinct >= NEAR_UNIQUE * present:
        return candidate.model_copy(update={"exact": False, "needs_eyes": True})
    return None


def _unique_look(column: ColumnProfile, distinct_rows: int) -> Look:
    """What only a column that is unique may look like: capital letters, a date or a year for each row, even steps.

    Dates are evidence where chance would not have made them different (see ``EXPECTED_COLLISIONS``).
    """
    if column.is_personal:
        return Look(0, "")
    shape = column.shapes[0] if column.shapes else None
    if column.type is ColumnType.TEXT and shape and re.fullmatch("A{2,12}", shape.value):
        constant = shape.count >= 0.97 * column.sampled_count
        return Look(1, f"the values are codes of one form ({shape.value})") if constant else Look(0, "")
    if column.type is ColumnType.DATE and column.minimum and column.maximum:
        first, last = date.fromisoformat(column.minimum[:10]), date.fromisoformat(column.maximum[:10])
        step = _step(first, last, distinct_rows)
        if step:
            return Look(1, f"a date for each {step} from {first} to {last}")
        if distinct_rows * distinct_rows / (2 * ((last - first).days + 1)) >= EXPECTED_COLLISIONS:
            return Look(1, "a date for each row")
    if column.type is ColumnType.INTEGER and _counts_years(column, distinct_rows):
        return Look(1, f"a year for each row from {column.minimum} to {column.maximum}")
    if column.type is ColumnType.TIMESTAMP and column.minimum and column.maximum:
        step = _even_step(datetime.fromisoformat(column.minimum), datetime.fromisoformat(column.maximum), distinct_rows)
        return Look(1, f"moments in steps of {step}") if step else Look(0, "")
    return Look(0, "")


def _counts_years(column: ColumnProfile, rows: int) -> bool:
    """Years by name, one after the other without a gap."""
    if not YEAR_WORDS.intersection(name_words(column.source_name)) or column.minimum is None or column.maximum is None:
        return False
    low, high = int(column.minimum), int(column.maximum)
    return YEARS[0] <= low and high <= YEARS[1] and high - low + 1 == rows


def _even_step(first: datetime, last: datetime, rows: int) -> str:
    """The usual step of measurements that so many moments have, but for hardly any; empty: they have none."""
    if rows < LEAST_MOMENTS:
        return ""
    mean = (last - first).total_seconds() / (rows - 1)
    return next((text for seconds, text in _STEPS if 1 <= mean / seconds <= 1 + MISSING_STEPS), "")


def _step(first: date, last: date, rows: int) -> str:
    """The step from one date to the next, where it gives as many dates from the first to the last as there are rows."""
    days = (last - first).days
    months = 12 * (last.year - first.year) + last.month - first.month
    ends = [day.day == monthrange(day.year, day.month)[1] for day in (first, last)]
    same_day = first.day == last.day or all(ends)
    steps = (
        ("day", days, True),
        ("week", days // 7, days % 7 == 0),
        ("month", months, same_day),
        ("quarter", months // 3, same_day and months % 3 == 0),
        ("year", months // 12, same_day and months % 12 == 0),
    )
    return next((name for name, count, whole in steps if whole and count + 1 == rows), "")


def _composite(columns: list[ColumnProfile], measurement: Measurement) -> KeyCandidate | None:
    """Two or three columns, one of them an identifier or a period, that chance would not have made unique."""
    distinct_rows = measurement.distinct_rows
    looks = {column.position: identifier_look(column).strength for column in columns}
    members = [column for column in columns if _may_be_member(column, looks[column.position])]
    for size in (2, 3):
        tried = 0
        for group in sorted(itertools.combinations(members, size), key=lambda group: _rank(group, looks)):
            if not _is_anchored(group, looks) or not _is_evidence(group, distinct_rows):
                continue
            tried += 1
            if tried > _COMBINATIONS_TRIED:
                break
            positions = [column.position for column in group]
            if not measurement.may_tell_rows_apart(positions):
                continue
            distinct, missing = measurement.count_distinct(positions)
            if missing == 0 and distinct == distinct_rows:
                counted = f"{distinct} different combinations in {distinct_rows} different rows; none alone is"
                return _composite_candidate(group, distinct, f"together unique: {counted}")
    return _grid(columns, measurement)


def _grid(columns: list[ColumnProfile], measurement: Measurement) -> KeyCandidate | None:
    """Two or three columns of which every combination is one row: chance makes no such table, whatever their names."""
    rows = measurement.distinct_rows
    members = [column for column in columns if _may_span_a_grid(column, rows)][:_GRID_MEMBERS]
    grids = (
        group
        for size in (2, 3)
        for group in itertools.combinations(members, size)
        if math.prod(column.distinct_count for column in group) == rows
    )
    for group in itertools.islice(grids, _COMBINATIONS_TRIED):
        positions = [column.position for column in group]
        if not measurement.may_tell_rows_apart(positions):
            continue
        if measurement.count_distinct(positions) == (rows, 0):
            sizes = " x ".join(str(column.distinct_count) for column in group)
            return _composite_candidate(group, rows, f"a complete grid: each of the {sizes} combinations is one row")
    return None


def _may_span_a_grid(column: ColumnProfile, rows: int) -> bool:
    """Neither personal nor an amount: of numbers with a fraction each row has its own by chance."""
    if column.missing_count or column.is_personal or not column.distinct_exact:
        return False
    if column.type in (ColumnType.DOUBLE, ColumnType.DECIMAL):
        return False
    return 2 <= column.distinct_count <= rows / 2 and rows >= LEAST_ROWS


def _composite_candidate(group: tuple[ColumnProfile, ...], distinct: int, reason: str) -> KeyCandidate:
    return KeyCandidate(
        columns=[column.name for column in group],
        distinct_count=distinct,
        null_count=0,
        reason=reason,
        needs_eyes=True,
        strength=2,
    )


def _may_be_member(column: ColumnProfile, strength: int) -> bool:
    if column.missing_count or column.is_personal or column.distinct_count < 2:
        return False
    if column.type in (ColumnType.DOUBLE, ColumnType.DECIMAL, ColumnType.BOOLEAN):
        return False
    if column.type is ColumnType.INTEGER:
        return strength > 0 or _is_period(column)
    return (column.average_length or 0) <= 40 and not column.type_matches.get("json")


def _is_anchored(group: tuple[ColumnProfile, ...], looks: dict[int, int]) -> bool:
    """An identifier is among them; or a period, beside texts and other periods: no amount tells rows apart."""
    if any(looks[column.position] >= 2 for column in group):
        return True
    periods = [_is_period(column) for column in group]
    others = [column for column, period in zip(group, periods, strict=True) if not period]
    return any(periods) and all(column.type is ColumnType.TEXT for column in others)


def _is_period(column: ColumnProfile) -> bool:
    """A date, a moment, or whole numbers that count periods: years by their range, others by their name."""
    if column.type in TEMPORAL:
        return True
    if column.type is not ColumnType.INTEGER or column.minimum is None or column.maximum is None:
        return False
    words = name_words(column.source_name)
    named = bool(words) and words[-1] in PERIOD_WORDS
    return named or YEARS[0] <= int(column.minimum) <= int(column.maximum) <= YEARS[1]


def _rank(group: tuple[ColumnProfile, ...], looks: dict[int, int]) -> tuple[int, int, tuple[str, ...]]:
    """Identifiers first, then few combinations (the stronger evidence), then the name for a stable order."""
    combinations = 1
    for column in group:
        combinations *= column.distinct_count
    return (-sum(looks[column.position] for column in group), combinations, tuple(column.name for column in group))


def _is_evidence(group: tuple[ColumnProfile, ...], rows: int) -> bool:
    combinations = math.prod(column.distinct_count for column in group)
    repeated = rows - max(column.distinct_count for column in group)
    return combinations >= rows and rows * repeated / (2 * combinations) >= EXPECTED_COLLISIONS
