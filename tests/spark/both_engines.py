"""One workload run on the embedded engine and on Spark, and everything that its runs left compared."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onboarding.codegen.scripts import script_order
from onboarding.spec.plans import WorkloadPlan
from shared.operators import pipeline_steps
from shared.pipeline import engine, state, storage, tables
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import DataOnboardingError
from shared.pipeline.spark.job import JobResult, read_result
from shared.pipeline.workload import MANIFEST
from shared.pipeline.zones import Lake, published_files, read_pointer
from tests.hard_input.onboarding_path import KEY, masking_key, render
from tools.bootstrap import ROOT
from tools.spark_environment import spark_environment

RUN_DATE = "2026-01-15"
SCRIPT = ROOT / "tests" / "spark" / "job_runs.py"
LOCAL = "local[2]"
# Rows are compared, not their order in the files of a lake.
_ORDER = "ORDER BY ALL"


@dataclass(frozen=True)
class Run:
    """What one engine's run of a workload said.

    :ivar summaries: script -> its summary.
    :ivar error: of the script that failed; empty when none did.
    """

    lake: Lake
    summaries: Mapping[str, Any]
    error: Mapping[str, str]


@dataclass(frozen=True)
class Workload:
    """A rendered workload in a folder, with a lake for each engine."""

    folder: Path
    plan: WorkloadPlan
    version: str

    @classmethod
    def onboard(cls, location: str, folder: Path, conf: Mapping[str, Any] | None = None) -> Workload:
        """Profile, plan and render a source as it is now."""
        _, plan, files = render(location, conf)
        for name, content in files.items():
            (folder / "workload" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "workload" / name).write_bytes(content)
        return cls(folder, plan, hashlib.sha256(files[MANIFEST]).hexdigest()[:12])

    @property
    def scripts(self) -> tuple[str, ...]:
        """In the order of the DAG."""
        return script_order(self.plan.workload)

    def lake(self, name: str) -> Lake:
        """The lake of an engine."""
        return Lake(storage.file_uri(self.folder / f"lake_{name}"), self.plan.workload)

    def on_duckdb(self, run_date: str = RUN_DATE, suffix: str = "both") -> Run:
        """All scripts, up to one that fails."""
        lake, summaries = self.lake("local"), {}
        with masking_key():
            for script in self.scripts:
                try:
                    summaries |= pipeline_steps.run_scripts(
                        self.folder / "workload",
                        [script],
                        run_date=run_date,
                        load_id=f"{run_date}-{suffix}",
                        engine="local",
                        lake_uri=lake.uri,
                        aws_conn_id="",
                    )
                except DataOnboardingError as error:
                    return Run(lake, summaries, error.as_dict())
        return Run(lake, summaries, {})

    def on_spark(
        self,
        run_date: str = RUN_DATE,
        suffix: str = "both",
        *,
        version: str = "3.5.6",
        ansi: bool = False,
        master: str = LOCAL,
        long_run: bool = False,
    ) -> Run:
        """All scripts as jobs of one Spark session, up to one that fails.

        :param master: which machines Spark runs on.
        :param long_run: millions of rows.
        """
        lake, scratch = self.lake("aws"), self.folder / "spark"
        scratch.mkdir(exist_ok=True)
        results = [storage.file_uri(scratch / f"{suffix}_{index}.json") for index in range(len(self.scripts))]
        load_id = f"{run_date}-{suffix}"
        jobs = [
            self._job(script, run_date, load_id, lake, uri) for script, uri in zip(self.scripts, results, strict=True)
        ]
        (scratch / "runs.json").write_text(json.dumps({"masking_key": KEY, "arguments": jobs}))
        done = run_jobs(scratch, version=version, ansi=ansi, master=master, long_run=long_run)
        found = [result for result in map(read_result, results) if result is not None]
        assert found, done.stderr[-4000:]
        # Every failure of a job has an error of ours.
        assert done.returncode == bool(found[-1].error), done.stderr[-6000:]
        assert KEY not in done.stdout + done.stderr
        return _run(lake, found)

    def _job(self, script: str, run_date: str, load_id: str, lake: Lake, result_uri: str) -> list[str]:
        given = {
            "workload_uri": storage.file_uri(self.folder / "workload"),
            "run_date": run_date,
            "load_id": load_id,
            "engine": "aws",
            "lake_uri": lake.uri,
            "manifest_version": self.version,
            "scripts": script,
            "result_uri": result_uri,
        }
        return [part for name, value in given.items() for part in (f"--{name}", value)]


def run_jobs(
    scratch: Path, *, version: str, ansi: bool, master: str, long_run: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run ``scratch/runs.json`` in a Spark environment; ``shared`` is where Glue has its zip."""
    environment = spark_environment(version)
    variables = environment.variables(ansi=ansi, scratch=scratch, long_run=long_run) | {"PYTHONPATH": str(ROOT)}
    variables["PYSPARK_SUBMIT_ARGS"] = variables["PYSPARK_SUBMIT_ARGS"].replace(
        f"--master '{LOCAL}'", f"--master {master}"
    )
    assert master in variables["PYSPARK_SUBMIT_ARGS"]
    return subprocess.run(
        [str(environment.python), str(SCRIPT), str(scratch / "runs.json")],
        env=variables | {name: value for name, value in os.environ.items() if name.startswith("AWS_")},
        cwd=scratch,
        capture_output=True,
        text=True,
        timeout=7200 if long_run else 900,
        check=False,
    )


def _run(lake: Lake, results: Sequence[JobResult]) -> Run:
    summaries: dict[str, Any] = {}
    for result in results:
        summaries |= {script: pipeline_steps._small(summary) for script, summary in result.summaries.items()}
    return Run(lake, summaries, results[-1].error)


def check_equal(one: Run, other: Run, run_date: str = RUN_DATE, suffix: str = "both") -> dict[str, int]:
    """Everything that two runs left is the same, cell by cell and type by type.

    :returns: rows of each table that was compared.
    """
    assert dict(one.error) == _elsewhere(other.error, other.lake, one.lake)
    assert one.summaries == _elsewhere(other.summaries, other.lake, one.lake)
    counts = {}
    for name, (left, right) in _tables(one.lake, other.lake, run_date, f"{run_date}-{suffix}").items():
        rows, types = _table(left), _types(left)
        assert types == _types(right), name
        assert rows == _table(right), name
        counts[name] = len(rows)
    for zone in ("bronze", "silver", "gold"):
        assert state.read_quality(one.lake, zone) == state.read_quality(other.lake, zone), zone
    measured = [state.read_summary(run.lake, f"{run_date}-{suffix}", "measured") for run in (one, other)]
    assert measured[0] == measured[1]
    loads = [state.read_loads(run.lake) for run in (one, other)]
    assert loads[0] == loads[1]
    return counts


def _tables(one: Lake, other: Lake, run_date: str, load_id: str) -> dict[str, tuple[list[str], list[str]]]:
    """Files of every table, of both lakes."""
    arguments = RunArguments("file:///workload", run_date, load_id, "local", one.uri)
    folders = {f"bronze/{one.workload}": [lake.bronze_load(lake.workload, run_date, load_id) for lake in (one, other)]}
    for kind in ("silver", "gold", "duplicates"):
        folders[f"quarantine/{kind}"] = [lake.quarantine(kind, arguments) for lake in (one, other)]
    found = {name: (tables.parquet_files(left), tables.parquet_files(right)) for name, (left, right) in folders.items()}
    for zone in ("silver", "gold"):
        for table in _names(one, zone) | _names(other, zone):
            found[f"{zone}/{table}"] = (_published(one, zone, table), _published(other, zone, table))
    return found


def _names(lake: Lake, zone: str) -> set[str]:
    folder = storage.join(lake.uri, zone, lake.workload)
    return {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}


def _published(lake: Lake, zone: str, table: str) -> list[str]:
    pointer = read_pointer(lake, zone, table)
    return [] if pointer is None else published_files(lake, zone, table, pointer)


def _table(uris: list[str]) -> list[tuple[Any, ...]]:
    if not uris:
        return []
    with engine.connection() as con:
        return con.execute(f"SELECT * FROM {tables.scan(tables.bring_tables(uris, Path()))} {_ORDER}").fetchall()


def _types(uris: list[str]) -> list[tuple[str, str]]:
    if not uris:
        return []
    with engine.connection() as con:
        return tables.columns_in(con, tables.scan(tables.bring_tables(uris, Path())))


def _elsewhere(document: Any, lake: Lake, other: Lake) -> Any:
    """A document of a lake as the other lake would have it."""
    return json.loads(json.dumps(document).replace(lake.uri, other.uri))
