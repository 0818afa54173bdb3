"""Run a workload's own tests in a process that can reach neither AWS nor a model, and read what they said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from shared.pipeline.errors import DataOnboardingError

Level = Literal["unit", "integration"]
LEVELS: tuple[Level, ...] = ("unit", "integration")
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "VIRTUAL_ENV")
_OUTPUT_TAIL_CHARACTERS = 4000
# The tests of a table with 20 columns take 5 seconds on two cores, those of one with 2,000 columns 200.
TEST_SECONDS = 900.0
#: Limits first, before anything else is loaded.
PLUGINS = ("shared.testing.limits", "shared.testing.levels", "shared.testing.one_engine")


class TestGateError(DataOnboardingError):
    """A workload's own tests failed, or could not be run."""

    __test__ = False
    code = "test_gate"


@dataclass(frozen=True)
class FailedTest:
    """One failed test: where it is and what it said."""

    name: str
    message: str


@dataclass(frozen=True)
class LevelResult:
    """Counts of one level; parametrised cases of one test function count once."""

    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    failures: tuple[FailedTest, ...] = ()


@dataclass(frozen=True)
class TestGateResult:
    """What an agent's tests said."""

    __test__ = False
    agent: str
    unit: LevelResult = field(default_factory=LevelResult)
    integration: LevelResult = field(default_factory=LevelResult)

    @property
    def passed(self) -> bool:
        """Whether there were tests on both levels and none failed."""
        levels = (self.unit, self.integration)
        return all(level.passed and not level.failed for level in levels)

    @property
    def failures(self) -> tuple[FailedTest, ...]:
        """All failed tests."""
        return self.unit.failures + self.integration.failures

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable form."""
        return {**asdict(self), "passed": self.passed}


def run_test_gate(
    folder: Path, *, agent: str, file_name: str, class_name: str = "", timeout_seconds: float = TEST_SECONDS
) -> TestGateResult:
    """Run ``tests/unit/<file_name>``, then ``tests/integration/<file_name>`` of a workload folder.

    :param class_name: only the tests of this class; empty for all of the file.
    :param timeout_seconds: for both levels together.
    :returns: the counts; integration is not run when a unit test failed. Both levels run in one process, so that
        what they import (Airflow, the engine) is started once.
    :raises TestGateError: pytest could not run the file, or took too long.
    """
    targets = [f"tests/{level}/{file_name}" + (f"::{class_name}" if class_name else "") for level in LEVELS]
    with tempfile.TemporaryDirectory(prefix="test-gate-") as scratch:
        report = Path(scratch) / "junit.xml"
        process = _run_pytest(folder, targets, report, timeout_seconds)
        if process.returncode not in (0, 1) or not report.exists():
            raise TestGateError(
                "pytest could not run the tests",
                where=", ".join(targets),
                expected="exit code 0 (passed) or 1 (failed)",
                given=f"exit code {process.returncode}: {process.stdout[-_OUTPUT_TAIL_CHARACTERS:]}"
                f"{process.stderr[-_OUTPUT_TAIL_CHARACTERS:]}",
                remedy="run the same files by hand in the exported workload folder",
            )
        cases = _cases(report)
    if not cases["unit"]:
        raise TestGateError(
            "there is no unit test",
            where=targets[0],
            expected="at least one test",
            given="none",
            remedy="render the workload again; an agent without tests is not deployed",
        )
    return TestGateResult(agent=agent, unit=_count(cases["unit"]), integration=_count(cases["integration"]))


def _run_pytest(
    folder: Path, targets: list[str], report: Path, timeout_seconds: float
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for plugin in PLUGINS:
        command += ["-p", plugin]
    command += ["--rootdir", str(folder), "--import-mode=importlib", "-o", "addopts=", f"--junitxml={report}"]
    process = subprocess.Popen(
        [*command, *targets],
        cwd=folder,
        env=_environment(report.parent),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=timeout_seconds)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
    except subprocess.TimeoutExpired as error:
        raise TestGateError(
            "the tests did not end in time",
            where=", ".join(targets),
            expected=f"an end within {timeout_seconds:.0f} seconds",
            given="still running: ended by us",
            remedy="look for an endless loop in the generated script that the test runs",
        ) from error
    finally:
        # What the tests started ends with them, whatever became of them.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _environment(scratch: Path) -> dict[str, str]:
    home = scratch / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Workload tests are plain pytest; plugins that happen to be installed cost seconds and may change results.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TMPDIR": str(scratch),
    }


def _cases(report: Path) -> dict[str, list[ElementTree.Element]]:
    """Test cases of each level."""
    # The report is written by the pytest that we started; it holds no external entities.
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    return {level: [case for case in cases if _level(case) == level] for level in LEVELS}


def _level(case: ElementTree.Element) -> Level:
    return "integration" if "integration" in str(case.get("classname")).split(".") else "unit"


def _count(cases: list[ElementTree.Element]) -> LevelResult:
    outcome: dict[str, bool] = {}
    failures: list[FailedTest] = []
    seconds = 0.0
    for case in cases:
        seconds += float(case.get("time", "0"))
        name = f"{case.get('classname', '')}::{case.get('name', '').split('[')[0]}"
        problem = next((child for child in case if child.tag in ("failure", "error")), None)
        skipped = any(child.tag == "skipped" for child in case)
        if problem is not None:
            failures.append(FailedTest(f"{case.get('classname')}::{case.get('name')}", _message(problem)))
        if not skipped:
            outcome[name] = outcome.get(name, True) and problem is None
    passed = sum(outcome.values())
    return LevelResult(passed, len(outcome) - passed, round(seconds, 3), tuple(failures))


def _message(problem: ElementTree.Element) -> str:
    text = problem.get("message") or problem.text or ""
    return text if len(text) <= 2000 else f"{text[:2000]}..."
