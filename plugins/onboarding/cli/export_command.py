"""``onboard export``: a deployed workload's folder, for Git."""

from __future__ import annotations

import shutil
from pathlib import Path

from onboarding.cli.console import say
from onboarding.cli.platform_access import running_platform
from onboarding.spec.settings import load_settings
from onboarding.workspace.deployed import dag_file_key, needed_deployed, version_key
from onboarding.workspace.store import Store


def export(workload: str, to: Path) -> int:
    """Write ``<to>/<workload>/`` whole: what is there before is replaced by exactly the deployed files."""
    running_platform()
    dags = Store(load_settings().dags_uri)
    deployed = needed_deployed(dags, workload)
    target, partial = to / workload, to / f".{workload}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    count = sum(1 for _ in dags.download(version_key(workload, deployed.version), partial))
    dag_file = partial / "dags" / f"{workload}_dag.py"
    dag_file.parent.mkdir(parents=True, exist_ok=True)
    dag_file.write_bytes(dags.read(dag_file_key(workload)))
    if target.exists():
        shutil.rmtree(target)
    partial.rename(target)
    say(f"{count + 1} files of {workload} (version {deployed.version}) in {target}")
    return 0
