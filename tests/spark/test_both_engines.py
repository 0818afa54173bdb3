"""One workload, two engines: Bronze, Silver, quarantine with its reasons, Gold and the books agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from onboarding.local_platform.environment import sample_data_folder
from shared.pipeline import engine, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.erasure import Person, erase
from shared.pipeline.erasure_list import digest_of
from shared.pipeline.zones import Lake
from tests.hard_input.onboarding_path import masking_key
from tests.spark.both_engines import Run, Workload, check_equal
from tests.spark.deliveries import (
    Deliveries,
    Persons,
    events_by_number,
    orders_by_moment,
    persons_by_email,
    persons_by_number,
)
from tests.spark.dirty_sources import (
    Dirt,
    csv_of_several_senders,
    csv_with_padding,
    frames,
    json_lines_that_drift,
    typed_parquet,
)
from tools.render_example import DEMO_CONF

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("version", "ansi"), [("3.5.6", False), ("4.1.1", True)], ids=["3.5.6", "4.1.1-ansi"])
def test_the_demo_data_set(tmp_path: Path, version: str, ansi: bool) -> None:
    location = storage.file_uri(sample_data_folder() / "sales") + "/"
    conf = {key: value for key, value in DEMO_CONF.items() if not key.startswith("source")}
    workload = Workload.onboard(location, tmp_path, conf)

    counts = check_equal(workload.on_duckdb(), workload.on_spark(version=version, ansi=ansi))

    assert counts["gold/sales_orders"] > 1000
    assert counts["quarantine/duplicates"] > 0


@pytest.mark.parametrize(
    "plant", [csv_of_several_senders, csv_with_padding, json_lines_that_drift, typed_parquet, frames]
)
def test_planted_dirt(tmp_path: Path, plant: Callable[[Path], Dirt]) -> None:
    dirt = plant(tmp_path / "in")
    workload = Workload.onboard(dirt.location, tmp_path, dirt.conf)

    local, spark = workload.on_duckdb(), workload.on_spark()

    check_equal(local, spark)
    assert not spark.error
    assert {name: found(spark)[name] for name in dirt.planted} == dirt.planted


@pytest.mark.parametrize(
    ("plant", "condition"),
    [
        (csv_of_several_senders, "upper(trim(country)) <> 'CH' AND TRY_CAST(amount AS DOUBLE) < 100"),
        (typed_parquet, "id % 3 <> 0"),
    ],
)
def test_a_filter_leaves_out_the_same_rows(tmp_path: Path, plant: Callable[[Path], Dirt], condition: str) -> None:
    dirt = plant(tmp_path / "in")
    workload = Workload.onboard(dirt.location, tmp_path, {**dirt.conf, "source.filter": condition})

    local, spark = workload.on_duckdb(), workload.on_spark()

    check_equal(local, spark)
    extracts = [summary for script, summary in spark.summaries.items() if "/extract/" in script]
    assert 0 < extracts[0]["filtered_out"] < extracts[0]["source"]


@pytest.mark.parametrize("plant", [orders_by_moment, events_by_number])
def test_loads_by_watermark_take_the_same_rows(tmp_path: Path, plant: Callable[[Path], Deliveries]) -> None:
    """Dates in turn; then an earlier one again, when rows have come late, and one before all."""
    deliveries = plant(tmp_path / "in")
    deliveries.deliver(0)
    workload = Workload.onboard(deliveries.location, tmp_path, deliveries.conf)

    for number, (run_date, suffix, new) in enumerate(deliveries.runs):
        deliveries.deliver(number)
        local, spark = workload.on_duckdb(run_date, suffix), workload.on_spark(run_date, suffix)
        check_equal(local, spark, run_date, suffix)
        if new:
            assert loaded(spark) == new, (run_date, suffix)
        else:
            assert "No row of the source is new" in spark.error["what"]


@pytest.mark.parametrize("plant", [persons_by_email, persons_by_number])
def test_erased_persons_stay_out_of_later_loads(tmp_path: Path, plant: Callable[[Path], Persons]) -> None:
    persons = plant(tmp_path / "in")
    persons.deliver(0)
    workload = Workload.onboard(persons.location, tmp_path, persons.conf)
    for run in (workload.on_duckdb(suffix="first"), workload.on_spark(suffix="first")):
        assert not run.error
        assert erase_from(run.lake, workload, persons.key) == persons.erased[0]
    persons.deliver(1)

    local, spark = workload.on_duckdb("2026-01-16", "second"), workload.on_spark("2026-01-16", "second")

    check_equal(local, spark, "2026-01-16", "second")
    assert not spark.error
    extract = next(summary for script, summary in spark.summaries.items() if "/extract/" in script)
    assert extract["erased"] == persons.erased[1]
    assert extract["source"] == extract["bronze"] + extract["erased"]


def test_a_cluster_leaves_no_scratch_in_the_lake(tmp_path: Path) -> None:
    """Executors apart from the driver: files of the lake are read and written where they lie."""
    dirt = csv_of_several_senders(tmp_path / "in")
    workload = Workload.onboard(dirt.location, tmp_path, dirt.conf)

    spark = workload.on_spark(master="local-cluster[1,2,1024]")

    check_equal(workload.on_duckdb(), spark)
    assert storage.list_files(storage.join(spark.lake.uri, "_state", "_spark")) == []


def erase_from(lake: Lake, workload: Workload, key: Mapping[str, str]) -> int:
    """What the erasing run of a pipeline does in the place of the extract; returns the rows of Bronze."""
    arguments = RunArguments("file:///workload", "2026-01-15", "2026-01-15-erase", "local", lake.uri)
    with masking_key(), engine.connection() as con:
        person = Person(tuple(sorted(key)), digest_of(con, lake.workload, key))
        return erase(lake, workload.plan.metadata.table, [], person, arguments, "erase__1").rows


def loaded(run: Run) -> int:
    """Rows that a run has put into Bronze."""
    return next(int(summary["bronze"]) for script, summary in run.summaries.items() if "/extract/" in script)


def found(run: Run) -> dict[str, int]:
    """What a run says of the dirt that it met."""
    steps = {Path(script).stem.split("_")[0]: summary for script, summary in run.summaries.items()}
    silver = {Path(script).stem: summary for script, summary in run.summaries.items()}
    return {
        "unreadable": steps["extract"]["unreadable"],
        "duplicates": sum(table["duplicates"] for table in silver["bronze_to_silver"]["tables"].values()),
        "quarantined": sum(table["quarantined"] for table in silver["check_silver"]["tables"].values()),
    }
