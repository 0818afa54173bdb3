"""Runs tasks as children of one warmed interpreter: each with an empty folder, home and temporary folder.

``python -m tests.crashes.task_host FOLDER`` reads one JSON request a line and answers each with a line. A task gets
what Airflow would give it: its context, the XComs it pulls, and the options and connections of the environment.
The operators are those of the real DAG object, and it is their ``execute`` that runs.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[2] / "dags"
# What a task imports: in a child of the host it is there already.
WARM = (
    "airflow.dag_processing.dagbag", "airflow.providers.amazon.aws.fs.s3", "airflow.providers.amazon.aws.hooks.s3",
    "aiobotocore.httpsession", "boto3", "duckdb", "httpx", "onboarding.agents", "onboarding.codegen",
    "onboarding.discovery", "onboarding.operators.cards", "onboarding.operators.steps.build",
    "onboarding.operators.steps.deploy", "onboarding.operators.steps.health", "onboarding.operators.steps.profile",
    "onboarding.operators.steps.validation", "s3fs", "shared.operators.pipeline_catalog",
    "shared.operators.pipeline_steps", "shared.pipeline.check", "shared.pipeline.extract", "shared.pipeline.load",
    "tests.onboarding.operators.contexts",
)  # fmt: skip


def main(folder: Path) -> None:
    """Answer requests until standard input ends."""
    meta = runpy.run_path(str(DAGS / "onboard_meta_dag.py"))["dag"]
    for module in WARM:
        importlib.import_module(module)
    answers = os.dup(1)
    os.dup2(2, 1)  # only answers go to standard output
    os.write(answers, (json.dumps(_ordered(meta)) + "\n").encode())
    for number, line in enumerate(sys.stdin):
        answer = _in_child(meta, folder / f"task-{number:04d}", json.loads(line))
        os.write(answers, (json.dumps(answer) + "\n").encode())


def _ordered(dag: Any) -> list[dict[str, Any]]:
    return [
        {"task_id": task.task_id, "operator": type(task).__name__, "gate": getattr(task, "gate", "")}
        for task in dag.topological_sort()
    ]


def _in_child(meta: Any, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Fork, run the task, wait; the answer says how it ended, what it wrote and what it left behind."""
    for name in ("cwd", "home", "tmp"):
        (folder / name).mkdir(parents=True)
    child = os.fork()
    if not child:
        _run_and_exit(meta, folder, request)
    _, status = os.waitpid(child, 0)
    trace, result = folder / "writes", folder / "result.json"
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "writes": trace.read_text().splitlines() if trace.exists() else [],
        "result": json.loads(result.read_text()) if result.exists() else None,
        "left": sorted(str(path.relative_to(folder)) for name in ("cwd", "home", "tmp")
                       for path in (folder / name).rglob("*")),
        "log": (folder / "log").read_text(errors="replace")[-4000:],
    }  # fmt: skip


def _run_and_exit(meta: Any, folder: Path, request: dict[str, Any]) -> None:
    code = 1
    try:
        _set_up(folder, request)
        result = _executed(meta, folder, request)
        (folder / "result.json").write_text(json.dumps(result))
        code = 0
    except BaseException:  # noqa: BLE001 - a child of a fork must never return into its parent's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _set_up(folder: Path, request: dict[str, Any]) -> None:
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(request["environment"])
    os.environ |= {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    tempfile.tempdir = None
    os.chdir(folder / "cwd")


def _executed(meta: Any, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    from airflow.sdk.exceptions import (
        AirflowFailException,
        AirflowSkipException,
        DagRunTriggerException,
        DownstreamTasksSkipped,
    )
    from airflow.sdk.execution_time.context import OutletEventAccessors

    from tests.crashes.write_points import WritePoints
    from tests.onboarding.operators.contexts import Instance, make_context

    points = WritePoints(folder / "writes", request["folders"], request["kill_at"])
    instance = Instance(request["task_id"])
    for dag_id, task_id, key, value in request["xcoms"]:
        instance.give(value, task_id, key, dag_id)
    given = set(instance.outputs)
    instance.states = request["states"]
    instance.existing_runs = set(request["existing_runs"])
    dag = runpy.run_path(request["dag_file"])["dag"] if request["dag_file"] else meta
    task = dag.get_task(request["task_id"]).prepare_for_execution()
    context = make_context(instance, request["conf"], request["run_id"])
    context["dag_run"].dag_id = dag.dag_id
    context["dag_run"].run_after = datetime.fromisoformat(request["run_after"])
    context |= {"task": task, "outlet_events": OutletEventAccessors()}
    points.install()
    state, text, triggered, value = "success", "", "", None
    try:
        value = task.execute(context)
        points.end()
    except AirflowSkipException:
        state = "skipped"
    except DownstreamTasksSkipped:
        points.end()
    except DagRunTriggerException as asked:
        points.end()
        triggered = str(asked.dag_run_id)
    except AirflowFailException as error:
        state, text = "failed", str(error)
    if value is not None:
        instance.give(value, request["task_id"])
    pushed = [[*name, found] for name, found in instance.outputs.items() if name not in given]
    return {"state": state, "error": text, "triggered": triggered, "xcoms": pushed}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
