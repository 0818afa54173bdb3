"""What the machine may refuse: no room on the disk, a port that is taken, no Python of the right version."""

from __future__ import annotations

import errno
import importlib.util
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onboarding.local_platform import ports, processes
from onboarding.workspace.store import Store
from shared.pipeline import engine, storage
from shared.pipeline.disk import full_disk_is_clear
from shared.pipeline.errors import DiskFullError
from shared.pipeline.tables import replace_tree, write_parquet
from tests.refusals import golden

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 64 * 1024


@contextmanager
def small_disk() -> Iterator[None]:
    """No file of this process may grow past :data:`LIMIT`: the write fails in the middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    uri = storage.file_uri(tmp_path / "lake" / "state.json")
    storage.write_bytes(uri, b"old")
    with small_disk(), pytest.raises(DiskFullError) as caught:
        storage.write_bytes(uri, bytes(4 * LIMIT))
    golden.check("disk_full_lake", caught.value.text(), {"folder": tmp_path})
    assert storage.read_bytes(uri) == b"old"
    assert golden.files_below(tmp_path / "lake") == ["state.json"]


def test_a_table_is_uploaded_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "staged").mkdir()
    (tmp_path / "staged" / "a.parquet").write_bytes(b"small")
    (tmp_path / "staged" / "b.parquet").write_bytes(bytes(4 * LIMIT))
    with small_disk(), pytest.raises(DiskFullError):
        replace_tree(tmp_path / "staged", storage.file_uri(tmp_path / "lake"))
    assert golden.files_below(tmp_path / "lake") == []


@pytest.mark.parametrize("call", ["write", "create"])
def test_a_full_disk_leaves_the_workspace_as_it_was(tmp_path: Path, call: str) -> None:
    store = Store((tmp_path / "workspace").as_uri())
    store.write("a.json", b"{}")
    with small_disk(), pytest.raises(DiskFullError) as caught:
        getattr(store, call)("b.json", bytes(4 * LIMIT))
    golden.check("disk_full_workspace", caught.value.text(), {"folder": tmp_path})
    assert golden.files_below(tmp_path / "workspace") == ["a.json"]


def test_a_full_disk_under_the_engine(tmp_path: Path) -> None:
    query = "SELECT gen_random_uuid()::VARCHAR AS v FROM range(200000)"
    with small_disk(), pytest.raises(DiskFullError) as caught, engine.connection() as con:
        write_parquet(con, query, tmp_path / "out")
    golden.check("disk_full_engine", caught.value.text(), {"folder": tmp_path})


def test_only_a_full_disk_is_called_so() -> None:
    with pytest.raises(PermissionError), full_disk_is_clear("a file"):
        raise PermissionError(errno.EACCES, "no")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_every_kind_of_full_is_clear(number: int) -> None:
    with pytest.raises(DiskFullError) as caught, full_disk_is_clear("a file"):
        raise OSError(number, "full")
    golden.check(f"disk_full_{errno.errorcode[number].lower()}", caught.value.text(), {})


def test_a_port_that_is_taken_starts_nothing(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {**os.environ, "ONBOARD_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "onboarding.cli.main", "up", "--port", str(port)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    golden.check("port_taken", done.stderr.rstrip("\n").replace(str(port), "<port>"), {})
    assert not processes.marked((tmp_path / "home").resolve())
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert [path.name for path in left] == [".lock"]


def test_no_python_of_the_right_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("bootstrap_refused", ROOT / "tools" / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    for name in ("VENV", "VENV_PYTHON", "STAMP"):
        monkeypatch.setattr(module, name, tmp_path / ".venv" / name)
    monkeypatch.setattr(module, "_candidates", lambda: ["/nowhere/python3.12", "/bin/false"])
    monkeypatch.setattr(module.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, b"", b""))
    assert module.main() == 1
    golden.check("no_python", capsys.readouterr().err.rstrip("\n"), {})
    assert golden.files_below(tmp_path) == []
