"""What a recorded AWS call is about: which resource, and whether a later call makes it superfluous."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

JOURNALED_SERVICES = frozenset({"glue", "lakeformation", "sns"})
# These change nothing, or nothing that outlives the process.
_PASSING = re.compile(r"(Get|List|BatchGet|Search|Query|Describe|Check|Start|Stop|Run|Cancel|Publish)")
_REPLACING = re.compile(r"(Update|Put|Set)")
Scope = tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """One request to a service.

    :param account_id: account that the caller's key belongs to.
    :param target: value of ``X-Amz-Target``, empty for services that name the action otherwise.
    :param body: the request's text.
    """

    service: str
    region: str
    account_id: str
    method: str
    path: str
    target: str
    content_type: str
    body: str

    @property
    def action(self) -> str:
        """Name of the API action, for example ``CreateTable``."""
        if self.target:
            return self.target.rsplit(".", 1)[-1]
        if self.service == "sns":
            return dict(parse_qsl(self.body)).get("Action", "")
        return self.path.strip("/")

    @property
    def is_kept(self) -> bool:
        """True if the call changes something that must outlive the process."""
        return self.service in JOURNALED_SERVICES and bool(self.action) and not _PASSING.match(self.action)

    def arguments(self) -> dict[str, Any]:
        """The action's arguments; empty when the body is not what the service expects."""
        if self.service == "sns":
            return dict(parse_qsl(self.body))
        try:
            parsed = json.loads(self.body or "{}")
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def identity(self) -> str:
        """Calls of equal identity: only the last one counts."""
        arguments = self.arguments()
        if _REPLACING.match(self.action):
            table = arguments.get("TableInput")
            arguments = {key: value for key, value in arguments.items() if _is_plain(value)}
            if isinstance(table, dict):
                arguments["TableInput"] = table.get("Name")
        head = [self.account_id, self.region, self.service, self.action]
        return json.dumps([*head, arguments], sort_keys=True, separators=(",", ":"))

    def scope(self) -> Scope:
        """Catalog resource that the call belongs to: (account, region, database[, table]), or empty."""
        arguments = self.arguments()
        found = _glue_scope(arguments) if self.service == "glue" else _tagged_scope(arguments)
        return (self.account_id, self.region, *found) if found else ()

    def removed_scopes(self) -> Iterator[Scope]:
        """Catalog resources that this call removes, with all that is below them."""
        if self.service != "glue":
            return
        arguments = self.arguments()
        head = (self.account_id, self.region)
        if self.action == "DeleteDatabase":
            yield (*head, str(arguments.get("Name")))
        elif self.action == "DeleteTable":
            yield (*head, str(arguments.get("DatabaseName")), str(arguments.get("Name")))
        elif self.action == "BatchDeleteTable":
            for name in arguments.get("TablesToDelete") or []:
                yield (*head, str(arguments.get("DatabaseName")), str(name))


def _is_plain(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) for item in values)


def _glue_scope(arguments: dict[str, Any]) -> Scope:
    database = arguments.get("DatabaseName") or (arguments.get("DatabaseInput") or {}).get("Name")
    if not database:
        return ()
    table = arguments.get("TableName") or (arguments.get("TableInput") or {}).get("Name")
    return (str(database), str(table)) if table else (str(database),)


def _tagged_scope(arguments: dict[str, Any]) -> Scope:
    """The database or table inside a Lake Formation ``Resource``."""
    resource = arguments.get("Resource")
    if not isinstance(resource, dict):
        return ()
    table = resource.get("Table") or resource.get("TableWithColumns") or {}
    if table.get("DatabaseName") and table.get("Name"):
        return (str(table["DatabaseName"]), str(table["Name"]))
    database = (resource.get("Database") or {}).get("Name")
    return (str(database),) if database else ()
