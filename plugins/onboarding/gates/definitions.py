"""The gates: what each one offers, and what marking its task means. One table for DAGs, operators and CLI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["approve", "change", "reject"]


@dataclass(frozen=True)
class Gate:
    """One gate.

    :ivar options: button text -> verdict. ``change`` hands the onboarding on to a new run, which goes on as the
        option says, with what a person changed in the card's fields.
    :ivar question: what the person decides, in a sentence.
    :ivar phase: the phase (1 to 4) that a change goes back to; what was approved before it stays approved.
    :ivar marked: the option that marking the task success stands for; empty: a mark is no answer here.
    :ivar approval: one of the three that every onboarding passes, which ``--approve auto`` answers with the first
        option. Any other gate is asked only where there is something to ask.
    """

    name: str
    options: tuple[tuple[str, Verdict], ...]
    question: str
    phase: int
    marked: str
    approval: bool = False

    @property
    def dag_id(self) -> str:
        """DAG whose task ``approve`` waits for the person."""
        return f"onboard_gate_{self.name}"

    @property
    def labels(self) -> list[str]:
        """Button texts in their order."""
        return [label for label, _ in self.options]

    @property
    def approving(self) -> str:
        """The button that `--approve auto` presses at an approval."""
        return self.options[0][0]

    def verdict(self, label: str) -> Verdict:
        """What a button means.

        :raises KeyError: the gate has no such button.
        """
        return dict(self.options)[label]


#: In the order of the flow.
GATES: tuple[Gate, ...] = (
    Gate(
        "choose_found",
        (("modify", "change"), ("check quality", "change"), ("query Gold", "change"), ("stop", "reject")),
        "This workload exists already: what shall be done with it?",
        1,
        marked="stop",
    ),
    Gate(
        "choose_partial",
        (("complete", "change"), ("start fresh", "approve"), ("stop", "reject")),
        "This onboarding was begun before and not finished: complete it, or start fresh?",
        1,
        marked="stop",
    ),
    Gate(
        "fix_environment",
        (
            ("retry", "change"),
            ("switch mode", "change"),
            ("go on without", "approve"),
            ("stop", "reject"),
        ),
        "A REQUIRED MCP server is not connected: look again, look elsewhere, or go on without?",
        1,
        marked="go on without",
    ),
    Gate(
        "answer_discovery",
        (("submit answers", "change"), ("cancel", "reject")),
        "What can neither the source nor the form tell?",
        1,
        marked="submit answers",
    ),
    Gate(
        "approve_plan",
        (("approve", "approve"), ("change the answers", "change"), ("reject", "reject")),
        "Shall this source be onboarded as planned?",
        1,
        marked="approve",
        approval=True,
    ),
    Gate(
        "approve_overlap",
        (
            ("extend the existing", "change"),
            ("keep separate", "approve"),
            ("change the answers", "change"),
            ("reject", "reject"),
        ),
        "This source overlaps with one that is onboarded already: extend that workload, or keep the two separate?",
        1,
        marked="",
    ),
    Gate(
        "confirm_profile",
        (("confirm", "approve"), ("corrections", "change"), ("reject", "reject")),
        "Are types, key, roles and personal data right?",
        3,
        marked="confirm",
        approval=True,
    ),
    Gate(
        "resolve",
        (
            ("fix and retry", "change"),
            ("I edited the files", "approve"),
            ("skip", "change"),
            ("stop", "reject"),
        ),
        "An agent's tests failed twice: how shall it go on?",
        4,
        marked="I edited the files",
    ),
    Gate(
        "confirm_edits",
        (("run the tests", "change"), ("edit again", "change"), ("stop", "reject")),
        "Shall exactly these edited files be tested, and be part of the workload?",
        4,
        marked="run the tests",
    ),
    Gate(
        "approve_deploy",
        (("deploy", "approve"), ("changes needed", "change"), ("reject", "reject")),
        "Shall exactly this pipeline be deployed?",
        4,
        marked="deploy",
        approval=True,
    ),
)
GATE_BY_NAME = {gate.name: gate for gate in GATES}
APPROVALS = tuple(gate for gate in GATES if gate.approval)
