"""What a person's answer, mark, or silence at a gate means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from onboarding.gates.definitions import Gate, Verdict
from onboarding.spec.conf import Strict

How = Literal["required_actions", "marked_success", "marked_failed"]


class GateAnswer(Strict):
    """A normalised answer.

    ``by`` is the name that Airflow gives, else ``unknown``; ``at`` is empty for a mark; ``report_sha256`` is the
    digest of exactly the card that the gate run showed. ``fields``: what the person gave in the card's form, by the
    field's name, as far as it differs from what the form was preset with.
    """

    gate: str
    option: str
    verdict: Verdict
    how: How
    by: str = "unknown"
    at: str = ""
    report_sha256: str
    fields: dict[str, Any] = {}


def read_answer(
    gate: Gate,
    state: str,
    answered: Mapping[str, Any] | None,
    *,
    shown_sha256: str,
    presets: Mapping[str, Any] | None = None,
) -> GateAnswer | None:
    """The answer, or None while nobody has answered.

    Who approves, but changed a field, asked for that change: nothing that a person gave is passed over.

    :param state: state of the gate's ``approve`` task.
    :param answered: what that task returned; None when it was marked instead of answered.
    :param shown_sha256: digest of the card that the gate run was triggered with.
    :param presets: field of the card's form -> what it was preset with.
    """
    if state == "success" and answered:
        option = str(answered["chosen_options"][0])
        user = answered.get("responded_by_user") or {}
        given = dict(answered.get("params_input") or {})
        changed = {name: value for name, value in given.items() if value != (presets or {}).get(name)}
        verdict = gate.verdict(option)
        if verdict == "approve" and changed:
            verdict = "change"
        return GateAnswer(
            gate=gate.name,
            option=option,
            verdict=verdict,
            how="required_actions",
            by=str(_user_name(user) or "unknown"),
            at=str(answered.get("responded_at") or ""),
            report_sha256=str(answered.get("shown_sha256") or shown_sha256),
            fields=changed,
        )
    if state == "success":
        return GateAnswer(
            gate=gate.name,
            option=gate.approving,
            verdict="approve",
            how="marked_success",
            report_sha256=shown_sha256,
        )
    if state in ("failed", "skipped", "upstream_failed"):
        return GateAnswer(
            gate=gate.name,
            option="reject",
            verdict="reject",
            how="marked_failed",
            report_sha256=shown_sha256,
        )
    return None


def _user_name(user: Any) -> str:
    if isinstance(user, Mapping):
        return str(user.get("name") or user.get("id") or "")
    return str(getattr(user, "name", "") or getattr(user, "id", ""))
