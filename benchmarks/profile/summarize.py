"""``python -m benchmarks.profile.summarize FILE``: DuckDB's SUMMARIZE of a file, on the same engine as ours."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from shared.pipeline import engine
from shared.pipeline.literals import quote_literal
from tests.hard_input.limited_run import peak_resident_bytes


def main(path: Path) -> None:
    """Summarize once and print what :mod:`benchmarks.profile.ours` prints."""
    with engine.connection() as con:
        started, processor = time.monotonic(), time.process_time()
        found = con.execute(f"SUMMARIZE FROM {quote_literal(str(path))}").fetchall()
        said = {
            "seconds": time.monotonic() - started,
            "processor_seconds": time.process_time() - processor,
            "peak_bytes": peak_resident_bytes(),
            "rows": int(found[0][10]),
        }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
