"""A workload that was generated from its first delivery, and runs of its scripts by date, without Airflow."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onboarding.codegen.scripts import script_order
from onboarding.spec.plans import WorkloadPlan
from shared.operators import pipeline_steps
from shared.pipeline import engine, state, tables
from shared.pipeline.arguments import RunArguments
from shared.pipeline.zones import Lake
from tests.hard_input.onboarding_path import masking_key, read_published, render

TECHNICAL = ("_source_file", "_source_row", "_load_id")


@dataclass(frozen=True)
class Deployed:
    """Scripts in a folder and a lake beside them.

    :ivar folder: the workload's directory.
    """

    folder: Path
    plan: WorkloadPlan
    lake: Lake

    @classmethod
    def onboard(cls, location: str, scratch: Path, conf: Mapping[str, Any] | None = None) -> Deployed:
        """Profile, plan and render the source as it is now."""
        _, plan, files = render(location, conf)
        for name, content in files.items():
            (scratch / "workload" / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / "workload" / name).write_bytes(content)
        return cls(scratch / "workload", plan, Lake((scratch / "lake").as_uri(), plan.workload))

    @property
    def scripts(self) -> tuple[str, ...]:
        """The scripts in the order of the DAG."""
        return script_order(self.plan.workload)

    def run(self, run_date: str, suffix: str = "run", *, steps: int | None = None) -> dict[str, dict[str, Any]]:
        """The scripts of one run; the same suffix again is a retry of the same run.

        :param steps: only so many of them, as if the run was killed then.
        :returns: stem of a script -> its summary.
        """
        with masking_key():
            summaries = pipeline_steps.run_scripts(
                self.folder,
                list(self.scripts[:steps]),
                run_date=run_date,
                load_id=f"{run_date}-{suffix}",
                engine="local",
                lake_uri=self.lake.uri,
                aws_conn_id="",
            )
        return {Path(script).stem: summary for script, summary in summaries.items()}

    def arguments(self, run_date: str, suffix: str = "run") -> RunArguments:
        """What the scripts of a run are called with."""
        return RunArguments(self.folder.as_uri(), run_date, f"{run_date}-{suffix}", "local", self.lake.uri)

    def silver(self) -> list[dict[str, Any]]:
        """Rows of Silver, without what says where they came from, sorted."""
        return _sorted(read_published(self.lake, "silver", self.plan.workload))

    def gold(self) -> list[dict[str, Any]]:
        """Rows of the first Gold table, sorted."""
        return _sorted(read_published(self.lake, "gold", self.plan.transformation.gold_tables[0].name))

    def loaded(self) -> dict[str, int]:
        """Rows of Bronze of each current load by its date."""
        return {load.run_date: load.rows for load in state.current_loads(self.lake)}

    def held(self, kind: str, run_date: str, suffix: str = "run") -> list[dict[str, Any]]:
        """Rows that a run held back: ``silver``, ``gold`` or ``duplicates``."""
        uris = tables.parquet_files(self.lake.quarantine(kind, self.arguments(run_date, suffix)))
        if not uris:
            return []
        with engine.connection() as con:
            result = con.execute(f"SELECT * FROM {tables.scan(tables.bring_tables(uris, self.folder))}")
            names = [item[0] for item in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def document(self, *parts: str) -> Any:
        """A JSON document of the workload's state; ``None`` when there is none."""
        from shared.pipeline import storage

        return storage.read_json(self.lake.state(*parts))


def _sorted(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = [{name: value for name, value in row.items() if name not in TECHNICAL} for row in rows]
    return sorted(kept, key=lambda row: json.dumps(row, default=str, sort_keys=True))


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """One CSV file, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
