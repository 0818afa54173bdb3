"""DAG files, the project's own and a generated one, compute while they are parsed and do nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents import AgentContext, DagAgent, propose_all
from onboarding.codegen import build_workload
from onboarding.discovery import first_look, look_at_source, resolve
from onboarding.local_platform.environment import sample_data_folder
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import WorkloadPlan
from onboarding.workspace.deployed import dag_file_key, version_key

ROOT = Path(__file__).resolve().parents[2]
OWN = [ROOT / "dags", ROOT / "plugins", ROOT / "shared"]


def probe(dag_file: Path, allowed: list[Path], home: Path) -> subprocess.CompletedProcess[str]:
    """Parse a file in the probe; Airflow's database is where no file can be."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "AWS_"))}
    secrets = "tests.dags.no_secrets.NoSecrets"
    environment = {
        **kept,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/no/such/folder/airflow.db",
        "AIRFLOW__SECRETS__BACKEND": secrets,
        "AIRFLOW__WORKERS__SECRETS_BACKEND": secrets,
    }
    command = [sys.executable, "-m", "tests.dags.parse_probe", str(dag_file), *[str(path) for path in allowed]]
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def parsed(dag_file: Path, allowed: list[Path], home: Path) -> dict[str, Any]:
    """DAG id -> task ids."""
    process = probe(dag_file, allowed, home)
    assert process.returncode == 0, process.stderr[-2000:]
    dags: dict[str, Any] = json.loads(process.stdout.split("PROBE ")[-1])
    return dags


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DAG file of the bundled sales data, in the layout of the DAGs location."""
    source = sample_data_folder() / "sales" / "orders.csv"
    conf = parse_conf({"source.location": source.as_uri(), "workload": "sales_orders"})
    profile, discovery = look_at_source(conf), resolve(conf, first_look(conf))
    known = propose_all(AgentContext(conf=conf, discovery=discovery, profile=profile))
    plan = WorkloadPlan(
        discovery=discovery, metadata=known.need_metadata(), transformation=known.need_transformation(),
        quality=known.need_quality(), dag=DagAgent().propose(known),
    )  # fmt: skip
    workload = build_workload(plan, profile)
    dags = tmp_path_factory.mktemp("generated") / "dags"
    for name, data in workload.files.items():
        own = name == "dags/sales_orders_dag.py"
        path = dags / (dag_file_key(workload.name) if own else f"{version_key(workload.name, workload.version)}/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return dags / dag_file_key(workload.name)


def test_the_meta_dag(tmp_path: Path) -> None:
    dags = parsed(ROOT / "dags" / "onboard_meta_dag.py", OWN, tmp_path)
    assert list(dags) == ["onboard_meta_dag"]


def test_the_gate_dags(tmp_path: Path) -> None:
    dags = parsed(ROOT / "dags" / "onboard_gate_dags.py", OWN, tmp_path)
    assert set(dags) >= {"onboard_gate_approve_plan", "onboard_gate_confirm_profile", "onboard_gate_approve_deploy"}
    assert all(tasks == ["approve"] for tasks in dags.values())


def test_a_generated_dag_reads_nothing_but_itself_and_shared(generated: Path, tmp_path: Path) -> None:
    other_files = [path for path in generated.parent.rglob("*") if path.is_file() and path != generated]
    assert len(other_files) > 20
    for path in other_files:
        path.chmod(0)
    dags = parsed(generated, [ROOT / "shared"], tmp_path)
    assert list(dags) == ["sales_orders"]
    assert len(dags["sales_orders"]) == 7


BAD = {
    "network": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "database": "import sqlite3; sqlite3.connect(':memory:')",
    "file": "open('/etc/hostname').read()",
    "writing": "open(__file__ + '.txt', 'w')",
    "process": "import subprocess; subprocess.run(['true'])",
    "Variable": "from airflow.sdk import Variable; Variable.get('x', default=None)",
    "connection": "from airflow.sdk import BaseHook; BaseHook.get_connection('x')",
    "warning": "import warnings; warnings.warn('old', DeprecationWarning)",
}


def test_the_probe_itself_refuses_each_of_these(tmp_path: Path) -> None:
    code = tmp_path / "bad_dag.py"
    code.write_text(
        "import os\n"
        "from airflow.sdk import DAG\n"
        f"BAD = {BAD!r}\n"
        "found = []\n"
        "for name, text in BAD.items():\n"
        "    try:\n"
        "        exec(text)\n"
        "    except BaseException as error:\n"
        "        if type(error).__name__ in ('AccessError', 'DeprecationWarning'):\n"
        "            found.append(name)\n"
        "dag = DAG('refused', schedule=None, tags=found)\n"
        "for name in found:\n"
        "    globals()[name] = DAG(name, schedule=None)\n"
    )
    assert set(parsed(code, [tmp_path], tmp_path)) == {"refused", *BAD}
