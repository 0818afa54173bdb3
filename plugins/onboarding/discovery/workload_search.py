"""Which deployed workload is meant: ranked by name, source, tables, description, columns, and words alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onboarding.spec.conf import Strict
from onboarding.workspace.deployed import DeployedWorkload

#: What a word is worth where it is found.
_WEIGHTS = {"name": 5.0, "source": 3.0, "table": 3.0, "description": 2.0, "column": 1.0}
#: A word that only means the same is worth this share.
_SYNONYM = 0.6
#: From here on a workload fits; one word in its name, or its description and a column.
FITS = 0.35
#: Workloads that fit nearly as well as the best are shown beside it.
_NEARLY = 0.7
_MOST = 5
_STOPWORDS = frozenset(
    word
    for line in (
        "a an and our the this that these those my of for from in on to with into by is are be new please want need",
        "data dataset source table file show onboard change modify query check quality workload pipeline",
    )
    for word in line.split()
)
#: Words that teams use for the same things.
_MEANINGS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "crm customer client account contact lead buyer",
        "hr employee staff personnel payroll worker",
        "erp order purchase invoice inventory",
        "sale revenue order turnover",
        "product item article sku catalog",
        "payment transaction charge settlement",
        "ticket case issue incident support",
        "shipment delivery shipping parcel",
        "patient clinical medical health encounter",
        "web click session visit pageview event",
        "supplier vendor",
        "user member subscriber",
        "booking reservation trip",
    )
)


class Found(Strict):
    """A workload that fits what was said, and why."""

    workload: str
    version: str
    score: float
    reason: str
    description: str
    location: str
    columns: list[str]


@dataclass(frozen=True)
class Described:
    """What is known of a deployed workload."""

    name: str
    version: str
    location: str
    description: str = ""
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def described(workloads: Iterable[DeployedWorkload]) -> list[Described]:
    """What the manifests of these workloads say of them."""
    return [
        Described(
            name=workload.name,
            version=workload.version,
            location=str(workload.manifest["source"]["location"]),
            description=str(workload.about.get("description") or ""),
            tables=tuple(sorted(workload.gold_tables)),
            columns=tuple(str(name) for name in workload.about.get("columns") or ()),
        )
        for workload in workloads
    ]


def search(text: str, workloads: Iterable[Described]) -> list[Found]:
    """The workloads that fit, the best first, at most five; empty when none does.

    The score is the share of the text's words that a workload has, each weighed by where it has it, relative to all of
    them being in its name.
    """
    wanted = [word for word in dict.fromkeys(_words(text)) if word not in _STOPWORDS]
    if not wanted:
        return []
    ranked = sorted(
        (_scored(wanted, workload) for workload in workloads), key=lambda found: (-found.score, found.workload)
    )
    fits = [found for found in ranked if found.score >= FITS]
    return [found for found in fits if found.score >= fits[0].score * _NEARLY][:_MOST]


def _scored(wanted: Sequence[str], workload: Described) -> Found:
    places = {
        "name": set(_words(workload.name)),
        "source": set(_words(workload.location)),
        "table": set(_words(" ".join(workload.tables))),
        "description": set(_words(workload.description)),
        "column": set(_words(" ".join(workload.columns))),
    }
    total, reasons = 0.0, []
    for word in wanted:
        worth, reason = max(_worths(word, places), default=(0.0, ""))
        total += worth
        reasons += [reason] if reason else []
    return Found(
        workload=workload.name,
        version=workload.version,
        score=round(total / (_WEIGHTS["name"] * len(wanted)), 3),
        reason="; ".join(reasons),
        description=workload.description,
        location=workload.location,
        columns=list(workload.columns),
    )


def _worths(word: str, places: dict[str, set[str]]) -> Iterable[tuple[float, str]]:
    alike = sorted(set().union(*(meaning for meaning in _MEANINGS if word in meaning)) - {word})
    for place, words in places.items():
        if word in words:
            yield _WEIGHTS[place], f"{place} has `{word}`"
        for other in alike:
            if other in words:
                yield _WEIGHTS[place] * _SYNONYM, f"{place} has `{other}`, which `{word}` may mean"


def _words(text: str) -> list[str]:
    """Lower-case words without a plural's s."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words = re.findall(r"[^\W\d_]+", spaced.lower())
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words]
