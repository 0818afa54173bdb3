"""Which columns identify a row: what a person gave, else the best candidate, else a hash of the row."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.agents.base import AgentContext
from onboarding.spec.plans import Decision

ROW_HASH = "row_hash"


@dataclass(frozen=True)
class KeyChoice:
    """The primary key; ``technical`` when it is the row hash."""

    columns: list[str]
    technical: bool
    decision: Decision


def choose_key(context: AgentContext) -> KeyChoice:
    """The primary key with its decision."""
    profile = context.need_profile()
    alternatives = [", ".join(candidate.columns) for candidate in profile.key_candidates]
    given = context.conf.domain.primary_key
    if given:
        names = [context.column_name(name, "domain.primary_key") for name in given]
        counted = next((found for found in profile.key_candidates if found.columns == names), None)
        return KeyChoice(
            names,
            False,
            Decision(
                subject="primary_key",
                value=", ".join(names),
                reason=counted.reason if counted else "given; not counted",
                source="human",
                needs_eyes=counted is not None and not counted.exact,
                alternatives=[other for other in alternatives if other != ", ".join(names)],
                cost_of_error="rows with the same key are removed as duplicates",
            ),
        )
    if profile.key_candidates:
        best = profile.key_candidates[0]
        return KeyChoice(
            best.columns,
            False,
            Decision(
                subject="primary_key",
                value=", ".join(best.columns),
                reason=best.reason,
                needs_eyes=best.needs_eyes,
                alternatives=[*alternatives[1:], ROW_HASH],
                cost_of_error="rows with the same key are removed as duplicates",
            ),
        )
    duplicates = profile.duplicate_rows
    reason = (
        "no column, alone or with others, is never empty, unique and looks like an identifier; "
        f"{duplicates} exact duplicates are flagged, not removed"
    )
    decision = Decision(
        subject="primary_key",
        value=ROW_HASH,
        reason=reason,
        needs_eyes=duplicates > 0,
        cost_of_error="duplicates of a real key would stay",
    )
    return KeyChoice([ROW_HASH], True, decision)
