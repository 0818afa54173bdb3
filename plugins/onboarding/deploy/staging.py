"""Prove that a workload's Python compiles and that its DAG file imports, before anything is published."""

from __future__ import annotations

import multiprocessing
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onboarding.workspace.deployed import dag_file_key, version_key
from shared.pipeline.errors import DataOnboardingError

_TIMEOUT_SECONDS = 180


class StagingError(DataOnboardingError):
    """A generated file does not compile, or the generated DAG does not import."""

    code = "staging"


def check_python(files: Mapping[str, bytes]) -> None:
    """Compile every Python file.

    :raises StagingError: with file and line of the first one that does not compile.
    """
    for name, data in sorted(files.items()):
        if not name.endswith(".py"):
            continue
        try:
            compile(data, name, "exec")
        except SyntaxError as error:
            raise StagingError(
                "a generated Python file does not compile",
                where=f"{name}, line {error.lineno}",
                expected="valid Python",
                given=str(error.msg),
                remedy="this is a fault of the generator; nothing was deployed",
            ) from error


def check_dag_import(workload: str, version: str, files: Mapping[str, bytes], dag_source: bytes) -> None:
    """Import the DAG with this very Airflow, from the layout it will have.

    :raises StagingError: an import error, or another DAG than the workload's.
    """
    with tempfile.TemporaryDirectory(prefix="staging-") as scratch:
        dags = Path(scratch) / "dags"
        tree = {f"{version_key(workload, version)}/{name}": data for name, data in files.items()}
        for name, data in {**tree, dag_file_key(workload): dag_source}.items():
            target = dags / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        found = _probe(dags / dag_file_key(workload))
    if found["errors"] or found["dags"] != [workload]:
        raise StagingError(
            "the generated DAG cannot be imported",
            where=dag_file_key(workload),
            expected=f"one DAG `{workload}` and no import error",
            given=f"{found['dags']} {' '.join(found['errors'].values())[-1500:]}",
            remedy="this is a fault of the generator; nothing was deployed",
        )


def _probe(dag_file: Path) -> dict[str, Any]:
    """What Airflow's DagBag says of the file, asked in a fork: Airflow is imported already, and a crash stays there."""
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = context.Process(target=_load, args=(str(dag_file), writer))
        child.start()
    answered = reader.poll(_TIMEOUT_SECONDS)
    found: dict[str, Any] | None = reader.recv() if answered else None
    child.kill()
    child.join()
    if found is None:
        raise StagingError(
            "the import of the generated DAG could not be tried",
            where=dag_file.name,
            expected=f"an answer of Airflow's DagBag within {_TIMEOUT_SECONDS} seconds",
            given="none",
            remedy="run `airflow dags list-import-errors` with the exported workload",
        )
    return found


def _load(dag_file: str, writer: Any) -> None:
    from airflow.dag_processing.dagbag import DagBag

    warnings.simplefilter("error", DeprecationWarning)
    bag = DagBag(dag_folder=dag_file)
    writer.send({"dags": sorted(bag.dags), "errors": {str(name): text for name, text in bag.import_errors.items()}})
