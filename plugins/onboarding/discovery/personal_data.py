"""Personal data in the columns of a source: each is weighed alone, then again beside what its neighbours say.

``name`` beside a passenger's age is a person and beside a price a product; a city says where a person lives only
where the row is about a person. Every line of evidence is kept: the person who confirms the profile sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from onboarding.discovery.personal_evidence import (
    ColumnEvidence,
    Line,
    Neighbours,
    column_evidence,
    confidence_of,
    weigh,
)
from onboarding.discovery.personal_kinds import KINDS, OF_PERSONS, SENSITIVITY, Kind
from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import PersonalData

__all__ = ["SENSITIVITY", "detect"]

#: A kind is reported from this confidence on.
REPORTED = 0.5
_SURE_OF_PERSONS = 0.85
#: What a name about persons (an age, a salary, a customer's number) counts of a column that holds their data.
_PERSON_WORD = 0.34
#: Columns about goods (price, stock) that make a table one of goods.
_LEAST_GOODS = 2
_MEDICAL = frozenset({"MEDICAL_RECORD", "ICD10", "NPI", "HEALTH_PLAN_ID", "ADMISSION_DATE", "HEALTH"})
_CARDS = frozenset({"CREDIT_CARD"})
#: Sensitivities, the least first.
_RANKS = ("NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Finding:
    kind: Kind
    confidence: float
    lines: list[Line]


def detect(columns: list[tuple[dict[str, Any], ColumnType]], rows: int) -> list[PersonalData]:
    """What each column of a source says about persons.

    :param columns: of each column its entry in ``Measurement.columns`` and its type.
    :param rows: rows of the source.
    :returns: one entry for each column, in their order.
    """
    fields = [(owner, field) for owner, (measures, _) in enumerate(columns) for field in measures["json_fields"]]
    evidence = [column_evidence(measures, decided, rows) for measures, decided in columns]
    evidence += [column_evidence(field, ColumnType(field["kind"]), field["rows"]) for _, field in fields]
    alone = [_best(column, Neighbours()) for column in evidence]
    table = _read_off(evidence, alone)
    found = [_reported(_best(column, table.beside(position))) for position, column in enumerate(evidence)]
    inside: dict[int, dict[str, PersonalData]] = {}
    for (owner, field), personal in zip(fields, found[len(columns) :], strict=True):
        if personal.type != "NONE":
            inside.setdefault(owner, {})[field["source_name"]] = personal
    return [_with_fields(personal, inside.get(owner, {})) for owner, personal in enumerate(found[: len(columns)])]


def _with_fields(column: PersonalData, fields: dict[str, PersonalData]) -> PersonalData:
    """A column of JSON texts is as personal as the most sensitive of its fields."""
    if not fields:
        return column
    order = sorted(fields, key=lambda path: (-_RANKS.index(fields[path].sensitivity), -fields[path].confidence, path))
    worst = fields[order[0]]
    if _RANKS.index(column.sensitivity) > _RANKS.index(worst.sensitivity):
        return column
    lines = [f"its field {path} is {fields[path].type}: {fields[path].evidence[0]}" for path in order]
    return worst.model_copy(update={"evidence": lines, "inside": {path: fields[path].type for path in order}})


def _best(column: ColumnEvidence, neighbours: Neighbours) -> _Finding | None:
    findings = []
    for kind in KINDS:
        lines = weigh(kind, column, neighbours)
        if any(line.weight > 0 for line in lines):
            findings.append(_Finding(kind, confidence_of(lines), lines))
    # Confidence is capped: the sum tells apart what is beyond the cap.
    return max(findings, key=lambda found: sum(line.weight for line in found.lines), default=None)


def _reported(found: _Finding | None) -> PersonalData:
    if found is None or found.confidence < REPORTED:
        return PersonalData()
    ordered = sorted(found.lines, key=lambda line: -abs(line.weight))
    return PersonalData(
        type=found.kind.type,
        sensitivity=found.kind.sensitivity,
        confidence=round(found.confidence, 2),
        evidence=[line.text for line in ordered],
    )


@dataclass(frozen=True)
class _Table:
    """What the columns of a table are about, by position; read off once, for tables may have thousands of columns."""

    of_persons: dict[int, None]
    about_persons: dict[int, None]
    goods: dict[int, None]
    cards: dict[int, float]
    medical: dict[int, float]
    years: dict[int, int]
    names: list[str]

    def beside(self, position: int) -> Neighbours:
        """What the other columns say about a column."""
        of_persons = _without(self.of_persons, position)
        about = _without(self.about_persons, position)
        goods = len(self.goods) - (position in self.goods)
        return Neighbours(
            persons=min(1.0, len(of_persons) + _PERSON_WORD * len(about)),
            goods=1.0 if goods >= _LEAST_GOODS and not of_persons else 0.0,
            cards=max(_without(self.cards, position).values(), default=0.0),
            medical=max(_without(self.medical, position).values(), default=0.0),
            latest_year=max(_without(self.years, position).values(), default=None),
            person_words=", ".join(self.names[number] for number in list(of_persons | about)[:3]),
        )


def _without(found: dict[int, _Value], position: int) -> dict[int, _Value]:
    return {number: value for number, value in found.items() if number != position} if position in found else found


def _read_off(columns: list[ColumnEvidence], alone: list[_Finding | None]) -> _Table:
    sure = {
        number: finding
        for number, finding in enumerate(alone)
        if finding is not None and finding.confidence >= _SURE_OF_PERSONS
    }
    years = {number: year for number, column in enumerate(columns) if (year := _latest_year(column)) is not None}
    return _Table(
        of_persons=dict.fromkeys(number for number, finding in sure.items() if finding.kind.type in OF_PERSONS),
        about_persons=_saying(columns, "age", "person", "work"),
        goods=_saying(columns, "goods"),
        cards={number: finding.confidence for number, finding in sure.items() if finding.kind.type in _CARDS},
        medical={number: finding.confidence for number, finding in sure.items() if finding.kind.type in _MEDICAL},
        years=years,
        names=[str(column.measures["source_name"]) for column in columns],
    )


def _saying(columns: list[ColumnEvidence], *concepts: str) -> dict[int, None]:
    return dict.fromkeys(number for number, column in enumerate(columns) if column.sense.says(*concepts))


def _latest_year(column: ColumnEvidence) -> int | None:
    if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return None
    text = str(column.measures.get("maximum") or "")[:4]
    return int(text) if text.isdigit() else None
