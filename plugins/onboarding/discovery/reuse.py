"""What people decided about columns of the same name elsewhere, and the tables that those columns may refer to.

Only what makes a column safer is taken over: a kind of personal data where nothing else found one, a stricter mask. A
"no" said elsewhere was said of other data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from onboarding.discovery.known_keys import KnownKey
from onboarding.discovery.personal_kinds import SENSITIVITY
from onboarding.discovery.profiling import reclassified
from onboarding.spec.conf import Masking
from onboarding.spec.plans import ReusedDecision
from onboarding.spec.profile import ProfileReport
from onboarding.spec.regulations import stricter
from onboarding.workspace.deployed import DeployedWorkload

_SUBJECTS = re.compile(r"columns\.(?P<personal>[a-z0-9_]+)\.personal_data|masking\.(?P<masking>[a-z0-9_]+)")
_MASKS = {mask.value for mask in Masking} - {Masking.KEEP.value}


def reusable_decisions(deployed: Iterable[DeployedWorkload], columns: Collection[str]) -> list[ReusedDecision]:
    """Decisions of people about columns of these names, one of each kind for a column: of several masks the strictest.

    :param deployed: the workloads to look at; of two that say different things the first by name counts.
    :param columns: names in SQL.
    :returns: sorted by column and kind.
    """
    found: dict[tuple[str, str], ReusedDecision] = {}
    for workload in sorted(deployed, key=lambda one: one.name):
        for decision in workload.manifest.get("decisions") or ():
            read = _read(workload, decision)
            if read is None or read.column not in columns:
                continue
            present = found.setdefault((read.column, read.kind), read)
            if read.kind == "masking" and stricter(Masking(present.value), Masking(read.value)).value != present.value:
                found[read.column, read.kind] = read
    return [found[key] for key in sorted(found)]


def _read(workload: DeployedWorkload, decision: Mapping[str, object]) -> ReusedDecision | None:
    subject, value = _SUBJECTS.fullmatch(str(decision.get("subject"))), str(decision.get("value"))
    if subject is None or decision.get("source") != "human":
        return None
    if subject["personal"] and value in SENSITIVITY:
        return ReusedDecision(column=subject["personal"], kind="personal_data", value=value, workload=workload.name)
    if subject["masking"] and value in _MASKS:
        return ReusedDecision(column=subject["masking"], kind="masking", value=value, workload=workload.name)
    return None


def matching_keys(keys: Iterable[KnownKey], columns: Collection[str]) -> list[str]:
    """Keys of Gold tables that a column of the source is named like, as ``domain.relationships`` names them."""
    return [key.text for key in keys if key.column in columns]


def with_reused(profile: ProfileReport, reused: Iterable[ReusedDecision], answered: Collection[str]) -> ProfileReport:
    """The profile with the kinds of personal data that people said elsewhere, where nothing else found one.

    :param answered: columns about which the conf says something itself.
    """
    said = {one.column: one for one in reused if one.kind == "personal_data" and one.column not in answered}
    columns = [
        reclassified(column, said[column.name].value, f"so it was decided in the workload {said[column.name].workload}")
        if column.name in said and not column.is_personal
        else column
        for column in profile.columns
    ]
    return profile.model_copy(update={"columns": columns})
