"""The task that starts the next run of an onboarding, when a person asked for a change at one of the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from onboarding.gates.card import NextRun
from onboarding.gates.corrections import change, corrected_conf, parsed_changes
from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.operators.gate import SUPERSEDED
from onboarding.operators.step import OUTCOME_KEY, StepContext, open_step_context
from onboarding.spec.conf import Conf
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.parse import changed_leaves, fold
from onboarding.workspace.chain import CONTINUED, chain_run_id, handover_entry, next_iteration
from onboarding.workspace.record import RunRecord, gaps_of
from shared.pipeline.errors import DataOnboardingError


class HandOverOperator(TriggerDagRunOperator):
    """Trigger the meta-DAG again with the changed conf; skipped when no gate asked for a change.

    A change that makes no valid conf is not lost and does not end the onboarding: the next run has the conf as it was,
    and its card says what was wrong.

    :param decisions: task ids of the gates' decisions, and of steps that decide the same without a gate.
    """

    template_fields = ()

    def __init__(self, *, decisions: Sequence[str], dag_id: str, **kwargs: Any) -> None:
        super().__init__(trigger_dag_id=dag_id, openlineage_inject_parent_info=False, logical_date=None, **kwargs)
        self.decisions = list(decisions)

    def execute(self, context: Context) -> Any:
        """See the class."""
        asked = self._asked(context)
        if asked is None:
            raise AirflowSkipException("no change was asked for")
        step_context = open_step_context(context, {})
        run = step_context.run
        following, changes = NextRun.model_validate(asked.get("following") or {}).chosen(asked["changes"])
        root = following.root_run_id or run.root_run_id
        record = RunRecord(step_context.store, root)
        iteration = run.iteration + 1 if root == run.root_run_id else _iteration_of_other(step_context, root, record)
        self.trigger_run_id = chain_run_id(root, iteration)
        conf, corrections, problem = _next_conf(step_context, record, {**asked, "changes": changes}, following)
        kept, dropped = _kept_edits(record, step_context, conf, root)
        resume = {
            "from_phase": following.from_phase or GATE_BY_NAME[str(asked["gate"])].phase,
            "root_run_id": root,
            "iteration": iteration,
            "corrections": corrections,
            "gaps": {**gaps_of(record.entries()), **following.gaps},
            "edits": {agent: digest for agent, digest in {**kept, **following.edits}.items() if digest},
            "mcp_mode": following.mcp_mode or run.mcp_mode,
        }
        self.conf = {**conf.model_dump(mode="json", exclude_unset=True), "resume": resume}
        entry = {name: asked[name] for name in ("gate", "by")}
        entry |= {"run_id": self.trigger_run_id, "from_run_id": run.run_id, "problem": problem}
        # What the option itself changes is shown to who approves it like what was chosen in the form.
        entry["changes"] = [*changes, *_changes_of(record, following, corrections)]
        entry["chosen"] = changes
        if dropped:
            entry["dropped_edits"] = dropped
        if root != run.root_run_id:
            entry["asked_by"] = str((step_context.record.read("request") or {}).get("triggered_by") or "unknown")
        record.write(handover_entry(iteration), entry)
        if context["ti"].get_dr_count(dag_id=self.trigger_dag_id, run_ids=[self.trigger_run_id]):
            self.log.info("handed on before: %s", self.trigger_run_id)
            return
        super().execute(context)

    def _asked(self, context: Context) -> dict[str, Any] | None:
        for task_id in self.decisions:
            found = context["ti"].xcom_pull(task_ids=task_id, key=OUTCOME_KEY)
            if found and found["summary"][OUTCOME_KEY] == SUPERSEDED:
                return dict(found["summary"])
        return None


def _kept_edits(
    record: RunRecord, step_context: StepContext, conf: Conf, root: str
) -> tuple[dict[str, str], list[str]]:
    """Edited files that the next run keeps, agent -> digest, and agents whose edited files it does not.

    Files were edited as these settings render them: with others, they are rendered anew.

    :param conf: of the next run.
    """
    run = step_context.run
    if root != run.root_run_id or not run.edits:
        return {}, []
    earlier = {key: value for key, value in (record.read("request") or {}).get("conf", {}).items() if key != "resume"}
    same = not changed_leaves(earlier, conf.model_dump(mode="json", exclude_unset=True))
    return (run.edits, []) if same else ({}, sorted(run.edits))


def _changes_of(record: RunRecord, following: NextRun, corrections: Mapping[str, Any]) -> list[str]:
    """What an option makes of the conf of the onboarding that goes on, ``KEY = VALUE``, but for what was chosen."""
    earlier = (record.read("request") or {}).get("conf") or {}
    changed = changed_leaves(earlier, fold(following.conf))
    return [change(key, value) for key, value in changed if key not in corrections]


def _iteration_of_other(step_context: StepContext, root: str, record: RunRecord) -> int:
    """The iteration with which another onboarding goes on, written down first: a retry has to find the same run."""
    own = step_context.record
    entry = own.read(CONTINUED)
    if entry is None:
        iteration = next_iteration(record.entries())
        entry = {"root_run_id": root, "iteration": iteration, "run_id": chain_run_id(root, iteration)}
        own.write(CONTINUED, entry)
    return int(entry["iteration"])


def _next_conf(
    step_context: StepContext, record: RunRecord, asked: Mapping[str, Any], following: NextRun
) -> tuple[Conf, dict[str, Any], str]:
    """The conf of the next run, what was changed in it, and what was wrong when it is the conf as it was.

    :param record: of the onboarding that goes on.
    """
    request = record.read("request") or {}
    earlier = {key: value for key, value in request.get("conf", {}).items() if key != "resume"}
    gate, changes = str(asked["gate"]), list(asked["changes"])
    try:
        conf = corrected_conf(gate, earlier, changes, option=following.conf)
        return conf, parsed_changes(gate, changes), ""
    except ConfError as error:
        step_context.record.write(f"refused-change-{step_context.run.iteration:02d}", error.as_dict())
        return Conf.model_validate(earlier), {}, _in_a_line(error)


def _in_a_line(error: DataOnboardingError) -> str:
    return f"not taken, {error.what}: expected {error.expected}, given {error.given}"
