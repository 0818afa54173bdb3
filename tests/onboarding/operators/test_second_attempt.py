"""A defect planted in each agent: its tests are red, the second attempt answers them and is green; or red again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from onboarding.agents import MetadataAgent, QualityAgent
from onboarding.operators.step import StepContext
from onboarding.operators.steps.second_attempt import profiling
from onboarding.spec.plans import (
    CleaningOperation,
    DagPlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
)
from onboarding.spec.settings import load_settings
from onboarding.workspace.outputs import output_key, write_output
from onboarding.workspace.record import RunRecord, last_attempts
from shared.operators.test_gate import TestGateError
from tests.onboarding.operators.meta_run import AGENTS, Run, write_tickets


@pytest.fixture
def run(record: RunRecord, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A small tidy source, ready to be profiled."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    load_settings.cache_clear()
    return Run(write_tickets(tmp_path))


Plant = Callable[[Any], Any]


def plant(monkeypatch: pytest.MonkeyPatch, agent: type[Any], change: Plant) -> None:
    """Every plan that the agent makes from now on has the defect; what it does about failures is its own."""
    planned = agent._plan
    monkeypatch.setattr(agent, "_plan", lambda self, context: change(planned(self, context)))


def without_a_column(plan: MetadataPlan) -> MetadataPlan:
    return plan.model_copy(update={"columns": [column for column in plan.columns if column.name != "channel"]})


def impossible_date_format(plan: TransformationPlan) -> TransformationPlan:
    return _with_operation(
        plan, CleaningOperation(column="channel", operation="require_format", arguments={"pattern": "[0-9]{9}"})
    )


def _with_operation(plan: TransformationPlan, operation: CleaningOperation) -> TransformationPlan:
    return plan.model_copy(update={"cleaning": [*plan.cleaning, operation]})


def unique_channel(plan: QualityPlan) -> QualityPlan:
    rule = QualityRule(
        id="channel_unique", zone="silver", table="planted", columns=["channel"], dimension="uniqueness",
        check="unique", severity="critical", on_fail="quarantine", min_pass_rate=0.99, reason="planted",
    )  # fmt: skip
    return plan.model_copy(update={"rules": [*plan.rules, rule]})


def other_name(plan: DagPlan) -> DagPlan:
    return plan.model_copy(update={"dag_id": "somebody_else"})


def decisions(plan: Mapping[str, Any]) -> dict[str, str]:
    return {item["subject"]: item["value"] for item in plan["decisions"] if item["fallback"]}


def attempts(run: Run) -> dict[str, int]:
    return {str(entry["agent"]): int(entry["attempts"]) for entry in last_attempts(run.record.entries())}


def test_profiling_brings_a_lost_column_back_as_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.to_profile()
    plant(monkeypatch, MetadataAgent, without_a_column)
    run.profiling()
    assert attempts(run) == {"profiling": 2}
    first = run.record.read("tests-profiling-01")
    assert first is not None
    assert "channel" in first["unit"]["failures"][0]["message"]
    assert decisions(run.plan("metadata")) == {"columns.channel.type": "text"}
    assert [column["name"] for column in run.plan("metadata")["columns"]][3] == "channel"


def test_what_was_confirmed_is_what_is_built(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.to_profile()
    plant(monkeypatch, MetadataAgent, without_a_column)
    run.profiling()
    confirmed = run.plan("metadata")
    run.build()
    assert run.plan("metadata") == confirmed
    assert set(attempts(run).values()) == {1, 2}


@pytest.mark.parametrize(
    ("agent", "defect", "wanted"),
    [
        ("transformation", impossible_date_format, {"columns.channel.cleaning": "plain"}),
        pytest.param("quality", unique_channel, {"quality.channel_unique": "flag"}, marks=pytest.mark.slow),
        pytest.param("dag", other_name, {"dag.dag_id": "planted"}, marks=pytest.mark.slow),
    ],
)
def test_an_agent_answers_its_failed_tests(
    run: Run, monkeypatch: pytest.MonkeyPatch, agent: str, defect: Plant, wanted: dict[str, str]
) -> None:
    run.to_profile()
    run.profiling()
    plant(monkeypatch, AGENTS[agent], defect)
    run.build()
    assert attempts(run) == {name: 2 if name == agent else 1 for name in ("profiling", *AGENTS)}
    assert decisions(run.plan(agent)) == wanted
    second = run.record.read(f"tests-{agent}-01-second")
    assert second is not None
    assert second["passed"]
    assert [item["subject"] for item in second["fallbacks"]] == list(wanted)
    assert second["answered"]


def test_metadata_reads_a_column_as_text_whose_format_reads_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.to_profile()
    run.profiling()
    plan = run.plan("metadata")
    column = next(column for column in plan["columns"] if column["name"] == "minutes")
    column |= {"type": "decimal", "precision": 2, "scale": 9}
    key = output_key("run-1", "planted", 1, {"metadata": "planted"})
    run.outputs["metadata"] = write_output(run.store, key, {"plan.json": json.dumps(plan).encode()}, {})
    run.build()
    assert attempts(run)["metadata"] == 2
    assert decisions(run.plan("metadata")) == {"columns.minutes.type": "text"}
    minutes = next(column for column in run.plan("metadata")["columns"] if column["name"] == "minutes")
    assert (minutes["type"], minutes["role"]) == ("text", "attribute")


def test_red_twice_says_what_was_produced_and_what_failed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.to_profile()
    run.profiling()
    threshold = lambda plan: plan.model_copy(update={"silver_threshold": 1.01})  # noqa: E731 - a defect without a fallback
    plant(monkeypatch, QualityAgent, threshold)
    with pytest.raises(TestGateError, match="failed again"):
        run.build()
    second = run.record.read("tests-quality-01-second")
    assert second is not None
    assert (second["attempts"], second["passed"], second["fallbacks"]) == (2, False, [])
    failures = second["unit"]["failures"]
    assert failures[0]["name"].startswith("tests.unit.test_quality::")
    assert "assert" in failures[0]["message"]
    assert "scripts/quality/check_silver.py" in second["produced"]


def test_a_second_attempt_without_a_red_first_one_has_nothing_to_do(run: Run) -> None:
    run.to_profile()
    given = {name: run.outputs[name] for name in ("conf", "discovery", "profile")}
    result = profiling(StepContext(run.store, load_settings(), run.run, given))
    assert result.skip
    assert result.reason == "no failed test of the profiling agent to answer"
