"""Unit tests of the DAG agent: the DAG file as Python, without Airflow's database."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

DAG_FILE = Path(__file__).resolve().parents[2] / "dags" / "sales_orders_dag.py"
TASKS = [
    "extract.extract_sales_orders_to_bronze",
    "transform.transform_bronze_to_silver",
    "transform.quality_check_silver",
    "transform.transform_silver_to_gold",
    "transform.quality_check_gold",
    "catalog.update_lakehouse_catalog",
    "notify.send_completion_alert",
]
HEAVY = [
    "extract.extract_sales_orders_to_bronze",
    "transform.transform_bronze_to_silver",
    "transform.quality_check_silver",
    "transform.transform_silver_to_gold",
    "transform.quality_check_gold",
]


@pytest.fixture(scope="module")
def module() -> Any:
    spec = importlib.util.spec_from_file_location("dag_under_test", DAG_FILE)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def dag(module: Any) -> Any:
    return module.dag


def test_it_has_exactly_the_planned_tasks(dag: Any) -> None:
    assert sorted(task.task_id for task in dag.tasks) == sorted(TASKS)


def test_the_steps_run_one_after_the_other(dag: Any) -> None:
    for before, after in zip(TASKS, TASKS[1:], strict=False):
        assert dag.get_task(before).downstream_task_ids == {after}


def test_its_name_is_the_workload(dag: Any, module: Any) -> None:
    assert dag.dag_id == module.WORKLOAD == "sales_orders"


def test_it_names_its_version(module: Any) -> None:
    assert re.fullmatch("[0-9a-f]{12}", module.VERSION)


def test_its_schedule_is_the_planned_one(dag: Any) -> None:
    assert type(dag.timetable).__name__ == "CronTriggerTimetable"
    assert dag.timetable.expression == "0 2 * * *"
    assert str(dag.timetable.timezone) == "UTC"
    assert dag.timetable.run_immediately == timedelta(minutes=1)


def test_missed_runs_are_not_made_up_and_runs_do_not_overlap(dag: Any) -> None:
    assert dag.catchup is False
    assert dag.max_active_runs == 1


def test_it_is_switched_on_as_planned(dag: Any) -> None:
    assert dag.is_paused_upon_creation is False
    assert (dag.start_date.strftime("%Y-%m-%d") if dag.start_date else None) == None


def test_the_config_says_the_same(dag: Any) -> None:
    schedule = yaml.safe_load((DAG_FILE.parents[1] / "config/schedule.yaml").read_text("utf-8"))
    keys = ("cron", "timezone", "retries", "retry_delay_seconds", "execution_timeout_minutes", "deadline_minutes")
    assert [schedule[key] for key in keys] == ["0 2 * * *", "UTC", 3, 60, 120, 120]
    assert (schedule["dag_id"], schedule["depends_on"]) == (dag.dag_id, [])


def test_every_step_runs_this_version(dag: Any, module: Any) -> None:
    for task in dag.tasks:
        names = ("workload", "version", "dag_file")
        assert [task.op_kwargs[name] for name in names] == [module.WORKLOAD, module.VERSION, str(DAG_FILE)], task.task_id
    assert {task.python_callable.__module__ for task in dag.tasks} == {"shared.operators.pipeline_steps"}
    assert dag.get_task(TASKS[-1]).on_success_callback


def test_what_can_pass_is_tried_again_with_growing_pauses(dag: Any) -> None:
    for task in dag.tasks:
        assert task.retries == 3, task.task_id
        assert task.retry_exponential_backoff > 1, task.task_id
        assert task.retry_delay == timedelta(seconds=60), task.task_id


def test_every_task_has_a_time_limit_and_the_run_a_deadline(dag: Any) -> None:
    assert {task.execution_timeout for task in dag.tasks} == {timedelta(minutes=120)}
    deadline = dag.deadline[0] if isinstance(dag.deadline, list) else dag.deadline
    assert deadline.interval == timedelta(minutes=120)


def test_heavy_steps_share_a_pool(dag: Any) -> None:
    assert sorted(task.task_id for task in dag.tasks if task.pool == "onboarding_heavy") == sorted(HEAVY)


def test_gates_need_everything_before_them(dag: Any) -> None:
    for task in dag.tasks:
        assert task.trigger_rule.value == "all_success", task.task_id
        assert task.on_failure_callback, task.task_id


def test_every_zone_table_is_an_asset(dag: Any) -> None:
    written = sorted(asset.name for task in dag.tasks for asset in task.outlets)
    assert written == [
        "sales_orders.bronze.sales_orders",
        "sales_orders.gold",
        "sales_orders.gold.sales_orders",
        "sales_orders.silver.sales_orders",
    ]


def test_every_script_it_runs_is_there(dag: Any) -> None:
    scripts = [script for task in dag.tasks for script in task.op_kwargs.get("scripts", [])]
    assert scripts == [
        "scripts/extract/extract_sales_orders.py",
        "scripts/quality/check_bronze.py",
        "scripts/transform/bronze_to_silver.py",
        "scripts/quality/check_silver.py",
        "scripts/transform/silver_to_gold.py",
        "scripts/quality/check_gold.py",
        "scripts/load/load_gold.py",
    ]
    assert [script for script in scripts if not (DAG_FILE.parents[1] / script).is_file()] == []


def test_it_stands_on_shared_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(DAG_FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"airflow", "shared"}
