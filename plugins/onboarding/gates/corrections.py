"""What a person changed in a card's form, as the answers of a conf: the next run of the chain is given them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.spec.conf import ColumnType, Conf, Masking, Role
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.parse import fold, overlay

#: Fields that go in pairs: which column, or which rule, and what becomes of it.
COLUMN, BECOMES = "column", "becomes"
MASKED_COLUMN, MASKED_AS = "masked column", "masked as"
RULE, RULE_BECOMES = "rule", "the rule becomes"
ONLY_INFORMS = "only informs"
IN_KEY = "the primary key"
_PAIRS = ((COLUMN, BECOMES), (MASKED_COLUMN, MASKED_AS), (RULE, RULE_BECOMES))
_SEPARATOR = ": "


def column_choices(kinds: list[str]) -> list[str]:
    """What may become of a column at ``confirm_profile``.

    :param kinds: kinds of personal data.
    """
    types = [f"type{_SEPARATOR}{kind.value}" for kind in ColumnType]
    roles = [f"role{_SEPARATOR}{role.value}" for role in Role]
    return ["", IN_KEY, *types, *roles, *[f"personal data{_SEPARATOR}{kind}" for kind in ["none", *sorted(kinds)]]]


def corrected_conf(earlier: Mapping[str, Any], changed: Mapping[str, Any]) -> Conf:
    """The conf of the next run: the earlier one with what a person changed in its place.

    :param earlier: conf of the run whose card was answered.
    :param changed: field -> value, as in :class:`GateAnswer`.
    :raises ConfError: a pair of fields is half filled in, or the two together are no valid conf.
    """
    for first, second in _PAIRS:
        if bool(changed.get(first)) is not bool(changed.get(second)):
            filled, empty = (first, second) if changed.get(first) else (second, first)
            raise ConfError(
                f"`{filled}` was filled in, and `{empty}` was not",
                where=f"the card's field `{empty}`",
                expected="both, or neither",
                given=f"{filled} = {changed.get(filled)}",
                remedy="fill in both",
            )
    paired = {name for pair in _PAIRS for name in pair}
    leaves = {name: _leaf(name, value) for name, value in changed.items() if name not in paired}
    given = fold(leaves)
    for key, value in _from_pairs(earlier, changed):
        _put(given, key, value)
    return overlay(earlier, Conf.model_validate(given))


def _leaf(name: str, value: Any) -> Any:
    return [part.strip() for part in str(value).split(",")] if name == "domain.primary_key" else value


def _from_pairs(earlier: Mapping[str, Any], changed: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    if changed.get(COLUMN):
        found.append(_of_column(str(changed[COLUMN]), str(changed[BECOMES])))
    if changed.get(MASKED_COLUMN):
        masking = Masking(str(changed[MASKED_AS]))
        found.append((("transformations", "masking", str(changed[MASKED_COLUMN])), masking.value))
    if changed.get(RULE):
        rules = list((earlier.get("quality") or {}).get("informing_rules") or [])
        found.append((("quality", "informing_rules"), sorted({*rules, str(changed[RULE])})))
    return found


def _of_column(column: str, becomes: str) -> tuple[tuple[str, ...], Any]:
    if becomes == IN_KEY:
        return ("domain", "primary_key"), [column]
    what, _, value = becomes.partition(_SEPARATOR)
    key = {"type": "type", "role": "role", "personal data": "pii"}[what]
    return ("domain", "columns", column, key), value


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        target = target.setdefault(part, {})
    target[path[-1]] = value
