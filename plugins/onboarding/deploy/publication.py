"""Put a workload into the DAGs location: its directory first, the one DAG file last; or take it back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.workspace.deployed import WORKLOADS, dag_file_key, version_key, version_of
from onboarding.workspace.store import Store, sha256
from shared.hooks.airflow_api import AirflowApi
from shared.pipeline.errors import DataOnboardingError

# Everything but the DAG files themselves: the dag processor must not run generated scripts and tests. In our own
# folder: the one at the top of the DAGs location belongs to whoever keeps other DAGs there.
IGNORE_FILE = f"{WORKLOADS}/.airflowignore"
IGNORE_TEXT = b"*/*/\n"


class DeploymentError(DataOnboardingError):
    """The workload could not be put in place, or Airflow did not take it."""

    code = "deployment"


@dataclass(frozen=True)
class PublicationStep:
    """One write: ``key`` below the DAGs location."""

    key: str
    data: bytes

    @property
    def explanation(self) -> str:
        """The step in a line."""
        return f"write {self.key} ({len(self.data)} bytes, sha256 {sha256(self.data)[:12]})"


def publication_steps(
    workload: str, version: str, files: Mapping[str, bytes], dag_source: bytes
) -> list[PublicationStep]:
    """All writes in order; the DAG file is the last one, so that nothing runs before all of it is there."""
    steps = [PublicationStep(IGNORE_FILE, IGNORE_TEXT)]
    steps += [PublicationStep(f"{version_key(workload, version)}/{name}", files[name]) for name in sorted(files)]
    return [*steps, PublicationStep(dag_file_key(workload), dag_source)]


def publish(dags: Store, steps: list[PublicationStep], *, replaces: str = "") -> list[str]:
    """Write the steps; what is there already with the same bytes is left as it is.

    :param replaces: version of the deployed DAG file that this one takes the place of; empty: there must be none.
    :returns: the keys of all steps.
    :raises DeploymentError: another onboarding deployed a workload of this name in the meantime.
    """
    there = set(dags.find(version_folder(steps)))
    for step in steps[:-1]:
        if step.key not in there or dags.read(step.key) != step.data:
            dags.write(step.key, step.data)
    last = steps[-1]
    if dags.create(last.key, last.data):
        return [step.key for step in steps]
    present = dags.read(last.key)
    if present != last.data:
        if not replaces or version_of(present) != replaces:
            raise DeploymentError(
                "another onboarding deployed a workload of this name first",
                where=dags.uri_of(last.key),
                expected=f"version {replaces}, or this very one" if replaces else "no DAG file, or this very one",
                given=f"version {version_of(present) or 'unknown'}",
                remedy="trigger again with intent modify, which starts from what is deployed now"
                if replaces
                else "onboard this source under another `workload` name; the other one was not touched",
            )
        dags.write(last.key, last.data)
    return [step.key for step in steps]


def version_folder(steps: list[PublicationStep]) -> str:
    """The version's directory: what most of the steps write into."""
    return "/".join(steps[1].key.split("/")[:3])


def _present(dags: Store, key: str) -> bytes | None:
    try:
        return dags.read(key)
    except FileNotFoundError:
        return None


def present_dag(dags: Store, workload: str) -> bytes | None:
    """The workload's DAG file as it is deployed; None when there is none."""
    return _present(dags, dag_file_key(workload))


def take_back(dags: Store, workload: str, version: str, *, replaced: bytes | None = None) -> None:
    """Undo what :func:`publish` wrote for a version, the DAG file first.

    :param replaced: the DAG file that was deployed before; it is put back.
    """
    source = present_dag(dags, workload)
    if source is not None and version_of(source) == version:
        if replaced is None:
            dags.delete(dag_file_key(workload))
        else:
            dags.write(dag_file_key(workload), replaced)
    dags.delete_tree(version_key(workload, version))


def wait_until_listed(
    api: AirflowApi,
    workload: str,
    version: str,
    *,
    timeout_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, str]:
    """Wait until Airflow lists this version of the DAG, told by its tag, without an import error.

    :returns: where Airflow says it parsed the DAG from (``bundle_name``, ``fileloc``).
    :raises DeploymentError: an import error, or not listed in time.
    """
    file_name = dag_file_key(workload).rsplit("/", maxsplit=1)[-1]
    deadline = clock() + timeout_seconds
    while True:
        errors = api.import_errors(file_name)
        if errors:
            raise _not_taken(workload, "no import error", errors[0][-1500:])
        dag = api.dag(workload)
        if dag is not None and not dag.get("is_stale") and version_tag(version) in _tags(dag):
            return {"bundle_name": str(dag.get("bundle_name")), "fileloc": str(dag.get("fileloc"))}
        if clock() > deadline:
            given = "not listed" if dag is None else f"listed with the tags {', '.join(_tags(dag)) or 'none'}"
            raise _not_taken(workload, f"version {version} within {timeout_seconds:.0f} seconds", given)
        sleep(1.0)


def version_tag(version: str) -> str:
    """The tag by which a generated DAG tells its version."""
    return f"version:{version}"


def _tags(dag: Mapping[str, Any]) -> list[str]:
    return [str(tag["name"]) for tag in dag.get("tags") or []]


def _not_taken(workload: str, expected: str, given: str) -> DeploymentError:
    return DeploymentError(
        f"Airflow did not take the DAG of `{workload}`; the deployment was taken back",
        where=dag_file_key(workload),
        expected=expected,
        given=given,
        remedy="see the dag processor's log; then clear phase_5_deploy",
    )
