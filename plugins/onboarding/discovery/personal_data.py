"""Personal data in the columns of a source: each is weighed alone, then again beside what its neighbours say.

``name`` beside a passenger's age is a person and beside a price a product; a city says where a person lives only
where the row is about a person. Every line of evidence is kept: the person who confirms the profile sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
_MEDICAL = frozenset({"MEDICAL_RECORD", "ICD10", "NPI", "HEALTH_PLAN_ID", "ADMISSION_DATE", "HEALTH"})
_CARDS = frozenset({"CREDIT_CARD"})


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
    evidence = [column_evidence(measures, decided, rows) for measures, decided in columns]
    alone = [_best(column, Neighbours()) for column in evidence]
    return [
        _reported(_best(column, _neighbours(position, evidence, alone))) for position, column in enumerate(evidence)
    ]


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


def _neighbours(position: int, columns: list[ColumnEvidence], alone: list[_Finding | None]) -> Neighbours:
    """What the other columns say about a column."""
    others = [number for number in range(len(columns)) if number != position]
    found = [(number, finding) for number in others if (finding := alone[number]) is not None]
    sure = [(number, finding) for number, finding in found if finding.confidence >= _SURE_OF_PERSONS]
    of_persons = [number for number, finding in sure if finding.kind.type in OF_PERSONS]
    about = [number for number in others if columns[number].sense.says("age", "person", "work")]
    goods = [number for number in others if columns[number].sense.says("goods")]
    persons = len(of_persons) + 0.34 * len(about)
    years = [year for number in others if (year := _latest_year(columns[number])) is not None]
    return Neighbours(
        persons=min(1.0, persons),
        goods=1.0 if len(goods) >= 2 and not of_persons else 0.0,
        cards=max((finding.confidence for _, finding in sure if finding.kind.type in _CARDS), default=0.0),
        medical=max((finding.confidence for _, finding in sure if finding.kind.type in _MEDICAL), default=0.0),
        latest_year=max(years, default=None),
        person_words=", ".join(str(columns[number].measures["source_name"]) for number in [*of_persons, *about][:3]),
    )


def _latest_year(column: ColumnEvidence) -> int | None:
    if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return None
    text = str(column.measures.get("maximum") or "")[:4]
    return int(text) if text.isdigit() else None
