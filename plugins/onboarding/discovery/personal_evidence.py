"""Weighing of evidence: log-odds of each line are summed to a confidence between 0 and 1.

``confidence = 1 / (1 + exp(-sum))`` with the prior of :mod:`onboarding.discovery.personal_kinds`: the form of naive
Bayes, with caps where lines depend on each other. The lines are kept in words, the strongest first.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from onboarding.discovery.column_concepts import NameSense, name_sense
from onboarding.discovery.personal_kinds import (
    ABOUT_IT,
    AMONG_GOODS,
    AMONG_PERSONS,
    HINTED,
    NAMED,
    NAMED_OTHERWISE,
    OF_A_BUSINESS,
    PRIOR,
    WITHOUT_PERSONS,
    Kind,
    ValueCheck,
)
from onboarding.spec.conf import ColumnType

#: Below this share of passing values the values contradict the name.
CONTRADICTING_SHARE = 0.1
#: Confidence is never said to be more than this.
MOST_CONFIDENCE = 0.99
#: Concepts that fit any kind: who or what a column belongs to.
_NEUTRAL = frozenset({"person", "name", "work", "age", "goods", "expiry"})


@dataclass(frozen=True)
class Line:
    """One line of evidence: its log-odds and what it says."""

    weight: float
    text: str


@dataclass(frozen=True)
class Neighbours:
    """What the other columns of the table say: how sure they are of persons, of goods, of cards (0 to 1)."""

    persons: float = 0.0
    goods: float = 0.0
    cards: float = 0.0
    medical: float = 0.0
    latest_year: int | None = None
    person_words: str = ""


@dataclass(frozen=True)
class ColumnEvidence:
    """What the weighing looks at: the sense of the name, shares of the validators, measures, the decided type."""

    sense: NameSense
    shares: dict[str, float]
    values: int
    distinct: int
    type: ColumnType
    measures: dict[str, Any] = field(repr=False)

    def share(self, *validators: str) -> float:
        """Largest share of sampled values that pass one of the validators."""
        return max((self.shares.get(name, 0.0) for name in validators), default=0.0)

    def shape_share(self, matches: Any) -> float:
        """Share of the reported shapes (digits 9, letters A or a) for which a function is true."""
        counted = [(shape["value"], shape["count"]) for shape in self.measures["shapes"]]
        total = sum(count for _, count in counted)
        return sum(count for value, count in counted if matches(value)) / total if total else 0.0


def column_evidence(measures: dict[str, Any], decided: ColumnType, rows: int) -> ColumnEvidence:
    """The evidence of one column.

    :param measures: one entry of ``Measurement.columns``.
    :param decided: the column's type.
    :param rows: rows of the source.
    """
    sample = measures["validator_sample"]
    missing = measures["null_count"] + measures["empty_count"] + measures["null_word_count"]
    return ColumnEvidence(
        sense=name_sense(str(measures["source_name"])),
        shares={name: count / sample for name, count in measures["validator_matches"].items()} if sample else {},
        values=rows - missing,
        distinct=measures["distinct_count"],
        type=decided,
        measures=measures,
    )


def confidence_of(lines: list[Line]) -> float:
    """The confidence that lines of evidence add up to."""
    total = PRIOR + sum(line.weight for line in lines)
    return min(MOST_CONFIDENCE, 1 / (1 + math.exp(-total)))


def weigh(kind: Kind, column: ColumnEvidence, neighbours: Neighbours) -> list[Line]:
    """The lines for and against a kind; none where the column cannot be of it."""
    if column.type not in kind.types and column.values:
        return []
    named = _name_lines(kind, column, neighbours)
    speaks = any(line.weight > 0 for line in named)
    found = [*named, *_value_lines(kind, column, speaks)]
    found += _form_lines(kind, column, neighbours, speaks)
    if any(line.weight > 0 for line in found):
        found += _neighbour_lines(kind, column, neighbours, speaks)
    return found


def _name_lines(kind: Kind, column: ColumnEvidence, neighbours: Neighbours) -> list[Line]:
    sense = column.sense
    strong, weak = sense.says(*kind.named), sense.says(*kind.hinted)
    lines = []
    if kind.type == "PERSON_NAME" and strong is None:
        lines += _person_lines(sense)
    elif strong:
        lines.append(Line(NAMED, f"the name says so: {strong}"))
    elif weak:
        lines.append(Line(HINTED, f"the name may say so: {weak}"))
    others = [concept for concept in sense.concepts if concept not in (*kind.named, *kind.hinted, *_NEUTRAL)]
    if others and not strong:
        lines.append(Line(NAMED_OTHERWISE, f"the name says something else: {sense.concepts[others[0]]}"))
    if sense.about and lines and lines[0].weight > 0:
        lines.append(Line(ABOUT_IT, "the name is about a fact of it, not about it"))
    return lines


def _person_lines(sense: NameSense) -> list[Line]:
    """``customer name`` leaves no doubt, ``customer`` or ``name`` alone do; another word makes it a name of that."""
    person, name = sense.says("person"), sense.says("name")
    if person and name:
        return [Line(NAMED, f"the name says so: {person} {name}")]
    alone = name or person
    if alone and "".join(word for word in sense.words if not word.isdigit()) == "".join(alone.split()):
        return [Line(HINTED, f"the name may say so: {alone}")]
    return []


def check_weight(check: ValueCheck, column: ColumnEvidence) -> tuple[float, float]:
    """Log-odds of a check and the share behind it."""
    share = column.share(*check.validators)
    unfit = column.distinct < check.least_distinct or (check.opaque_only and not column.sense.opaque)
    if unfit or share <= check.floor or (check.as_names and not _are_capitalised_words(column)):
        return 0.0, share
    return check.weight * min(1.0, (share - check.floor) / (check.full - check.floor)), share


def _are_capitalised_words(column: ColumnEvidence) -> bool:
    capitalised = column.shape_share(lambda shape: re.match("A.*a", shape) is not None)
    return column.share("name_word") >= 0.8 and capitalised >= 0.8


def _value_lines(kind: Kind, column: ColumnEvidence, named: bool) -> list[Line]:
    """The strongest check of the values alone, and the strongest that counts beside the name."""
    if column.values == 0:
        return []
    lines: list[Line] = []
    for beside in (False, True):
        checks = [check for check in kind.checks if check.beside_name is beside]
        if not checks or (beside and not named):
            continue
        weight, share = max(check_weight(check, column) for check in checks)
        if weight > 0 and not (beside and lines):
            lines.append(Line(weight, f"{share:.0%} of the sampled values are {kind.values}"))
    every = [name for check in kind.checks for name in check.validators]
    if named and kind.contradicted and column.share(*every) < CONTRADICTING_SHARE:
        lines.append(Line(kind.contradicted, f"hardly any value is one of {kind.values}"))
    if kind.against and column.share(*kind.against) >= 0.3:
        lines.append(Line(-5.0, f"{column.share(*kind.against):.0%} of the sampled values name a company"))
    return lines


def _form_lines(kind: Kind, column: ColumnEvidence, neighbours: Neighbours, named: bool) -> list[Line]:
    lines = []
    if kind.many and named and column.values:
        if column.distinct < 0.3 * column.values:
            lines.append(Line(-6.0, f"only {column.distinct} different values"))
        elif (column.measures["average_length"] or 0) <= 30:
            lines.append(Line(1.5, f"{column.distinct} different values"))
    if kind.type == "BIRTH_DATE":
        lines += _birth_lines(column, neighbours, named)
    elif kind.type == "GEOLOCATION" and named and not _is_coordinate(column):
        lines.append(Line(-8.0, "the values are no coordinates"))
    elif kind.type in ("CITY", "STATE") and named:
        lines += _place_lines(column)
    elif kind.type == "GENDER" and column.distinct > 12:
        lines.append(Line(-8.0, f"{column.distinct} different values"))
    elif kind.type == "ADMISSION_DATE" and named:
        lines.append(Line(1.5, "a date"))
    elif kind.type == "ICD10" and not named and column.distinct < 5:
        lines.append(Line(-4.0, f"only {column.distinct} different values"))
    return lines


def _birth_lines(column: ColumnEvidence, neighbours: Neighbours, named: bool) -> list[Line]:
    """Beside a name the type is enough; without one the years of a generation or more, all some years ago."""
    if named:
        return [Line(2.5, "a date")] if column.values else []
    first, last = (_year(column.measures.get(end)) for end in ("minimum", "maximum"))
    if first is None or last is None or not first >= 1900 or column.distinct < 20:
        return []
    latest = neighbours.latest_year
    if last - first >= 35 and (latest is None or last <= latest - 10) and not column.sense.concepts:
        return [Line(4.0, f"dates from {first // 10 * 10}s to {last // 10 * 10}s, none of the last years")]
    return []


def _year(text: Any) -> int | None:
    return int(str(text)[:4]) if text and str(text)[:4].isdigit() else None


def _is_coordinate(column: ColumnEvidence) -> bool:
    """Numbers within the globe that mostly have decimals, or texts (pairs, degrees)."""
    try:
        low, high = float(column.measures["minimum"]), float(column.measures["maximum"])
    except (KeyError, TypeError, ValueError):
        return column.type is ColumnType.TEXT
    return -180 <= low <= high <= 180 and (column.measures["decimal_scale"] or 0) >= 2


def _place_lines(column: ColumnEvidence) -> list[Line]:
    """Places are capitalised words or short codes; states of a process are neither."""
    capitals = column.shape_share(lambda shape: shape[:1] == "A")
    return [] if capitals >= 0.5 else [Line(-4.0, "the values are not written as places are")]


def _neighbour_lines(kind: Kind, column: ColumnEvidence, neighbours: Neighbours, named: bool) -> list[Line]:
    lines = []
    surely_values = any(check_weight(check, column)[0] >= 5 for check in kind.checks if not check.beside_name)
    if kind.type == "CARD_EXPIRY" and neighbours.cards >= 0.5:
        lines.append(Line(4.0, "the table has card numbers"))
    if kind.type in ("HEALTH", "ICD10") and neighbours.medical >= 0.5:
        lines.append(Line(1.0, "the table is of a medical kind"))
    if column.sense.business and (kind.persons == "needed" or (not surely_values and kind.persons == "helpful")):
        lines.append(Line(OF_A_BUSINESS, "the name says that it belongs to a business or a thing"))
    elif column.sense.business and kind.type in ("STREET_ADDRESS", "PHONE"):
        lines.append(Line(OF_A_BUSINESS / 2, "the name says that it belongs to a business or a thing"))
    if kind.persons == "ignored":
        return lines
    if neighbours.persons >= 0.5 and neighbours.persons >= neighbours.goods:
        lines.append(Line(AMONG_PERSONS, f"other columns are about persons: {neighbours.person_words}"))
    elif kind.persons == "needed":
        lines.append(Line(WITHOUT_PERSONS, "no other column is about persons"))
    elif neighbours.goods >= 0.5 and not (named and surely_values):
        lines.append(Line(AMONG_GOODS, "other columns are about goods"))
    return lines
