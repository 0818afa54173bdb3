"""What runs take and cost: worked examples."""

from __future__ import annotations

from decimal import Decimal

import pytest

from onboarding.discovery.estimates import GLUE_DPUS, GLUE_JOB_RUNS, estimate, in_words, runs_per_month
from shared.operators import glue_steps


@pytest.mark.parametrize(
    ("cron", "runs"),
    [("0 2 * * *", 30), ("0 * * * *", 720), ("0 0 * * *", 30), ("0 4 1 * *", 1), ("@daily", 30), ("", None)],
)
def test_runs_of_a_month(cron: str, runs: int | None) -> None:
    assert runs_per_month(cron) == runs


def test_the_embedded_engine_costs_nothing_beyond_its_worker() -> None:
    found = estimate("local", 125_000_000, "0 2 * * *")
    assert (found.seconds_per_run, found.cost_usd_per_month) == (25, 0)
    assert in_words(found) == (
        "Estimated for deliveries like this: 25 s a run, 30 runs a month; no charge beyond this worker"
    )


def test_a_small_delivery_on_glue_pays_the_least_that_is_billed() -> None:
    found = estimate("aws", 1_000, "0 2 * * *")
    # Five job runs of 60 seconds with two DPUs: 600 DPU-seconds.
    assert found.glue_dpu_hours_per_run == Decimal("0.17")
    assert (found.cost_usd_per_run, found.cost_usd_per_month) == (Decimal("0.07"), Decimal("2.10"))
    assert "Glue 0.17 DPU-hours = 0.07 USD a run, 2.10 USD a month" in in_words(found)


def test_a_large_one_pays_for_its_bytes() -> None:
    found = estimate("aws", 18_000_000_000, "")
    # 3,600 seconds of work, 150 of starting the jobs and 15 of Airflow; the first two with two DPUs.
    assert found.glue_dpu_hours_per_run == Decimal("2.08")
    assert found.cost_usd_per_month is None
    assert "63 min a run; Glue" in in_words(found)


def test_the_jobs_are_those_that_are_generated() -> None:
    assert (glue_steps.WORKER_TYPE, glue_steps.WORKERS) == ("G.1X", GLUE_DPUS)
    assert GLUE_JOB_RUNS == 5
