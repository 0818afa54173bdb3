"""What is deployed: read from the DAGs location, where "exists" means a DAG file that names a version."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from onboarding.workspace.store import StorageError, Store

WORKLOADS = "workloads"
_VERSION_LINE = re.compile(rb'^VERSION = "([0-9a-f]{12})"\r?$', re.MULTILINE)


@dataclass(frozen=True)
class DeployedWorkload:
    """A workload that runs.

    :ivar version: first twelve digits of its manifest's digest; the name of its directory.
    :ivar manifest: the parsed ``.onboarding/manifest.json`` of that version.
    """

    name: str
    version: str
    manifest: dict[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """Its ``description``, the names of its ``columns``, and its ``gold`` tables with theirs."""
        return dict(self.manifest.get("about") or {})

    @property
    def gold_tables(self) -> dict[str, list[str]]:
        """Gold table -> its columns."""
        return {str(name): [str(column) for column in found] for name, found in (self.about.get("gold") or {}).items()}


def dag_file_key(workload: str) -> str:
    """Key of a workload's DAG file below the DAGs location."""
    return f"{WORKLOADS}/{workload}/{workload}_dag.py"


def version_key(workload: str, version: str) -> str:
    """Key of a version's directory below the DAGs location."""
    return f"{WORKLOADS}/{workload}/{version}"


def find_deployed(dags: Store, workload: str) -> DeployedWorkload | None:
    """The deployed workload of this name, or None; a DAG file without its manifest does not count."""
    try:
        source = dags.read(dag_file_key(workload))
    except FileNotFoundError:
        return None
    version = version_of(source)
    manifest = dags.find_json(f"{version_key(workload, version)}/.onboarding/manifest.json")
    return None if manifest is None else DeployedWorkload(workload, version, manifest)


def needed_deployed(dags: Store, workload: str) -> DeployedWorkload:
    """The deployed version of a workload that a person named.

    :raises StorageError: it is not deployed.
    """
    deployed = find_deployed(dags, workload)
    if deployed is None:
        raise StorageError(
            f"`{workload}` is not deployed",
            where=dags.uri,
            expected="a deployed workload",
            given=f"`{workload}`",
            remedy="`onboard status` lists what is there",
        )
    return deployed


def version_of(dag_source: bytes) -> str:
    """The version that a generated DAG file names; empty when it names none."""
    written = _VERSION_LINE.findall(dag_source)
    if len(written) == 1:
        # As the generator writes it: to parse a thousand files takes seconds.
        return str(written[0].decode())
    try:
        tree = ast.parse(dag_source)
    except SyntaxError:
        return ""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if names == ["VERSION"]:
                return str(node.value.value)
    return ""
