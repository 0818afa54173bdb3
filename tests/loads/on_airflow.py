"""A deployed workload's DAG, run by real Airflow in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onboarding.codegen.manifest import version_of
from tests.hard_input.onboarding_path import KEY
from tests.loads.deployed import Deployed

TIMEOUT_SECONDS = 600


def run_on_airflow(
    deployed: Deployed,
    folder: Path,
    runs: Sequence[tuple[str, Mapping[str, Any]]],
    connections: Mapping[str, Mapping[str, Any]],
    *,
    options: Mapping[str, str] | None = None,
    deliveries: Sequence[tuple[Path, Path]] = (),
) -> list[dict[str, Any]]:
    """Run the DAG once for each (moment, conf); returns state, id and task states of each run.

    :param connections: id -> connection, ``aws_default`` among them, beside that of the masking key.
    :param options: more environment variables.
    :param deliveries: for each run the file that is copied before it, and to where.
    """
    version = version_of((deployed.folder / ".onboarding/manifest.json").read_bytes())
    dags = folder / "dags"
    dags.mkdir(parents=True)
    (dags / version).symlink_to(deployed.folder)
    dag_file = f"{deployed.plan.workload}_dag.py"
    (dags / dag_file).write_bytes((deployed.folder / "dags" / dag_file).read_bytes())
    (dags / ".airflowignore").write_text(f"{version}/\n")
    copies = [[[str(source), str(target)]] for source, target in deliveries] or [[]] * len(runs)
    asked = [
        {"run_after": moment, "conf": dict(conf), "copy": copy}
        for (moment, conf), copy in zip(runs, copies, strict=True)
    ]
    (folder / "runs.json").write_text(json.dumps(asked))
    command = [sys.executable, "-m", "tests.loads.airflow_runner", str(folder)]
    environment = {**_environment(deployed, folder, connections), **(options or {})}
    log = folder / "log.txt"
    with log.open("wb") as output:
        done = subprocess.run(command, env=environment, stdout=output, stderr=output, timeout=TIMEOUT_SECONDS)
    assert done.returncode == 0, log.read_text(errors="replace")[-8000:]
    results: list[dict[str, Any]] = json.loads((folder / "results.json").read_text())
    return results


def _environment(deployed: Deployed, folder: Path, connections: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "AWS_"))}
    given = {"onboarding_masking_key": {"conn_type": "generic", "password": KEY}, **connections}
    return {
        **kept,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__ONBOARDING__LAKE_URI": deployed.lake.uri,
        "NO_PROXY": "127.0.0.1,localhost",
        **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in given.items()},
    }
