"""One task of the meta-DAG: a function of its inputs, written whole, reused when it was already done."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from airflow.sdk import BaseOperator, Context, SkipMixin, TriggerRule
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from pydantic import BaseModel

from onboarding.spec.settings import Settings, load_settings
from onboarding.workspace.chain import chain_position, handover_entry
from onboarding.workspace.deployed_index import DeployedIndex
from onboarding.workspace.outputs import OutputReference, output_key, read_output, write_output
from onboarding.workspace.record import RunRecord, gate_entry
from onboarding.workspace.store import Store, sha256
from shared.operators.pipeline_steps import aws_access
from shared.pipeline.errors import DataOnboardingError

ModelT = TypeVar("ModelT", bound=BaseModel)
OUTCOME_KEY = "outcome"
#: XCom of a gate's ``request``: which gate run was asked, with which card.
REQUEST_KEY = "gate_request"
#: In an output's summary: which branch goes on.
BRANCH_KEY = "branch"


@dataclass(frozen=True)
class MetaRun:
    """What a task knows of the meta run it belongs to.

    :ivar root_run_id: run id of the first run of the chain (its own, when there is no chain).
    :ivar iteration: 1 for the first run of a chain.
    :ivar from_phase: the phase that a later run of a chain goes back to; 1 for the first run.
    :ivar date: the run's date in UTC, ``YYYY-MM-DD``.
    """

    dag_id: str
    run_id: str
    root_run_id: str
    iteration: int
    from_phase: int
    date: str
    triggered_by: str
    conf: Mapping[str, Any]

    @property
    def gaps(self) -> dict[str, list[str]]:
        """Agent -> failed tests that a person decided, in an earlier run of the chain, to leave as they are."""
        handed = (self.conf.get("resume") or {}) if self.iteration > 1 else {}
        return {str(agent): list(tests) for agent, tests in (handed.get("gaps") or {}).items()}

    @property
    def edits(self) -> dict[str, str]:
        """Agent -> digest of its files as a person edited and confirmed them in an earlier run of the chain."""
        handed = (self.conf.get("resume") or {}) if self.iteration > 1 else {}
        return {str(agent): str(digest) for agent, digest in (handed.get("edits") or {}).items()}

    @property
    def mcp_mode(self) -> str:
        """``LOCAL`` or ``GATEWAY``, where a person chose it in an earlier run of the chain."""
        handed = (self.conf.get("resume") or {}) if self.iteration > 1 else {}
        return str(handed.get("mcp_mode") or "")

    @classmethod
    def from_context(cls, context: Context) -> MetaRun:
        """The meta run of a task's context."""
        dag_run = context["dag_run"]
        conf = dict(dag_run.conf or {})
        root_run_id, iteration, from_phase = chain_position(dag_run.run_id, conf.get("resume"))
        return cls(
            dag_id=dag_run.dag_id,
            run_id=dag_run.run_id,
            root_run_id=root_run_id,
            iteration=iteration,
            from_phase=from_phase,
            date=dag_run.run_after.date().isoformat(),
            triggered_by=str(dag_run.triggering_user_name or "unknown"),
            conf=conf,
        )


@dataclass(frozen=True)
class StepContext:
    """What a step works with: the workspace, the options, and the outputs of the steps it names as inputs.

    :ivar is_active: whether Airflow has the meta run of this id, and it has not ended.
    """

    store: Store
    settings: Settings
    run: MetaRun
    inputs: Mapping[str, OutputReference]
    is_active: Callable[[str], bool] = lambda run_id: False

    @property
    def record(self) -> RunRecord:
        """The record of this onboarding."""
        return RunRecord(self.store, self.run.root_run_id)

    @property
    def deployed(self) -> DeployedIndex:
        """What is deployed."""
        return DeployedIndex(Store(self.settings.dags_uri), self.store)

    def read(self, name: str, file: str) -> bytes:
        """A file of the input ``name``."""
        return self.store.read(f"{self.inputs[name].key}/{file}")

    def json(self, name: str, file: str) -> Any:
        """A JSON file of the input ``name``."""
        return json.loads(self.read(name, file))

    def model(self, name: str, file: str, model: type[ModelT]) -> ModelT:
        """A JSON file of the input ``name``, validated as ``model``."""
        return model.model_validate_json(self.read(name, file))


@dataclass(frozen=True)
class StepResult:
    """What a step leaves behind.

    :ivar files: relative path -> content, kept in the workspace.
    :ivar summary: a few counts and words for people; goes to XCom.
    :ivar outcome: set when the run ends here without a fault (``blocked``): nothing after it runs.
    :ivar reason: why it ends here, or why the step had nothing to do.
    :ivar skip: the step had nothing to do; it is shown as skipped.
    :ivar branch: which of the operator's branches goes on; empty: none of them.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    reason: str = ""
    skip: bool = False
    branch: str = ""


StepFunction = Callable[[StepContext], StepResult]
#: Input name -> the task whose output is read, or several: the first of them that left one.
Inputs = Mapping[str, str | Sequence[str]]


class OnboardingStepOperator(BaseOperator, SkipMixin):
    """Run one step of the onboarding.

    :param step: ``module:function``, imported when the task runs (parsing stays cheap); the function takes a
        :class:`StepContext` and returns a :class:`StepResult`.
    :param inputs: name -> task id of the step whose output it reads, or several task ids, of which the first that
        left an output counts (a second attempt before the first). A task that left none is left out.
    :param basis: ``module:function`` that gives, as bytes, what of its inputs the step depends on; all of them when
        empty. A later run of a chain takes the output of an earlier one over where the basis is the same.
    :param branches: tasks and task groups after the step of which at most one runs; all others of them are skipped.
    :param approvals: task groups of gates, of which one must have been let through: its answer is in the record, for
        the very card that was asked about. A gate's tasks that were marked in Airflow instead are no approval.
    :returns: the :class:`OutputReference` as a mapping. Never data.
    :raises AirflowFailException: the step refused its input; a retry would refuse it again. An error that says
        of itself that it is transient is raised as it is, so that the task is retried.
    """

    def __init__(
        self,
        *,
        step: str,
        inputs: Inputs | None = None,
        basis: str = "",
        branches: Sequence[str] = (),
        approvals: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.step = step
        self.approvals = list(approvals)
        self.basis = basis
        self.branches = list(branches)
        self.inputs = dict(inputs or {})

    def execute(self, context: Context) -> Any:
        """See the class."""
        step_context = open_step_context(context, self.inputs)
        self._check_approved(context, step_context)
        digests = {name: reference.digest for name, reference in step_context.inputs.items()}
        run = step_context.run
        if self.basis:
            digests = {"basis": sha256(load_basis(self.basis)(step_context))}
        key = output_key(run.root_run_id, self.task_id, run.iteration, digests)
        found = read_output(step_context.store, key) or self._earlier(step_context, digests)
        if found is not None:
            self.log.info("reusing the complete output %s", found.key)
            reference, outcome = found, str(found.summary.get(OUTCOME_KEY, ""))
            branch = str(found.summary.get(BRANCH_KEY, ""))
        else:
            result = self._run(step_context)
            outcome, branch = result.outcome, result.branch
            summary = dict(result.summary)
            if branch:
                summary[BRANCH_KEY] = branch
            if outcome:
                summary |= {OUTCOME_KEY: outcome, "reason": result.reason}
            reference = write_output(step_context.store, key, result.files, summary)
        self.log.info("%s: %s", self.task_id, reference.summary)
        if outcome:
            context["ti"].xcom_push(key=OUTCOME_KEY, value=reference.as_xcom())
            self.skip(ti=context["ti"], tasks=tasks_that_end_with(self))
        if self.branches:
            # A skip of tasks ends this one before what it returns is kept.
            context["ti"].xcom_push(key="return_value", value=reference.as_xcom())
            self.skip(ti=context["ti"], tasks=self._not_taken(branch))
        return reference.as_xcom()

    def _check_approved(self, context: Context, step_context: StepContext) -> None:
        """Refuse to go on behind a gate whose decision nobody made, whatever state its tasks are in."""
        asked = {
            group: context["ti"].xcom_pull(task_ids=f"{group}.request", key=REQUEST_KEY) or {}
            for group in self.approvals
        }
        iterations = range(step_context.run.iteration, 0, -1)
        for group, request in asked.items():
            names = (gate_entry(group.rpartition(".")[2], number) for number in iterations)
            entries = [entry for name in names if (entry := step_context.record.read(name))]
            if any(one["verdict"] == "approve" and one["gate_run_id"] == request.get("run_id") for one in entries):
                return
        if asked:
            waiting = {group: request["run_id"] for group, request in asked.items() if request}
            group, run_id = next(iter(waiting.items()), (self.approvals[0], ""))
            gate = group.rpartition(".")[2]
            where = f"onboard_gate_{gate}, run {run_id}" if run_id else f"onboard_gate_{gate}, once {group} was cleared"
            raise AirflowFailException(
                f"{gate} is not answered: its tasks in {step_context.run.dag_id} were marked, which approves nothing. "
                f"Answer it in Required Actions of {where}, then clear {group} and this task"
            )

    def _not_taken(self, branch: str) -> list[Any]:
        """Tasks of the branches that do not go on."""
        others = [name for name in self.branches if name != branch]
        after = sorted(self.get_flat_relatives(upstream=False), key=lambda found: str(found.task_id))
        return [found for found in after if any(f"{found.task_id}.".startswith(f"{name}.") for name in others)]

    def _earlier(self, step_context: StepContext, digests: Mapping[str, str]) -> OutputReference | None:
        """The output of an earlier run of the chain from the same inputs; a step without inputs reads the world."""
        run = step_context.run
        if not digests:
            return None
        keys = [
            output_key(run.root_run_id, self.task_id, number, digests) for number in range(run.iteration - 1, 0, -1)
        ]
        return next((found for key in keys if (found := read_output(step_context.store, key))), None)

    def _run(self, step_context: StepContext) -> StepResult:
        try:
            with aws_access(step_context.settings.aws_conn_id):
                result = load_function(self.step)(step_context)
        except DataOnboardingError as error:
            step_context.record.write(f"error-{self.task_id}", {"task": self.task_id, **error.as_dict()})
            self.log.error("%s", error.text())
            if error.transient:
                raise
            raise AirflowFailException(error.text()) from error
        if result.skip:
            self.log.info("nothing to do: %s", result.reason)
            raise AirflowSkipException(result.reason)
        return result


def tasks_that_end_with(task: BaseOperator) -> list[Any]:
    """Everything after a task that ends the run, but for tasks that run in any case (the summary).

    All of it at once: skips that pass on from task to task take a scheduler's loop each.
    """
    after = sorted(task.get_flat_relatives(upstream=False), key=lambda found: str(found.task_id))
    return [found for found in after if found.trigger_rule != TriggerRule.ALL_DONE]


def load_function(path: str) -> StepFunction:
    """The function that ``module:function`` names."""
    module, _, name = path.partition(":")
    function: StepFunction = getattr(importlib.import_module(module), name)
    return function


def load_basis(path: str) -> Callable[[StepContext], bytes]:
    """The function that ``module:function`` names."""
    module, _, name = path.partition(":")
    function: Callable[[StepContext], bytes] = getattr(importlib.import_module(module), name)
    return function


def open_step_context(context: Context, inputs: Inputs) -> StepContext:
    """Settings, workspace and inputs of a task.

    A run that nothing was handed to is one of its own, whatever its conf says: nobody writes into another record.
    """
    settings = load_settings()
    store, run = Store(settings.workspace_uri), MetaRun.from_context(context)
    if run.iteration > 1:
        handed = RunRecord(store, run.root_run_id).read(handover_entry(run.iteration)) or {}
        if handed.get("run_id") != run.run_id:
            run = replace(run, root_run_id=run.run_id, iteration=1, from_phase=1)

    def is_active(run_id: str) -> bool:
        found: int = context["ti"].get_dr_count(dag_id=run.dag_id, run_ids=[run_id], states=["queued", "running"])
        return found > 0

    pulled = {name: _first_output(context["ti"], source) for name, source in inputs.items()}
    return StepContext(
        store=store,
        settings=settings,
        run=run,
        inputs={name: OutputReference.from_xcom(value) for name, value in pulled.items() if value},
        is_active=is_active,
    )


def _first_output(task_instance: Any, source: str | Sequence[str]) -> Any:
    task_ids = [source] if isinstance(source, str) else source
    return next((found for task_id in task_ids if (found := task_instance.xcom_pull(task_ids=task_id))), None)


def require_inputs(names: Sequence[str], step_context: StepContext) -> None:
    """Refuse to run without an input that a step cannot do without."""
    missing = [name for name in names if name not in step_context.inputs]
    if missing:
        raise AirflowFailException(f"no output of {', '.join(missing)} to read: clear that task first")
