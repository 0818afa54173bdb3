"""The whole generator: deterministic, owned, and green on its own tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from onboarding.codegen import CodegenError, build_workload, render
from onboarding.codegen.manifest import build_manifest, version_of
from onboarding.codegen.ownership import MANIFEST_PATH, OWNERSHIP, owned_file
from onboarding.spec.config_files import CONFIG_MODELS, read_config
from onboarding.spec.plans import DeduplicationPlan, DraftPlan, WorkloadPlan
from shared.pipeline.errors import WorkloadChangedError
from shared.pipeline.workload import verify_directory
from tests.onboarding.codegen.sales import sales_plan, sales_profile

OWNERS = ("profiling", "metadata", "transformation", "quality", "dag", "orchestrator", "review")
VERSION_LINE = b'VERSION = "'


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render(sales_plan(), sales_profile())


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workloads") / "sales_orders"
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def test_the_same_plan_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    again = WorkloadPlan.model_validate_json(sales_plan().model_dump_json())
    assert render(again, sales_profile()) == files


def test_every_file_has_an_owner_and_every_entry_a_file(files: dict[str, bytes]) -> None:
    found = {owned_file(path, "sales_orders").path for path in files}
    assert found == {entry.path for entry in OWNERSHIP}


@pytest.mark.parametrize("owner", OWNERS)
def test_an_agent_writes_only_its_own_files(files: dict[str, bytes], owner: str) -> None:
    written = render(sales_plan(), sales_profile(), owner=owner)
    assert all(owner in owned_file(path, "sales_orders").owners for path in written)
    assert owner == "profiling" or all(files[path] == content for path, content in written.items())


def test_all_agents_together_write_everything(files: dict[str, bytes]) -> None:
    written: dict[str, bytes] = {}
    for owner in OWNERS:
        written |= render(sales_plan(), sales_profile(), owner=owner)
    assert written == files


def test_phase_3_needs_no_later_plan_and_has_the_profile_tests_only() -> None:
    plan = sales_plan()
    draft = DraftPlan(discovery=plan.discovery, metadata=plan.metadata)
    tests = render(draft, sales_profile(), owner="profiling")["tests/unit/test_metadata.py"]
    assert b"class TestProfile" in tests
    assert b"class TestMetadata" not in tests


def test_a_missing_plan_is_named() -> None:
    plan = sales_plan()
    draft = DraftPlan(discovery=plan.discovery, metadata=plan.metadata)
    with pytest.raises(CodegenError) as raised:
        render(draft, sales_profile(), owner="transformation")
    assert raised.value.where == "plan.transformation"


def test_the_manifest_covers_every_file_and_the_dag(files: dict[str, bytes]) -> None:
    content = json.loads(files[MANIFEST_PATH])
    dag = "dags/sales_orders_dag.py"
    assert set(content["files"]) == set(files) - {MANIFEST_PATH, dag}
    assert VERSION_LINE + version_of(files[MANIFEST_PATH]).encode() in files[dag]


@pytest.mark.parametrize("key", ["cron", "retries", "deadline_minutes", "paused", "tags"])
def test_another_schedule_is_another_version(key: str) -> None:
    plan = sales_plan()
    other = {"cron": "5 5 * * *", "retries": 1, "deadline_minutes": 7, "paused": True, "tags": ["x"]}[key]
    changed = plan.model_copy(update={"dag": plan.dag.model_copy(update={key: other})})
    versions = {build_workload(item, sales_profile()).version for item in (plan, changed)}
    assert len(versions) == 2


def test_the_runtime_takes_the_folder_and_notices_a_change(folder: Path, files: dict[str, bytes]) -> None:
    version = version_of(files[MANIFEST_PATH])
    assert verify_directory(folder, version=version)["workload"] == "sales_orders"
    script = folder / "scripts/load/load_gold.py"
    script.write_bytes(files["scripts/load/load_gold.py"] + b"# edited")
    with pytest.raises(WorkloadChangedError):
        verify_directory(folder, version=version)
    script.write_bytes(files["scripts/load/load_gold.py"])


def test_edited_files_make_another_version(files: dict[str, bytes]) -> None:
    edited = {**files, "README.md": b"mine\n"}
    first = build_manifest(sales_plan(), sales_profile(), files, b"")
    assert version_of(build_manifest(sales_plan(), sales_profile(), edited, b"")) != version_of(first)


@pytest.mark.parametrize("path", sorted(CONFIG_MODELS))
def test_configs_are_read_back_by_their_models(files: dict[str, bytes], path: str) -> None:
    assert read_config(files[path], CONFIG_MODELS[path], where=path)


def test_text_of_people_stays_text(folder: Path) -> None:
    evil = '"""\n{{ x }}\'); import os #\u202e\\'
    plan = sales_plan()
    discovery = plan.discovery.model_copy(update={"description": evil, "owner": evil})
    source = discovery.source.model_copy(update={"location": f"file:///{evil}", "filter": ""})
    dag = plan.dag.model_copy(update={"description": evil, "owner": evil, "tags": [evil]})
    changed = plan.model_copy(update={"discovery": discovery.model_copy(update={"source": source}), "dag": dag})
    for path, content in render(changed, sales_profile()).items():
        if path.endswith(".py"):
            tree = compile(content, path, "exec")
            assert b"\n{{" not in content, path
            assert tree is not None


@pytest.mark.parametrize("name", ["../up", "Sales", "a/b", "x"])
def test_names_that_would_leave_the_folder_are_refused(name: str) -> None:
    plan = sales_plan()
    changed = plan.model_copy(update={"discovery": plan.discovery.model_copy(update={"workload": name})})
    with pytest.raises(CodegenError):
        render(changed, sales_profile())


def test_a_workload_without_a_key_passes_its_tests_as_well(tmp_path: Path) -> None:
    plan = sales_plan()
    metadata = plan.metadata.model_copy(update={"technical_key": True, "primary_key": ["row_hash"]})
    flag = DeduplicationPlan(mode="flag", keys=["row_hash"])
    transformation = plan.transformation.model_copy(update={"deduplication": flag})
    keyless = plan.model_copy(update={"metadata": metadata, "transformation": transformation})
    for name, content in render(keyless, sales_profile()).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    run_tests(tmp_path, ["tests/unit/test_transformations.py", "tests/unit/test_quality.py"])


@pytest.mark.parametrize("agent", ["metadata", "transformations", "quality", "dag"])
def test_the_workloads_own_tests_pass(folder: Path, agent: str) -> None:
    run_tests(folder, [f"tests/{level}/test_{agent}.py" for level in ("unit", "integration")])


def run_tests(folder: Path, names: list[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
