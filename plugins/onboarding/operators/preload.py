"""What the steps import, imported once by the process that all tasks of a machine are forked from.

A listener of Airflow's life cycle: the scheduler with a LocalExecutor forks its workers, and those fork a process for
each task, which then finds the modules loaded. Otherwise each task of the meta-DAG imports them again, which takes
longer than most steps. The DAG processor, which forks for each file, starts with them too. With any other executor
tasks do not come from a fork of these processes, and nothing is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from airflow.listeners import hookimpl

PACKAGES = ("onboarding.operators.steps", "onboarding.codegen", "shared.pipeline")
#: Of others what takes longest; imported inside functions, so that parsing a DAG file stays cheap.
MODULES = (
    "airflow.providers.amazon.aws.hooks.s3",
    "duckdb",
    "onboarding.operators.summary",
    "requests",
    "shared.operators.pipeline_catalog",
    "shared.operators.pipeline_notes",
    "sqlglot.generators.duckdb",
    "sqlglot.generators.spark",
)
#: Runs on Spark, in an environment of its own.
_NOT_HERE = "shared.pipeline.spark"


@hookimpl
def on_starting(component: Any) -> None:
    """Import everything, when the component is one that tasks are forked from.

    :param component: the job of a scheduler, triggerer or DAG processor; in a task, something else.
    """
    if type(component).__module__ == "airflow.jobs.job" and _tasks_are_forks():
        preload()


def preload() -> None:
    """Import every module of :data:`PACKAGES` and :data:`MODULES`, and make what the meta-DAG's form is made of."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.startswith(_NOT_HERE):
                importlib.import_module(found.name)
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module("onboarding.operators.trigger_form").trigger_form()


def _tasks_are_forks() -> bool:
    from airflow.configuration import conf

    return "LocalExecutor" in conf.get("core", "executor")
