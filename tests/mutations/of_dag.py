"""Mutations of the DAG and of when and where it runs."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, mutate

OWN = "dag"
DAG = "dags/sales_orders_dag.py"
SCHEDULE = "config/schedule.yaml"
DEPLOYMENT = "config/deployment.yaml"
_IMPORT = "from shared.operators import pipeline_steps\n"
_RULE = '        trigger_rule="all_success",\n'


def dag(name: str, old: str, new: str, blames: str = "", *, quick: bool = False) -> Mutation:
    return mutate(OWN, DAG, name, old, new, blames, quick=quick)


FLOW = (
    dag("trigger rule deleted", _RULE, ""),
    dag(
        "gate runs whatever happened before",
        _RULE,
        '        trigger_rule="all_done",\n',
        "extract_sales_orders_to_bronze",
        quick=True,
    ),
    dag(
        "dependency of a gate broken",
        "bronze_to_silver >> check_silver >> silver_to_gold >> check_gold",
        "bronze_to_silver >> check_silver\n        silver_to_gold >> check_gold",
        "extract_sales_orders_to_bronze",
        quick=True,
    ),
    dag(
        "gate beside the pipeline",
        "bronze_to_silver >> check_silver >> silver_to_gold >> check_gold",
        "bronze_to_silver >> silver_to_gold >> check_gold\n        bronze_to_silver >> check_silver",
    ),
    dag(
        "groups in another order",
        "extract >> transform >> catalog >> notify",
        "extract >> transform >> notify >> catalog",
    ),
    dag(
        "wrong path of a script",
        '"scripts/transform/silver_to_gold.py"',
        '"scripts/transform/silver_gold.py"',
        quick=True,
    ),
    dag(
        "publication left out",
        '["scripts/quality/check_gold.py", "scripts/load/load_gold.py"]',
        '["scripts/quality/check_gold.py"]',
    ),
    dag(
        "publication before the gate",
        '["scripts/quality/check_gold.py", "scripts/load/load_gold.py"]',
        '["scripts/load/load_gold.py", "scripts/quality/check_gold.py"]',
    ),
    dag(
        "step run by its neighbour",
        'step("transform_bronze_to_silver", ["scripts/transform/bronze_to_silver.py"], [])\n        check_silver = step("quality_check_silver", ["scripts/quality/check_silver.py"], [SILVER])',
        'step("transform_bronze_to_silver", ["scripts/transform/bronze_to_silver.py", "scripts/quality/check_silver.py"], [])\n        check_silver = step("quality_check_silver", [], [SILVER])',
        "transform_bronze_to_silver",
    ),
    dag(
        "catalog not written",
        "python_callable=pipeline_steps.update_catalog",
        "python_callable=pipeline_steps.completion_summary",
        "update_lakehouse_catalog",
    ),
    dag("task renamed", '"quality_check_gold"', '"check_gold"', "quality_check_gold"),
)

RUNNING = (
    dag("retries removed", '    "retries": 3,\n', "", "extract_sales_orders_to_bronze", quick=True),
    dag("more retries of the gates", _RULE, _RULE + "        retries=10,\n", "extract_sales_orders_to_bronze"),
    dag("retries without growing pauses", '    "retry_exponential_backoff": 2,\n', ""),
    dag("no upper limit of the pauses", '    "max_retry_delay": timedelta(minutes=30),\n', ""),
    dag("no time limit", '    "execution_timeout": timedelta(minutes=120),\n', ""),
    dag("missed runs made up", "catchup=False", "catchup=True"),
    dag("runs that overlap", "max_active_runs=1", "max_active_runs=16"),
    dag("failure notifier removed", '    "on_failure_callback": pipeline_steps.failure_callback(),\n', "", quick=True),
    dag("failure told as success", "pipeline_steps.failure_callback()", "pipeline_steps.completion_callback()"),
    dag(
        "success callback removed",
        "            on_success_callback=pipeline_steps.completion_callback(),\n",
        "",
        "send_completion_alert",
    ),
    dag("deadline moved", "interval=timedelta(minutes=120)", "interval=timedelta(minutes=1200)"),
    dag(
        "deadline that tells nobody",
        "            pipeline_steps.deadline_missed,",
        "            pipeline_steps.completion_summary,",
    ),
    dag(
        "heavy step outside the pool",
        "pool=HEAVY_POOL if heavy else",
        "pool=HEAVY_POOL if not heavy else",
        "extract_sales_orders_to_bronze",
    ),
    dag("another schedule", '"0 2 * * *"', '"0 * * * *"'),
    dag("another time zone", 'timezone="UTC"', 'timezone="Asia/Tokyo"'),
    dag("switched off", "is_paused_upon_creation=False", "is_paused_upon_creation=True"),
    dag(
        "another workload's files",
        'op_kwargs={"workload": WORKLOAD, "version": VERSION, "dag_file": __file__, "scripts": scripts}',
        'op_kwargs={"workload": WORKLOAD, "version": "latest", "dag_file": __file__, "scripts": scripts}',
    ),
    mutate(OWN, SCHEDULE, "retries of the config changed", "retries: 3", "retries: 0"),
    mutate(OWN, SCHEDULE, "overlapping runs in the config", "max_active_runs: 1", "max_active_runs: 3"),
    mutate(OWN, DEPLOYMENT, "another engine in the config", "engine: local", "engine: aws"),
    mutate(OWN, DEPLOYMENT, "held-back rows kept for ever", "quarantine: 90", "quarantine: null"),
)

PARSING = (
    dag("asset removed", "[GOLD_1, GOLD],", "[GOLD_1],", quick=True),
    dag("asset of another place", 'uri="onboarding://sales_orders/gold"', 'uri="onboarding://orders/gold"'),
    dag(
        "asset announced before the gate",
        '["scripts/transform/bronze_to_silver.py"], [])\n        check_silver = step("quality_check_silver", ["scripts/quality/check_silver.py"], [SILVER])',
        '["scripts/transform/bronze_to_silver.py"], [SILVER])\n        check_silver = step("quality_check_silver", ["scripts/quality/check_silver.py"], [])',
    ),
    dag("import of the generator", _IMPORT, _IMPORT + "import onboarding\n"),
    dag(
        "network call while parsing",
        _IMPORT,
        _IMPORT
        + (
            'import socket\n\ntry:\n    socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()\nexcept Exception:\n    pass\n'
        ),
    ),
    dag(
        "variable read while parsing",
        _IMPORT,
        _IMPORT + ('from airflow.sdk import Variable\n\nHOLD = Variable.get("hold", default="no")\n'),
    ),
    dag(
        "file read while parsing",
        _IMPORT,
        _IMPORT + ('from pathlib import Path\n\nNOTE = (Path(__file__).parents[1] / "README.md").read_text("utf-8")\n'),
    ),
    dag("not a DAG any more", ") as dag:", ") as pipeline:"),
)

DAGS = (*FLOW, *RUNNING, *PARSING)
