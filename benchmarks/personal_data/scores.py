"""Scores of the detector on a labelled set: counts, ratios, confusions and calibration."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.personal_data.labelled import NONE, UNDECIDABLE, LabelledTable
from onboarding.discovery import look_at_source
from onboarding.spec.conf import Conf

#: Kinds of which a check digit, a format or a name leaves no doubt.
PROVABLE = frozenset({"CREDIT_CARD", "IBAN", "NPI", "US_SSN", "EMAIL", "IP_ADDRESS", "MAC_ADDRESS", "NATIONAL_ID"})
BINS = ((0.5, 0.7), (0.7, 0.9), (0.9, 0.98), (0.98, 1.01))


@dataclass(frozen=True)
class Verdict:
    """What was found in one labelled column; ``listed``: it is put before a person."""

    table: str
    column: str
    honest: bool
    label: str
    found: str
    confidence: float
    listed: bool
    evidence: tuple[str, ...]

    @property
    def decidable(self) -> bool:
        """Whether its name or its values say what it is."""
        return self.label != UNDECIDABLE


def verdicts(tables: list[LabelledTable]) -> list[Verdict]:
    """Profile every table as a file of its own, and set what was found beside the labels."""
    result = []
    with tempfile.TemporaryDirectory(prefix="labelled-") as folder:
        for table in tables:
            path = table.write(Path(folder))
            report = look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}}))
            listed = {found.column for found in report.possible_identifiers}
            for labelled, column in zip(table.columns, report.columns, strict=True):
                found = column.personal_data
                result.append(
                    Verdict(
                        table.name, labelled.name, labelled.honest, labelled.label, found.type, found.confidence,
                        column.name in listed, tuple(found.evidence),
                    )
                )  # fmt: skip
    return result


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@dataclass(frozen=True)
class Scores:
    """Ratios over the columns that can be decided, and how many undecidable ones were listed or found."""

    columns: int
    precision: float
    recall: float
    right_type: float
    provable_recall: float
    named_recall: float
    undecidable: int
    asked: int
    listed_in_vain: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of "personal or not"."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def scores(found: list[Verdict]) -> Scores:
    """The scores of a set. ``right_type``: of the personal columns, those whose very type was found."""
    decidable = [verdict for verdict in found if verdict.decidable]
    personal = [verdict for verdict in decidable if verdict.label != NONE]
    hits = [verdict for verdict in personal if verdict.found != NONE]
    claimed = [verdict for verdict in decidable if verdict.found != NONE]
    provable = [verdict for verdict in personal if verdict.label in PROVABLE]
    named = [verdict for verdict in personal if verdict.honest]
    undecidable = [verdict for verdict in found if not verdict.decidable]
    return Scores(
        columns=len(found),
        precision=_ratio(len(hits), len(claimed)),
        recall=_ratio(len(hits), len(personal)),
        right_type=_ratio(sum(verdict.found == verdict.label for verdict in personal), len(personal)),
        provable_recall=_ratio(sum(verdict.found == verdict.label for verdict in provable), len(provable)),
        named_recall=_ratio(sum(verdict.found != NONE for verdict in named), len(named)),
        undecidable=len(undecidable),
        asked=sum(verdict.listed or verdict.found != NONE for verdict in undecidable),
        listed_in_vain=sum(verdict.listed for verdict in decidable if verdict.label == NONE),
    )


def by_type(found: list[Verdict]) -> list[tuple[str, int, int, int, int]]:
    """(type, columns, found as personal, found as this type, other columns taken for it), by type."""
    kinds = sorted({verdict.label for verdict in found} | {verdict.found for verdict in found})
    rows = []
    for kind in kinds:
        labelled = [verdict for verdict in found if verdict.label == kind]
        rows.append(
            (
                kind,
                len(labelled),
                sum(verdict.found != NONE for verdict in labelled),
                sum(verdict.found == kind for verdict in labelled),
                sum(verdict.found == kind and verdict.label != kind for verdict in found),
            )
        )
    return rows


def confusions(found: list[Verdict]) -> list[tuple[str, str, int, str]]:
    """(label, found, how often, columns) of everything that was decided wrongly."""
    wrong = [verdict for verdict in found if verdict.decidable and verdict.found != verdict.label]
    counted = Counter((verdict.label, verdict.found) for verdict in wrong)
    return [
        (
            label,
            other,
            times,
            ", ".join(f"{v.table}.{v.column}" for v in wrong if (v.label, v.found) == (label, other)),
        )
        for (label, other), times in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def calibration(found: list[Verdict]) -> list[tuple[str, int, float, float]]:
    """(range of confidence, columns, mean confidence, share that is personal) of everything reported."""
    rows = []
    for low, high in BINS:
        inside = [v for v in found if v.decidable and v.found != NONE and low <= v.confidence < high]
        if inside:
            mean = sum(verdict.confidence for verdict in inside) / len(inside)
            right = sum(verdict.label != NONE for verdict in inside) / len(inside)
            rows.append((f"{low:.2f} to {min(high, 1.0):.2f}", len(inside), mean, right))
    return rows
