"""What is visible in the stores after a kill: complete, or not there."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onboarding.workspace.deployed import version_of
from shared.pipeline.workload import verify_directory
from tests.crashes.places import Content

MANIFEST = "/_complete.json"


def unfinished(name: str) -> bool:
    """Whether this is the temporary name of a local file that was being written: no listing shows it."""
    return ".partial-" in name.rsplit("/", maxsplit=1)[-1]


def visible(content: Mapping[str, bytes]) -> Content:
    """What the stores list."""
    return {name: data for name, data in content.items() if not unfinished(name)}


def check_outputs(content: Mapping[str, bytes]) -> None:
    """An output with a manifest has exactly the files of its manifest; every entry of the record is whole."""
    seen = visible(content)
    for name, data in seen.items():
        if name.startswith("workspace/") and name.endswith(MANIFEST):
            folder = name.removesuffix(MANIFEST)
            files = json.loads(data)["files"]
            there = {
                key.removeprefix(f"{folder}/"): hashlib.sha256(value).hexdigest()
                for key, value in seen.items()
                if key.startswith(f"{folder}/") and key != name
            }
            assert there == files, f"{folder} is taken for complete"
        if "/record/" in name or "/journal/" in name:
            assert json.loads(data), f"{name} is half an entry"


def dag_files_of(content: Mapping[str, bytes]) -> list[str]:
    """``dags/workloads/<workload>/<workload>_dag.py`` of every workload: what Airflow parses."""
    return [name for name in content if re.fullmatch(r"dags/workloads/([^/]+)/\1_dag\.py", name)]


def check_dags(content: Mapping[str, bytes]) -> list[str]:
    """Every DAG file that Airflow would parse names a directory that passes the check of its own tasks.

    :returns: the DAG files.
    """
    dag_files = dag_files_of(content)
    for dag_file in dag_files:
        version = version_of(content[dag_file])
        folder = f"{dag_file.rsplit('/', maxsplit=1)[0]}/{version}/"
        with tempfile.TemporaryDirectory() as scratch:
            for name, data in content.items():
                if name.startswith(folder):
                    target = Path(scratch) / name.removeprefix(folder)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
            verify_directory(Path(scratch), version=version)
    return dag_files


def comparable(content: Mapping[str, bytes]) -> dict[str, Any]:
    """The content, without what may differ between two undisturbed runs: how long the tests took, and when
    they ran or the environment was looked at.

    What a kill left under a temporary name counts where Airflow and the pipelines look.
    """
    found: dict[str, Any] = {}
    for name, data in content.items():
        if unfinished(name) and not name.startswith("dags/workloads/"):
            continue
        if "/journal/" in name:
            continue
        found[name] = _without_times(json.loads(data)) if _of_tests(name) or _of_environment(name) else data
    return found


def _of_tests(name: str) -> bool:
    return ".test_gate/" in name or "/record/tests-" in name


def _of_environment(name: str) -> bool:
    """What ``phase_0_health`` keeps for an hour: the same findings, seen at another time."""
    return re.fullmatch(r"workspace/environment/(inventory|mcp)\.json", name) is not None


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        timed = ("seconds", "digest", "files", "at")
        return {key: _without_times(item) for key, item in value.items() if key not in timed}
    return value
