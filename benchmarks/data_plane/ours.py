"""The same pipeline as the generator writes it: profiled, planned and rendered like any source."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.data_plane.data import write_source
from onboarding.codegen.scripts import script_order
from shared.operators import pipeline_steps
from shared.pipeline import engine
from shared.pipeline.zones import Lake
from tests.hard_input.onboarding_path import masking_key
from tests.spark.both_engines import RUN_DATE, Workload

#: What a person says of the table: its key, and the metrics of its one Gold table.
CONF: dict[str, Any] = {
    "domain.primary_key": ["line_id"],
    "domain.measures": {
        "revenue": {"aggregation": "sum", "expression": "amount"},
        "units": {"aggregation": "sum", "expression": "quantity"},
    },
    "destination.gold.tables": [
        {"name": "revenue", "kind": "aggregate", "grain": ["order_date", "country", "category"]}
    ],
}
SAMPLE_ROWS = 20_000
SUFFIX = "bench"
LOAD_ID = f"{RUN_DATE}-{SUFFIX}"


def onboard(source: Path, scratch: Path) -> Workload:
    """Render the workload from a small delivery.

    :param source: where the file is to be, in a folder of its own; ``.csv`` or ``.parquet``.
    """
    deliver(source, SAMPLE_ROWS)
    return Workload.onboard(source.as_uri(), scratch, CONF)


def deliver(source: Path, rows: int) -> None:
    """Put a delivery of so many rows in the place of the last one."""
    source.parent.mkdir(parents=True, exist_ok=True)
    with engine.connection() as con:
        write_source(con, source, rows)


def run_embedded(folder: Path, name: str) -> dict[str, float]:
    """Every script on the embedded engine, into an empty lake.

    :param folder: of :func:`onboard`; the workload is in ``workload``, the lake in ``lake_local``.
    :param name: of the workload.
    :returns: script -> seconds, what it reads and says included.
    """
    seconds = {}
    with empty_lake(Lake((folder / "lake_local").as_uri(), name)) as lake, masking_key():
        for script in script_order(name):
            started = time.monotonic()
            pipeline_steps.run_scripts(
                folder / "workload",
                [script],
                run_date=RUN_DATE,
                load_id=LOAD_ID,
                engine="local",
                lake_uri=lake.uri,
                aws_conn_id="",
            )
            seconds[Path(script).stem] = time.monotonic() - started
    return seconds


def run_spark(workload: Workload) -> float:
    """Every script as a job of one local Spark session, into an empty lake; returns seconds, Spark's start included."""
    with empty_lake(workload.lake("aws")):
        started = time.monotonic()
        done = workload.on_spark(suffix=SUFFIX, long_run=True)
        seconds = time.monotonic() - started
    if done.error:
        raise SystemExit(f"the workload failed on Spark: {done.error}")
    return seconds


@contextmanager
def empty_lake(lake: Lake) -> Iterator[Lake]:
    """The lake without what an earlier run left in it."""
    shutil.rmtree(Path(lake.uri.removeprefix("file://")), ignore_errors=True)
    yield lake
