"""Reads a table of a database to the end and says how much memory that took; a process of its own.

Usage: ``python -m tests.loads.stream_probe LOCATION...``: for each the rows and the peak so far, in bytes.
"""

from __future__ import annotations

import resource
import sys

from shared.operators.pipeline_steps import aws_access
from shared.pipeline.source import open_source


def main(locations: list[str]) -> None:
    """Read each in turn."""
    with aws_access(""):
        for location in locations:
            with open_source(location) as source:
                rows = source.rows
            print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


if __name__ == "__main__":
    main(sys.argv[1:])
