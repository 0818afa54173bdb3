"""``python -m benchmarks.router``: search, and check for duplicates and overlaps, among many deployed workloads.

The workloads are copies of the checked-in one under other names and sources. Measured is one search by words and one
duplicate check, each with all reads, in a process that has imported everything. On S3 it is the emulated AWS of the
local platform, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from pathlib import Path

from onboarding.deploy.duplicates import find_duplicate, find_overlaps
from onboarding.discovery.workload_search import described, search
from onboarding.spec.conf import Format
from onboarding.spec.plans import DiscoveryPlan, SourcePlan
from onboarding.spec.profile import ReadOptions
from onboarding.workspace.deployed import dag_file_key, deployed_workloads, version_key
from onboarding.workspace.store import Store

EXAMPLE = Path(__file__).resolve().parents[2] / "workloads" / "sales_orders"
SUBJECTS = ("sales", "customers", "payments", "tickets", "shipments", "products", "visits", "invoices")


def fill(dags: Store, count: int) -> None:
    """Deploy copies of the example, as far as the router reads: the DAG file and the manifest."""
    manifest = json.loads((EXAMPLE / ".onboarding" / "manifest.json").read_text())
    dag_file = (EXAMPLE / "dags" / "sales_orders_dag.py").read_text()
    for number in range(count):
        name, version = f"{SUBJECTS[number % len(SUBJECTS)]}_{number:05d}", f"{number:012x}"
        source = {"location": f"s3://landing/{name}/", "filter": ""}
        dags.write_json(
            f"{version_key(name, version)}/.onboarding/manifest.json", {**manifest, "workload": name, "source": source}
        )
        text = re.sub(r'^VERSION = ".*"$', f'VERSION = "{version}"', dag_file, flags=re.MULTILINE)
        dags.write(dag_file_key(name), text.encode())


def measure(dags: Store) -> dict[str, float]:
    """Seconds of a search by words, and of a duplicate check."""
    started = time.perf_counter()
    found = search("the payments data", described(dags))
    searched = time.perf_counter()
    assert found
    source = SourcePlan(location="s3://landing/new/", format=Format.CSV, read_options=ReadOptions())
    discovery = DiscoveryPlan(workload="new_one", description="", owner="", source=source)
    deployed = deployed_workloads(dags)
    assert find_duplicate(deployed, discovery) is None
    assert find_overlaps(deployed, discovery) == []
    return {"search": searched - started, "duplicates": time.perf_counter() - searched}


def main() -> int:
    """Fill, measure three times, print the fastest of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.router", description=__doc__)
    parser.add_argument("--workloads", type=int, default=1_000)
    parser.add_argument("--dags-uri", default="", help="where they are put; a temporary folder when empty")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dags = Store(options.dags_uri or Path(folder).as_uri())
        fill(dags, options.workloads)
        measured = [measure(dags) for _ in range(3)]
    for name in ("search", "duplicates"):
        best = min(run[name] for run in measured)
        sys.stdout.write(f"{name:<12} {options.workloads:,} workloads: {best:.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
