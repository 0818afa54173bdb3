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

from shared.operators import pipeline_steps

DAG_FILE = Path(__file__).resolve().parents[2] / "dags" / "sales_orders_dag.py"
# The tasks in their order, with the function of shared.operators.pipeline_steps that each one runs.
CALLABLES = {
    "extract.extract_sales_orders_to_bronze": "run_step",
    "transform.transform_bronze_to_silver": "run_step",
    "transform.quality_check_silver": "run_step",
    "transform.transform_silver_to_gold": "run_step",
    "transform.quality_check_gold": "run_step",
    "catalog.update_lakehouse_catalog": "update_catalog",
    "notify.send_completion_alert": "completion_summary",
}
TASKS = list(CALLABLES)
SCRIPTS = {
    "extract.extract_sales_orders_to_bronze": [
        "scripts/extract/extract_sales_orders.py",
        "scripts/quality/check_bronze.py",
    ],
    "transform.transform_bronze_to_silver": ["scripts/transform/bronze_to_silver.py"],
    "transform.quality_check_silver": ["scripts/quality/check_silver.py"],
    "transform.transform_silver_to_gold": ["scripts/transform/silver_to_gold.py"],
    "transform.quality_check_gold": ["scripts/quality/check_gold.py", "scripts/load/load_gold.py"],
}
# Task -> name and URI of what it says to be new when it has succeeded.
OUTLETS = {
    "extract.extract_sales_orders_to_bronze": [
        ("sales_orders.bronze.sales_orders", "onboarding://sales_orders/bronze/sales_orders"),
    ],
    "transform.quality_check_silver": [
        ("sales_orders.silver.sales_orders", "onboarding://sales_orders/silver/sales_orders"),
    ],
    "transform.quality_check_gold": [
        ("sales_orders.gold.sales_orders", "onboarding://sales_orders/gold/sales_orders"),
        ("sales_orders.gold", "onboarding://sales_orders/gold"),
    ],
}
SCHEDULE = {
    "workload": "sales_orders",
    "dag_id": "sales_orders",
    "cron": "0 2 * * *",
    "timezone": "UTC",
    "depends_on": [],
    "catchup": False,
    "max_active_runs": 1,
    "retries": 3,
    "retry_delay_seconds": 60,
    "execution_timeout_minutes": 120,
    "deadline_minutes": 120,
    "paused": False,
}
DEPLOYMENT = {
    "workload": "sales_orders",
    "engine": "local",
    "runtime_version": "1.5.0",
    "zones": ["bronze", "silver", "gold"],
    "regulations": [],
    "retention_days": {"bronze": None, "quarantine": 90},
}


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
    for name in TASKS:
        assert name in dag.task_ids, name
    assert sorted(task.task_id for task in dag.tasks) == sorted(TASKS)


def test_the_steps_run_one_after_the_other(dag: Any) -> None:
    for before, after in zip(TASKS, TASKS[1:], strict=False):
        assert dag.get_task(before).downstream_task_ids == {after}, before
    assert dag.get_task(TASKS[-1]).downstream_task_ids == set(), TASKS[-1]


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
    assert (dag.start_date.strftime("%Y-%m-%d") if dag.start_date else "") == ""


def test_the_configs_say_what_was_planned(dag: Any) -> None:
    for name, planned in (("schedule", SCHEDULE), ("deployment", DEPLOYMENT)):
        config = yaml.safe_load((DAG_FILE.parents[1] / f"config/{name}.yaml").read_text("utf-8"))
        for key, value in planned.items():
            assert config.get(key) == value, (name, key)
        assert sorted(config) == sorted(planned), name
    assert SCHEDULE["dag_id"] == dag.dag_id


def test_every_step_runs_this_version(dag: Any, module: Any) -> None:
    for task in dag.tasks:
        given = [task.op_kwargs.get(name) for name in ("workload", "version", "dag_file")]
        assert given == [module.WORKLOAD, module.VERSION, str(DAG_FILE)], task.task_id


def test_every_task_runs_its_own_function(dag: Any) -> None:
    for name, function in CALLABLES.items():
        assert dag.get_task(name).python_callable is getattr(pipeline_steps, function), name


def test_people_are_told_what_happened(dag: Any) -> None:
    for task in dag.tasks:
        assert task.on_failure_callback == [pipeline_steps.failure_callback()], task.task_id
    assert dag.get_task(TASKS[-1]).on_success_callback == [pipeline_steps.completion_callback()], TASKS[-1]


def test_what_can_pass_is_tried_again_with_growing_pauses(dag: Any) -> None:
    for task in dag.tasks:
        assert task.retries == 3, task.task_id
        assert task.retry_exponential_backoff > 1, task.task_id
        assert task.retry_delay == timedelta(seconds=60), task.task_id
        assert task.max_retry_delay == timedelta(minutes=30), task.task_id


def test_every_task_has_a_time_limit_and_the_run_a_deadline(dag: Any, module: Any) -> None:
    for task in dag.tasks:
        assert task.execution_timeout == timedelta(minutes=120), task.task_id
    (deadline,) = dag.deadline if isinstance(dag.deadline, list) else [dag.deadline]
    assert type(deadline.reference).__name__ == "RunQueued"
    assert deadline.interval == timedelta(minutes=120)
    assert deadline.callback.path == "shared.operators.pipeline_steps.deadline_missed"
    assert deadline.callback.kwargs == {"workload": module.WORKLOAD, "version": module.VERSION}


def test_heavy_steps_share_a_pool(dag: Any) -> None:
    for task in dag.tasks:
        assert (task.pool == "onboarding_heavy") == (task.task_id in SCRIPTS), task.task_id


def test_gates_need_everything_before_them(dag: Any) -> None:
    for task in dag.tasks:
        assert task.trigger_rule.value == "all_success", task.task_id


def test_steps_say_themselves_that_they_need_everything_before_them() -> None:
    """Not left to a default, which an installation or a version may change."""
    tree = ast.parse(DAG_FILE.read_text("utf-8"))
    (step,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "step"]
    (operator,) = [node.value for node in step.body if isinstance(node, ast.Return)]
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in getattr(operator, "keywords", [])}
    assert said.get("trigger_rule") == "'all_success'", "trigger_rule"


def test_every_zone_table_is_an_asset_of_the_step_that_makes_it(dag: Any) -> None:
    for task in dag.tasks:
        assert [(asset.name, asset.uri) for asset in task.outlets] == OUTLETS.get(task.task_id, []), task.task_id


def test_every_step_runs_its_scripts_and_they_are_there(dag: Any) -> None:
    for task in dag.tasks:
        scripts = task.op_kwargs.get("scripts", [])
        assert scripts == SCRIPTS.get(task.task_id, []), task.task_id
        for script in scripts:
            assert (DAG_FILE.parents[1] / script).is_file(), (task.task_id, script)


def test_it_stands_on_shared_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(DAG_FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"airflow", "shared"}
