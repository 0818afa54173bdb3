"""The leaves of the conf, read off its models: what the trigger form, the reference and the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from onboarding.spec.conf import Conf

# Written by the system, never by a person.
SYSTEM_KEYS = ("resume",)
# What this version does not do yet: no form offers it, and a conf that asks for it is refused.
NOT_OFFERED = frozenset(
    {
        "destination.zones",
        "domain.relationships",
        "deployment.topology",
        "deployment.catalog_account_id",
        "deployment.jobs_account_id",
        "deployment.catalog_assume_role_arn",
        "deployment.catalog_external_id",
        "deployment.region",
        "ontology.enabled",
        "ontology.namespace",
    }
)
# The one value of such a leaf that asks for nothing new.
HARMLESS: dict[str, object] = {
    "destination.zones": ["bronze", "silver", "gold"],
    "deployment.topology": "single",
    "ontology.enabled": False,
}
VALUES_NOT_OFFERED: dict[str, frozenset[str]] = {}


@dataclass(frozen=True)
class Leaf:
    """One leaf: its dotted key, and the JSON schema of its value without the null."""

    key: str
    schema: dict[str, Any]

    @property
    def description(self) -> str:
        """What it is for."""
        return str(self.schema.get("description", ""))

    @property
    def offered(self) -> bool:
        """Whether this version does something with it."""
        return self.key not in NOT_OFFERED

    def values(self) -> list[str]:
        """The values of a choice that this version offers; empty when it is no choice."""
        hidden = VALUES_NOT_OFFERED.get(self.key, frozenset())
        return [value for value in self.schema.get("enum", []) if value not in hidden]


@cache
def conf_leaves() -> tuple[Leaf, ...]:
    """All leaves that a person may set, in the order of the models."""
    schema = Conf.model_json_schema()
    leaves = _leaves(schema, "", schema["$defs"])
    return tuple(leaf for leaf in leaves if leaf.key.split(".")[0] not in SYSTEM_KEYS)


def _leaves(schema: dict[str, Any], path: str, definitions: dict[str, Any]) -> Iterator[Leaf]:
    for name, field in schema["properties"].items():
        key = f"{path}.{name}" if path else name
        resolved = _resolved(field, definitions)
        if resolved.get("type") == "object" and "properties" in resolved:
            yield from _leaves(resolved, key, definitions)
        else:
            yield Leaf(key, resolved)


def _resolved(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's schema with its reference and its "or null" taken away."""
    found = dict(field)
    for choice in found.pop("anyOf", []):
        if choice.get("type") != "null":
            found = {**choice, **found}
    reference = found.pop("$ref", "")
    if reference:
        target = definitions[reference.rsplit("/", maxsplit=1)[-1]]
        found = {**target, **found}
    return found
