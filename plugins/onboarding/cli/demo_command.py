"""``onboard demo``."""

from __future__ import annotations

import shutil
from pathlib import Path

from onboarding.cli.console import progress
from onboarding.cli.run_command import RunRequest, run
from onboarding.local_platform import default_home, down

DEMO_CONF = {
    "source.location": "s3://onboarding-landing/sales/",
    "workload": "sales_orders",
    "mode": "assume_defaults",
}


def demo(json_path: Path | None) -> int:
    """Onboard the bundled sales data set from the emulated S3; returns the exit code."""
    home = default_home() / "demo"
    down(home, progress=progress)
    if home.exists():
        shutil.rmtree(home)
    return run(
        RunRequest(
            home=home,
            conf=dict(DEMO_CONF),
            conf_name="the demo's conf",
            data=None,
            approve="auto",
            engine=None,
            json_path=json_path,
            out=None,
        )
    )
