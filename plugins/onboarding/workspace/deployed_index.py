"""What is deployed, without a look at each workload: one small file a workload, and all of them in one.

``index/deployed/<workload>@<version>`` in the workspace is written by the deployment and holds what the router and the
duplicate check need of its manifest; ``index/deployed.json`` has the content of many of them, to be read at once. The
truth is the DAGs location: a folder there that the index does not know, or knows twice, is read itself, and so is
whatever somebody is told about. Only a version that was put there by other means, over one that the index knows, is
found with its earlier source until it is told about.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from onboarding.workspace.deployed import WORKLOADS, DeployedWorkload, find_deployed
from onboarding.workspace.store import Store, canonical_json

_FOLDER, _ALL = "index/deployed", "index/deployed.json"
# In S3 each read is a request, so several are made at a time.
_READERS = 8


class DeployedIndex:
    """The index of one DAGs location, kept in one workspace.

    :param dags: the DAGs location.
    :param workspace: where the index lies.
    """

    def __init__(self, dags: Store, workspace: Store) -> None:
        self._dags = dags
        self._workspace = workspace

    def workloads(self) -> list[DeployedWorkload]:
        """Every deployed workload, sorted by name; of its manifest source, description, tables, people's decisions."""
        folders = [name for name in self._dags.children(WORKLOADS) if not name.startswith(".")]
        noted: dict[str, list[str]] = {}
        for marker in self._workspace.children(_FOLDER):
            name, _, version = marker.partition("@")
            noted.setdefault(name, []).append(version)
        all_at_once = self._all()
        known, unknown = [], []
        for name in folders:
            versions = noted.get(name, [])
            manifest = all_at_once.get(_marker(name, versions[0])) if len(versions) == 1 else None
            if not isinstance(manifest, dict):
                unknown.append(name)
            else:
                known.append(DeployedWorkload(name, versions[0], manifest))
        found = self._read(unknown)
        noted_now = [workload for workload in found if noted.get(workload.name) == [workload.version]]
        if noted_now:
            self._keep([*known, *noted_now])
        return sorted([*known, *found], key=lambda workload: workload.name)

    def with_fresh(self, workloads: Iterable[DeployedWorkload], names: Collection[str]) -> list[DeployedWorkload]:
        """The workloads, those of these names as the DAGs location has them now; what is not there is left out."""
        others = [workload for workload in workloads if workload.name not in names]
        return sorted([*others, *self._read(sorted(names))], key=lambda workload: workload.name)

    def note(self, workload: str) -> None:
        """A workload was deployed, or taken back: the index knows the version that is there now."""
        present = find_deployed(self._dags, workload)
        if present is not None:
            self._workspace.write(*entry_of(present))
        for marker in self._workspace.children(_FOLDER):
            name, _, version = marker.partition("@")
            if name == workload and (present is None or version != present.version):
                self._workspace.delete(f"{_FOLDER}/{marker}")

    def _all(self) -> dict[str, Any]:
        """Marker -> what is kept of the manifest; nothing where the file is not one of ours: it is made again."""
        try:
            found = self._workspace.find_json(_ALL)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _read(self, names: Collection[str]) -> list[DeployedWorkload]:
        with ThreadPoolExecutor(max_workers=_READERS) as readers:
            found = readers.map(lambda name: find_deployed(self._dags, name), names)
        return [workload for workload in found if workload is not None]

    def _keep(self, workloads: Iterable[DeployedWorkload]) -> None:
        """All that is noted in one file; who writes at the same time loses nothing but the time to read it again."""
        content = {_marker(workload.name, workload.version): _short(workload) for workload in workloads}
        self._workspace.write(_ALL, json.dumps(content, sort_keys=True, ensure_ascii=False).encode())


def entry_of(workload: DeployedWorkload) -> tuple[str, bytes]:
    """Key in the workspace and content of the file that stands for a deployed version."""
    return f"{_FOLDER}/{_marker(workload.name, workload.version)}", canonical_json(_short(workload))


def _marker(workload: str, version: str) -> str:
    return f"{workload}@{version}"


def _short(workload: DeployedWorkload) -> dict[str, Any]:
    """What is kept of a manifest: where the data is, what it is about, and what people decided."""
    decisions = [one for one in workload.manifest.get("decisions") or () if one.get("source") == "human"]
    kept: dict[str, Any] = {
        name: workload.manifest[name] for name in ("workload", "source", "about") if name in workload.manifest
    }
    return kept | {"decisions": decisions}
