"""Job runs in a Spark environment: ``job_runs.py RUNS``, a JSON file with lists of job arguments, run in one session.

Stands in for Glue where the job itself is what is tested. Like a DAG, it stops at the first run that fails.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(path: str) -> int:
    """Run every job; 1 when one failed."""
    from pyspark.sql import SparkSession

    from shared.pipeline import secrets
    from shared.pipeline.spark.job import JobFailed, run

    runs = json.loads(Path(path).read_text())
    SparkSession.builder.getOrCreate().sparkContext.setLogLevel("ERROR")
    if runs["masking_key"]:
        secrets.set_key_provider(lambda workload: str(runs["masking_key"]))
    for arguments in runs["arguments"]:
        try:
            run(["job", *arguments])
        except JobFailed as error:
            sys.stderr.write(f"JobFailed: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
