"""Is this source, or this name, deployed already?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from onboarding.spec.plans import DiscoveryPlan
from onboarding.workspace.deployed import deployed_workloads
from onboarding.workspace.store import Store


@dataclass(frozen=True)
class Duplicate:
    """A deployed workload that stands in the way, and why."""

    workload: str
    reason: str


def source_identity(location: str, filter_predicate: str) -> dict[str, Any]:
    """What makes two sources the same: scheme, bucket, path without slashes at the end, and filter."""
    parts = urlsplit(location)
    return {
        "scheme": parts.scheme,
        "authority": parts.netloc,
        "path": parts.path.rstrip("/"),
        "filter": " ".join(filter_predicate.split()),
    }


def find_duplicate(dags: Store, discovery: DiscoveryPlan, *, modifies: str = "") -> Duplicate | None:
    """The deployed workload with the same source, else the one with the same name, else None.

    :param modifies: name of the workload that this run makes a new version of; it stands in nobody's way.
    """
    wanted = source_identity(discovery.source.location, discovery.source.filter)
    same_name: Duplicate | None = None
    for workload in deployed_workloads(dags):
        if workload.name == modifies:
            continue
        source = workload.manifest["source"]
        if source_identity(source["location"], source["filter"]) == wanted:
            return Duplicate(
                workload.name,
                f"duplicate source: {discovery.source.location} is onboarded as `{workload.name}` "
                f"(version {workload.version})",
            )
        if workload.name == discovery.workload:
            same_name = Duplicate(
                workload.name,
                f"the name `{workload.name}` is taken by a workload of another source, {source['location']}; "
                "give `workload` another name",
            )
    return same_name
