"""Addresses of Airflow's own pages and of the pages that the plugin puts into Airflow's UI.

They are written here, without Airflow's web framework, since cards and the command line name them too.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

META_DAG = "onboard_meta_dag"
# The last part of the plugin's addresses inside Airflow's UI (``url_route`` of its external views).
LIST_ROUTE = "onboarding"
REPORT_ROUTE = "onboarding-report"


def airflow_url(configured: str = "") -> str:
    """Address of Airflow's UI without a trailing slash; empty when nobody configured one.

    :param configured: ``[onboarding] base_url``; ``[api] base_url`` counts when it is empty.
    """
    if configured:
        return configured.rstrip("/")
    from airflow.configuration import conf

    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/")


def airflow_path() -> str:
    """Path below which this environment's api-server answers (``/airflow``); empty at the root of its host."""
    return urlsplit(airflow_url()).path.rstrip("/")


def list_url(base: str) -> str:
    """The page of all onboardings."""
    return f"{base}/plugin/{LIST_ROUTE}"


def run_url(base: str, dag_id: str, run_id: str) -> str:
    """Airflow's page of a run."""
    return f"{base}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"


def report_url(base: str, dag_id: str, run_id: str) -> str:
    """The tab with the full report on the page of a meta run."""
    return f"{run_url(base, dag_id, run_id)}/plugin/{REPORT_ROUTE}"


def required_actions_url(base: str, gate_dag_id: str, gate_run_id: str) -> str:
    """Airflow's page on which a person answers a gate."""
    return f"{run_url(base, gate_dag_id, gate_run_id)}/tasks/approve/required_actions"
