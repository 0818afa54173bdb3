"""Is this source, or this name, deployed already; and does it overlap with a source that is?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from onboarding.spec.plans import DiscoveryPlan
from onboarding.workspace.deployed import DeployedWorkload


@dataclass(frozen=True)
class Duplicate:
    """A deployed workload that stands in the way, and why."""

    workload: str
    reason: str


@dataclass(frozen=True)
class Overlap:
    """A deployed workload that reads some of the same data.

    :ivar reason: what the two have in common, in a line.
    :ivar location: what the workload would read when it is extended.
    :ivar filter: its filter then; empty: none.
    :ivar told_by: ``place`` (locations and filters), or ``rows`` (the data itself).
    """

    workload: str
    version: str
    reason: str
    location: str
    filter: str
    told_by: Literal["place", "rows"] = "place"


def source_identity(location: str, filter_predicate: str) -> dict[str, Any]:
    """What makes two sources the same: scheme, bucket, path without slashes at the end, and filter."""
    parts = urlsplit(location)
    return {
        "scheme": parts.scheme,
        "authority": parts.netloc,
        "path": parts.path.rstrip("/"),
        "filter": " ".join(filter_predicate.split()),
    }


def find_duplicate(
    workloads: Iterable[DeployedWorkload], discovery: DiscoveryPlan, *, modifies: str = ""
) -> Duplicate | None:
    """The deployed workload with the same source, else the one with the same name, else None.

    :param workloads: all that are deployed.
    :param modifies: name of the workload that this run makes a new version of; it stands in nobody's way.
    """
    wanted = source_identity(discovery.source.location, discovery.source.filter)
    same_name: Duplicate | None = None
    for workload in workloads:
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


def find_overlaps(
    workloads: Iterable[DeployedWorkload], discovery: DiscoveryPlan, *, modifies: str = ""
) -> list[Overlap]:
    """Deployed workloads whose source contains this one, is contained in it, or shares rows by its filter.

    Told by locations and filters alone; a filter that asks for another value of the same column has other rows.

    :param workloads: all that are deployed.
    :param modifies: as in :func:`find_duplicate`.
    :returns: in the order of the workloads.
    """
    found = []
    for workload in workloads:
        if workload.name != modifies:
            found += _overlap(discovery, workload)
    return found


def _overlap(discovery: DiscoveryPlan, workload: DeployedWorkload) -> list[Overlap]:
    source: Mapping[str, Any] = workload.manifest["source"]
    new, old = discovery.source.location, str(source["location"])
    relation = _relation(new, old)
    new_filter, old_filter = discovery.source.filter, str(source["filter"])
    if not relation or _are_disjoint(new_filter, old_filter):
        return []
    new_is_all, old_is_all = not new_filter or new_filter == old_filter, not old_filter or new_filter == old_filter
    if relation in ("same", "below") and old_is_all:
        reason = f"{_named(new, new_filter)} is part of {_named(old, old_filter)}, which it reads"
        return [Overlap(workload.name, workload.version, reason, old, old_filter)]
    if relation in ("same", "above") and new_is_all:
        reason = f"{_named(new, new_filter)} contains {_named(old, old_filter)}, which it reads"
        return [Overlap(workload.name, workload.version, reason, new, new_filter)]
    reason = f"both read {_named(old, old_filter)}; here the filter is {new_filter or 'none'}"
    wider = old if relation in ("same", "below") else new
    both = f"({old_filter}) OR ({new_filter})" if old_filter and new_filter else ""
    return [Overlap(workload.name, workload.version, reason, wider, both)]


def _named(location: str, filter_predicate: str) -> str:
    return f"{location} where {filter_predicate}" if filter_predicate else location


def _relation(new: str, old: str) -> str:
    """``same``, ``below`` (the new one is in the old one's folder), ``above``, or nothing."""
    ours, theirs = urlsplit(new), urlsplit(old)
    if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
        return ""
    first, second = ours.path.rstrip("/"), theirs.path.rstrip("/")
    if first == second:
        return "same"
    if first.startswith(f"{second}/"):
        return "below"
    return "above" if second.startswith(f"{first}/") else ""


def _are_disjoint(first: str, second: str) -> bool:
    """Whether no row can pass both filters, as far as ``column = value`` in both of them tells."""
    ours, theirs = _fixed_values(first), _fixed_values(second)
    return any(theirs[column] != value for column, value in ours.items() if column in theirs)


def _fixed_values(predicate: str) -> dict[str, str]:
    """Column -> the one value that a filter of ANDs asks it to have."""
    import sqlglot
    from sqlglot import exp

    if not predicate:
        return {}
    tree = sqlglot.parse_one(predicate, dialect="duckdb")
    parts = tree.flatten() if isinstance(tree, exp.And) else [tree]
    found = {}
    for part in parts:
        condition = part.unnest()
        if isinstance(condition, exp.EQ) and isinstance(condition.this, exp.Column):
            found[condition.this.name.lower()] = condition.expression.sql("duckdb")
    return found
