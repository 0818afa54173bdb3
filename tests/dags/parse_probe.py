"""Parses one DAG file where nothing but reading code is possible; prints its DAGs as JSON.

Usage: ``python -m tests.dags.parse_probe DAG_FILE ALLOWED_FOLDER...``. Every warning is an error. Refused where it
happens: a connection of a socket, a look-up of a host, a database, and, through a secrets backend of our own, a
Variable or an Airflow connection. The file is run twice: what the packages that it imports do once, when they are
imported, is theirs; the second time processes, files outside of the installed packages and the allowed folders, and
files for writing are refused, too.
"""

from __future__ import annotations

import json
import os
import site
import sys
import sysconfig
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

OUTSIDE = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "sqlite3.connect")
HERE = (
    "socket.bind", "subprocess.Popen", "os.system", "os.fork", "os.exec", "os.posix_spawn", "os.mkdir", "os.remove",
    "os.rename",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class AccessError(BaseException):
    """What a DAG file must not do while it is parsed; not an Exception, so that no handler hides it."""


class Guard:
    """The audit hook."""

    def __init__(self, allowed: list[str]) -> None:
        stdlib = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
        roots = [*stdlib, *site.getsitepackages(), *allowed]
        self.roots = tuple(f"{Path(root).resolve()}{os.sep}" for root in roots)
        self.forbidden: tuple[str, ...] = ()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Called by Python for each audited event."""
        if event in self.forbidden:
            self._refuse(event, *arguments)

    def _refuse(self, event: str, *arguments: Any) -> None:
        if event != "open":
            raise AccessError(f"{event} {arguments!r}")
        self._open(*arguments)

    def _open(self, path: Any, mode: Any, flags: int) -> None:
        if isinstance(path, int):
            return
        name = os.fsdecode(path)
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & WRITING:
            raise AccessError(f"write {name}")
        if not str(Path(name).resolve()).startswith(self.roots):
            raise AccessError(f"read {name}")


def main(dag_file: Path, allowed: list[str]) -> None:
    """Import Airflow, forbid, run the file, print."""
    from airflow.sdk import DAG

    text = dag_file.read_text(encoding="utf-8")
    guard = Guard(allowed)
    sys.addaudithook(guard)
    warnings.simplefilter("error")
    guard.forbidden = OUTSIDE
    run_file(dag_file, text)
    guard.forbidden = (*OUTSIDE, *HERE, "open")
    names = run_file(dag_file, text)
    guard.forbidden = ()
    dags = {value.dag_id: sorted(value.task_ids) for value in names.values() if isinstance(value, DAG)}
    sys.stdout.write("PROBE " + json.dumps(dags) + "\n")


def run_file(dag_file: Path, text: str) -> dict[str, Any]:
    """Run the text of a DAG file as a module; returns its names."""
    module = ModuleType("probed_dag_file")
    module.__file__ = str(dag_file)
    exec(compile(text, str(dag_file), "exec"), vars(module))  # noqa: S102
    return vars(module)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
