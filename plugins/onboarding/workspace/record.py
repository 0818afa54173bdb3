"""The record of a run: who triggered what, what was decided, tested, deployed, and how it ended.

The newest content of each entry is one file below ``runs/<root run>/record/``, quick to read; all of them, in their
order and never rewritten, are in the journal beside it (:mod:`onboarding.workspace.journal`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.workspace.journal import Head, Journal, latest_by_name
from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.store import Store, canonical_json


class RunRecord:
    """Entries of one onboarding (a chain of meta runs with one root run)."""

    def __init__(self, workspace: Store, root_run_id: str) -> None:
        self._store = workspace.below(f"runs/{safe_segment(root_run_id)}/record")
        self.journal = Journal(workspace, root_run_id)

    def write(self, name: str, entry: dict[str, Any]) -> None:
        """Write or replace the entry ``name`` (a slug such as ``gate-approve_plan-1``); the same again is no news."""
        if self.read(name) == json.loads(canonical_json(entry)):
            return
        self.journal.append(safe_segment(name), entry)
        self._store.write_json(f"{safe_segment(name)}.json", entry)

    def verify(self, head: Head | None = None) -> list[str]:
        """What was changed since it was written: in the journal, or in what is quick to read. Empty: nothing.

        :param head: where the journal ended when the last run was over.
        """
        problems = self.journal.verify(head)
        if problems:
            return problems
        written, shown = latest_by_name(self.journal.entries()), self.entries()
        for name in sorted(written.keys() | shown.keys()):
            if name not in written:
                problems.append(f"record/{name}.json was added: the journal does not have it")
            elif name not in shown:
                problems.append(f"record/{name}.json was removed")
            elif written[name] != shown[name]:
                problems.append(f"record/{name}.json was changed: it is not what the journal has")
        return problems

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


def gate_entry(gate: str, iteration: int) -> str:
    """Name of the entry with the answer of a gate."""
    return f"gate-{gate}-{iteration:02d}"


def edits_entry(agent: str, iteration: int) -> str:
    """Name of the entry with what a person made of an agent's files, as it was shown."""
    return f"edits-{agent}-{iteration:02d}"


def claude_entry(agent: str, iteration: int, *, attempt: int = 1) -> str:
    """Name of the entry with what became of Claude's part in an agent's proposal.

    :param attempt: 1 or 2.
    """
    return f"claude-{agent}-{iteration:02d}" + ("-second" if attempt > 1 else "")


def last_attempts(entries: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What each agent's tests said last, in the order of the entries' names."""
    last = {str(entry["agent"]): entry for name, entry in sorted(entries.items()) if name.startswith("tests-")}
    return list(last.values())


def gaps_of(entries: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Agent -> its failed tests that a person decided to leave as they are, from what the tests said last."""
    return {
        str(entry["agent"]): [str(failure["name"]) for failure in failures_of(entry)]
        for entry in last_attempts(entries)
        if entry.get("gap")
    }


def failures_of(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The failed tests, ``name`` and ``message`` each, of an entry with what an agent's tests said."""
    return [failure for level in ("unit", "integration") for failure in entry.get(level, {}).get("failures", [])]


def gap_text(agent: str, tests: Sequence[str]) -> str:
    """A gap in a line."""
    listed = ", ".join(name.rsplit("::", maxsplit=1)[-1] for name in tests[:3])
    more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
    return f"{agent}: {len(tests)} of its tests failed twice and were skipped: {listed}{more}"


def run_ids(workspace: Store) -> list[str]:
    """Folder names of all runs in the workspace, sorted."""
    return workspace.children("runs")
