"""The package on MWAA's image of Airflow 3.2.1: it imports, its DAG files parse, and its unit tests pass."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from tests.dags.test_meta_dag_joins import NOT_ASKED, SECOND_ATTEMPTS
from tests.mwaa.image import ROOT, Image, bare_environment, install_package, lock, locked, make_image, probe, uv_install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(5400)]
IMAGE = "3.2.1"
UNIT_SECONDS = 5000
RUN_SECONDS = 2400
NOT_COPIED = shutil.ignore_patterns("__pycache__", ".venv*", ".git", ".*_cache", ".hypothesis", "dist")
# Tests of what only a checkout with its developer's environment has (the wheel holds none of it), and one file whose
# subject is tried below in a smaller way.
EXCLUDED = {
    "tests/benchmarks": "the benchmarks measure the DAG files of the checkout, not those of the wheel",
    "tests/tools": "make's own tools: bootstrap, reference pages, pictures",
    "tests/onboarding/mwaa": "builds the package, which needs a checkout",
    "tests/shared/pipeline/profile/test_identifiers_of_faker.py": "faker is no part of the tests' packages there",
    "tests/dags/test_meta_dag_joins.py": "`dag.test()` of 3.2.1 builds the execution API anew for each task (3 s): "
    "20 minutes for its eight runs; one of them is `test_the_meta_dag_joins`",
}

# Tests that reach MCP servers. The image's constraints have httpx2 2.3.0 and the package mcp 2.2 needs 2.5: it cannot
# be installed there, and what is said then is tried below.
NEED_MCP = (
    "tests/shared/hooks/test_mcp_servers.py",
    "tests/onboarding/environment/test_mcp_config.py::test_a_command_that_is_not_there_is_not_available",
    "tests/onboarding/operators/test_health.py::test_servers_that_are_down_are_told_and_nobody_is_asked",
    "tests/onboarding/operators/test_health.py::test_the_other_mode_is_offered_where_its_file_is_there",
    "tests/onboarding/operators/test_health.py::test_where_they_are_needed_somebody_says_how_it_goes_on",
)
WITHOUT_MCP = """
from shared.hooks.mcp_servers import ServerAddress, check_servers
address = ServerAddress("iam", "streamable-http", url="http://127.0.0.1:9/mcp")
(found,) = check_servers([address], deadline_seconds=5, at_once=1)
print(found.status, "|", found.detail)
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image with our package, and what the tests import besides."""
    image = make_image(tmp_path_factory.mktemp("mwaa-3.2.1"), IMAGE)
    install_package(image)
    return image


def test_it_is_the_locked_airflow(image: Image) -> None:
    installed = image.installed()
    assert installed["apache-airflow-core"] == IMAGE
    del installed["pip"]
    del installed["airflow-data-onboarding"]
    assert installed == locked(lock(IMAGE))


def test_every_module_can_be_imported(image: Image) -> None:
    found = probe(image, "modules")
    assert found["airflow"] == IMAGE
    assert all(file.startswith(str(image.venv)) for file in found["packages"].values())
    assert not [path for path in found["path"] if str(ROOT) in path]
    assert len(found["modules"]) > 100


def test_the_dag_files_and_the_worked_example_parse(image: Image, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "dags", tmp_path / "dags", ignore=NOT_COPIED)
    shutil.copytree(ROOT / "workloads" / "sales_orders", tmp_path / "sales_orders", ignore=NOT_COPIED)
    files = [*sorted((tmp_path / "dags").glob("*.py")), tmp_path / "sales_orders" / "dags" / "sales_orders_dag.py"]
    found = probe(image, "dags", *[str(file) for file in files])
    assert found["errors"] == {}
    assert set(found["dags"]) >= {"onboard_meta_dag", "onboard_gate_approve_deploy", "sales_orders"}
    assert found["dags"]["sales_orders"] == 7


def test_without_the_package_mcp_servers_are_not_available(image: Image, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(image.python), "-c", WITHOUT_MCP], cwd=tmp_path, env=bare_environment(image), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == "not available | the package mcp is not installed (extra `mcp`)\n"


@pytest.fixture(scope="module")
def checkout(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout whose tests the image can run."""
    uv_install(image, lock(IMAGE), lock(IMAGE, "-tests"))
    copy = tmp_path_factory.mktemp("checkout") / "project"
    # The local platform's state; a workload has a folder of that name too, and that one is copied.
    state = str(ROOT / ".onboarding")
    shutil.copytree(
        ROOT, copy, ignore=lambda folder, names: {
            *NOT_COPIED(folder, names), *(name for name in names if f"{folder}/{name}" == state)
        },
    )  # fmt: skip
    _append_to_path(image, copy)
    return copy


def test_the_meta_dag_joins(image: Image, checkout: Path, tmp_path: Path) -> None:
    """One run of the real meta-DAG on stub steps, its gates marked, every optional task skipped."""
    optional = ["phase_2_validate.find_reusable_assets", "phase_4_build.ontology.stage"]
    (tmp_path / "scenarios.json").write_text(json.dumps({"skipped": {"steps": dict.fromkeys(optional, "skip")}}))
    uris = {f"{name}_URI": (tmp_path / name.lower()).as_uri() for name in ("WORKSPACE", "DAGS", "LAKE", "LANDING")}
    environment = {
        **bare_environment(image),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
        **{f"AIRFLOW__ONBOARDING__{name}": uri for name, uri in uris.items()},
    }
    # -P: the current folder is not put before the installed packages.
    command = [str(image.python), "-P", "-m", "tests.dags.scenario_runner", str(tmp_path)]
    done = subprocess.run(
        command, cwd=checkout, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=RUN_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    run = json.loads((tmp_path / "results.json").read_text())["skipped"]
    skipped = {name for name, state in run["tasks"].items() if state == "skipped"}
    assert run["state"] == "success"
    assert skipped == {*optional, *SECOND_ATTEMPTS, *NOT_ASKED}
    assert set(run["tasks"].values()) == {"success", "skipped"}
    assert run["record"]["outcome"]["status"] == "deployed"


def test_the_unit_tests_pass(image: Image, checkout: Path, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    done = subprocess.run(
        [
            str(image.venv / "bin" / "pytest"), "-q", "-m", "not e2e and not slow", "-p", "no:cacheprovider",
            f"--junitxml={report}", *[f"--ignore={path}" for path in EXCLUDED],
            *[f"--deselect={name}" for name in NEED_MCP], "tests",
        ],
        cwd=checkout, env={**bare_environment(image), "AIRFLOW_HOME": str(tmp_path / "airflow")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=UNIT_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    counts = _counts(report)
    assert counts["failed"] == 0
    assert counts["passed"] > 1000


def _append_to_path(image: Image, folder: Path) -> None:
    """The tests' own packages are found in ``folder``, and only after the installed ones: ours stay the wheel's."""
    site_packages = next((image.venv / "lib").glob("python*/site-packages"))
    (site_packages / "zz-tests.pth").write_text(f"{folder}\n")


def _counts(report: Path) -> dict[str, int]:
    counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
    # Written by the pytest that was started above.
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        kinds: set[Any] = {child.tag for child in case}
        counts["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
    return counts
