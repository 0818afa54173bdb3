"""Steps of a pipeline of engine ``aws``: each is a run of the workload's job in AWS Glue.

Only DAG files of that engine import this module: the provider's operator takes its time to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.amazon.aws.operators.glue import GlueJobOperator  # noqa: TID253 - the class that is extended
from airflow.providers.amazon.aws.triggers.glue import GlueJobCompleteTrigger  # noqa: TID253 - the same

from shared.operators import pipeline_steps, remote_steps

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

POLL_SECONDS = 10
#: Glue 5.1: Spark 3.5.6, Python 3.11.
GLUE_VERSION = "5.1"
WORKER_TYPE = "G.1X"
WORKERS = 2


class GlueStepTrigger(GlueJobCompleteTrigger):
    """Waits for a job run, and ends it when somebody ends the task: a deferred task's operator is not there to."""

    async def on_kill(self) -> None:
        """Stop the job run."""
        hook: Any = self.hook()
        async with await hook.get_async_conn() as client:
            await client.batch_stop_job_run(JobName=self.job_name, JobRunIds=[self.run_id])


class GlueStepOperator(GlueJobOperator):
    """Runs scripts of a deployed workload in AWS Glue, one after the other, in one job run.

    The job ``onboarding_<workload>`` is made or brought up to date by the first step of a version. A task that is
    tried again while its job run goes on waits for that run.

    :param workload: its name.
    :param version: the directory beside the DAG file, named after the digest of its manifest.
    :param dag_file: ``__file__`` of the DAG file.
    :param scripts: paths below that directory.
    :param timeout_minutes: after them Glue ends the job run.
    :returns: script -> its counts, as :func:`shared.operators.pipeline_steps.run_step`.
    """

    # Nothing here is a template: the values are those of the deployed version.
    template_fields: Sequence[str] = ()

    def __init__(
        self, *, workload: str, version: str, dag_file: str, scripts: list[str], timeout_minutes: int, **kwargs: Any
    ) -> None:
        super().__init__(
            job_name=f"onboarding_{workload}",
            job_desc=f"Steps of the data pipeline {workload}.",
            # A run that ends is counted for some seconds more.
            concurrent_run_limit=3,
            run_job_kwargs={"Timeout": timeout_minutes},
            deferrable=True,
            stop_job_run_on_kill=True,
            resume_glue_job_on_retry=True,
            update_config=True,
            waiter_delay=POLL_SECONDS,
            waiter_max_attempts=(timeout_minutes + 5) * 60 // POLL_SECONDS,
            **kwargs,
        )
        self.op_kwargs: dict[str, Any] = {
            "workload": workload,
            "version": version,
            "dag_file": dag_file,
            "scripts": scripts,
        }

    def execute(self, context: Any) -> Any:
        """Start the job run and wait for it; a run that replays the loads of Bronze, or erases, extracts nothing.

        :raises AirflowFailException: Glue refuses what it would refuse again.
        """
        with pipeline_steps.final_errors():
            if remote_steps.needs_no_job(self.op_kwargs["scripts"], context):
                return pipeline_steps.run_step(**{**context, **self.op_kwargs})
            step = remote_steps.remote_step(**self.op_kwargs, context=context)
            self._configure(step)
            step.forget_result()
            with remote_steps.refusals_are_final():
                return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any] | None = None) -> Any:
        """What the job run said, or the error that it ended with.

        :raises AirflowFailException: a failed gate, a bad source, a changed workload: nothing a retry can cure.
        :raises AirflowSkipException: there is nothing new to load.
        :raises AirflowException: the job run ended without a word of ours.
        """
        from airflow.sdk.exceptions import AirflowException

        with pipeline_steps.final_errors():
            step = remote_steps.remote_step(**self.op_kwargs, context=context)
        self._configure(step)
        summaries = remote_steps.end_remote_step(step, context)
        if summaries is not None and (event or {}).get("status") == "success":
            return summaries
        self._job_run_id = (event or {}).get("run_id")
        if self._job_run_id:
            kill: Any = self.on_kill
            kill()
        raise AirflowException(f"The job run did not end well: {event}")

    def defer(self, *, trigger: BaseTrigger, **kwargs: Any) -> NoReturn:
        """With the trigger that ends the job run when somebody ends the task."""
        super().defer(trigger=GlueStepTrigger(**trigger.serialize()[1]), **kwargs)

    def _configure(self, step: remote_steps.RemoteStep) -> None:
        """What only Airflow's configuration and the run know."""
        self.aws_conn_id = step.aws_conn_id
        self.iam_role_arn = step.role_arn
        self.script_location = step.uri(remote_steps.ENTRY)
        self.create_job_kwargs = {
            "GlueVersion": GLUE_VERSION,
            "WorkerType": WORKER_TYPE,
            "NumberOfWorkers": WORKERS,
            "DefaultArguments": {
                "--extra-py-files": step.uri(remote_steps.RUNTIME),
                # Plans of statements, which the Spark UI keeps, have the values of bound parameters in them.
                "--enable-spark-ui": "false",
                "--enable-observability-metrics": "false",
            },
        }
        self.script_args = step.job_arguments()
