"""Whatever the order of runs, re-runs and kills: Silver and Gold end in the rows that follow from the deliveries.

What is expected is computed here, in a few lines of Python, from the deliveries alone.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.pipeline.errors import NothingNewError
from shared.pipeline.zones import Lake
from tests.loads.deployed import Deployed, write_csv

HEADER = ("item_key", "amount", "version")
DATES = ("2026-03-01", "2026-03-02", "2026-03-03")
KEYS = [f"ITEM-{n:03d}" for n in range(6)]
FIRST = [(f"ITEM-{n:03d}", f"{n}.25", n) for n in range(40)]
CONFS: dict[str, dict[str, Any]] = {
    "full": {},
    "new_files": {"source.load": "new_files"},
    "watermark": {"source.watermark_column": "version"},
}
#: Scripts of a run; killed after so many of them, it is tried again.
SCRIPTS = 7
Row = tuple[str, str, int]
_lakes = itertools.count()


@dataclass(frozen=True)
class Step:
    """One event: what a date delivers (None: nothing new), then its run.

    :ivar killed_after: scripts after which the first try of the run dies; None: it does not.
    """

    run_date: str
    delivery: Any
    killed_after: int | None


def quick(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )  # fmt: skip


amounts = st.integers(0, 99).map(lambda n: f"{n}.50")
rows = st.lists(st.tuples(st.sampled_from(KEYS), amounts, st.integers(0, 9)), min_size=1, max_size=5)
files = st.dictionaries(st.sampled_from(["a", "b"]), rows, min_size=1, max_size=2)


@st.composite
def histories(draw: st.DrawFn, delivery: st.SearchStrategy[Any]) -> list[Step]:
    """One or two deliveries a date, in their order, the dates in any order; runs without a delivery in between."""
    queues = {date: draw(st.lists(delivery, min_size=1, max_size=2)) for date in DATES}
    order = draw(st.permutations([date for date in DATES for _ in queues[date]]))
    steps = []
    for date in order:
        steps.append(Step(date, queues[date].pop(0), draw(st.sampled_from([None, None, *range(SCRIPTS)]))))
        if draw(st.integers(0, 3)) == 0:
            steps.append(Step(draw(st.sampled_from(DATES)), None, None))
    return steps


class Timeline:
    """A source that deliveries change, and the runs of one lake."""

    def __init__(self, deployed: Deployed, landing: Path, lake: Path) -> None:
        shutil.rmtree(landing)
        landing.mkdir()
        self.landing = landing
        self.deployed = replace(deployed, lake=Lake(lake.as_uri(), deployed.lake.workload))
        self.runs = 0

    def run(self, step: Step) -> None:
        """One run of a date, tried again when it is killed; one that finds nothing new is over."""
        self.runs += 1
        suffix = f"run{self.runs}"
        try:
            if step.killed_after is not None:
                self.deployed.run(step.run_date, suffix, steps=step.killed_after)
            self.deployed.run(step.run_date, suffix)
        except NothingNewError:
            pass

    def check(self, expected: dict[str, str]) -> None:
        """Silver and Gold have exactly these keys and amounts."""
        for table in (self.deployed.silver(), self.deployed.gold()):
            assert sorted((row["item_key"], f"{row['amount']:.2f}") for row in table) == sorted(expected.items())


@pytest.fixture(scope="module", params=CONFS)
def workload(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Deployed, Path, Path]:
    """The workload of one way of loading, rendered once; its landing folder; a folder for lakes."""
    folder = tmp_path_factory.mktemp(request.param)
    landing = folder / "landing"
    write_csv(landing / "first.csv", HEADER, FIRST)
    conf = {
        "workload": "items", "domain.primary_key": ["item_key"], "quality.silver_threshold": 0.0,
        "quality.gold_threshold": 0.0, **CONFS[request.param],
    }  # fmt: skip
    return Deployed.onboard(f"{landing.as_uri()}/", folder, conf), landing, folder


def newest(ordered: Sequence[Row]) -> dict[str, str]:
    """Key -> amount of the last row of each key."""
    return {key: amount for key, amount, _ in ordered}


def full(timeline: Timeline, history: list[Step]) -> dict[str, str]:
    """Snapshots: what the newest date read last is what there is."""
    source: list[Row] = []
    read: dict[str, list[Row]] = {}
    for step in history:
        if step.delivery is not None:
            source = step.delivery
            write_csv(timeline.landing / "items.csv", HEADER, source)
        timeline.run(step)
        read[step.run_date] = source
    return newest(read[max(read)])


def new_files(timeline: Timeline, history: list[Step]) -> dict[str, str]:
    """Files of a date: the last delivery of each date, the dates one after the other."""
    delivered: dict[str, dict[str, list[Row]]] = {}
    for step in history:
        if step.delivery is not None:
            for path in timeline.landing.glob(f"{step.run_date}-*"):
                path.unlink()
            for name, content in step.delivery.items():
                write_csv(timeline.landing / f"{step.run_date}-{name}.csv", HEADER, content)
            delivered[step.run_date] = step.delivery
        timeline.run(step)
    return newest([row for date in sorted(delivered) for _, part in sorted(delivered[date].items()) for row in part])


def watermark(timeline: Timeline, history: list[Step]) -> dict[str, str]:
    """A table that grows, each date with higher versions than the dates before it: every row counts."""
    source: list[Row] = []
    for number, step in enumerate(history):
        start = DATES.index(step.run_date) * 1000 + number * 10
        source += [(key, amount, start + n) for n, (key, amount, _) in enumerate(step.delivery or ())]
        write_csv(timeline.landing / "items.csv", HEADER, source)
        timeline.run(step)
    return newest(sorted(source, key=lambda row: row[2]))


def late_watermark(timeline: Timeline, history: list[Step]) -> dict[str, str]:
    """A table whose rows are changed in place, and come with any version, also below those that were loaded."""
    source: dict[str, Row] = {}
    for number, step in enumerate(history):
        for n, (key, amount, band) in enumerate(step.delivery or ()):
            while key in source and band <= source[key][2] // 1000:
                band += 1
            source[key] = (key, amount, band * 1000 + number * 10 + n)
        write_csv(timeline.landing / "items.csv", HEADER, list(source.values()))
        timeline.run(step)
    return {key: amount for key, amount, _ in source.values()}


MODELS = {"full": (full, rows), "new_files": (new_files, files), "watermark": (watermark, rows)}


def check_any_order(workload: tuple[Deployed, Path, Path], examples: int) -> None:
    deployed, landing, folder = workload
    model, delivery = MODELS[deployed.plan.discovery.source.load]

    @quick(examples)
    @given(histories(delivery))
    def check(history: list[Step]) -> None:
        timeline = Timeline(deployed, landing, folder / f"lake-{next(_lakes)}")
        timeline.check(model(timeline, history))

    check()


def check_late_rows(workload: tuple[Deployed, Path, Path], examples: int) -> None:
    deployed, landing, folder = workload

    @quick(examples)
    @given(histories(rows), st.permutations(DATES))
    def check(history: list[Step], again: list[str]) -> None:
        timeline = Timeline(deployed, landing, folder / f"lake-{next(_lakes)}")
        expected = late_watermark(timeline, history)
        for run_date in again:
            timeline.run(Step(run_date, None, None))
        timeline.check(expected)

    check()


@pytest.mark.parametrize("workload", ["watermark"], indirect=True)
def test_a_backfill_over_the_range_finds_late_rows(workload: tuple[Deployed, Path, Path]) -> None:
    check_late_rows(workload, 5)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("workload", ["watermark"], indirect=True)
def test_a_backfill_over_the_range_finds_late_rows_at_length(workload: tuple[Deployed, Path, Path]) -> None:
    check_late_rows(workload, 100)


@pytest.mark.parametrize("workload", ["watermark"], indirect=True)
def test_any_order_ends_in_the_same_rows(workload: tuple[Deployed, Path, Path]) -> None:
    check_any_order(workload, 5)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_any_order_ends_in_the_same_rows_at_length(workload: tuple[Deployed, Path, Path]) -> None:
    check_any_order(workload, 100)
