"""The tasks of a meta run, called in their order as functions, without Airflow's scheduler."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from onboarding.agents import DagAgent, MetadataAgent, QualityAgent, TransformationAgent
from onboarding.gates.card import NextRun
from onboarding.operators.step import MetaRun, StepContext, load_function
from onboarding.spec.settings import load_settings
from onboarding.workspace.chain import chain_run_id, handover_entry
from onboarding.workspace.outputs import OutputReference, output_key, write_output
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from shared.operators.test_gate import TestGateError

STEPS = "onboarding.operators.steps"
AGENTS = {
    "metadata": MetadataAgent, "transformation": TransformationAgent, "quality": QualityAgent, "dag": DagAgent,
}  # fmt: skip


class Run:
    """The tasks of one meta run, called in their order with the outputs of those before them."""

    def __init__(self, location: str, **conf: Any) -> None:
        self.store = Store(load_settings().workspace_uri)
        conf = {"source.location": location, "workload": "planted", **conf}
        self.run = MetaRun("onboard_meta_dag", "run-1", "run-1", 1, 1, "2026-01-05", "requester", conf)
        self.outputs: dict[str, OutputReference] = {}

    @property
    def record(self) -> RunRecord:
        return RunRecord(self.store, self.run.root_run_id)

    def step(self, name: str, path: str, *inputs: str) -> OutputReference:
        """Run a step and keep its output as ``name``."""
        given = {key: self.outputs[key] for key in inputs if key in self.outputs}
        context = StepContext(self.store, load_settings(), self.run, given)
        result = load_function(f"{STEPS}.{path}")(context)
        key = output_key(
            "run-1", path.replace(":", "."), self.run.iteration, {key: found.digest for key, found in given.items()}
        )
        self.outputs[name] = write_output(self.store, key, result.files, dict(result.summary))
        return self.outputs[name]

    def go_on(self, following: NextRun) -> None:
        """The next run of the chain, as an option of a gate hands it on."""
        iteration = self.run.iteration + 1
        run_id = chain_run_id(self.run.root_run_id, iteration)
        handed = following.model_dump(include={"from_phase", "gaps", "edits"})
        resume = {"root_run_id": self.run.root_run_id, "iteration": iteration, **handed}
        self.record.write(handover_entry(iteration), {"run_id": run_id})
        conf = {**self.run.conf, "resume": resume}
        self.run = replace(
            self.run, run_id=run_id, iteration=iteration, from_phase=following.from_phase or 1, conf=conf
        )
        self.outputs = {}

    def card(self, path: str) -> Any:
        """The card of a gate."""
        return load_function(path)(StepContext(self.store, load_settings(), self.run, self.outputs))

    def to_plan(self) -> None:
        """Phases 1 and 2 up to the plan."""
        self.step("conf", "route:validate_conf")
        self.step("discovery", "discovery:discover", "conf")
        self.step("connectivity", "validation:check_connectivity", "conf", "discovery")
        self.step("duplicates", "validation:detect_duplicates", "conf", "discovery")
        self.step("reuse", "validation:find_reusable_assets", "conf", "discovery")
        self.step("plan", "validation:summarize_plan", "conf", "discovery", "connectivity", "duplicates", "reuse")

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


def write_tickets(folder: Path) -> str:
    """A small tidy source in a folder; its URI."""
    lines = ["ticket_id,opened_on,minutes,channel,note"]
    lines += [
        f"T{number:04d},2026-0{1 + number % 9}-1{number % 9},{number % 47},{('mail', 'phone', 'chat')[number % 3]},"
        f"call {number} of customer"
        for number in range(1, 120)
    ]
    (folder / "tickets.csv").write_text("\n".join(lines) + "\n")
    return (folder / "tickets.csv").as_uri()
