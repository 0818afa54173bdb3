"""What a job of AWS Glue runs: scripts of a deployed workload, on the Spark session that Glue makes.

The same on any machine with pyspark. The masking key is read from AWS Secrets Manager where it is needed; it is no
argument of the job, since everybody who sees a job run sees its arguments.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from shared.pipeline import storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import DataOnboardingError, WorkloadChangedError
from shared.pipeline.workload import MANIFEST, check_runtime

#: Names of the job's arguments; Glue knows no hyphens.
NAMES = ("workload_uri", "run_date", "load_id", "engine", "lake_uri", "manifest_version", "scripts", "result_uri")


class JobFailed(Exception):
    """The end of a job that failed with an error of ours; its text is the job run's error message."""


@dataclass(frozen=True)
class JobResult:
    """What a job leaves at ``result_uri`` for the task that waits for it.

    :ivar summaries: script -> what its ``main`` returned, of those that ended well.
    :ivar error: parts of the error that it ended with; empty: it ended well.
    :ivar transient: whether the same job may end well later.
    """

    summaries: Mapping[str, Any]
    error: Mapping[str, str]
    transient: bool = False


def run(argv: Sequence[str]) -> None:
    """Run the scripts that the job's arguments name, one after the other.

    :param argv: ``sys.argv`` of the job.
    :raises JobFailed: a script ended with an error of ours; ``result_uri`` has its parts.
    """
    given = job_arguments(argv)
    arguments = RunArguments(*(given[name] for name in NAMES[:5]))
    summaries: dict[str, Any] = {}
    try:
        manifest = _manifest(arguments.workload_uri, given["manifest_version"])
        for script in given["scripts"].split(","):
            summaries[script] = _load(arguments.workload_uri, script, manifest).main(arguments.as_argv())
    except DataOnboardingError as error:
        _leave(given["result_uri"], JobResult(summaries, error.as_dict(), error.transient))
        # Glue keeps the last lines of a traceback; the error itself would print twice.
        raise JobFailed(error.text()) from None
    _leave(given["result_uri"], JobResult(summaries, {}))


def job_arguments(argv: Sequence[str]) -> dict[str, str]:
    """The arguments of ours among those that Glue gives."""
    try:
        from awsglue.utils import getResolvedOptions
    except ImportError:
        parser = argparse.ArgumentParser(allow_abbrev=False)
        for name in NAMES:
            parser.add_argument(f"--{name}", required=True)
        return dict(vars(parser.parse_known_args(list(argv)[1:])[0]))
    found: dict[str, str] = getResolvedOptions(list(argv), list(NAMES))
    return {name: found[name] for name in NAMES}


def read_result(uri: str) -> JobResult | None:
    """What a job left; ``None`` when it was ended before it could."""
    document = storage.read_json(uri)
    return None if document is None else JobResult(**document)


def _leave(uri: str, result: JobResult) -> None:
    storage.write_json(uri, asdict(result))


def _manifest(workload_uri: str, version: str) -> Mapping[str, str]:
    """File -> SHA-256 of the version that was approved."""
    uri = storage.join(workload_uri, MANIFEST)
    content = storage.read_bytes(uri) or b""
    found = hashlib.sha256(content).hexdigest()
    if not found.startswith(version):
        raise _changed(
            uri, f"the manifest of version {version}", f"version {found[:12]}" if content else "no such file"
        )
    manifest = json.loads(content)
    check_runtime(manifest, workload_uri)
    files: Mapping[str, str] = manifest["files"]
    return files


def _load(workload_uri: str, script: str, files: Mapping[str, str]) -> Any:
    """The script as a module, if it is what the manifest says."""
    uri = storage.join(workload_uri, script)
    content = storage.read_bytes(uri) or b""
    if files.get(script) != hashlib.sha256(content).hexdigest():
        raise _changed(uri, f"SHA-256 {files.get(script, 'of a listed file')[:12]}", "another content, or none")
    module = ModuleType(f"onboarded_{hashlib.sha256(uri.encode()).hexdigest()[:16]}")
    sys.modules[module.__name__] = module
    exec(compile(content, uri, "exec"), module.__dict__)  # noqa: S102 - the approved bytes, checked above
    return module


def _changed(where: str, expected: str, given: str) -> WorkloadChangedError:
    return WorkloadChangedError(
        "The deployed workload is not what was approved.",
        where=where,
        expected=expected,
        given=given,
        remedy="Deploy the workload again; a deployed directory is never edited.",
    )
