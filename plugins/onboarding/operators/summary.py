"""The last task of a meta run: says how it ended, and fails when something failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from onboarding.operators.step import OUTCOME_KEY, StepContext, open_step_context
from onboarding.spec.phases import failed_tasks
from onboarding.workspace.record import RunRecord, gap_text, gaps_of
from shared.hooks.airflow_api import AirflowApi, AirflowApiError

FINAL_TASK = "phase_5_deploy.verify"
#: XCom with where the record's journal ended.
RECORD_KEY = "record"


class SummaryOperator(BaseOperator):
    """Write the outcome into the record and onto the run as a note.

    :returns: ``{"status": deployed | answered | rejected | blocked | superseded, "reason": ...}``.
    :raises AirflowFailException: a task failed, so that the run fails too.
    """

    def execute(self, context: Context) -> dict[str, str]:
        """See the class."""
        step_context = open_step_context(context, {})
        run = step_context.run
        states = context["ti"].get_task_states(dag_id=run.dag_id, run_ids=[run.run_id]).get(run.run_id, {})
        ended = self._outcome(context, states, step_context.record)
        faults = failed_tasks(states)
        if faults and ended["status"] == "failed":
            ended["reason"] = f"failed in {', '.join(faults)}"
        step_context.record.write(
            "outcome",
            {**ended, "run_id": run.run_id, "triggered_by": run.triggered_by, "failed_tasks": faults},
        )
        self._note(step_context, ended)
        # Airflow's database is another place than the workspace: what is kept there shows when the record was cut off.
        head = step_context.record.journal.head()
        context["ti"].xcom_push(key=RECORD_KEY, value={"entries": head.entries, "sha256": head.sha256})
        if ended["status"] == "failed":
            raise AirflowFailException(ended["reason"])
        return ended

    def _outcome(self, context: Context, states: Mapping[str, Any], record: RunRecord) -> dict[str, str]:
        if states.get(FINAL_TASK) == "success":
            gaps = gaps_of(record.entries())
            return {"status": "deployed", "reason": "; ".join(gap_text(agent, gaps[agent]) for agent in sorted(gaps))}
        faults = failed_tasks(states)
        if faults:
            return {"status": "failed", "reason": ""}
        # Every task that can end a run without a fault leaves its outcome behind.
        for task_id in sorted(states):
            found = context["ti"].xcom_pull(task_ids=task_id, key=OUTCOME_KEY)
            if found:
                summary = found["summary"]
                return {"status": str(summary[OUTCOME_KEY]), "reason": str(summary["reason"])}
        return {"status": "failed", "reason": "the pipeline was not deployed, and no task says why"}

    def _note(self, step_context: StepContext, ended: Mapping[str, str]) -> None:
        settings = step_context.settings
        api = AirflowApi.from_settings(
            conn_id=settings.airflow_api_conn_id,
            mwaa_environment=settings.mwaa_environment,
            aws_conn_id=settings.aws_conn_id,
        )
        if api is None:
            self.log.info("no connection to Airflow's REST API: the run gets no note")
            return
        note = f"{ended['status']}: {ended['reason']}" if ended["reason"] else ended["status"]
        try:
            api.set_note(step_context.run.dag_id, step_context.run.run_id, note)
        except AirflowApiError as error:
            self.log.warning("the run gets no note: %s", error.text())
