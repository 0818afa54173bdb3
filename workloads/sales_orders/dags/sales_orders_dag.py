"""Airflow DAG of the workload sales_orders: Bronze -> Silver -> Gold, with a quality gate after each transform.

Rendered from the workload's plan: change the plan, not this file. Parsing reads nothing but this file.
"""

from __future__ import annotations

from datetime import timedelta
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import (
    DAG,
    Asset,
    CronTriggerTimetable,
    DeadlineAlert,
    SyncCallback,
    TaskGroup,
)

from shared.operators import pipeline_steps
from shared.operators.deadlines import RunQueued

WORKLOAD = "sales_orders"
VERSION = "ce361777a743"
HEAVY_POOL = "onboarding_heavy"

DOC_MD = "Sales orders: 14 columns from a csv source\n\nOwner: data-platform. Primary key: order_id.\n\nGates: Silver 0.80, Gold 0.95; a failed gate publishes nothing.\n\nGold tables:\n\n- `sales_orders` (flat): One row per row of Silver.\n"

BRONZE = Asset(name="sales_orders.bronze.sales_orders", uri="onboarding://sales_orders/bronze/sales_orders")
SILVER = Asset(name="sales_orders.silver.sales_orders", uri="onboarding://sales_orders/silver/sales_orders")
GOLD_1 = Asset(name="sales_orders.gold.sales_orders", uri="onboarding://sales_orders/gold/sales_orders")
GOLD = Asset(name="sales_orders.gold", uri="onboarding://sales_orders/gold")
DEFAULT_ARGS = {
    "owner": "data-platform",
    "retries": 3,
    "retry_delay": timedelta(seconds=60),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=30),
    "execution_timeout": timedelta(minutes=120),
    "on_failure_callback": pipeline_steps.failure_callback(),
}


def step(task_id: str, scripts: list[str], outlets: list[Asset], *, heavy: bool = True) -> PythonOperator:
    """One step of the pipeline: scripts of this version's directory, one after the other."""
    return PythonOperator(
        task_id=task_id,
        python_callable=pipeline_steps.run_step,
        op_kwargs={"workload": WORKLOAD, "version": VERSION, "dag_file": __file__, "scripts": scripts},
        pool=HEAVY_POOL if heavy else "default_pool",
        outlets=outlets,
        trigger_rule="all_success",
    )


with DAG(
    dag_id=WORKLOAD,
    description="Sales orders: 14 columns from a csv source",
    # Without run_immediately Airflow runs a new DAG at once when its last time is less than a tenth of the interval ago.
    schedule=CronTriggerTimetable(
        "0 2 * * *", timezone="UTC", run_immediately=timedelta(minutes=1)
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    deadline=DeadlineAlert(
        reference=RunQueued(),
        interval=timedelta(minutes=120),
        callback=SyncCallback(
            pipeline_steps.deadline_missed, kwargs={"workload": WORKLOAD, "version": VERSION}
        ),
    ),
    is_paused_upon_creation=False,
    doc_md=DOC_MD,
    tags=[*["engine:local", "onboarding", "sales_orders"], f"version:{VERSION}"],
) as dag:
    with TaskGroup("extract") as extract:
        step(
            "extract_" + WORKLOAD + "_to_bronze",
            ["scripts/extract/extract_" + WORKLOAD + ".py", "scripts/quality/check_bronze.py"],
            [BRONZE],
        )

    with TaskGroup("transform") as transform:
        bronze_to_silver = step("transform_bronze_to_silver", ["scripts/transform/bronze_to_silver.py"], [])
        check_silver = step("quality_check_silver", ["scripts/quality/check_silver.py"], [SILVER])
        silver_to_gold = step("transform_silver_to_gold", ["scripts/transform/silver_to_gold.py"], [])
        check_gold = step(
            "quality_check_gold",
            ["scripts/quality/check_gold.py", "scripts/load/load_gold.py"],
            [GOLD_1, GOLD],
        )
        bronze_to_silver >> check_silver >> silver_to_gold >> check_gold

    with TaskGroup("catalog") as catalog:
        PythonOperator(
            task_id="update_lakehouse_catalog",
            python_callable=pipeline_steps.update_catalog,
            op_kwargs={"workload": WORKLOAD, "version": VERSION, "dag_file": __file__},
        )

    with TaskGroup("notify") as notify:
        PythonOperator(
            task_id="send_completion_alert",
            python_callable=pipeline_steps.completion_summary,
            op_kwargs={"workload": WORKLOAD, "version": VERSION, "dag_file": __file__},
            on_success_callback=pipeline_steps.completion_callback(),
        )

    extract >> transform >> catalog >> notify
