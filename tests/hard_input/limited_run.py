"""``python -m tests.hard_input.limited_run FILE FOLDER``: onboard and run a file, and say as JSON what it took.

For a process in a control group: nothing is imported that a task would not import too.
"""

from __future__ import annotations

import json
import resource
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
    said["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(said))


if __name__ == "__main__":
    main()
