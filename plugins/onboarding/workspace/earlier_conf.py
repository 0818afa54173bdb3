"""The conf that a deployed version was made with, from the records of the runs."""

from __future__ import annotations

from typing import Any

from onboarding.workspace.record import RunRecord, run_ids
from onboarding.workspace.store import Store


def conf_of_version(workspace: Store, workload: str, version: str) -> dict[str, Any] | None:
    """The conf, nested, of the onboarding that deployed a version; ``None`` when no record of it is left.

    When several deployed the same version, that of the last of them by name.
    """
    found: dict[str, Any] | None = None
    for run_id in run_ids(workspace):
        record = RunRecord(workspace, run_id)
        deployment, request = record.read("deployment"), record.read("request")
        if deployment and request and (deployment["workload"], deployment["version"]) == (workload, version):
            found = dict(request["conf"])
    return found
