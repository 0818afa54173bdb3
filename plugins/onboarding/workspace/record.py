"""The record of a run: who triggered what, what was decided, tested, deployed, and how it ended.

One file per entry below ``runs/<root run>/record/``; an entry that exists is never rewritten with other
content by a retry, since its name is made of the task and the content's digest is what a retry repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.store import Store


class RunRecord:
    """Entries of one onboarding (a chain of meta runs with one root run)."""

    def __init__(self, workspace: Store, root_run_id: str) -> None:
        self._store = workspace.below(f"runs/{safe_segment(root_run_id)}/record")

    def write(self, name: str, entry: dict[str, Any]) -> None:
        """Write or replace the entry ``name`` (a slug such as ``gate-approve_plan-1``)."""
        self._store.write_json(f"{safe_segment(name)}.json", entry)

    def read(self, name: str) -> dict[str, Any] | None:
        """The entry, or None when there is none."""
        found = self._store.find_json(f"{safe_segment(name)}.json")
        return None if found is None else dict(found)

    def entries(self) -> dict[str, dict[str, Any]]:
        """All entries by name, sorted."""
        return {key.removesuffix(".json"): self._store.read_json(key) for key in self._store.find()}


def attempt_entry(agent: str, iteration: int, *, attempt: int) -> str:
    """Name of the entry with what an agent's tests said.

    :param attempt: 1 or 2.
    """
    return f"tests-{agent}-{iteration:02d}" + ("-second" if attempt > 1 else "")


def claude_entry(agent: str, iteration: int, *, attempt: int = 1) -> str:
    """Name of the entry with what became of Claude's part in an agent's proposal.

    :param attempt: 1 or 2.
    """
    return f"claude-{agent}-{iteration:02d}" + ("-second" if attempt > 1 else "")


def last_attempts(entries: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What each agent's tests said last, in the order of the entries' names."""
    last = {str(entry["agent"]): entry for name, entry in sorted(entries.items()) if name.startswith("tests-")}
    return list(last.values())


def run_ids(workspace: Store) -> list[str]:
    """Folder names of all runs in the workspace, sorted."""
    return workspace.children("runs")
