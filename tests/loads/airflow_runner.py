"""Runs of a generated DAG on real Airflow through ``dag.test()``; a process of its own.

Usage: ``python -m tests.loads.airflow_runner FOLDER``, where FOLDER holds ``dags/<workload>_dag.py`` with its version's
directory, and ``runs.json`` (``[{"run_after": ..., "conf": {...}}]``), and gets ``results.json``. A run may have
``copy``, files that are copied before it: ``[[from, to]]``.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Prepare Airflow's database, then do every run."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    initdb()
    Pool.create_or_update_pool("onboarding_heavy", slots=1, description="", include_deferred=False)
    bag = DagBag(dag_folder=str(folder / "dags"), bundle_path=folder / "dags", bundle_name="dags-folder")
    assert not bag.import_errors, bag.import_errors
    (dag,) = bag.dags.values()
    # dag.test() of Airflow 3.3.1 cannot read the deadlines of a DAG that it has stored itself.
    dag.deadline = None
    results = [_run(dag, **run) for run in json.loads((folder / "runs.json").read_text())]
    (folder / "results.json").write_text(json.dumps(results))


def _run(dag: Any, run_after: str, conf: dict[str, Any], copy: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
    for source, target in copy:
        shutil.copyfile(source, target)
    moment = datetime.fromisoformat(run_after)
    run = dag.test(logical_date=moment, run_after=moment, run_conf=conf)
    return {
        "run_id": run.run_id,
        "state": str(run.state),
        "tasks": {instance.task_id: str(instance.state) for instance in run.get_task_instances()},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
