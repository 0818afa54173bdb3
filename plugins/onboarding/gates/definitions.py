"""The gates: what each one offers, and what marking its task means. One table for DAGs, operators and CLI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["approve", "change", "reject"]


@dataclass(frozen=True)
class Gate:
    """One gate.

    :ivar options: button text -> verdict; the first one is what marking the task success means. ``change`` hands the
        onboarding on to a new run, in which what a person changed in the card's fields is given.
    :ivar question: what the person decides, in a sentence.
    :ivar phase: the phase (1 to 4) that a change goes back to; what was approved before it stays approved.
    """

    name: str
    options: tuple[tuple[str, Verdict], ...]
    question: str
    phase: int

    @property
    def dag_id(self) -> str:
        """DAG whose task ``approve`` waits for the person."""
        return f"onboard_gate_{self.name}"

    @property
    def labels(self) -> list[str]:
        """Button texts, the approving one first."""
        return [label for label, _ in self.options]

    @property
    def approving(self) -> str:
        """The button that `--approve auto` presses."""
        return self.options[0][0]

    def verdict(self, label: str) -> Verdict:
        """What a button means.

        :raises KeyError: the gate has no such button.
        """
        return dict(self.options)[label]


GATES: tuple[Gate, ...] = (
    Gate(
        "approve_plan",
        (("approve", "approve"), ("change the answers", "change"), ("reject", "reject")),
        "Shall this source be onboarded as planned?",
        1,
    ),
    Gate(
        "confirm_profile",
        (("confirm", "approve"), ("corrections", "change"), ("reject", "reject")),
        "Are types, key, roles and personal data right?",
        3,
    ),
    Gate(
        "approve_deploy",
        (("deploy", "approve"), ("changes needed", "change"), ("reject", "reject")),
        "Shall exactly this pipeline be deployed?",
        4,
    ),
)
GATE_BY_NAME = {gate.name: gate for gate in GATES}
