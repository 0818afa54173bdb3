"""Who may answer a gate: the reviewers that a conf names, and a second person where a regulation asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.gates.answer import GateAnswer
from onboarding.spec.regulations import controls_of

UNKNOWN = "unknown"


@dataclass(frozen=True)
class AnswerRight:
    """Who may answer one gate of one onboarding.

    :ivar reviewers: names of users; empty: everybody whom Airflow lets.
    :ivar requester: who asked for the onboarding.
    :ivar second_person: why who asked may not approve; empty: they may.
    """

    reviewers: tuple[str, ...]
    requester: str
    second_person: str

    @property
    def line(self) -> str:
        """The restriction in a line for the card; empty when there is none."""
        parts = [f"only {', '.join(self.reviewers)}" if self.reviewers else ""]
        parts.append(f"not {self.requester}, who asked for it ({self.second_person})" if self.second_person else "")
        said = "; ".join(part for part in parts if part)
        return f"Who may answer: {said}" if said else ""

    def problem(self, answer: GateAnswer) -> str:
        """Why this answer does not count; empty when it does. Silence until the gate closed is nobody's answer."""
        if answer.how == "marked_failed" and answer.by == UNKNOWN and not self.reviewers:
            return ""
        if self.reviewers and answer.by not in self.reviewers:
            return f"it was answered by {answer.by}, and may be by {', '.join(self.reviewers)} only"
        if self.second_person and answer.verdict != "reject" and answer.by in (self.requester, UNKNOWN):
            who = "who is not known" if answer.by == UNKNOWN else "who asked for it"
            return f"it was approved by {answer.by}, {who}; a second person has to: {self.second_person}"
        return ""


def answer_right(gate: str, request: Mapping[str, Any]) -> AnswerRight:
    """The right to answer a gate.

    :param request: entry ``request`` of the onboarding's record.
    """
    conf = request.get("conf") or {}
    named = (conf.get("reviewers") or {}).get(gate) or []
    regulations = (conf.get("quality") or {}).get("regulations") or []
    return AnswerRight(
        reviewers=tuple(str(name) for name in named),
        requester=str(request.get("triggered_by") or UNKNOWN),
        second_person=controls_of(regulations).requires("second_person") or "",
    )
