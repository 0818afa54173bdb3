"""Runs the meta-DAG with stub steps through ``dag.test()``, one run per scenario; a process of its own.

Usage: ``python -m tests.dags.scenario_runner FOLDER``, where FOLDER holds ``scenarios.json`` and gets ``results.json``.
The operators, the gates and their DAGs are the real ones; only what a step and a card compute is a stub. A person is
played by a thread that marks the gates' ``approve`` tasks in the database, as the UI's mark buttons do.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[2] / "dags"
SCENARIO_DAG = f'''"""The meta-DAG (Airflow) with stub steps; written by a test."""

import runpy

dag = runpy.run_path({str(DAGS / "onboard_meta_dag.py")!r})["dag"]
for task in dag.tasks:
    if hasattr(task, "step"):
        task.step = "tests.dags.stub_steps:" + task.task_id.replace(".", "__")
        task.basis = ""
    if hasattr(task, "card"):
        task.card = "tests.dags.stub_steps:" + ("resolve_card" if task.gate == "resolve" else "card")
'''


class Person(threading.Thread):
    """Marks every open gate of the current scenario."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.marks: dict[str, str] = {}

    def run(self) -> None:
        """Look again and again."""
        while True:
            self._mark_open_gates()
            time.sleep(0.2)

    def _mark_open_gates(self) -> None:
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import select

        open_gates = select(TaskInstance).where(
            TaskInstance.dag_id.startswith("onboard_gate_"), TaskInstance.state.is_(None)
        )
        with create_session() as session:
            for instance in session.scalars(open_gates):
                instance.state = self.marks.get(instance.dag_id.removeprefix("onboard_gate_"), "success")


def main(folder: Path) -> None:
    """Prepare Airflow's database, then run every scenario."""
    scenarios: dict[str, dict[str, Any]] = json.loads((folder / "scenarios.json").read_text())
    dag = _prepare(folder / "dags")
    person = Person()
    person.start()
    results = {}
    for number, (name, scenario) in enumerate(scenarios.items()):
        person.marks = scenario.get("marks", {})
        results[name] = _run(dag, number, scenario)
    (folder / "results.json").write_text(json.dumps(results))


def _prepare(dags: Path) -> Any:
    dags.mkdir()
    shutil.copyfile(DAGS / "onboard_gate_dags.py", dags / "onboard_gate_dags.py")
    (dags / "scenario_dag.py").write_text(SCENARIO_DAG)
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    initdb()
    bag = DagBag(dag_folder=str(dags / "scenario_dag.py"), bundle_path=dags, bundle_name="dags-folder")
    assert not bag.import_errors, bag.import_errors
    return bag.dags["onboard_meta_dag"]


def _run(dag: Any, number: int, scenario: dict[str, Any]) -> dict[str, Any]:
    from datetime import UTC, datetime, timedelta

    from onboarding.spec.settings import load_settings
    from onboarding.workspace.record import RunRecord
    from onboarding.workspace.store import Store

    started = time.monotonic()
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    conf = {"scenario": scenario.get("steps", {})}
    run = dag.test(logical_date=moment, run_after=moment, run_conf=conf)
    record = RunRecord(Store(load_settings().workspace_uri), run.run_id)
    return {
        "state": str(run.state),
        "tasks": {instance.task_id: str(instance.state) for instance in run.get_task_instances()},
        "record": record.entries(),
        "seconds": round(time.monotonic() - started, 1),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
