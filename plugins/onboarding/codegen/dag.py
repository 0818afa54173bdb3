"""The DAG file of a workload: its values from the plan, its text from ``templates/dag.py.j2``."""

from __future__ import annotations

import re
from typing import Any

from onboarding.codegen.manifest import NO_VERSION
from onboarding.codegen.templating import render_template
from onboarding.spec.plans import WorkloadPlan

ASSET_SCHEME = "onboarding"
_VERSION_LINE = re.compile(rb'^VERSION = "[0-9a-f]{12}"$', re.MULTILINE)


def dag_file(plan: WorkloadPlan, digest12: str) -> bytes:
    """The DAG file; ``digest12`` is the version whose directory it runs (``manifest.version_of``)."""
    return render_template("dag.py.j2", dag_values(plan, digest12))


def unversioned_dag_file(plan: WorkloadPlan) -> bytes:
    """The DAG file without its version: what the manifest's digest covers of it."""
    return dag_file(plan, NO_VERSION)


def is_dag_file(path: str) -> bool:
    """Whether a path in a workload is that of its DAG file."""
    return path.startswith("dags/")


def without_version(dag: bytes) -> bytes:
    """A DAG file with :data:`NO_VERSION` in the place of its version; as it is, where it does not have exactly one."""
    return with_version(dag, NO_VERSION)


def with_version(dag: bytes, digest12: str) -> bytes:
    """A DAG file with this version in the place of its own."""
    line = f'VERSION = "{digest12}"'.encode()
    return _VERSION_LINE.sub(line, dag) if len(_VERSION_LINE.findall(dag)) == 1 else dag


def gold_asset(workload: str) -> dict[str, str]:
    """Name and URI of the asset that stands for all of a workload's Gold; other workloads are scheduled on it."""
    return {"name": f"{workload}.gold", "uri": f"{ASSET_SCHEME}://{workload}/gold"}


def table_asset(workload: str, zone: str, table: str) -> dict[str, str]:
    """Name and URI of the asset of one zone table."""
    return {"name": f"{workload}.{zone}.{table}", "uri": f"{ASSET_SCHEME}://{workload}/{zone}/{table}"}


def dag_values(plan: WorkloadPlan, digest12: str) -> dict[str, Any]:
    """Everything that the template writes."""
    dag, workload, table = plan.dag, plan.workload, plan.metadata.table
    gold = [
        {"variable": f"GOLD_{number}", **table_asset(workload, "gold", item.name)}
        for number, item in enumerate(plan.transformation.gold_tables, start=1)
    ]
    assets = [
        {"variable": "BRONZE", **table_asset(workload, "bronze", table)},
        {"variable": "SILVER", **table_asset(workload, "silver", table)},
        *gold,
        {"variable": "GOLD", **gold_asset(workload)},
    ]
    return {
        "workload": workload,
        "engine": dag.engine,
        "version": digest12,
        "description": dag.description,
        "owner": dag.owner,
        "cron": dag.cron,
        "timezone": dag.timezone,
        "start_date": _start_date(dag.start_date),
        "depends_on": [gold_asset(name) for name in dag.depends_on],
        "retries": dag.retries,
        "retry_delay_seconds": dag.retry_delay_seconds,
        "execution_timeout_minutes": dag.execution_timeout_minutes,
        "deadline_minutes": dag.deadline_minutes,
        "paused": dag.paused,
        "tags": sorted(dag.tags),
        "assets": assets,
        "gold_variables": [item["variable"] for item in assets[2:]],
        "doc_md": _documentation(plan),
    }


def _start_date(text: str | None) -> list[int] | None:
    """Year, month and day; None: the DAG has no start date and runs from its next due time on."""
    return [int(part) for part in text.split("-")] if text else None


def _documentation(plan: WorkloadPlan) -> str:
    """What people see on the DAG's page."""
    tables = "\n".join(
        f"- `{table.name}` ({table.kind}): {table.description or 'one row for each Silver row'}"
        for table in plan.transformation.gold_tables
    )
    return (
        f"{plan.discovery.description}\n\nOwner: {plan.discovery.owner}. Primary key: "
        f"{', '.join(plan.metadata.primary_key)}.\n\nGates: Silver {plan.quality.silver_threshold:.2f}, "
        f"Gold {plan.quality.gold_threshold:.2f}; a failed gate publishes nothing.\n\nGold tables:\n\n{tables}\n"
    )
