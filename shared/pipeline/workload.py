"""A deployed workload directory is what its manifest says, or it does not run."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.pipeline.errors import WorkloadChangedError, WorkloadUnsettledError
from shared.pipeline.version import RUNTIME_VERSION

MANIFEST = ".onboarding/manifest.json"
# What a deployed directory runs; the manifest also lists what only the repository has.
DEPLOYED_FOLDERS = ("scripts/", "sql/", "config/")
_IGNORED = ("__pycache__",)
# MWAA looks at its bucket about twice a minute.
SETTLE_SECONDS = 120.0


def verify_directory(
    path: Path, *, version: str | None = None, runtime_version: str = RUNTIME_VERSION
) -> dict[str, Any]:
    """Check a workload directory against its manifest.

    :param path: the directory ``<digest12>/``.
    :param version: the version that the DAG file names: the first digits of the SHA-256 of the manifest.
    :param runtime_version: what this installation of ``shared`` offers.
    :returns: the manifest.
    :raises WorkloadUnsettledError: the manifest or a file is missing, or a file is not listed.
    :raises WorkloadChangedError: the manifest is another one, a file has changed, or the workload was generated for
        another major version of the run-time.
    """
    content = _manifest_bytes(path)
    found = hashlib.sha256(content).hexdigest()
    if version is not None and not found.startswith(version):
        raise _changed(path / MANIFEST, f"the manifest of version {version}", f"version {found[:12]}")
    manifest = _parsed(content, path)
    check_runtime(manifest, str(path), runtime_version)
    _check_files(manifest["files"], path)
    return manifest


def verify_when_settled(
    path: Path,
    *,
    version: str,
    wait_seconds: float = SETTLE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Check a workload directory, and give a copy that is under way the time to end.

    Where the DAGs location is copied to each worker (MWAA), the DAG file may arrive before the directory that it
    names, and a task may start in between.

    :param wait_seconds: how long a file may be missing, or be too many.
    :returns: the manifest.
    :raises WorkloadChangedError: as :func:`verify_directory`.
    """
    deadline = clock() + wait_seconds
    while True:
        try:
            return verify_directory(path, version=version)
        except WorkloadUnsettledError:
            if clock() >= deadline:
                raise
        sleep(1.0)


def _manifest_bytes(path: Path) -> bytes:
    file = path / MANIFEST
    if not file.is_file():
        raise _changed(file, "the manifest of the workload", "no such file", WorkloadUnsettledError)
    return file.read_bytes()


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise _changed(path / MANIFEST, "JSON", str(error)[:200]) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise _changed(path / MANIFEST, "an object with runtime_version and files", "something else")
    return manifest


def check_runtime(manifest: dict[str, Any], where: str, runtime_version: str = RUNTIME_VERSION) -> None:
    """Refuse a workload of another major version of the run-time.

    :param where: the workload's directory, for the error.
    :raises WorkloadChangedError: it is one.
    """
    needed = str(manifest.get("runtime_version", ""))
    if needed.split(".")[0] != runtime_version.split(".")[0]:
        raise WorkloadChangedError(
            "The workload was generated for another major version of the run-time.",
            where=where,
            expected=f"run-time {needed.split('.')[0]}.x (generated with {needed or 'an unknown version'})",
            given=f"run-time {runtime_version}",
            remedy="Onboard the workload again with intent modify, or install the run-time it asks for.",
        )


def _check_files(files: dict[str, str], path: Path) -> None:
    """Tests and the README are in the manifest and need not be deployed; what runs must be there, and no more."""
    for name, digest in sorted(files.items()):
        file = path / name
        if not file.is_file():
            if name.startswith(DEPLOYED_FOLDERS):
                raise _changed(file, "a file that the manifest lists", "no such file", WorkloadUnsettledError)
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise _changed(file, f"SHA-256 {digest[:12]}...", "another content")
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        runs = name.startswith(DEPLOYED_FOLDERS) and not set(file.parts) & set(_IGNORED)
        if file.is_file() and runs and name not in files:
            raise _changed(
                file, "only files that the manifest lists", "a file that it does not list", WorkloadUnsettledError
            )


def _changed(
    where: Path, expected: str, given: str, kind: type[WorkloadChangedError] = WorkloadChangedError
) -> WorkloadChangedError:
    return kind(
        "The deployed workload is not what was approved.",
        where=str(where),
        expected=expected,
        given=given,
        remedy="Deploy the workload again; a deployed directory is never edited.",
    )
