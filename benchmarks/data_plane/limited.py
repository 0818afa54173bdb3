"""``python -m benchmarks.data_plane.limited FOLDER NAME``: run a workload that is there, and say what it took.

For a process in a control group: nothing is imported that a task would not import too.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from benchmarks.data_plane.ours import run_embedded
from shared.pipeline.resources import measure_resources
from tests.hard_input.limited_run import peak_resident_bytes


def main() -> None:
    """Every script, with the largest scratch that there was."""
    spilled = [0]
    watcher = threading.Thread(target=_watch, args=(Path(measure_resources().temp_directory), spilled), daemon=True)
    watcher.start()
    seconds = run_embedded(Path(sys.argv[1]), sys.argv[2])
    said = {
        "seconds": seconds,
        "threads": measure_resources().threads,
        "memory_limit_bytes": measure_resources().memory_bytes,
        "peak_bytes": peak_resident_bytes(),
        "spilled_bytes": spilled[0],
    }
    print(json.dumps(said))


def _watch(folder: Path, most: list[int]) -> None:
    """Keep the largest sum of the files in a folder."""
    while True:
        found = 0
        for file in folder.iterdir() if folder.is_dir() else ():
            try:
                found += file.stat().st_size
            except FileNotFoundError:
                continue
        most[0] = max(most[0], found)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
