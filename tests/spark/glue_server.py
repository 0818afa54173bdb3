"""AWS Glue on the loopback interface: jobs are kept and their runs are real, with local Spark.

Speaks Glue's JSON protocol for jobs and their runs; every other call goes on to moto. A run gets the script and the
archives that its job names from S3, in a folder and an environment of its own; nothing else of this checkout is there.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path
from typing import Any

import boto3

from shared.pipeline.storage import bucket_and_key
from tests.loopback_aws import ServiceError, serving
from tools.spark_environment import SparkEnvironment

# Arguments that Glue takes for itself.
_OF_GLUE = ("--extra-py-files", "--conf", "--enable-spark-ui", "--enable-observability-metrics")
_DONE = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")


@dataclass
class JobRun:
    """A run of a job.

    :ivar script_sha256: of the script that was run, as it came from S3.
    """

    id: str
    job: dict[str, Any]
    arguments: dict[str, str]
    state: str = "STARTING"
    error: str = ""
    script_sha256: str = ""
    output: str = ""
    process: subprocess.Popen[str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self) -> dict[str, Any]:
        """The run as the service describes it."""
        said = {"Id": self.id, "JobName": self.job["Name"], "JobRunState": self.state, "Arguments": self.arguments}
        return {**said, "ErrorMessage": self.error} if self.error else said


class Glue:
    """Jobs and their runs.

    :ivar runs: every run, in their order.
    """

    def __init__(self, environment: SparkEnvironment, folder: Path, moto_url: str) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.runs: list[JobRun] = []
        self._environment, self._folder, self._moto_url = environment, folder, moto_url
        self._lock = threading.Lock()

    def call(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to a call; ``None``: it is not one of ours."""
        handler = {
            "CreateJob": self._create,
            "UpdateJob": self._update,
            "GetJob": self._get,
            "StartJobRun": self._start,
            "GetJobRun": self._get_run,
            "GetJobRuns": self._get_runs,
            "BatchStopJobRun": self._stop,
        }.get(operation)
        return None if handler is None else handler(given)

    def _create(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["Name"] in self.jobs:
            raise ServiceError("IdempotentParameterMismatchException", f"job {given['Name']} exists")
        self.jobs[given["Name"]] = dict(given)
        return {"Name": given["Name"]}

    def _update(self, given: Mapping[str, Any]) -> dict[str, Any]:
        self._job(given["JobName"])
        self.jobs[given["JobName"]] = {"Name": given["JobName"], **given["JobUpdate"]}
        return {"JobName": given["JobName"]}

    def _get(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"Job": self._job(given["JobName"])}

    def _job(self, name: str) -> dict[str, Any]:
        if name not in self.jobs:
            raise ServiceError("EntityNotFoundException", f"Job {name} not found.")
        return self.jobs[name]

    def _start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        job = self._job(given["JobName"])
        with self._lock:
            going_on = [run for run in self.runs if run.job["Name"] == job["Name"] and run.state not in _DONE]
            if len(going_on) >= job.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1):
                raise ServiceError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}")
            run = JobRun(f"jr_{len(self.runs):032x}", job, dict(given.get("Arguments", {})))
            self.runs.append(run)
        threading.Thread(target=self._run, args=(run,), daemon=True).start()
        return {"JobRunId": run.id}

    def _get_run(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"JobRun": self._run_of(given["RunId"]).answer()}

    def _get_runs(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = self._job(given["JobName"])["Name"]
        return {"JobRuns": [run.answer() for run in reversed(self.runs) if run.job["Name"] == name]}

    def _run_of(self, run_id: str) -> JobRun:
        found = next((run for run in self.runs if run.id == run_id), None)
        if found is None:
            raise ServiceError("EntityNotFoundException", f"Job run {run_id} not found.")
        return found

    def _stop(self, given: Mapping[str, Any]) -> dict[str, Any]:
        stopped = []
        for run_id in given["JobRunIds"]:
            run = self._run_of(run_id)
            with run.lock:
                if run.state in _DONE:
                    continue
                run.state = "STOPPED"
                if run.process is not None:
                    os.killpg(run.process.pid, signal.SIGKILL)
            stopped.append({"JobName": given["JobName"], "JobRunId": run_id})
        return {"SuccessfulSubmissions": stopped, "Errors": []}

    def _run(self, run: JobRun) -> None:
        folder = self._folder / run.id
        folder.mkdir(parents=True)
        script = self._bring(run.job["Command"]["ScriptLocation"], folder)
        given = {**run.job.get("DefaultArguments", {}), **run.arguments}
        archives = [self._bring(uri, folder) for uri in given.get("--extra-py-files", "").split(",") if uri]
        run.script_sha256 = hashlib.sha256(script.read_bytes()).hexdigest()
        ours = {name: value for name, value in given.items() if name not in _OF_GLUE}
        arguments = [part for name, value in {"--JOB_NAME": run.job["Name"], **ours}.items() for part in (name, value)]
        with run.lock:
            if run.state == "STOPPED":
                return
            run.state = "RUNNING"
            run.process = subprocess.Popen(
                [str(self._environment.python), "-I", "-c", _STARTER, str(script), *arguments],
                env=self._variables(folder, archives),
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        run.output, _ = run.process.communicate()
        with run.lock:
            if run.state != "RUNNING":
                return
            run.state = "FAILED" if run.process.returncode else "SUCCEEDED"
            run.error = _message(run.output) if run.process.returncode else ""

    def _variables(self, folder: Path, archives: list[Path]) -> dict[str, str]:
        # A run has a few rows: compiling each query would take most of its time.
        variables = self._environment.variables(ansi=False, scratch=folder, cores=1)
        options = f"--conf spark.sql.codegen.wholeStage=false {variables['PYSPARK_SUBMIT_ARGS']}"
        return variables | {
            "PYSPARK_SUBMIT_ARGS": options,
            "GLUE_ARCHIVES": os.pathsep.join(map(str, archives)),
            # The workers of Spark import from there, too.
            "PYTHONPATH": os.pathsep.join(map(str, archives)),
            "AWS_ENDPOINT_URL": self._moto_url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "NO_PROXY": "127.0.0.1",
        }

    def _bring(self, uri: str, folder: Path) -> Path:
        bucket, key = bucket_and_key(uri)
        path = folder / key.rsplit("/", maxsplit=1)[-1]
        client = boto3.client(
            "s3",
            endpoint_url=self._moto_url,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.download_file(bucket, key, str(path))
        return path


# Glue puts the archives on the path and runs the script as the main program.
_STARTER = """
import os, runpy, sys
sys.path[:0] = os.environ["GLUE_ARCHIVES"].split(os.pathsep)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _message(output: str) -> str:
    """The error of a traceback: what follows its last indented line, as the service says it."""
    lines = output.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("Traceback")]
    last = lines[starts[-1] + 1 :] if starts else lines[-5:]
    frames = [number for number, line in enumerate(last) if line.startswith('  File "')]
    if frames:
        last = list(dropwhile(lambda line: line.startswith(" "), last[frames[-1] :]))
    return "\n".join(last[-12:])[:4000]


@contextmanager
def glue_server(environment: SparkEnvironment, folder: Path, moto_url: str) -> Iterator[tuple[str, Glue]]:
    """The URL of the service, and what it holds, while it serves."""
    glue = Glue(environment, folder, moto_url)
    try:
        with serving(lambda _, operation, given: glue.call(operation, given), moto_url) as url:
            yield url, glue
    finally:
        for run in glue.runs:
            if run.process is not None and run.process.poll() is None:
                os.killpg(run.process.pid, signal.SIGKILL)
