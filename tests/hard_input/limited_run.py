"""``python -m tests.hard_input.limited_run FILE FOLDER``: onboard and run a file, and say as JSON what it took.

For a process in a control group: nothing is imported that a task would not import too.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from onboarding.discovery import list_files
from onboarding.discovery.engine_choice import local_reason
from onboarding.spec.parse import parse_conf
from shared.pipeline.errors import TooLargeForLocalError
from shared.pipeline.resources import measure_resources
from tests.hard_input.onboarding_path import run_path


def main() -> None:
    """The same first steps as ``phase_1_discovery``, then the path to Gold when the file is not too large."""
    source, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    said: dict[str, object] = {"resources": asdict(measure_resources())}
    conf = parse_conf({"source.location": source.as_uri()})
    try:
        said["reason"] = local_reason(conf, list_files(conf))
    except TooLargeForLocalError as error:
        said["refused"] = error.text()
    else:
        done = run_path(source, scratch)
        said |= {"blocked": done.blocked, "steps": {Path(name).stem: step for name, step in done.summaries.items()}}
    said |= {"peak_bytes": peak_resident_bytes(), "read_bytes": bytes_read()}
    print(json.dumps(said))


def peak_resident_bytes() -> int:
    """The largest resident set since this program began.

    Not ``getrusage``: its maximum outlives ``exec``, so it would be that of the process that started this one.
    """
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def bytes_read() -> int:
    """All bytes that this process asked to read, from the disk or from the page cache."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("rchar:"))


if __name__ == "__main__":
    main()
