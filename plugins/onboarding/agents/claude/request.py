"""Free text of a person becomes settings of the conf, each with the words that it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from onboarding.agents.claude.apply import AmendmentError, explained
from onboarding.agents.claude.dialogue import Claude, Told
from onboarding.agents.claude.prompts import render_prompt
from onboarding.spec.conf import Conf
from onboarding.spec.leaves import conf_leaves
from onboarding.spec.names import column_names
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import Assumption
from shared.pipeline.errors import DataOnboardingError

SettableKey = Literal[
    "source.load", "source.watermark_column", "destination.gold.use_case", "destination.gold.format",
    "domain.description", "domain.owner", "domain.primary_key", "domain.columns", "domain.measures",
    "domain.dimensions", "transformations.cleaning", "transformations.deduplicate.order_by",
    "transformations.deduplicate.keep", "transformations.derived", "transformations.filters",
    "transformations.masking", "quality.silver_threshold", "quality.gold_threshold", "quality.rules",
    "schedule.cron", "schedule.timezone", "schedule.start_date", "schedule.retries", "schedule.depends_on",
    "schedule.deadline_minutes", "schedule.paused", "retention.bronze_days", "retention.quarantine_days",
]  # fmt: skip
SETTABLE_KEYS: tuple[str, ...] = SettableKey.__args__  # type: ignore[attr-defined]


class Setting(BaseModel):
    """One setting; ``value_json`` is its value as JSON, ``words`` the part of the request that asks for it."""

    model_config = ConfigDict(extra="forbid")

    key: SettableKey
    value_json: str
    words: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class RequestAnswer(BaseModel):
    """The settings that a request asks for, and its wishes that no key can express."""

    model_config = ConfigDict(extra="forbid")

    settings: list[Setting] = Field(max_length=60)
    not_understood: list[Annotated[str, StringConstraints(max_length=300)]] = Field(max_length=20)


@dataclass(frozen=True)
class FilledConf:
    """A conf with what the request asks for in it.

    :ivar filled: the settings that were made, each with the words of the request as its reason.
    :ivar not_understood: wishes that are in no setting.
    """

    conf: Conf
    filled: list[Assumption]
    not_understood: list[str]


def read_request(claude: Claude, conf: Conf, columns: list[str], check: Callable[[Conf], None]) -> Told[FilledConf]:
    """What the request of a conf asks for, filled into the conf.

    What the person set stays; columns must be the source's; the whole conf is validated again.

    :param columns: names in the source.
    :param check: refuses a conf that this source cannot be onboarded with; its error goes back to Claude once.
    """
    content = conf.model_dump(mode="json")
    given = {leaf.key: value for leaf in conf_leaves() if (value := _leaf(content, leaf.key)) not in (None, [], {}, "")}
    given.pop("request", None)
    data = {"request": conf.request, "columns": columns, "given": sorted(given)}
    known = {leaf.key: leaf for leaf in conf_leaves()}
    keys = "\n".join(f"- `{key}`: {known[key].description} {_example(known[key].schema)}" for key in SETTABLE_KEYS)

    def accept(answer: RequestAnswer) -> FilledConf:
        filled = _filled(conf, answer, set(given), columns)
        check(filled.conf)
        return filled

    return claude.ask("request", render_prompt("request", data, keys=keys), RequestAnswer, accept)


def _filled(conf: Conf, answer: RequestAnswer, given: set[str], columns: list[str]) -> FilledConf:
    content, faults = conf.model_dump(mode="json"), []
    for number, setting in enumerate(answer.settings):
        try:
            value = json.loads(setting.value_json)
            _admit(setting.key, value, given, columns)
        except (ValueError, DataOnboardingError) as error:
            faults.append(f"settings[{number}]: {explained(error)}")
            continue
        *path, last = setting.key.split(".")
        place = content
        for part in path:
            place = place[part]
        place[last] = value
    if faults:
        raise AmendmentError("some settings cannot be made", where="request", given="; ".join(faults))
    made = [
        Assumption(key=setting.key, value=_shown(setting.value_json), reason=f"the request says: {setting.words}")
        for setting in answer.settings
    ]
    return FilledConf(parse_conf(content, where="request"), made, list(answer.not_understood))


def _admit(key: str, value: Any, given: set[str], columns: list[str]) -> None:
    """Refuse what the person set, and columns that the source does not have."""
    if key in given:
        raise AmendmentError(
            "a person gave this, and it stays", where=key, expected="another key", given=key, remedy="leave it out"
        )
    known = {*columns, *column_names(columns)}
    unknown = sorted(set(_named_columns(key, value)) - known)
    if unknown:
        raise AmendmentError(
            "the source has no such column", where=key, expected=f"one of: {', '.join(columns)}"[:500],
            given=", ".join(unknown), remedy="name a column of the source",
        )  # fmt: skip


def _named_columns(key: str, value: Any) -> list[str]:
    if key in ("domain.columns", "transformations.masking") and isinstance(value, dict):
        return list(value)
    if key in ("domain.primary_key", "domain.dimensions") and isinstance(value, list):
        return [str(name) for name in value]
    if key in ("source.watermark_column", "transformations.deduplicate.order_by"):
        return [str(value)]
    if key in ("transformations.cleaning", "quality.rules") and isinstance(value, list):
        entries = [entry for entry in value if isinstance(entry, dict)]
        names = [name for entry in entries for name in [entry.get("column"), *(entry.get("columns") or [])]]
        return [str(name) for name in names if name]
    return []


def _leaf(content: Any, key: str) -> Any:
    for part in key.split("."):
        content = content[part]
    return content


def _example(schema: dict[str, Any]) -> str:
    if schema.get("enum"):
        return f"One of {json.dumps(schema['enum'])}."
    examples = schema.get("examples")
    return f"A JSON {schema.get('type', 'string')}" + (f", such as {json.dumps(examples[0])}." if examples else ".")


def _shown(text: str) -> str:
    return " ".join(text.split()).strip('"')[:200]
