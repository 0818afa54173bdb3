"""Addresses of pages in Airflow's UI."""

from __future__ import annotations

from onboarding.gates.links import airflow_url, report_url, required_actions_url


def test_the_configured_address_comes_first() -> None:
    assert airflow_url("https://airflow.example/base/") == "https://airflow.example/base"


def test_run_ids_are_quoted() -> None:
    url = report_url("https://a", "onboard_meta_dag", "manual__2026-01-05T00:00:00+00:00/x")
    assert url.endswith("/runs/manual__2026-01-05T00%3A00%3A00%2B00%3A00%2Fx/plugin/onboarding-report")


def test_the_page_that_answers_a_gate() -> None:
    url = required_actions_url("", "onboard_gate_approve_plan", "r")
    assert url == "/dags/onboard_gate_approve_plan/runs/r/tasks/approve/required_actions"
