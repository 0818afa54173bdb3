"""What a pipeline's runs will take and cost, told from the size of a delivery before anything is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pydantic import Field

from onboarding.spec.aws_prices import aws_prices
from onboarding.spec.conf import Strict

#: Bytes of a delivery that the embedded engine takes from source to Gold in a second on two cores: 171 MB of CSV with
#: 42 rules in 13.6 s (docs/benchmarks.md).
LOCAL_BYTES_PER_SECOND = 12_500_000
#: Airflow's own time for the seven tasks of a run: an assumption.
LOCAL_START_SECONDS = 15
#: The same for the jobs of a run on two workers of Glue: an assumption, for Glue was never run.
GLUE_BYTES_PER_SECOND = 5_000_000
#: Start of a job run (an assumption), and the least that AWS bills for one.
GLUE_START_SECONDS, GLUE_LEAST_SECONDS = 30, 60
#: Job runs of a pipeline's run, and DPUs of each (``shared.operators.glue_steps``: two workers G.1X).
GLUE_JOB_RUNS, GLUE_DPUS = 5, 2
#: Statements of a profile by Athena, each of which reads the source: two, and one a key and a list of values (an
#: assumption).
ATHENA_STATEMENTS = 8
_DAYS_OF_A_MONTH = 30
_CENT = Decimal("0.01")


class Estimate(Strict):
    """What runs will take, for deliveries like the one that was looked at.

    :ivar seconds_per_run: of the whole pipeline, seconds.
    :ivar runs_per_month: in 30 days; None where other workloads start it.
    :ivar glue_dpu_hours_per_run: 0 for the engine local.
    :ivar cost_usd_per_run: what AWS charges for computing; storage and requests are not in it.
    :ivar cost_usd_per_month: None where the number of runs is not known.
    """

    seconds_per_run: int
    runs_per_month: int | None
    glue_dpu_hours_per_run: Decimal = Field(ge=0)
    cost_usd_per_run: Decimal = Field(ge=0)
    cost_usd_per_month: Decimal | None


def estimate(engine: str, delivery_bytes: int, cron: str) -> Estimate:
    """The estimate for a pipeline.

    :param engine: ``local`` or ``aws``.
    :param delivery_bytes: of one delivery, unpacked.
    :param cron: its schedule; empty where it runs when other workloads have run.
    """
    runs = runs_per_month(cron)
    if engine != "aws":
        seconds = LOCAL_START_SECONDS + round(delivery_bytes / LOCAL_BYTES_PER_SECOND)
        none = Decimal(0)
        return Estimate(
            seconds_per_run=seconds, runs_per_month=runs, glue_dpu_hours_per_run=none, cost_usd_per_run=none,
            cost_usd_per_month=None if runs is None else none,
        )  # fmt: skip
    working = delivery_bytes / GLUE_BYTES_PER_SECOND
    billed = max(GLUE_LEAST_SECONDS * GLUE_JOB_RUNS, round(working + GLUE_START_SECONDS * GLUE_JOB_RUNS))
    hours = (Decimal(billed * GLUE_DPUS) / 3600).quantize(_CENT)
    cost = (hours * aws_prices().glue_dpu_hour).quantize(_CENT)
    return Estimate(
        seconds_per_run=LOCAL_START_SECONDS + round(working) + GLUE_START_SECONDS * GLUE_JOB_RUNS,
        runs_per_month=runs, glue_dpu_hours_per_run=hours, cost_usd_per_run=cost,
        cost_usd_per_month=None if runs is None else cost * runs,
    )  # fmt: skip


def runs_per_month(cron: str) -> int | None:
    """Runs of a schedule in 30 days; None without one."""
    if not cron:
        return None
    from croniter import croniter  # type: ignore[import-untyped]

    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=_DAYS_OF_A_MONTH)
    # A run at the very start counts, one at the very end is the next month's.
    moments, count = croniter(cron, start - timedelta(seconds=1)), 0
    while moments.get_next(datetime) < end:
        count += 1
    return count


def in_words(found: Estimate) -> str:
    """The estimate in a line."""
    runs = "" if found.runs_per_month is None else f", {found.runs_per_month:,} runs a month"
    spent = _duration(found.seconds_per_run)
    if not found.glue_dpu_hours_per_run:
        return f"Estimated for deliveries like this: {spent} a run{runs}; no charge beyond this worker"
    month = "" if found.cost_usd_per_month is None else f", {found.cost_usd_per_month:.2f} USD a month"
    prices = aws_prices()
    return (
        f"Estimated for deliveries like this: {spent} a run{runs}; Glue {found.glue_dpu_hours_per_run} DPU-hours = "
        f"{found.cost_usd_per_run:.2f} USD a run{month} (list price of {prices.as_of}; its speed is assumed)"
    )


def profile_in_words(source_bytes: int) -> str:
    """What a profile by a crawler and Athena reads and costs, in a line.

    :param source_bytes: as they lie in S3.
    """
    read = source_bytes * ATHENA_STATEMENTS
    prices = aws_prices()
    cost = (Decimal(read) / 10**12 * prices.athena_terabyte).quantize(_CENT)
    return (
        f"Profile: a Glue crawler, then about {ATHENA_STATEMENTS} statements on Athena over "
        f"{source_bytes / 1e6:,.1f} MB each = {cost} USD, once (list price of {prices.as_of}); "
        "a share of the rows is measured"
    )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
