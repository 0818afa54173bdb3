"""The approval DAGs that the ExternalTaskSensors of ``onboard_meta_dag`` (Airflow) wait on, one for each gate."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, DeadlineAlert, SyncCallback

from onboarding.gates.definitions import GATES
from shared.operators.approval import CardApprovalOperator, remind
from shared.operators.deadlines import RunQueued

GATE_TIMEOUT = timedelta(hours=168)
# One reminder; a clear of `approve` is no new deadline.
REMINDER_AFTER = timedelta(hours=24)

for gate in GATES:
    with DAG(
        dag_id=gate.dag_id,
        description=gate.question,
        schedule=None,
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1000,
        tags=["onboarding", "gate"],
        deadline=DeadlineAlert(reference=RunQueued(), interval=REMINDER_AFTER, callback=SyncCallback(remind)),
        doc_md=f"{gate.question} Answer in Required Actions; triggered by `onboard_meta_dag` only.",
    ) as dag:
        CardApprovalOperator(
            task_id="approve",
            options=gate.labels,
            response_timeout=GATE_TIMEOUT,
            retries=2,
            retry_delay=timedelta(seconds=3),
        )
    globals()[gate.dag_id] = dag
