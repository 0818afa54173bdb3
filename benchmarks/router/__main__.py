"""``python -m benchmarks.router``: search, and check for duplicates and overlaps, among many deployed workloads.

The workloads are copies of the checked-in one under other names and sources. Measured is one search by words and one
duplicate check, each with all reads, in a process that has imported everything; and the first search, which reads every
workload and makes the index of what was noted at each deployment. With ``--s3`` the workloads and the index are in the
emulated AWS of the local platform, in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from onboarding.deploy.duplicates import find_duplicate, find_overlaps
from onboarding.discovery.workload_search import described, search
from onboarding.local_platform.account_names import FAKE_KEY, REGION
from onboarding.spec.conf import Format
from onboarding.spec.plans import DiscoveryPlan, SourcePlan
from onboarding.spec.profile import ReadOptions
from onboarding.workspace.deployed import DeployedWorkload, dag_file_key, version_key
from onboarding.workspace.deployed_index import DeployedIndex, entry_of
from onboarding.workspace.store import Store
from tests.crashes.places import client, emulated_aws

EXAMPLE = Path(__file__).resolve().parents[2] / "workloads" / "sales_orders"
SUBJECTS = ("sales", "customers", "payments", "tickets", "shipments", "products", "visits", "invoices")


def fill(dags: Store, workspace: Store, count: int) -> None:
    """Deploy copies of the example, as far as the router reads: the DAG file and the manifest, and note each."""
    manifest = json.loads((EXAMPLE / ".onboarding" / "manifest.json").read_text())
    dag_file = (EXAMPLE / "dags" / "sales_orders_dag.py").read_text()

    def deploy(number: int) -> None:
        name, version = f"{SUBJECTS[number % len(SUBJECTS)]}_{number:05d}", f"{number:012x}"
        source = {"location": f"s3://landing/{name}/", "filter": ""}
        dags.write_json(
            f"{version_key(name, version)}/.onboarding/manifest.json", {**manifest, "workload": name, "source": source}
        )
        text = re.sub(r'^VERSION = ".*"$', f'VERSION = "{version}"', dag_file, flags=re.MULTILINE)
        dags.write(dag_file_key(name), text.encode())
        workspace.write(*entry_of(DeployedWorkload(name, version, {**manifest, "workload": name, "source": source})))

    with ThreadPoolExecutor(max_workers=8) as writers:
        list(writers.map(deploy, range(count)))


def measure(dags: Store, workspace: Store) -> dict[str, float]:
    """Seconds of a search by words, and of a duplicate check."""
    index = DeployedIndex(dags, workspace)
    started = time.perf_counter()
    known = index.workloads()
    found = search("the payments data", described(known))
    assert search("the payments data", described(index.with_fresh([], {each.workload for each in found})))
    searched = time.perf_counter()
    source = SourcePlan(location="s3://landing/new/", format=Format.CSV, read_options=ReadOptions())
    discovery = DiscoveryPlan(workload="new_one", description="", owner="", source=source)
    deployed = index.workloads()
    assert find_duplicate(deployed, discovery) is None
    assert find_overlaps(deployed, discovery) == []
    return {"search": searched - started, "duplicates": time.perf_counter() - searched}


def main() -> int:
    """Fill, measure once without the index and three times with it, print the fastest of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.router", description=__doc__)
    parser.add_argument("--workloads", type=int, default=1_000)
    parser.add_argument("--s3", action="store_true", help="in the emulated S3")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _root(Path(folder), s3=options.s3) as root:
        dags, workspace = Store(f"{root}/dags"), Store(f"{root}/workspace")
        fill(dags, workspace, options.workloads)
        print(f"{options.workloads:,} workloads, {'S3' if options.s3 else 'files'}")
        first = measure(dags, workspace)
        measured = [measure(dags, workspace) for _ in range(3)]
    print(f"  first search, which makes the index {first['search']:8.2f} s")
    for name in ("search", "duplicates"):
        print(f"  {name:<35} {min(run[name] for run in measured):8.2f} s")
    return 0


@contextlib.contextmanager
def _root(folder: Path, *, s3: bool) -> Iterator[str]:
    """URI below which everything lies."""
    if not s3:
        yield folder.as_uri()
        return
    with emulated_aws(folder) as url:
        connection = {
            "conn_type": "aws",
            "login": FAKE_KEY,
            "password": FAKE_KEY,
            "extra": {"endpoint_url": url, "region_name": REGION},
        }
        os.environ["AIRFLOW_CONN_AWS_DEFAULT"] = json.dumps(connection)
        client(url, "s3").create_bucket(Bucket="router")
        yield "s3://aws_default@router"


if __name__ == "__main__":
    sys.exit(main())
