"""Where regulations contradict each other, and where a person asks for less than they do: for the approver to see."""

from __future__ import annotations

from onboarding.spec.conf import Conf
from onboarding.spec.plans import Decision
from onboarding.spec.regulations import Controls

_COST = "a regulation is not kept"


def regulation_decisions(conf: Conf, controls: Controls) -> list[Decision]:
    """Conflicts between the regulations of a conf, then what the conf itself sets below them (masks come later)."""
    names = ", ".join(controls.names)
    conflicts = [
        Decision(
            subject=f"regulations.conflict.{number}",
            value="the stricter one",
            reason=text,
            needs_eyes=True,
            cost_of_error=_COST,
        )
        for number, text in enumerate(controls.conflicts, start=1)
    ]
    return [*conflicts, *_thresholds(conf, controls), *_days(conf, controls), *_forever(conf, controls, names)]


def _thresholds(conf: Conf, controls: Controls) -> list[Decision]:
    found = []
    for key, asked in sorted(controls.thresholds.items()):
        given = getattr(conf.quality, key)
        if given is not None and given < asked.value:
            reason = f"given; at least {asked.value} is asked for: {asked.source}"
            found.append(_loosened(f"quality.{key}", str(given), reason))
    return found


def _days(conf: Conf, controls: Controls) -> list[Decision]:
    found = []
    for key, asked in sorted(controls.days.items()):
        given = getattr(conf.retention, key)
        least = key in controls.least_days
        if given is not None and (given < asked.value if least else given > asked.value):
            reason = f"given; at {'least' if least else 'most'} {asked.value} days are asked for: {asked.source}"
            found.append(_loosened(f"retention.{key}", str(given), reason))
    return found


def _forever(conf: Conf, controls: Controls, names: str) -> list[Decision]:
    """Bronze of a source that is loaded bit by bit cannot expire, whatever is asked for."""
    asked = controls.days.get("bronze_days")
    incremental = conf.source.load in ("new_files", "watermark") or bool(conf.source.watermark_column)
    if asked is None or "bronze_days" in controls.least_days or not incremental:
        return []
    reason = (
        f"{names} asks for at most {asked.value} days ({asked.source}), and Silver is made of the loads of every date"
    )
    return [
        Decision(
            subject="retention.bronze_days",
            value="for ever",
            reason=reason,
            needs_eyes=True,
            alternatives=["source.load: full", "onboard erase, for one person's rows"],
            cost_of_error=_COST,
        )
    ]


def _loosened(subject: str, value: str, reason: str) -> Decision:
    return Decision(subject=subject, value=value, reason=reason, source="human", needs_eyes=True, cost_of_error=_COST)
