"""A defect planted in each agent: its tests are red, the second attempt answers them and is green; or red again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from onboarding.agents import DagAgent, MetadataAgent, QualityAgent, TransformationAgent
from onboarding.operators.step import MetaRun, StepContext, load_function
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
from onboarding.workspace.outputs import OutputReference, output_key, write_output
from onboarding.workspace.record import RunRecord, last_attempts
from onboarding.workspace.store import Store
from shared.operators.test_gate import TestGateError

STEPS = "onboarding.operators.steps"
AGENTS = {
    "metadata": MetadataAgent, "transformation": TransformationAgent, "quality": QualityAgent, "dag": DagAgent,
}  # fmt: skip


class Run:
    """The tasks of one meta run, called in their order with the outputs of those before them."""

    def __init__(self, location: str) -> None:
        self.store = Store(load_settings().workspace_uri)
        conf = {"source.location": location, "workload": "planted"}
        self.run = MetaRun("onboard_meta_dag", "run-1", "run-1", 1, "2026-01-05", "requester", conf)
        self.outputs: dict[str, OutputReference] = {}

    @property
    def record(self) -> RunRecord:
        return RunRecord(self.store, self.run.root_run_id)

    def step(self, name: str, path: str, *inputs: str) -> OutputReference:
        """Run a step and keep its output as ``name``."""
        given = {key: self.outputs[key] for key in inputs if key in self.outputs}
        context = StepContext(self.store, load_settings(), self.run, given)
        result = load_function(f"{STEPS}.{path}")(context)
        key = output_key("run-1", path.replace(":", "."), 1, {key: found.digest for key, found in given.items()})
        self.outputs[name] = write_output(self.store, key, result.files, dict(result.summary))
        return self.outputs[name]

    def to_profile(self) -> None:
        """Phases 1 and 3 up to the measured profile."""
        self.step("conf", "route:validate_conf")
        self.step("discovery", "discovery:discover", "conf")
        self.step("profile", "profile:measure", "conf", "discovery")

    def profiling(self) -> None:
        """Phase 3's agent with its test gate and, where that is red, the second attempt."""
        known = ("conf", "discovery", "profile")
        self.step("metadata", "profile:propose", *known)
        self.step("files", "profile:render", *known, "metadata")
        self._judged("profiling", "profile:test_gate", known, "metadata", "files")

    def agent(self, name: str, before: tuple[str, ...]) -> None:
        """An agent of phase 4 with its test gate and, where that is red, the second attempt."""
        drafts = ["structure", *(f"{agent}_files" for agent in AGENTS)]
        known = ("conf", "discovery", "profile", "metadata", *before)
        made = tuple(draft for draft in drafts if draft in self.outputs)
        first = {name: self.outputs[name]} if name in self.outputs else {}
        self.step(name, f"build:propose_{name}", *known)
        self.step(f"{name}_files", f"build:render_{name}", *known, name, *made)
        proposed = self.outputs[name]
        try:
            self.step("tests", f"build:test_{name}", *known, name, *made, f"{name}_files")
        except TestGateError:
            self.outputs |= first
            second = self.step("second", f"second_attempt:{name}", *known, *made)
            self.outputs |= {name: second, f"{name}_files": second}
            assert proposed != second

    def _judged(self, agent: str, gate: str, known: tuple[str, ...], plan: str, files: str) -> None:
        try:
            self.step("tests", gate, *known, plan, files)
        except TestGateError:
            self.outputs[plan] = self.step("second", f"second_attempt:{agent}", *known)

    def build(self) -> None:
        """Phase 4 up to the last agent."""
        known = ("conf", "discovery", "profile", "metadata")
        self.step("structure", "build:structure", *known)
        before: tuple[str, ...] = ()
        for name in AGENTS:
            self.agent(name, before)
            before = (*before, name) if name != "metadata" else before
        drafts = tuple(f"{agent}_files" for agent in AGENTS)
        self.step("review", "build:review", *known, *before, "structure", *drafts)

    def plan(self, name: str) -> dict[str, Any]:
        plan: dict[str, Any] = json.loads(self.store.read(f"{self.outputs[name].key}/plan.json"))
        return plan


@pytest.fixture
def run(record: RunRecord, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A small tidy source, ready to be profiled."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    load_settings.cache_clear()
    lines = ["ticket_id,opened_on,minutes,channel,note"]
    lines += [
        f"T{number:04d},2026-0{1 + number % 9}-1{number % 9},{number % 47},{('mail', 'phone', 'chat')[number % 3]},"
        f"call {number} of customer"
        for number in range(1, 120)
    ]
    (tmp_path / "tickets.csv").write_text("\n".join(lines) + "\n")
    return Run((tmp_path / "tickets.csv").as_uri())


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
        ("quality", unique_channel, {"quality.channel_unique": "flag"}),
        ("dag", other_name, {"dag.dag_id": "planted"}),
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
