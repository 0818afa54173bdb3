"""What a person's answer, mark, or silence at a gate means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from onboarding.gates.corrections import CHANGES
from onboarding.gates.definitions import Gate, Verdict
from onboarding.spec.conf import Strict

How = Literal["required_actions", "marked_success", "marked_failed"]


class GateAnswer(Strict):
    """A normalised answer.

    ``by`` is the name that Airflow gives, else ``unknown``; ``at`` is empty for a mark; ``report_sha256`` is the
    digest of exactly the card that the gate run showed. ``changes``: what the person wants changed, ``KEY = VALUE``.
    """

    gate: str
    option: str
    verdict: Verdict
    how: How
    by: str = "unknown"
    at: str = ""
    report_sha256: str
    changes: list[str] = []


def read_answer(
    gate: Gate,
    state: str,
    answered: Mapping[str, Any] | None,
    *,
    shown_sha256: str,
) -> GateAnswer | None:
    """The answer, or None while nobody has answered.

    Who approves, but chose a change, asked for that change: nothing that a person gave is passed over. A mark as
    success is no answer where the gate takes none.

    :param state: state of the gate's ``approve`` task.
    :param answered: what that task returned; None when it was marked instead of answered.
    :param shown_sha256: digest of the card that the gate run was triggered with.
    """
    if state == "success" and answered:
        option = str(answered["chosen_options"][0])
        user = answered.get("responded_by_user") or {}
        changes = [str(text) for text in (answered.get("params_input") or {}).get(CHANGES) or ()]
        verdict = gate.verdict(option)
        if verdict == "approve" and changes:
            verdict = "change"
        return GateAnswer(
            gate=gate.name,
            option=option,
            verdict=verdict,
            how="required_actions",
            by=str(_user_name(user) or "unknown"),
            at=str(answered.get("responded_at") or ""),
            report_sha256=str(answered.get("shown_sha256") or shown_sha256),
            changes=changes,
        )
    if state == "success" and gate.marked:
        return GateAnswer(
            gate=gate.name,
            option=gate.marked,
            verdict=gate.verdict(gate.marked),
            how="marked_success",
            report_sha256=shown_sha256,
        )
    if state in ("failed", "skipped", "upstream_failed"):
        return GateAnswer(
            gate=gate.name,
            option=gate.labels[-1],
            verdict="reject",
            how="marked_failed",
            report_sha256=shown_sha256,
        )
    return None


def _user_name(user: Any) -> str:
    if isinstance(user, Mapping):
        return str(user.get("name") or user.get("id") or "")
    return str(getattr(user, "name", "") or getattr(user, "id", ""))
