"""One workload, two engines: Bronze, Silver, quarantine with its reasons, Gold and the books agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from onboarding.local_platform.environment import sample_data_folder
from shared.pipeline import storage
from tests.spark.both_engines import Run, Workload, check_equal
from tests.spark.dirty_sources import Dirt, csv_of_several_senders, json_lines_that_drift, typed_parquet
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


@pytest.mark.parametrize("plant", [csv_of_several_senders, json_lines_that_drift, typed_parquet])
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


def test_a_cluster_leaves_no_scratch_in_the_lake(tmp_path: Path) -> None:
    """Executors apart from the driver: files of the lake are read and written where they lie."""
    dirt = csv_of_several_senders(tmp_path / "in")
    workload = Workload.onboard(dirt.location, tmp_path, dirt.conf)

    spark = workload.on_spark(master="local-cluster[1,2,1024]")

    check_equal(workload.on_duckdb(), spark)
    assert storage.list_files(storage.join(spark.lake.uri, "_state", "_spark")) == []


def found(run: Run) -> dict[str, int]:
    """What a run says of the dirt that it met."""
    steps = {Path(script).stem.split("_")[0]: summary for script, summary in run.summaries.items()}
    silver = {Path(script).stem: summary for script, summary in run.summaries.items()}
    return {
        "unreadable": steps["extract"]["unreadable"],
        "duplicates": sum(table["duplicates"] for table in silver["bronze_to_silver"]["tables"].values()),
        "quarantined": sum(table["quarantined"] for table in silver["check_silver"]["tables"].values()),
    }
