"""What the task of a step that another machine ran makes of what that machine left."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from botocore.exceptions import ClientError

from shared.operators.remote_steps import RemoteStep, end_remote_step, refusals_are_final
from shared.pipeline import storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import DatabaseError, DataOnboardingError, SourceError, error_of
from shared.pipeline.spark.job import JobResult, job_arguments

SOURCE = SourceError("The source is empty.", where="s3://landing/orders/", remedy="Ask the sender.")


@pytest.fixture
def step(tmp_path: Path) -> RemoteStep:
    arguments = RunArguments("s3://dags/w", "2026-01-15", "2026-01-15-a", "aws", storage.file_uri(tmp_path / "lake"))
    result_uri = storage.file_uri(tmp_path / "result.json")
    return RemoteStep("orders", "0" * 12, ("a.py", "b.py"), tmp_path, arguments, result_uri, "", "role")


def leave(step: RemoteStep, summaries: dict[str, Any], error: DataOnboardingError | None = None) -> None:
    parts, transient = (error.as_dict(), error.transient) if error else ({}, False)
    storage.write_json(step.result_uri, asdict(JobResult(summaries, parts, transient)))


def test_the_counts_without_what_grows_with_the_columns(step: RemoteStep) -> None:
    leave(step, {"a.py": {"rows": 3, "rules": [1, 2]}, "b.py": {"rows": 3}})
    assert end_remote_step(step, {}) == {"a.py": {"rows": 3}, "b.py": {"rows": 3}}


def test_nothing_was_left(step: RemoteStep) -> None:
    assert end_remote_step(step, {}) is None


def test_an_error_that_stays_is_not_tried_again(step: RemoteStep) -> None:
    leave(step, {}, SOURCE)
    with pytest.raises(AirflowFailException, match="The source is empty"):
        end_remote_step(step, {})


def test_an_error_that_passes_is_tried_again(step: RemoteStep) -> None:
    leave(step, {}, DatabaseError("The database cannot be reached."))
    with pytest.raises(DatabaseError):
        end_remote_step(step, {})


def test_what_an_earlier_try_left_is_forgotten(step: RemoteStep) -> None:
    leave(step, {}, SOURCE)
    step.forget_result()
    assert end_remote_step(step, {}) is None


def test_the_job_reads_the_arguments_that_it_is_given(step: RemoteStep) -> None:
    given = [part for pair in {"--JOB_NAME": "onboarding_orders", **step.job_arguments()}.items() for part in pair]
    read = job_arguments(["script.py", *given])
    assert read["scripts"] == "a.py,b.py"
    assert {f"--{name}": value for name, value in read.items()} == step.job_arguments()


def test_an_error_is_the_same_on_the_other_machine() -> None:
    again = error_of(SOURCE.as_dict(), transient=False)
    assert (type(again), again.text(), again.transient) == (SourceError, SOURCE.text(), False)


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDeniedException", AirflowFailException), ("ThrottlingException", ClientError)]
)
def test_what_aws_refuses_for_good_is_not_tried_again(code: str, kind: type[Exception]) -> None:
    with pytest.raises(kind), refusals_are_final():
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "StartJobRun")
