"""``.onboarding/manifest.json``: what a workload is made of, deterministic, and the version that follows from it.

``files`` has the SHA-256 of every file but the manifest itself and the DAG file, ``edited`` the paths of those that are
not as they were rendered, but as a person edited them; ``dag_file_sha256`` is that of the
DAG file written with an empty version (the real one carries the version, so it cannot be part of what the version is
made from). The version of a workload is the SHA-256 of the manifest's bytes: another schedule, statement or decision
is another version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from onboarding.codegen.ownership import MANIFEST_PATH
from onboarding.spec.plans import WorkloadPlan
from onboarding.spec.profile import ProfileReport
from shared.pipeline.version import RUNTIME_VERSION

TEMPLATE_VERSION = "1.0.0"
SCHEMA_VERSION = 1
VERSION_LENGTH = 12
NO_VERSION = "0" * VERSION_LENGTH


def build_manifest(
    plan: WorkloadPlan, profile: ProfileReport, files: Mapping[str, bytes], unversioned_dag: bytes
) -> bytes:
    """The manifest of these files.

    :param files: by relative path; the DAG file and the manifest itself are left out.
    :param unversioned_dag: the DAG file written with :data:`NO_VERSION`.
    """
    hashes = {path: _sha256(content) for path, content in sorted(files.items()) if _counts(path)}
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "workload": plan.workload,
        "template_version": TEMPLATE_VERSION,
        "runtime_version": RUNTIME_VERSION,
        "input_sha256": input_digest(plan, profile),
        "source": {"location": plan.discovery.source.location, "filter": plan.discovery.source.filter},
        "about": _about(plan),
        "files": hashes,
        "edited": plan.discovery.edited,
        "dag_file_sha256": _sha256(unversioned_dag),
        "decisions": [
            {"subject": item.subject, "value": item.value, "reason": item.reason, "source": item.source}
            for item in plan.decisions
        ],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _about(plan: WorkloadPlan) -> dict[str, Any]:
    """What the router and a question to Gold need, without another file to read."""
    from onboarding.codegen.sql.gold import gold_columns

    tables = {
        table.name: [column.name for column in gold_columns(table, plan.metadata, plan.transformation)]
        for table in plan.transformation.gold_tables
    }
    columns = [column.name for column in plan.metadata.columns]
    return {"description": plan.discovery.description, "columns": columns, "gold": tables}


def input_digest(plan: WorkloadPlan, profile: ProfileReport) -> str:
    """SHA-256 of everything that the files are rendered from."""
    parts = [plan.model_dump_json(), profile.model_dump_json(), TEMPLATE_VERSION, RUNTIME_VERSION]
    return _sha256("\0".join(parts).encode())


def manifest_digest(manifest: bytes) -> str:
    """SHA-256 of a manifest; its first 12 digits are the workload's version."""
    return _sha256(manifest)


def version_of(manifest: bytes) -> str:
    """The version (``digest12``) that a manifest stands for."""
    return manifest_digest(manifest)[:VERSION_LENGTH]


def _counts(path: str) -> bool:
    return path != MANIFEST_PATH and not path.startswith("dags/")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
