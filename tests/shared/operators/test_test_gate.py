"""The test gate with a real pytest process on small workload folders."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from shared.operators.test_gate import TestGateError, TestGateResult, run_test_gate

PASSES = "def test_it():\n    assert True\n"
FAILS = "def test_it():\n    assert 1 + 1 == 3, 'sums are wrong'\n"
PARAMETRISED = """
import pytest

@pytest.mark.parametrize("number", [1, 2, 3])
def test_numbers(number):
    assert number

@pytest.mark.parametrize("number", [1, 2, 3])
def test_some_numbers(number):
    assert number != 2

@pytest.mark.skip(reason="not here")
def test_skipped():
    pass
"""
REPORTS_ITS_ENVIRONMENT = """
import json, os, pathlib

def test_it():
    found = {
        "environment": dict(os.environ),
        "home": os.listdir(os.environ["HOME"]),
        "input": os.read(0, 10).decode(),
        "descriptors": [fd for fd in range(3, 64) if pathlib.Path(f"/proc/self/fd/{fd}").exists()],
    }
    pathlib.Path(__file__).parents[2].joinpath("found.json").write_text(json.dumps(found))
"""


def workload(folder: Path, unit: str, integration: str = PASSES) -> Path:
    """A folder with one test file on each level."""
    for level, text in (("unit", unit), ("integration", integration)):
        path = folder / "tests" / level / "test_it.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def gate(folder: Path, class_name: str = "", timeout_seconds: float = 60.0) -> TestGateResult:
    return run_test_gate(
        folder, agent="quality", file_name="test_it.py", class_name=class_name, timeout_seconds=timeout_seconds
    )


def test_it_passes_when_both_levels_do(tmp_path: Path) -> None:
    result = gate(workload(tmp_path, PASSES))
    assert result.passed
    assert (result.unit.passed, result.integration.passed) == (1, 1)
    assert json.loads(json.dumps(result.as_dict()))["passed"] is True


def test_a_failed_unit_test_says_what_and_integration_does_not_run(tmp_path: Path) -> None:
    result = gate(workload(tmp_path, FAILS))
    assert not result.passed
    assert (result.unit.failed, result.integration.passed) == (1, 0)
    [failure] = result.failures
    assert failure.name == "tests.unit.test_it::test_it"
    assert "sums are wrong" in failure.message


def test_a_failed_integration_test_fails_the_gate(tmp_path: Path) -> None:
    result = gate(workload(tmp_path, PASSES, FAILS))
    assert not result.passed
    assert (result.unit.passed, result.integration.failed) == (1, 1)


def test_parametrised_cases_count_once_and_skipped_tests_not_at_all(tmp_path: Path) -> None:
    result = gate(workload(tmp_path, PARAMETRISED))
    assert (result.unit.passed, result.unit.failed) == (1, 1)
    assert [failure.name for failure in result.failures] == ["tests.unit.test_it::test_some_numbers[2]"]


def test_only_skipped_tests_are_no_pass(tmp_path: Path) -> None:
    result = gate(workload(tmp_path, "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n"))
    assert not result.passed


def test_a_class_is_counted_alone(tmp_path: Path) -> None:
    text = "class TestProfile:\n    def test_a(self): pass\n\nclass TestMetadata:\n    def test_b(self): assert False\n"
    assert gate(workload(tmp_path, text, text), class_name="TestProfile").passed


@pytest.mark.parametrize(
    ("unit", "said"),
    [("", "no unit test"), ("import no_such_module\n", "no_such_module"), ("def broken(:\n", "SyntaxError")],
    ids=["no tests", "an import fails", "no Python"],
)
def test_a_file_that_cannot_be_run_is_an_error(tmp_path: Path, unit: str, said: str) -> None:
    with pytest.raises(TestGateError) as caught:
        gate(workload(tmp_path, unit))
    assert said in caught.value.text()
    assert "tests/unit/test_it.py" in caught.value.text()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TestGateError, match="could not run"):
        gate(tmp_path)


def test_endless_tests_are_ended(tmp_path: Path) -> None:
    with pytest.raises(TestGateError, match="did not end in time"):
        gate(workload(tmp_path, "import time\ndef test_it():\n    time.sleep(600)\n"), timeout_seconds=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def test_it():\n    bytearray(9 * 1024**3)\n", "MemoryError"),
        (
            "def test_it(tmp_path):\n    with (tmp_path / 'f').open('wb') as f:\n        f.truncate(300 * 1024**2)\n",
            "large",
        ),
        (
            "import resource\ndef test_it():\n    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n",
            "not allowed to raise maximum limit",
        ),
    ],
    ids=["memory", "file", "raise"],
)
def test_tests_have_limits_that_they_cannot_raise(tmp_path: Path, text: str, said: str) -> None:
    result = gate(workload(tmp_path, text))
    assert not result.passed
    assert said in result.failures[0].message


def test_what_the_tests_start_ends_with_them(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    text = (
        "import pathlib, subprocess\n"
        "def test_it():\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        f"    pathlib.Path({str(started)!r}).write_text(str(child.pid))\n"
    )
    assert gate(workload(tmp_path, text)).passed
    deadline = time.monotonic() + 5
    while Path(f"/proc/{started.read_text()}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{started.read_text()}").exists()


def test_nothing_of_the_workers_environment_reaches_the_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "AWS_SECRET_ACCESS_KEY": "s3cret", "AWS_PROFILE": "prod", "AIRFLOW__CORE__FERNET_KEY": "s3cret",
        "AIRFLOW_CONN_ANTHROPIC_DEFAULT": "s3cret", "ANTHROPIC_API_KEY": "s3cret", "PYTEST_ADDOPTS": "--version",
    }  # fmt: skip
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    readable, writable = os.pipe()
    os.set_inheritable(readable, True)
    try:
        assert gate(workload(tmp_path, REPORTS_ITS_ENVIRONMENT)).passed
    finally:
        os.close(readable)
        os.close(writable)
    found = json.loads((tmp_path / "found.json").read_text())
    assert not set(secrets) & set(found["environment"])
    assert "s3cret" not in json.dumps(found["environment"])
    ours = {name for name in found["environment"] if name.startswith(("AWS_", "AIRFLOW_"))}
    assert ours == {"AWS_EC2_METADATA_DISABLED", "AIRFLOW_HOME", "AIRFLOW__CORE__LOAD_EXAMPLES"}
    assert found["home"] == []
    assert found["input"] == ""
    assert readable not in found["descriptors"]


def test_nothing_is_left_in_the_workload_folder(tmp_path: Path) -> None:
    gate(workload(tmp_path, PASSES))
    assert {path.name for path in tmp_path.rglob("*")} == {"tests", "unit", "integration", "test_it.py"}
