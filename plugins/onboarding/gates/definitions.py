"""The gates: what each one offers, and what marking its task means. One table for DAGs, operators and CLI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["approve", "reject"]


@dataclass(frozen=True)
class Gate:
    """One gate.

    :ivar options: button text -> verdict; the first one is what marking the task success means.
    :ivar question: what the person decides, in a sentence.
    """

    name: str
    options: tuple[tuple[str, Verdict], ...]
    question: str

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
        (("approve", "approve"), ("reject", "reject")),
        "Shall this source be onboarded as planned?",
    ),
    Gate(
        "confirm_profile",
        (("confirm", "approve"), ("reject", "reject")),
        "Are types, key, roles and personal data right?",
    ),
    Gate(
        "approve_deploy",
        (("deploy", "approve"), ("reject", "reject")),
        "Shall exactly this pipeline be deployed?",
    ),
)
GATE_BY_NAME = {gate.name: gate for gate in GATES}
