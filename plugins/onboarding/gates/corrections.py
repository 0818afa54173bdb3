"""What a person wants changed at a gate, as answers of a conf: the next run of the chain is given them.

A change is a text ``KEY = VALUE``, with a key of the conf: ``domain.columns.zip.type = text``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.spec.choices import LOCATION, NO_ENTRY, REGULATIONS
from onboarding.spec.conf import Conf
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.parse import fold, overlay, parse_conf

#: The one field of a card's form, and of an answer by REST.
CHANGES = "changes"
MOST_CHANGES, LONGEST_CHANGE = 50, 300
PRIMARY_KEY, INFORMING_RULES = "domain.primary_key", "quality.informing_rules"
#: Its value is one predicate, with whatever commas it has, or ``none``.
FILTERS = "transformations.filters"
_BUILDING = ("transformations", "quality", "schedule", "retention")
#: Gate -> keys that may be changed there, with all below them. Where the data is, who decides and under which
#: engine and account is another onboarding; what an earlier gate asked is asked there.
_ANSWERS = (
    "workload", "source.format", "source.options", "source.load", "source.watermark_column", "destination", "domain",
    "ontology", *_BUILDING,
)  # fmt: skip
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "choose_found": ("workload",),
    "choose_partial": (),
    "fix_environment": (),
    "answer_discovery": (LOCATION, *_ANSWERS),
    "approve_plan": _ANSWERS,
    "approve_overlap": _ANSWERS,
    "confirm_profile": ("domain", *_BUILDING),
    "resolve": ("domain", *_BUILDING),
    "confirm_edits": (),
    "approve_deploy": _BUILDING,
}


def change(key: str, value: object) -> str:
    """The text of a change; the entries of a list stand beside each other."""
    shown = (", ".join(map(str, value)) or NO_ENTRY) if isinstance(value, list) else value
    return f"{key} = {shown}"


def parsed_changes(gate: str, changes: Iterable[str]) -> dict[str, Any]:
    """Key of the conf -> what it becomes.

    :raises ConfError: a text is no change, its key cannot be changed at this gate, or two contradict each other.
    """
    found: dict[str, Any] = {}
    for text in changes:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not _is_changeable(gate, key):
            allowed = ", ".join(CHANGEABLE[gate]) or "(nothing)"
            raise ConfError(
                f"`{text[:LONGEST_CHANGE]}` cannot be changed at {gate}" if equals else "a change is KEY = VALUE",
                where=f"the changes of {gate}",
                expected=f"KEY = VALUE, with a key that is or is below one of: {allowed}",
                given=text[:LONGEST_CHANGE],
                remedy="change another key, or reject and onboard with another conf",
            )
        if key in (INFORMING_RULES, REGULATIONS):
            found[key] = sorted({*found.get(key, ()), *_listed(value)})
            continue
        becomes: str | list[str] = _listed(value) if key == PRIMARY_KEY else value
        if key == FILTERS:
            becomes = [] if value == NO_ENTRY else [value]
        if found.setdefault(key, becomes) != becomes:
            raise ConfError(
                f"`{key}` is changed twice",
                where=f"the changes of {gate}",
                expected="one value",
                given=f"{found[key]} and {becomes}",
                remedy="leave one of the two out",
            )
    return found


def corrected_conf(
    gate: str, earlier: Mapping[str, Any], changes: Sequence[str], *, option: Mapping[str, Any] | None = None
) -> Conf:
    """The conf of the next run: the earlier one with what a person changed in its place.

    :param earlier: conf of the run that goes on.
    :param changes: texts ``KEY = VALUE``.
    :param option: keys of the conf, and what the option that was chosen makes of them; a change is stronger.
    :raises ConfError: one of them is no change, or all together make no valid conf.
    """
    if option:
        earlier = overlay(earlier, fold(option)).model_dump(mode="json", exclude_unset=True)
    given = parsed_changes(gate, changes)
    if INFORMING_RULES in given:
        before = (earlier.get("quality") or {}).get("informing_rules") or []
        given[INFORMING_RULES] = sorted({*before, *given[INFORMING_RULES]})
    return overlay(earlier, fold(given)) if given else parse_conf(earlier)


def phase_of_changes(keys: Iterable[str]) -> int:
    """The latest phase that a conf may go back to when these keys of it change: that of the gate which asks them."""
    changed = list(keys)
    for gate in ("approve_deploy", "confirm_profile"):
        if all(_is_changeable(gate, key) for key in changed):
            return GATE_BY_NAME[gate].phase
    return GATE_BY_NAME["approve_plan"].phase


def _listed(value: str) -> list[str]:
    return [part for text in value.split(",") if (part := text.strip()) and part != NO_ENTRY]


def _is_changeable(gate: str, key: str) -> bool:
    return any(key == allowed or key.startswith(f"{allowed}.") for allowed in CHANGEABLE[gate])
