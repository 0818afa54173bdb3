"""A run of the generated scripts on the real source in a scratch lake that is removed afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onboarding.spec.conf import Strict
from shared.operators.pipeline_steps import run_scripts
from shared.pipeline.errors import QualityGateFailed


class DryRun(Strict):
    """What the pipeline would do with the source as it is now.

    ``blocked`` holds the text of the quality gate that did not pass; the numbers end there.
    """

    steps: dict[str, dict[str, Any]]
    blocked: str = ""

    @property
    def headline(self) -> str:
        """The result in a line."""
        rows = {name: step.get("rows") for name, step in self.steps.items() if "rows" in step}
        return self.blocked.splitlines()[0] if self.blocked else f"passed: {rows}"


def dry_run(
    files: Mapping[str, bytes], script_order: Sequence[str], *, run_date: str, engine: str, aws_conn_id: str
) -> DryRun:
    """Run every script of a workload once.

    :param files: the workload's files by relative path.
    :param script_order: the scripts in the order of the DAG.
    :param run_date: ``YYYY-MM-DD``; rules such as "not in the future" are judged by it.
    :param aws_conn_id: Airflow connection through which an ``s3://`` source is read.
    :returns: each step's own summary, the same for the same source and date; nothing of it is left on disk.
    """
    with tempfile.TemporaryDirectory(prefix="dry-run-") as scratch:
        folder = Path(scratch) / "workload"
        for name, data in sorted(files.items()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        steps: dict[str, dict[str, Any]] = {}
        blocked = ""
        for script in script_order:
            try:
                summary = run_scripts(
                    folder,
                    [script],
                    run_date=run_date,
                    load_id=f"{run_date}-dry-run",
                    engine=engine,
                    lake_uri=(Path(scratch) / "lake").as_uri(),
                    aws_conn_id=aws_conn_id,
                )
            except QualityGateFailed as error:
                blocked = error.text()
                break
            # Where the scratch lake was is a name by chance, and nothing is there any more.
            steps[Path(script).stem] = {key: value for key, value in summary[script].items() if key != "path"}
    return DryRun(steps=steps, blocked=blocked)
