from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, pointed at an environment that does not exist yet."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / ".bootstrap-stamp")
    return module


def _pip_says(module: ModuleType, monkeypatch: pytest.MonkeyPatch, listing: str) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, stdout=listing, stderr="")

    monkeypatch.setattr(module.subprocess, "run", run)


def test_no_python_3_12_gives_one_clear_message(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "_candidates", lambda: ["/nowhere/python3.12", "/bin/false"])
    assert bootstrap.main() == 1
    message = capsys.readouterr().err
    assert "no Python 3.12 found" in message
    assert "PYTHON=" in message
    assert "Traceback" not in message


def test_a_shim_that_does_not_run_is_passed_over(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'version 3.12 is not set' >&2\nexit 127\n")
    shim.chmod(0o755)
    real = sys.executable
    monkeypatch.setattr(bootstrap, "_candidates", lambda: [str(shim), real])
    monkeypatch.setattr(bootstrap, "VERSION", tuple(sys.version_info[:2]))
    assert bootstrap._find_python() == real


def test_pips_index_reaches_uv(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in bootstrap.PIP_TO_UV.values():
        monkeypatch.delenv(name, raising=False)
    listing = "\n".join(
        (
            "global.index-url='https://global.invalid/simple'",
            "install.index-url='https://install.invalid/simple'",
            ":env:.find-links='/a /b'",
            "global.extra-index-url='https://one.invalid https://two.invalid'",
        )
    )
    _pip_says(bootstrap, monkeypatch, listing)
    settings = bootstrap._uv_settings()
    assert settings["UV_DEFAULT_INDEX"] == "https://install.invalid/simple"
    assert settings["UV_FIND_LINKS"] == "/a,/b"
    assert settings["UV_INDEX"] == "https://one.invalid https://two.invalid"
    assert settings["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert settings["UV_PYTHON_DOWNLOADS"] == "never"


def test_what_is_set_for_uv_already_stays(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.invalid/simple")
    _pip_says(bootstrap, monkeypatch, "global.index-url='https://pip.invalid/simple'")
    assert "UV_DEFAULT_INDEX" not in bootstrap._uv_settings()


def test_an_interrupted_set_up_is_redone(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.VENV_PYTHON.parent.mkdir(parents=True)
    bootstrap.VENV_PYTHON.touch()
    bootstrap.STAMP.write_text(bootstrap._digest())
    assert bootstrap._is_current()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_digest", lambda: "another lock")
    monkeypatch.setattr(bootstrap, "_runs_wanted_version", lambda python: True)
    monkeypatch.setattr(bootstrap, "_install_uv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.main()
    assert not bootstrap.STAMP.exists()


def test_the_lock_pins_uv_with_hashes(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def run(command: list[str], remedy: str, env: object = None) -> None:
        seen.append(Path(command[-1]).read_text())

    monkeypatch.setattr(bootstrap, "_imports", lambda module: True)
    monkeypatch.setattr(bootstrap, "_run", run)
    bootstrap._install_uv()
    assert seen[0].startswith("uv==")
    assert all("--hash=sha256:" in line for line in seen[0].strip().splitlines()[1:])


@pytest.mark.skipif(not (ROOT / ".venv" / ".bootstrap-stamp").exists(), reason="not set up by make")
def test_the_second_call_is_quick() -> None:
    def processor_seconds(*command: str) -> float:
        """Of the child and all that it starts: what others do on the machine does not count."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def least(*command: str) -> float:
        return min(processor_seconds(*command) for _ in range(5))

    bare = least(sys.executable, "-c", "import argparse, hashlib, json, subprocess")
    assert least(sys.executable, str(ROOT / "tools" / "bootstrap.py")) < 5 * bare
