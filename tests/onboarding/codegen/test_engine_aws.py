"""A workload of engine aws: the same tasks, each step a run of a Glue job."""

from __future__ import annotations

import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

from onboarding.codegen import build_workload, dag_file
from onboarding.operators.steps.testing import TEST_FILES
from onboarding.spec.plans import WorkloadPlan
from shared.operators.test_gate import run_test_gate
from tests.onboarding.codegen.sales import sales_plan, sales_profile


def planned(engine: str) -> WorkloadPlan:
    plan = sales_plan()
    return plan.model_copy(
        update={
            "dag": plan.dag.model_copy(update={"engine": engine}),
            "discovery": plan.discovery.model_copy(update={"engine": engine}),
        }
    )


def loaded(engine: str) -> Any:
    import airflow.sdk  # noqa: F401 - its own import may warn

    import shared.operators.glue_steps  # noqa: F401 - the same

    names: dict[str, Any] = {"__file__": "/dags/workloads/sales_orders/sales_orders_dag.py", "__name__": "generated"}
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        exec(compile(dag_file(planned(engine), "0123456789ab"), "sales_orders_dag.py", "exec"), names)  # noqa: S102
    return names["dag"]


def test_the_tasks_are_the_same_on_both_engines() -> None:
    local, aws = loaded("local"), loaded("aws")
    assert aws.task_ids == local.task_ids
    for name in local.task_ids:
        assert aws.get_task(name).downstream_task_ids == local.get_task(name).downstream_task_ids, name
        assert aws.get_task(name).outlets == local.get_task(name).outlets, name


def test_steps_are_job_runs_and_the_rest_runs_on_the_worker() -> None:
    kinds = {task.task_id: type(task).__name__ for task in loaded("aws").tasks}
    on_worker = {name for name, kind in kinds.items() if kind == "PythonOperator"}
    assert on_worker == {"catalog.update_lakehouse_catalog", "notify.send_completion_alert"}
    assert set(kinds.values()) == {"PythonOperator", "GlueStepOperator"}


def test_a_step_waits_without_a_worker_and_can_be_ended() -> None:
    task = loaded("aws").get_task("transform.quality_check_gold")
    assert (task.deferrable, task.stop_job_run_on_kill, task.resume_glue_job_on_retry) == (True, True, True)
    assert task.op_kwargs["scripts"] == ["scripts/quality/check_gold.py", "scripts/load/load_gold.py"]
    assert task.execution_timeout == timedelta(minutes=60)
    assert task.run_job_kwargs == {"Timeout": 60}


def test_nothing_of_a_step_is_a_template() -> None:
    assert not loaded("aws").get_task("transform.quality_check_gold").template_fields


def test_the_files_differ_where_the_engine_is_named_and_nowhere_else() -> None:
    local, aws = (build_workload(planned(engine), sales_profile()).files for engine in ("local", "aws"))
    assert set(local) == set(aws)
    different = {name for name in local if local[name] != aws[name]}
    assert different == {
        ".onboarding/manifest.json",
        "README.md",
        "config/deployment.yaml",
        "dags/sales_orders_dag.py",
        "tests/integration/test_dag.py",
        "tests/unit/test_dag.py",
    }


def test_the_generated_tests_of_the_dag_pass(tmp_path: Path) -> None:
    for name, content in build_workload(planned("aws"), sales_profile()).files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    result = run_test_gate(tmp_path, agent="dag", file_name=TEST_FILES["dag"])
    assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]
