"""Steps of a pipeline that another machine runs, AWS Glue for example: what it is told, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.operators import pipeline_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.pipeline.arguments import RunArguments

#: Below the deployed version's directory: the script of the job, and the data plane that it imports.
ENTRY = "glue/run_steps.py"
RUNTIME = "glue/runtime.zip"
_REFUSALS = (
    "AccessDeniedException",
    "AccessDenied",
    "InvalidInputException",
    "EntityNotFoundException",
    "NoSuchEntity",
)


def needs_no_job(scripts: list[str], context: Mapping[str, Any]) -> bool:
    """Whether a step is the extract of a run that reads no source: it replays the loads of Bronze, or erases a person.

    An erasure rewrites the files that have the person's rows, one after the other: the worker can.

    :raises DataOnboardingError: the conf of the run does not say clearly.
    """
    from shared.operators.pipeline_erasure import person_of
    from shared.operators.pipeline_replay import is_asked_for

    if not scripts[0].startswith(pipeline_steps.EXTRACT_SCRIPTS):
        return False
    conf = context["dag_run"].conf
    return person_of(conf) is not None or is_asked_for(conf)


@dataclass(frozen=True)
class RemoteStep:
    """A step that another machine runs.

    :ivar folder: directory of the deployed version on this machine.
    :ivar arguments: of its scripts; ``workload_uri`` is where the other machine finds that directory.
    :ivar result_uri: where it leaves what it found.
    :ivar role_arn: role that it runs with.
    """

    workload: str
    version: str
    scripts: tuple[str, ...]
    folder: Path
    arguments: RunArguments
    result_uri: str
    aws_conn_id: str
    role_arn: str

    def uri(self, name: str) -> str:
        """URI of a file of the deployed version."""
        return f"{self.arguments.workload_uri}/{name}"

    def job_arguments(self) -> dict[str, str]:
        """The arguments of :func:`shared.pipeline.spark.job.run`."""
        given = {
            "workload_uri": self.arguments.workload_uri,
            "run_date": self.arguments.run_date,
            "load_id": self.arguments.load_id,
            "engine": self.arguments.engine,
            "lake_uri": self.arguments.lake_uri,
            "manifest_version": self.version,
            "scripts": ",".join(self.scripts),
            "result_uri": self.result_uri,
        }
        return {f"--{name}": value for name, value in given.items()}

    def forget_result(self) -> None:
        """Remove what an earlier try left."""
        from shared.pipeline import storage

        with pipeline_steps.aws_access(self.aws_conn_id):
            storage.delete_file(self.result_uri)


def remote_step(
    *, workload: str, version: str, dag_file: str, scripts: list[str], context: Mapping[str, Any]
) -> RemoteStep:
    """A step of a run, for a machine that reads the DAGs location and the lake itself; parameters as of `run_step`.

    :raises WorkloadChangedError: the directory is not what was approved.
    """
    from shared.pipeline.storage import join
    from shared.pipeline.workload import verify_when_settled
    from shared.pipeline.zones import Lake

    folder = Path(dag_file).parent / version
    verify_when_settled(folder, version=version)
    arguments = replace(
        pipeline_steps._arguments(folder, context),
        workload_uri=join(
            pipeline_steps.without_connection(pipeline_steps._option("dags_uri", "")), "workloads", workload, version
        ),
    )
    name = f"job_{Path(scripts[0]).stem}.json"
    role_arn = pipeline_steps._option("glue_role_arn", "")
    _check(arguments, role_arn)
    return RemoteStep(
        workload=workload,
        version=version,
        scripts=tuple(scripts),
        folder=folder,
        arguments=arguments,
        result_uri=Lake(arguments.lake_uri, workload).state("runs", arguments.load_id, name),
        aws_conn_id=pipeline_steps._option("aws_conn_id", "aws_default"),
        role_arn=role_arn,
    )


def _check(arguments: RunArguments, role_arn: str) -> None:
    """What another machine needs of this installation.

    :raises ArgumentsError: an option is missing, or names a place that only this machine has.
    """
    from shared.pipeline.errors import ArgumentsError

    given = {"dags_uri": arguments.workload_uri, "lake_uri": arguments.lake_uri}
    wrong = [f"{name} {uri or 'nothing'}" for name, uri in given.items() if not uri.startswith("s3://")]
    wrong += [] if role_arn else ["glue_role_arn nothing"]
    if wrong:
        raise ArgumentsError(
            "A pipeline of engine aws cannot run with this configuration.",
            where=f"airflow.cfg [{pipeline_steps.SECTION}]",
            expected="dags_uri and lake_uri on S3, and the role of the jobs as glue_role_arn",
            given=", ".join(wrong),
            remedy="Set the options, or onboard the source with deployment.engine local.",
        )


def end_remote_step(step: RemoteStep, context: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the other machine left, as :func:`run_step` returns it; ``None`` when it left nothing.

    :raises AirflowFailException: as :func:`run_step`.
    :raises AirflowSkipException: as :func:`run_step`.
    """
    from shared.operators.pipeline_notes import note_run
    from shared.pipeline.errors import error_of
    from shared.pipeline.spark.job import read_result

    with pipeline_steps.aws_access(step.aws_conn_id):
        result = read_result(step.result_uri)
    if result is None:
        return None
    if step.scripts[0].startswith(pipeline_steps.EXTRACT_SCRIPTS):
        pipeline_steps._note_drift(step.workload, step.arguments, context, step.aws_conn_id)
    error = error_of(result.error, transient=result.transient) if result.error else None
    with pipeline_steps.final_errors():
        if error is not None and error.code == "nothing_new":
            note_run(context, f"skipped: {error.what} {error.where}")
        if error is not None and error.code == "quality_gate_failed":
            pipeline_steps._note_drift(step.workload, step.arguments, context, step.aws_conn_id)
            pipeline_steps._verdict_to_catalog(step.workload, step.arguments, step.aws_conn_id)
        if error is not None:
            raise error
    pipeline_steps._describe_outlets(step.workload, step.version, step.arguments, context, step.aws_conn_id)
    return {script: pipeline_steps._small(summary) for script, summary in result.summaries.items()}


@contextmanager
def refusals_are_final() -> Iterator[None]:
    """AWS's refusals for good (permissions, invalid input) fail the task; what can pass is tried again."""
    from airflow.sdk.exceptions import AirflowFailException
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _REFUSALS:
            raise AirflowFailException(f"AWS refuses to run the step: {code}: {error}") from error
        raise
