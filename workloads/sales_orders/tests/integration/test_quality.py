"""Integration tests of the quality agent: the gates of the whole pipeline on a lake in a scratch folder."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from shared.pipeline import storage
from shared.pipeline.errors import QualityGateFailed
from shared.testing.workload import CHECK_SCRIPTS, PipelineRun, WorkloadFolder

GOLD_TABLES = ["sales_orders"]
# A column whose unreadable values Silver holds back, and the rule that says so; empty: there is none.
HELD_COLUMN, HELD_RULE = "customer_email", "customer_email_parsed"
# So many unreadable rows among so many leave the gate passing; among 0: it passes with none.
HELD_ROWS, HELD_AMONG = 3, 40


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


@pytest.fixture
def pipeline(workload: WorkloadFolder, tmp_path: Path) -> PipelineRun:
    return PipelineRun(workload, tmp_path)


def impossible(pipeline: PipelineRun, zone: str) -> Any:
    """The check script of a zone with a threshold that nothing reaches."""
    script: Any = pipeline.workload.script(CHECK_SCRIPTS[zone])
    script.SPECS = tuple(dataclasses.replace(spec, threshold=1.01) for spec in script.SPECS)
    return script


def test_right_rows_pass_the_silver_gate(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    summary = pipeline.to_silver(workload.rows(40))["tables"][workload.table]
    assert summary["passed"] is True
    assert summary["score"] >= summary["threshold"]
    assert len(pipeline.published("silver", workload.table)) == 40 - summary["quarantined"]


def test_right_rows_pass_the_gold_gate_and_are_published(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    pipeline.to_gold(workload.rows(40))
    for table in GOLD_TABLES:
        assert pipeline.published("gold", table), table


def test_unreadable_rows_are_held_back_with_their_reason(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    rows = workload.rows(HELD_AMONG or 40)
    bad = HELD_ROWS if HELD_RULE else 0
    for row in rows[:bad]:
        row[next(column.source_name for column in workload.columns if column.name == HELD_COLUMN)] = "?!"
    passes = bool(HELD_AMONG) or not bad
    with contextlib.nullcontext() if passes else pytest.raises(QualityGateFailed):
        pipeline.to_silver(rows)
    held = [row for row in pipeline.quarantine("silver") if HELD_RULE in row["_reasons"]]
    assert len(held) == bad
    left = len(rows) - len(pipeline.quarantine("silver"))
    assert len(pipeline.published("silver", workload.table)) == (left if passes else 0)


def test_a_failed_silver_gate_publishes_nothing(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    pipeline.extract(workload.rows(10))
    pipeline.run("scripts/transform/bronze_to_silver.py")
    with pytest.raises(QualityGateFailed):
        impossible(pipeline, "silver").main(pipeline.arguments().as_argv())
    assert pipeline.published("silver", workload.table) == []


def test_a_failed_gold_gate_keeps_gold_as_it_was(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    pipeline.to_silver(workload.rows(10))
    pipeline.run("scripts/transform/silver_to_gold.py")
    with pytest.raises(QualityGateFailed):
        impossible(pipeline, "gold").main(pipeline.arguments().as_argv())
    assert [pipeline.published("gold", table) for table in GOLD_TABLES] == [[] for _ in GOLD_TABLES]


def test_the_bronze_check_only_informs(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    pipeline.extract([*workload.rows(5), workload.bad_row()])
    assert pipeline.run(CHECK_SCRIPTS["bronze"])["rows"] == 6
    assert len(pipeline.bronze()) == 6


def test_every_verdict_is_kept_in_the_history(workload: WorkloadFolder, pipeline: PipelineRun) -> None:
    pipeline.to_silver(workload.rows(10))
    history = storage.read_bytes(pipeline.lake.state("quality", "silver.jsonl"))
    assert history is not None
    assert history.count(b'"score"') == 1
