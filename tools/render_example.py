"""Write the worked example, ``workloads/sales_orders``: what the demo generates from the bundled sales data.

Run it after every change of the agents or the generator: ``python -m tools.render_example``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onboarding.agents import AgentContext, DagAgent, propose_all
from onboarding.cli.demo_command import DEMO_CONF
from onboarding.codegen import Workload, build_workload
from onboarding.discovery import first_look, look_at_source, resolve
from onboarding.local_platform.account import Account
from onboarding.local_platform.account_names import FAKE_KEY, REGION
from onboarding.local_platform.environment import sample_data_folder
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import WorkloadPlan
from shared.pipeline import storage

FOLDER = Path(__file__).resolve().parent.parent / "workloads"


@contextmanager
def emulated_account() -> Iterator[None]:
    """Within it, the data plane reads the account of the local platform, sample data included."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id=FAKE_KEY,
            aws_secret_access_key=FAKE_KEY,
        )

    storage.set_client_factory(client)
    try:
        Account(url).ensure(sample_data_folder())
        yield
    finally:
        storage.set_client_factory(None)
        server.stop()


def example_workload() -> Workload:
    """The workload that the demo deploys."""
    with emulated_account():
        conf = parse_conf(DEMO_CONF)
        profile = look_at_source(conf)
        discovery = resolve(conf, first_look(conf))
    known = propose_all(AgentContext(conf=conf, discovery=discovery, profile=profile))
    plan = WorkloadPlan(
        discovery=discovery,
        metadata=known.need_metadata(),
        transformation=known.need_transformation(),
        quality=known.need_quality(),
        dag=DagAgent().propose(known),
    )
    return build_workload(plan, profile)


def write_example(folder: Path) -> list[Path]:
    """Render the example into ``folder/<workload>``, which is emptied first; returns the files, sorted."""
    workload = example_workload()
    target = folder / workload.name
    if target.exists():
        shutil.rmtree(target)
    written = []
    for name, content in workload.files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return sorted(written)


if __name__ == "__main__":
    write_example(FOLDER)
