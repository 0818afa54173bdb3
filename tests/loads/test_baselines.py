"""Whatever the order of runs, re-runs and kills: the baselines are those that follow from the loads.

What is expected is computed here, in a few lines of Python, from the rows that Bronze has.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from shared.pipeline import engine, state
from shared.pipeline.baselines import read_baselines
from shared.pipeline.tables import bring_tables, parquet_files, scan
from tests.loads import test_any_order as orders_of_runs
from tests.loads.deployed import Deployed
from tests.loads.test_any_order import MODELS, Step, Timeline, histories, quick

workload = orders_of_runs.workload


def expected(timeline: Timeline) -> dict[str, dict[str, Any]]:
    """Date -> load, rows, missing amounts and the sum of the others, of the last load of each date."""
    deployed = timeline.deployed
    latest = {load.run_date: load for load in state.read_loads(deployed.lake)}
    found = {}
    for run_date, load in latest.items():
        files = parquet_files(deployed.lake.bronze_load(deployed.plan.metadata.table, run_date, load.load_id))
        with engine.connection() as con:
            rows = con.execute(f"SELECT amount FROM {scan(bring_tables(files, deployed.folder))}").fetchall()
        found[run_date] = {"load_id": load.load_id, "rows": len(rows), "missing": 0}
        if len(rows) >= 10:
            found[run_date]["mean"] = sum(float(row[0]) for row in rows) / len(rows)
    return found


def kept(timeline: Timeline) -> dict[str, dict[str, Any]]:
    """What is kept, in the same form."""
    return {
        run_date: {"load_id": entry["load_id"], "rows": entry["rows"], **entry["columns"]["amount"]}
        for run_date, entry in read_baselines(timeline.deployed.lake).items()
    }


def check_baselines(workload: tuple[Deployed, Path, Path], examples: int) -> None:
    deployed, landing, folder = workload
    model, delivery = MODELS[deployed.plan.discovery.source.load]

    @quick(examples)
    @given(histories(delivery))
    def check(history: list[Step]) -> None:
        timeline = Timeline(deployed, landing, folder / f"baselines-{next(orders_of_runs._lakes)}")
        model(timeline, history)
        found = kept(timeline)
        for entry in found.values():
            entry.pop("deviation", None)
        assert found == {
            run_date: {**entry, **({"mean": pytest.approx(entry["mean"], rel=1e-8)} if "mean" in entry else {})}
            for run_date, entry in expected(timeline).items()
        }

    check()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_any_order_ends_in_the_same_baselines(workload: tuple[Deployed, Path, Path]) -> None:
    check_baselines(workload, 3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_any_order_ends_in_the_same_baselines_at_length(workload: tuple[Deployed, Path, Path]) -> None:
    check_baselines(workload, 100)
