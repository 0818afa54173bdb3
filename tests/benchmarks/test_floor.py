"""The benchmark's floor is the meta-DAG with empty bodies, and its numbers are added up as they are named."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dag_files import write_dag_files
from benchmarks.measure import Measured, Memory
from benchmarks.report import as_json, tables
from benchmarks.structure import instances
from onboarding.gates.definitions import GATES
from onboarding.local_platform.environment import DAGS_FOLDER_VARIABLE, dags_folder

DAGS = Path(__file__).resolve().parents[2] / "dags"
COPIED = ("trigger_rule", "retries", "retry_delay", "execution_timeout", "downstream_task_ids", "upstream_task_ids")
SENSOR = ("external_dag_id", "external_task_id", "allowed_states", "failed_states", "deferrable", "poke_interval",
          "timeout")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DAG files of the benchmark's platform."""
    path = tmp_path_factory.mktemp("bench") / "dags"
    write_dag_files(DAGS, path)
    return path


def test_the_floor_has_the_meta_dags_structure(folder: Path) -> None:
    real: Any = runpy.run_path(str(DAGS / "onboard_meta_dag.py"))["dag"]
    floor: Any = runpy.run_path(str(folder / "floor_dag.py"))["dag"]
    assert set(floor.task_ids) == set(real.task_ids)
    assert set(floor.task_group.get_task_group_dict()) == set(real.task_group.get_task_group_dict())
    for task in real.tasks:
        copy = floor.get_task(task.task_id)
        assert {name: getattr(copy, name) for name in COPIED} == {name: getattr(task, name) for name in COPIED}
        if task.task_id.endswith(".wait"):
            assert type(copy) is type(task)
            assert [getattr(copy, name) for name in SENSOR] == [getattr(task, name) for name in SENSOR]
        if task.task_id.endswith(".request"):
            assert copy.trigger_dag_id == task.trigger_dag_id


def test_the_bodies_are_empty(folder: Path) -> None:
    floor: Any = runpy.run_path(str(folder / "floor_dag.py"))["dag"]
    assert {type(task).__name__ for task in floor.tasks} == {"EmptyTask", "EmptyRequest", "ExternalTaskSensor"}


def test_instances_count_the_gates_own_tasks(folder: Path) -> None:
    structure = json.loads((folder / "structure.json").read_text())
    optional = [f".{gate.name}." for gate in GATES if not gate.approval]
    beside = [
        name
        for task in structure["tasks"]
        if (name := task["task_id"]).endswith((".second_attempt", "route.check_quality", "route.query_gold"))
        or any(gate in name for gate in optional)
    ]
    assert instances(structure) == len(structure["tasks"]) - len(beside) + 3
    skipped = {name for task in structure["tasks"] for name in task.get("skips", ())}
    after_failures = (".second_attempt", ".resolve.", ".confirm_edits.")
    assert skipped == {name for name in beside if not any(part in name for part in after_failures)}


def test_the_project_runs_its_own_dag_files_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.delenv(DAGS_FOLDER_VARIABLE, raising=False)
    assert dags_folder() == DAGS
    monkeypatch.setenv(DAGS_FOLDER_VARIABLE, str(folder))
    assert dags_folder() == folder.resolve()


def test_totals_and_ratios() -> None:
    floor = Measured("floor", "floor-1", 50.0, 20.0, {"route": 2.0}, {"route.a": 1.0})
    real = Measured("real", "real-1", 80.0, 20.0, {"route": 5.0}, {"route.a": 3.0})
    found = as_json([floor, real], [Memory("idle", 3, 700, 900)], 42)
    assert found["ratio"] == {"value": 1.6, "target": 1.8}
    assert found["ratio_without_answering"] == 2.0
    text = tables([floor, real], [Memory("idle", 3, 700, 900)], 42)
    assert "route.a" in text
    assert "task instances 42" in text
