"""Regulations as data (``regulations.yaml``), and what several of them ask for together: the strictest wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, model_validator

from onboarding.spec.conf import Masking, Strict

_TABLE = Path(__file__).with_name("regulations.yaml")
#: From what leaves most of a value readable to what leaves nothing. A keyed hash shows which rows belong together, a
#: year does not tell persons apart, but is readable; of two masks the later one is taken.
STRICTNESS: tuple[Masking, ...] = (
    Masking.KEEP, Masking.PARTIAL, Masking.EMAIL, Masking.LAST4, Masking.YEAR, Masking.HASH, Masking.REDACT,
    Masking.DROP,
)  # fmt: skip
Period = Literal["bronze_days", "quarantine_days"]
Gate = Literal["silver_threshold", "gold_threshold"]


class MaskControl(Strict):
    """The least that is done to values of these kinds of personal data."""

    mask: Masking
    kinds: list[str]
    source: str


class DaysControl(Strict):
    """How long data is kept: at least, or at most, so many days."""

    at_least: int | None = Field(None, ge=1)
    at_most: int | None = Field(None, ge=1)
    source: str

    @model_validator(mode="after")
    def _one_of_them(self) -> DaysControl:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("either at_least or at_most")
        return self


class ScoreControl(Strict):
    """What a quality gate needs at least."""

    at_least: float = Field(gt=0, le=1)
    source: str


class Regulation(Strict):
    """One regulation. Texts are the places that a control without a value follows from.

    ``row_hash``: Silver has a hash of each source row. ``complete_measures``: a measure that is usually there is asked
    for in every row. ``second_person``: who asked for a pipeline does not approve it. ``no_skipping``: no step of an
    onboarding may be left out.
    """

    title: str
    masking: list[MaskControl] = Field(default_factory=list)
    bronze_days: DaysControl | None = None
    quarantine_days: DaysControl | None = None
    silver_threshold: ScoreControl | None = None
    gold_threshold: ScoreControl | None = None
    row_hash: str | None = None
    complete_measures: str | None = None
    second_person: str | None = None
    no_skipping: str | None = None


@cache
def regulations() -> Mapping[str, Regulation]:
    """All regulations by name, in the order of the file."""
    content = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {str(name): Regulation.model_validate(found) for name, found in content.items()}


@dataclass(frozen=True)
class Control:
    """A value and the regulations, with their places, that ask for it."""

    value: float
    source: str


@dataclass(frozen=True)
class Controls:
    """What several regulations ask for together. Everything is empty where none is named.

    :ivar masks: kind of personal data -> the strictest mask, and where it follows from.
    :ivar thresholds: ``silver_threshold`` and ``gold_threshold``: the highest.
    :ivar days: ``bronze_days`` and ``quarantine_days``: the time that is asked for; see :func:`controls_of`.
    :ivar least_days: those of ``days`` that are a minimum.
    :ivar flags: ``row_hash``, ``complete_measures``, ``second_person``, ``no_skipping`` -> where it follows from.
    :ivar conflicts: where two regulations ask for different things, and what was taken.
    """

    names: tuple[str, ...] = ()
    masks: Mapping[str, tuple[Masking, str]] = field(default_factory=dict)
    thresholds: Mapping[str, Control] = field(default_factory=dict)
    days: Mapping[str, Control] = field(default_factory=dict)
    least_days: frozenset[str] = frozenset()
    flags: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    def requires(self, flag: str) -> str | None:
        """Where a control without a value follows from; None where no regulation asks for it."""
        return self.flags.get(flag)


def stricter(first: Masking, second: Masking) -> Masking:
    """The one of two masks that leaves less of a value."""
    return max(first, second, key=STRICTNESS.index)


def controls_of(names: Iterable[str]) -> Controls:
    """What these regulations ask for together; the order in which they are named makes no difference.

    Of masks the strictest is taken, of thresholds the highest, of the longest times the shortest. A shortest time is a
    duty by law, which a longest time gives way to (GDPR Art. 17(3)(b)). Each such case is a conflict that is listed.

    :raises KeyError: there is no such regulation.
    """
    known = regulations()
    given = set(names)
    unknown = sorted(given - set(known))
    if unknown:
        raise KeyError(unknown[0])
    named = {name: found for name, found in known.items() if name in given}
    masks, conflicts = _masks(named)
    days: dict[str, Control] = {}
    least: set[str] = set()
    for period in ("bronze_days", "quarantine_days"):
        control, is_least, clash = _days(named, period)
        if control is not None:
            days[period] = control
            least |= {period} if is_least else set()
        conflicts += clash
    thresholds = {gate: found for gate in ("silver_threshold", "gold_threshold") if (found := _threshold(named, gate))}
    flags = {
        flag: "; ".join(f"{name} {getattr(found, flag)}" for name, found in named.items() if getattr(found, flag))
        for flag in ("row_hash", "complete_measures", "second_person", "no_skipping")
    }
    return Controls(
        names=tuple(named),
        masks=masks,
        thresholds=thresholds,
        days=days,
        least_days=frozenset(least),
        flags={flag: text for flag, text in flags.items() if text},
        conflicts=tuple(conflicts),
    )


def _masks(named: Mapping[str, Regulation]) -> tuple[dict[str, tuple[Masking, str]], list[str]]:
    asked: dict[str, list[tuple[Masking, str]]] = {}
    for name, found in named.items():
        for control in found.masking:
            for kind in control.kinds:
                asked.setdefault(kind, []).append((control.mask, f"{name} {control.source}"))
    masks: dict[str, tuple[Masking, str]] = {}
    conflicts = []
    for kind, wanted in sorted(asked.items()):
        taken = max((mask for mask, _ in wanted), key=STRICTNESS.index)
        masks[kind] = (taken, "; ".join(source for mask, source in wanted if mask is taken))
        others = [f"{mask.value} ({source})" for mask, source in wanted if mask is not taken]
        if others:
            conflicts.append(f"{kind}: {taken.value} ({masks[kind][1]}) rather than {', '.join(others)}")
    return masks, conflicts


def _days(named: Mapping[str, Regulation], period: Period) -> tuple[Control | None, bool, list[str]]:
    asked = [(name, found) for name, regulation in named.items() if (found := getattr(regulation, period)) is not None]
    least = [(found.at_least, f"{name} {found.source}") for name, found in asked if found.at_least is not None]
    most = [(found.at_most, f"{name} {found.source}") for name, found in asked if found.at_most is not None]
    if not asked:
        return None, False, []
    what = period.replace("_", " ")
    if not least:
        days, source = min(most)
        clash = [
            f"{what}: at most {days} ({source}) rather than {other} ({text})" for other, text in most if other > days
        ]
        return Control(days, source), False, clash
    days, source = max(least)
    clash = [
        f"{what}: at least {days} ({source}), a duty by law, rather than at most {other} ({text})"
        for other, text in most
        if other < days
    ]
    clash += [
        f"{what}: at least {days} ({source}) rather than {other} ({text})" for other, text in least if other < days
    ]
    return Control(days, source), True, clash


def _threshold(named: Mapping[str, Regulation], gate: Gate) -> Control | None:
    asked = [
        (found.at_least, f"{name} {found.source}") for name, item in named.items() if (found := getattr(item, gate))
    ]
    return Control(*max(asked)) if asked else None
