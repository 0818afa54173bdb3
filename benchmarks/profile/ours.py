"""``python -m benchmarks.profile.ours FILE``: our profile of a file, and what it took.

The profile is that of an onboarding: every row measured, personal data, keys and hints looked for. Imports are not
counted. Prints JSON: ``seconds``, ``processor_seconds``, ``peak_bytes`` (resident, imports included), ``rows``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb  # noqa: F401  (the profile imports it when it needs it; here it is there, as it is for SUMMARIZE)

from onboarding.discovery import look_at_source
from onboarding.spec.parse import parse_conf
from tests.hard_input.limited_run import peak_resident_bytes


def main(path: Path) -> None:
    """Profile once and print."""
    conf = parse_conf({"source.location": path.resolve().as_uri()}, where="benchmarks.profile")
    # Files are not refused for their size here: that the limits hold is measured, not promised.
    conf = conf.model_copy(update={"deployment": conf.deployment.model_copy(update={"engine": "local"})})
    started, processor = time.monotonic(), time.process_time()
    report = look_at_source(conf)
    said = {
        "seconds": time.monotonic() - started,
        "processor_seconds": time.process_time() - processor,
        "peak_bytes": peak_resident_bytes(),
        "rows": report.rows,
        "personal": sorted(column.name for column in report.columns if column.is_personal),
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
