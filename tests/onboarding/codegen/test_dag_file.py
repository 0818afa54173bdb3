"""The DAG file in its variants, loaded by the installed Airflow."""

from __future__ import annotations

import ast
import warnings
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from onboarding.codegen import dag_file
from onboarding.codegen.dag import gold_asset, table_asset
from onboarding.spec.plans import WorkloadPlan
from tests.onboarding.codegen.sales import sales_plan


def planned(**update: Any) -> WorkloadPlan:
    plan = sales_plan()
    return plan.model_copy(update={"dag": plan.dag.model_copy(update=update)})


def loaded(plan: WorkloadPlan) -> Any:
    """The DAG, parsed with deprecation warnings as errors."""
    names: dict[str, Any] = {"__file__": "/dags/workloads/sales_orders/sales_orders_dag.py", "__name__": "generated"}
    import airflow.sdk  # noqa: F401 - its own import may warn

    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        exec(compile(dag_file(plan, "0123456789ab"), "sales_orders_dag.py", "exec"), names)  # noqa: S102
    assert names["VERSION"] == "0123456789ab"
    return names["dag"]


def test_a_cron_schedule_without_a_start_date() -> None:
    dag = loaded(planned())
    assert dag.start_date is None
    assert type(dag.timetable).__name__ == "CronTriggerTimetable"
    assert str(dag.timetable.timezone) == "Europe/Berlin"


def test_a_start_date_is_in_the_schedules_time_zone() -> None:
    dag = loaded(planned(start_date="2025-07-01"))
    assert dag.start_date == datetime(2025, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def test_no_schedule_at_all() -> None:
    assert type(loaded(planned(cron="")).timetable).__name__ == "NullTimetable"


def test_it_runs_after_the_gold_of_other_workloads() -> None:
    dag = loaded(planned(cron="", depends_on=["customers", "products"]))
    wanted = {gold_asset("customers")["uri"], gold_asset("products")["uri"]}
    assert {asset.uri for asset in dag.timetable.asset_condition.objects} == wanted


def test_the_gold_assets_are_those_that_others_wait_for() -> None:
    outlets = {asset.name: asset.uri for task in loaded(planned()).tasks for asset in task.outlets}
    assert outlets["sales_orders.gold"] == gold_asset("sales_orders")["uri"]
    for zone, table in (("bronze", "sales_orders"), ("silver", "sales_orders"), ("gold", "sales_by_region")):
        entry = table_asset("sales_orders", zone, table)
        assert outlets[entry["name"]] == entry["uri"]


@pytest.mark.parametrize("paused", [True, False])
def test_it_starts_paused_when_the_plan_says_so(paused: bool) -> None:
    assert loaded(planned(paused=paused)).is_paused_upon_creation is paused


def test_steps_get_their_scripts_and_version() -> None:
    task = loaded(planned()).get_task("transform.quality_check_gold")
    assert task.op_kwargs["scripts"] == ["scripts/quality/check_gold.py", "scripts/load/load_gold.py"]
    assert task.op_kwargs["version"] == "0123456789ab"
    assert task.op_kwargs["dag_file"].endswith("sales_orders_dag.py")


def test_the_version_can_be_read_without_running_the_file() -> None:
    assigned = [node for node in ast.parse(dag_file(planned(), "0123456789ab")).body if isinstance(node, ast.Assign)]
    constants = {node.targets[0].id: node.value for node in assigned if isinstance(node.targets[0], ast.Name)}
    assert isinstance(constants["VERSION"], ast.Constant)
    assert constants["VERSION"].value == "0123456789ab"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-03-04T02:40:00+00:00", "2026-03-05T02:00:00+00:00"),
        ("2026-03-04T01:59:00+00:00", "2026-03-04T02:00:00+00:00"),
    ],
)
def test_a_new_pipeline_does_not_run_before_its_next_time(
    now: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow._shared.timezones import timezone
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables import trigger
    from airflow.timetables.base import TimeRestriction

    dag = loaded(planned(cron="0 2 * * *", timezone="UTC"))
    timetable = DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable
    monkeypatch.setattr(trigger, "utcnow", lambda: timezone.parse(now))
    found = timetable.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(earliest=None, latest=None, catchup=False)
    )
    assert found.run_after.isoformat() == first
