"""ydata-profiling, minimal, in its own environment: ``python ydata.py FILE``.

Imports nothing of the project. Reading the file, describing it and rendering the HTML page are counted; imports and
progress bars are not. Prints JSON: ``seconds``, ``processor_seconds``, ``peak_bytes``, ``rows``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pandas as pd
from ydata_profiling import ProfileReport


def _peak_bytes() -> int:
    """The largest resident set of this program; the maximum of getrusage may be that of the one that started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main(path: Path) -> None:
    """Profile once and print."""
    started, processor = time.monotonic(), time.process_time()
    rows = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    page = ProfileReport(rows, minimal=True, progress_bar=False).to_html()
    said = {
        "seconds": time.monotonic() - started,
        "processor_seconds": time.process_time() - processor,
        "peak_bytes": _peak_bytes(),
        "rows": len(rows),
        "page": len(page),
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
