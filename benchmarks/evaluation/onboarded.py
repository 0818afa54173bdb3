"""One data set through ``onboard run --data FILE``: what was proposed, and how its pipeline ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TIMEOUT_SECONDS = 1_200
#: Nothing is asked but the three approvals, which are given; nothing is said of the data.
CONF = {"mode": "assume_defaults"}


@dataclass(frozen=True)
class Onboarded:
    """What a run left behind.

    :ivar report: the JSON report of the run.
    :ivar source: ``config/source.yaml`` of the deployed workload; empty where nothing was deployed.
    :ivar rules: ``config/quality_rules.yaml`` of it.
    """

    exit_code: int
    report: dict[str, Any]
    source: dict[str, Any]
    rules: dict[str, Any]


def onboard(data: Path, home: Path, scratch: Path) -> Onboarded:
    """Onboard a file on the platform of ``home``.

    :param scratch: empty folder of ours.
    :raises RuntimeError: the command left no report.
    """
    conf, report = scratch / "conf.yaml", scratch / "report.json"
    conf.write_text(yaml.safe_dump(CONF))
    command = [sys.executable, "-m", "onboarding.cli.main", "run", "--data", str(data), "--conf", str(conf)]
    command += ["--approve", "auto", "--json", str(report), "--out", str(scratch / "out")]
    done = subprocess.run(
        command, env={**os.environ, "ONBOARD_HOME": str(home)}, capture_output=True, text=True,
        timeout=TIMEOUT_SECONDS, check=False,
    )  # fmt: skip
    if not report.exists():
        raise RuntimeError(f"{data.name}: no report; {done.stderr[-2000:]}")
    found = json.loads(report.read_text())
    configs = scratch / "out" / str(found["workload"]) / "config"
    return Onboarded(
        exit_code=done.returncode,
        report=found,
        source=_config(configs / "source.yaml"),
        rules=_config(configs / "quality_rules.yaml"),
    )


def _config(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text())) if path.exists() else {}
