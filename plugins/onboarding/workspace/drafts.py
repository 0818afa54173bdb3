"""Onboardings that were begun and not finished: rejected, failed, or killed before they could say how they ended."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from onboarding.workspace.chain import MOST_RUNS, chain_run_id, next_iteration
from onboarding.workspace.record import RunRecord, run_ids
from onboarding.workspace.store import Store

#: Ways to end that leave something to complete.
_UNFINISHED = ("rejected", "failed")
# In S3 each read is a request, so several records are read at a time.
_READERS = 8


@dataclass(frozen=True)
class Draft:
    """One of them.

    :ivar conf: its conf, nested, without ``resume``.
    :ivar ended: how it ended, in a line.
    :ivar approved: gates that were passed.
    :ivar asked_by: who asked for it.
    :ivar rows: of the profile; 0: it did not get there.
    :ivar last_entry: when the last entry of its record was written, ISO 8601.
    """

    root_run_id: str
    workload: str
    conf: dict[str, Any]
    ended: str
    approved: tuple[str, ...]
    asked_by: str
    rows: int
    last_entry: str


def find_drafts(workspace: Store, workload: str, is_active: Callable[[str], bool]) -> list[Draft]:
    """Unfinished onboardings of this workload that can be gone on with, the newest first.

    :param is_active: whether the meta run of an id is still going on.
    """
    with ThreadPoolExecutor(max_workers=_READERS) as readers:
        records = [RunRecord(workspace, run_id) for run_id in run_ids(workspace)]
        requests = readers.map(lambda record: record.read("request") or {}, records)
    named = [record for record, found in zip(records, requests, strict=True) if found.get("workload") == workload]
    found = [draft for record in named if (draft := _draft(record, is_active))]
    return sorted(found, key=lambda draft: (draft.last_entry, draft.root_run_id), reverse=True)


def _draft(record: RunRecord, is_active: Callable[[str], bool]) -> Draft | None:
    entries = record.entries()
    request = entries["request"]
    latest = str(request["run_id"])
    following = next_iteration(entries)
    last = chain_run_id(str(request.get("root_run_id") or latest), following - 1) if following > 2 else latest
    outcome = entries.get("outcome", {})
    ended = outcome if outcome.get("run_id") in (latest, last) else {}
    if ended.get("status", "failed") not in _UNFINISHED or following > MOST_RUNS:
        return None
    if not ended and (is_active(latest) or is_active(last)):
        return None
    conf = {key: value for key, value in request["conf"].items() if key != "resume"}
    reason = str(ended.get("reason") or "")
    return Draft(
        root_run_id=str(request.get("root_run_id") or latest),
        workload=str(request["workload"]),
        conf=conf,
        ended=f"{ended['status']}: {reason}" if ended else "killed before it could say how it ended",
        approved=_approved(entries),
        asked_by=str(request.get("triggered_by") or "unknown"),
        rows=int(entries.get("profile", {}).get("rows") or 0),
        last_entry=record.journal.last_written(),
    )


def _approved(entries: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Gates whose last answer let the onboarding through."""
    last: dict[str, str] = {}
    for name, entry in sorted(entries.items()):
        if name.startswith("gate-"):
            last[str(entry["gate"])] = str(entry["verdict"])
    return tuple(gate for gate, verdict in last.items() if verdict == "approve")
