"""The full report of one onboarding: everything that its record and its steps' outputs say, read only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from onboarding.deploy.dry_run import DryRun
from onboarding.discovery.profiling import as_planned
from onboarding.gates.links import required_actions_url, run_url
from onboarding.spec.phases import phase_statuses
from onboarding.spec.plans import (
    DagPlan,
    Decision,
    DiscoveryPlan,
    MetadataPlan,
    QualityPlan,
    TransformationPlan,
)
from onboarding.spec.profile import ColumnProfile, ProfileReport
from onboarding.spec.report import KeptAnswer
from onboarding.ui.airflow_access import Run, task_outputs, task_states, waiting_gates
from onboarding.ui.onboardings import Link, current_phase, outcome_of, state_of
from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import StorageError, Store

ModelT = TypeVar("ModelT", bound=BaseModel)
_AGENT_ORDER = ("profiling", "metadata", "transformation", "quality", "dag", "ontology")


@dataclass(frozen=True)
class ColumnRow:
    """A column of the profile beside what was decided about it."""

    profile: ColumnProfile
    type: str
    role: str
    key: bool
    masking: str


@dataclass(frozen=True)
class DecisionRow:
    """A decision and the agent that made it."""

    agent: str
    decision: Decision


@dataclass(frozen=True)
class Approval:
    """What a gate's record entry says, and where the gate's own run is."""

    entry: Mapping[str, Any]
    url: str


@dataclass
class Report:
    """What the page shows. Parts that are not there yet are None or empty.

    :ivar unreadable: outputs that exist and are not what this version expects.
    """

    run: Run
    state: str
    phase: str
    phases: dict[str, str]
    record: Mapping[str, Mapping[str, Any]]
    outcome: Mapping[str, Any]
    waiting: list[Link]
    run_page: str
    discovery: DiscoveryPlan | None = None
    profile: ProfileReport | None = None
    metadata: MetadataPlan | None = None
    transformation: TransformationPlan | None = None
    quality: QualityPlan | None = None
    dag: DagPlan | None = None
    dry_run: DryRun | None = None
    answer: KeptAnswer | None = None
    approvals: list[Approval] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def workload(self) -> str:
        """Name of the workload, as far as it is known."""
        return str(self.entry("request").get("workload") or "")

    def entry(self, name: str) -> Mapping[str, Any]:
        """An entry of the record; empty when there is none."""
        return self.record.get(name, {})

    @property
    def conf(self) -> list[tuple[str, str]]:
        """Leaves of the conf that somebody gave, by dotted name."""
        return list(_leaves(self.entry("request").get("conf", {})))

    @property
    def columns(self) -> list[ColumnRow]:
        """The profile's columns with what was decided about them."""
        return [_column(column, self.metadata, self.transformation) for column in self._profiled()]

    @property
    def decisions(self) -> list[DecisionRow]:
        """Every decision so far, in the order of the agents; what needs eyes first."""
        plans = {
            "metadata": self.metadata,
            "transformation": self.transformation,
            "quality": self.quality,
            "dag": self.dag,
        }
        found = [DecisionRow(agent, decision) for agent, plan in plans.items() if plan for decision in plan.decisions]
        return sorted(found, key=lambda row: not row.decision.needs_eyes)

    @property
    def tests(self) -> list[Mapping[str, Any]]:
        """Results of the agents' test gates, every attempt, in the order of the flow."""
        found = [entry for name, entry in sorted(self.record.items()) if name.startswith("tests-")]
        return sorted(found, key=lambda entry: (_position(str(entry.get("agent"))), entry.get("attempts", 1)))

    @property
    def edits(self) -> list[Mapping[str, Any]]:
        """What a person made of files whose tests had failed twice, each time it was shown."""
        return [entry for name, entry in sorted(self.record.items()) if name.startswith("edits-")]

    def _profiled(self) -> list[ColumnProfile]:
        return self.profile.columns if self.profile else []


def read_report(session: Session, workspace: Store, run: Run, readable: frozenset[str], base: str) -> Report:
    """The report of the onboarding that this meta run belongs to.

    :param readable: DAGs that the user may read; a gate outside of them is left out.
    :param base: path or address that Airflow's own pages start with.
    """
    record = RunRecord(workspace, run.root_run_id).entries()
    states = task_states(session, run.dag_id, [run.run_id])[run.run_id]
    waiting = waiting_gates(session, readable).get(run.run_id, [])
    outcome = outcome_of(run, record)
    report = Report(
        run=run,
        state=state_of(run, outcome, waiting=bool(waiting)),
        phase=current_phase(run, states),
        phases=phase_statuses(states),
        record=record,
        outcome=outcome,
        waiting=[Link(gate.gate, required_actions_url(base, gate.dag_id, gate.run_id)) for gate in waiting],
        run_page=run_url(base, run.dag_id, run.run_id),
        approvals=_approvals(record, base),
        errors=_errors(record, states),
    )
    _add_outputs(report, _Outputs(workspace, run, task_outputs(session, run.dag_id, run.run_id), report.unreadable))
    return report


class _Outputs:
    """Files of the outputs that a run's tasks returned."""

    def __init__(self, workspace: Store, run: Run, returned: Mapping[str, Any], unreadable: list[str]) -> None:
        self._workspace, self._returned, self._unreadable = workspace, returned, unreadable
        # What a task returned can be edited in Airflow: nothing outside of this onboarding is read.
        self._root = f"runs/{safe_segment(run.root_run_id)}/outputs/"

    def model(self, task_id: str, file: str, model: type[ModelT]) -> ModelT | None:
        """A JSON file of a task's output, or None when there is none that can be read."""
        key = self._key(task_id)
        if not key:
            return None
        try:
            return model.model_validate_json(self._workspace.read(f"{key}/{file}"))
        except (FileNotFoundError, ValidationError, StorageError):
            self._unreadable.append(f"{task_id}: {file}")
            return None

    def plan(self, group: str, model: type[ModelT]) -> ModelT | None:
        """The plan of an agent's group: of its second attempt where there was one that passed."""
        return self.model(f"{group}.second_attempt", "plan.json", model) or self.model(
            f"{group}.propose", "plan.json", model
        )

    def branched(self, task_id: str) -> bool:
        """Whether a task went on by a branch, and left what that needs instead of its usual files."""
        returned = self._returned.get(task_id)
        summary = returned.get("summary") if isinstance(returned, dict) else None
        return bool(isinstance(summary, dict) and summary.get("branch"))

    def _key(self, task_id: str) -> str:
        returned = self._returned.get(task_id)
        key = str(returned.get("key") or "") if isinstance(returned, dict) else ""
        return key if key.startswith(self._root) else ""


def _add_outputs(report: Report, outputs: _Outputs) -> None:
    if not outputs.branched("phase_1_discovery.discover"):
        report.discovery = outputs.model("phase_1_discovery.discover", "discovery.json", DiscoveryPlan)
    report.answer = outputs.model("route.query_gold", "answer.json", KeptAnswer)
    report.profile = outputs.model("phase_3_profile.measure", "profile.json", ProfileReport)
    report.metadata = outputs.plan("phase_4_build.metadata", MetadataPlan) or outputs.plan(
        "phase_3_profile", MetadataPlan
    )
    if report.profile and report.metadata:
        report.profile = as_planned(report.profile, report.metadata)
    report.transformation = outputs.plan("phase_4_build.transformation", TransformationPlan)
    report.quality = outputs.plan("phase_4_build.quality", QualityPlan)
    report.dag = outputs.plan("phase_4_build.dag", DagPlan)
    report.dry_run = outputs.model("phase_4_build.review", "dry_run.json", DryRun)


def _column(
    column: ColumnProfile, metadata: MetadataPlan | None, transformation: TransformationPlan | None
) -> ColumnRow:
    plan = next((found for found in metadata.columns if found.name == column.name), None) if metadata else None
    masking = transformation.masking.get(column.name) if transformation else None
    return ColumnRow(
        profile=column,
        type=(plan.type if plan else column.type).value,
        role=plan.role.value if plan else "",
        key=metadata is not None and column.name in metadata.primary_key,
        masking=masking.value if masking else "",
    )


def _approvals(record: Mapping[str, Mapping[str, Any]], base: str) -> list[Approval]:
    from onboarding.gates.definitions import GATE_BY_NAME

    found = []
    for entry in (entry for name, entry in record.items() if name.startswith("gate-")):
        gate = GATE_BY_NAME.get(str(entry.get("gate")))
        gate_run_id = str(entry.get("gate_run_id") or "")
        found.append(Approval(entry, run_url(base, gate.dag_id, gate_run_id) if gate and gate_run_id else ""))
    order = list(GATE_BY_NAME)
    return sorted(found, key=lambda approval: _index(order, str(approval.entry.get("gate"))))


def _errors(record: Mapping[str, Mapping[str, Any]], states: Mapping[str, str]) -> list[dict[str, Any]]:
    found = [dict(entry) for name, entry in record.items() if name.startswith("error-")]
    return [{**entry, "solved": states.get(str(entry.get("task"))) == "success"} for entry in found]


def _leaves(value: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in _leaves(value[key], f"{name}.{key}" if name else str(key))]
    if value in (None, "", []):
        return []
    return [(name, ", ".join(str(item) for item in value) if isinstance(value, list) else str(value))]


def _position(agent: str) -> int:
    return _index(list(_AGENT_ORDER), agent)


def _index(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
