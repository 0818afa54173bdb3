"""The journal of an onboarding: the entries of its record as they were written, each with the hash of the one before.

``runs/<root run>/journal/000001.json`` and so on. An entry is created under the next free number and never written
again, so that two tasks that write at once both find their place. Whoever changes, removes, adds or moves an entry
later breaks the chain of hashes, which :meth:`Journal.verify` shows; of the last entries only what is kept elsewhere
can tell (:class:`Head`, which the last task of a run leaves in Airflow's database).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.store import StorageError, Store, canonical_json, sha256

#: What the first entry has in place of the hash of the one before.
NO_HASH = "0" * 64
_DIGITS = 6
#: Writers at once that an entry waits for at most.
_MOST_COLLISIONS = 500


@dataclass(frozen=True)
class Head:
    """Where a journal ended: how many entries it had, and the SHA-256 of the last."""

    entries: int
    sha256: str


class Journal:
    """The journal of one onboarding (a chain of meta runs with one root run)."""

    def __init__(self, workspace: Store, root_run_id: str) -> None:
        self._store = workspace.below(f"runs/{safe_segment(root_run_id)}/journal")

    def append(self, name: str, entry: Mapping[str, Any]) -> None:
        """Write an entry behind all others; nothing happens when it is the last one already (a retry).

        :raises StorageError: too many others were faster.
        """
        for _ in range(_MOST_COLLISIONS):
            keys = self._keys()
            number = len(keys) + 1
            before = self._store.read(keys[-1]) if keys else None
            if before is not None:
                last = json.loads(before)
                if (last["name"], last["entry"]) == (name, json.loads(canonical_json(entry))):
                    return
            content = {
                "sequence": number,
                "name": name,
                "at": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
                "previous": sha256(before) if before is not None else NO_HASH,
                "entry": entry,
            }
            if self._store.create(_key(number), canonical_json(content)):
                return
        raise StorageError(
            "the record could not be written",
            where=self._store.uri,
            expected="a free place behind the last entry",
            given=f"{_MOST_COLLISIONS} others were faster",
            remedy="clear the task",
        )

    def entries(self) -> list[dict[str, Any]]:
        """All entries in their order, each with ``sequence``, ``name``, ``at``, ``previous`` and ``entry``."""
        return [dict(self._store.read_json(key)) for key in self._keys()]

    def last_written(self) -> str:
        """When the last entry was written, ISO 8601 in UTC; empty when there is none."""
        keys = self._keys()
        return str(self._store.read_json(keys[-1])["at"]) if keys else ""

    def head(self) -> Head:
        """Where the journal ends now."""
        keys = self._keys()
        return Head(len(keys), sha256(self._store.read(keys[-1])) if keys else NO_HASH)

    def verify(self, head: Head | None = None) -> list[str]:
        """What is wrong with the chain, in the order of the entries; empty when nothing is.

        :param head: where it ended when it was last known to be whole.
        """
        keys = self._keys()
        problems: list[str] = []
        previous, hashes = NO_HASH, []
        for number, key in enumerate(keys, start=1):
            data = self._store.read(key)
            if key != _key(number):
                return [*problems, f"entry {number} was removed: the next one is {key}"]
            found = _parsed(data)
            if found is None or found.get("sequence") != number:
                problems.append(f"entry {number} is not what was written there")
            elif found.get("previous") != previous:
                problems.append(f"entry {number} does not follow entry {number - 1}: one of the two was changed")
            previous = sha256(data)
            hashes.append(previous)
        if head is not None and (len(hashes) < head.entries or [*hashes, NO_HASH][head.entries - 1] != head.sha256):
            known = f"it ended with entry {head.entries} as {head.sha256[:12]}"
            problems.append(f"the end was changed: {known} when the run was over, and does no more")
        return problems

    def _keys(self) -> list[str]:
        return self._store.find()


def _key(number: int) -> str:
    return f"{number:0{_DIGITS}d}.json"


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def latest_by_name(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The newest content of each entry's name."""
    return {str(found["name"]): dict(found["entry"]) for found in entries}
