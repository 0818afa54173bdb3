"""Without the files that they test, every generated test fails: none passes for nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.mutations.folders import WORKLOADS
from tests.mutations.mutation import EXAMPLE, GATES

FILES = sorted({file_name for file_name, _ in GATES.values()})
LEVELS = ("unit", "integration")
#: Contracts, section 4: unit and integration.
FLOORS = {"profiling": (6, 3), "metadata": (5, 4), "transformation": (7, 6), "quality": (6, 6), "dag": (9, 3)}
ALWAYS_GREEN = "\n\ndef test_of_nothing() -> None:\n    assert True\n"


@pytest.fixture(scope="module")
def workloads(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("workloads")
    folders = {name: root / name / "workload" for name in WORKLOADS}
    for name, make in WORKLOADS.items():
        make(folders[name])
    return folders


def only_tests(source: Path, target: Path) -> Path:
    """The tests of a workload and nothing else."""
    shutil.copytree(source / "tests", target / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return target


def outcomes(folder: Path) -> dict[str, set[str]]:
    """Test function (``level::file::function``) -> outcomes of its cases, from JUnit."""
    report = folder / "junit.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-o", "addopts=",
         "--rootdir", str(folder), f"--junitxml={report}", "tests"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{str(case.get('name')).split('[')[0]}"
        problems = {child.tag for child in case} & {"failure", "error", "skipped"}
        found.setdefault(name, set()).update(problems or {"passed"})
    return found


def functions(folder: Path) -> set[str]:
    """The test functions in the files, as JUnit names them."""
    found = set()
    for path in sorted(folder.glob("tests/*/test_*.py")):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            inner = node.body if isinstance(node, ast.ClassDef) else []
            found |= {f"{module}.{node.name}::{item.name}" for item in inner if _is_test(item)}  # type: ignore[attr-defined]
            if _is_test(node):
                found.add(f"{module}::{node.name}")  # type: ignore[attr-defined]
    return found


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


@pytest.mark.parametrize(
    "workload", [pytest.param(name, marks=[] if name == EXAMPLE else [pytest.mark.slow]) for name in WORKLOADS]
)
def test_no_test_passes_on_an_empty_workload(workloads: dict[str, Path], workload: str, tmp_path: Path) -> None:
    folder = only_tests(workloads[workload], tmp_path / "empty")
    found = outcomes(folder)
    assert set(found) == functions(folder)
    assert {name: seen for name, seen in found.items() if not seen <= {"failure", "error"}} == {}


def test_a_test_that_passes_would_be_noticed(workloads: dict[str, Path], tmp_path: Path) -> None:
    source, folder = workloads[EXAMPLE] / "tests/unit/test_quality.py", tmp_path / "empty"
    (folder / "tests/unit").mkdir(parents=True)
    (folder / "tests/unit/test_quality.py").write_text(source.read_text("utf-8") + ALWAYS_GREEN, "utf-8")
    passing = [name for name, seen in outcomes(folder).items() if "passed" in seen]
    assert passing == ["tests.unit.test_quality::test_of_nothing"]


@pytest.mark.parametrize("workload", list(WORKLOADS))
def test_every_agent_has_as_many_tests_as_promised(workloads: dict[str, Path], workload: str) -> None:
    names = functions(workloads[workload])
    for agent, floors in FLOORS.items():
        file_name, class_name = GATES[agent]
        for level, floor in zip(LEVELS, floors, strict=True):
            prefix = f"tests.{level}.{Path(file_name).stem}" + (f".{class_name}" if class_name else "")
            assert sum(name.startswith(f"{prefix}::") for name in names) >= floor, (agent, level)
