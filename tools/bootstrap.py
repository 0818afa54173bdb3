"""Set up ``.venv`` from the hash-checked lock and install the project into it: once, then in milliseconds.

Runs on any ``python3`` from 3.8 on and imports the standard library only. Every make target calls it first.
The stamp in ``.venv`` is removed before anything changes and written last: an interrupted set-up is redone.
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / ".bootstrap-stamp"
VERSION = (3, 12)
# What pip was told about its package index, and the variable in which uv expects the same.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
}
# Not for locking: they belong to this machine, and the lock has to hold the hashes of everywhere.
LOCAL_SOURCES = ("UV_INDEX", "UV_FIND_LINKS")
INDEX_REMEDY = "check that pip reaches its package index: pip config list"


class BootstrapError(Exception):
    """The environment cannot be set up; the text says why and what to do."""


def main() -> int:
    """Bring ``.venv`` up to date; return 0, or 1 after one clear message.

    ``bootstrap.py uv ARGUMENT...`` then runs the pinned uv, with pip's index.
    """
    try:
        with (ROOT / "requirements" / "dev.in").open() as guard:
            if not _is_current():
                fcntl.flock(guard, fcntl.LOCK_EX)  # a second make target waits here and then finds it done
            if not _is_current():
                _set_up()
        if sys.argv[1:2] == ["uv"]:
            _uv(*sys.argv[2:], drop=LOCAL_SOURCES)
    except BootstrapError as error:
        sys.stderr.write(f"bootstrap: {error}\n")
        return 1
    return 0


def _digest() -> str:
    """What the environment is made from: the lock, the project's metadata and where the project lies."""
    digest = hashlib.sha256(f"{VERSION} {ROOT}".encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_current() -> bool:
    return STAMP.is_file() and VENV_PYTHON.exists() and STAMP.read_text() == _digest()


def _set_up() -> None:
    started = time.monotonic()
    if STAMP.exists():
        STAMP.unlink()
    if not _runs_wanted_version(str(VENV_PYTHON)):
        _create_venv(_find_python())
    say("installing the locked packages (hash-checked)")
    _install_uv()
    sync(LOCK, VENV_PYTHON)
    say("installing the project (editable)")
    _uv("pip", "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    partial = STAMP.with_suffix(".partial")
    partial.write_text(_digest())
    partial.replace(STAMP)
    say(f"ready in {time.monotonic() - started:.0f} s")


def _create_venv(python: str) -> None:
    say(f"creating .venv with {python}")
    if VENV.exists():
        shutil.rmtree(VENV)
    _run([python, "-m", "venv", str(VENV)], "remove .venv and try again")


def _find_python() -> str:
    """Path of a Python 3.12 that really runs (a pyenv shim may exist and refuse)."""
    for candidate in _candidates():
        if _runs_wanted_version(candidate):
            return candidate
    raise BootstrapError(
        "no Python 3.12 found (looked at this interpreter, python3.12 on PATH, ~/.pyenv, /usr/local/bin, "
        "/usr/bin, /opt and uv).\n  Install one, for example `uv python install 3.12`, `pyenv install 3.12` "
        "or your system's python3.12 package,\n  or name it: make <target> PYTHON=/path/to/python3.12"
    )


def _candidates() -> list[str]:
    found = [sys.executable, shutil.which("python3.12") or ""]
    for pattern in (
        "~/.pyenv/versions/3.12*/bin/python3.12",
        "/usr/local/bin/python3.12",
        "/usr/bin/python3.12",
        "/opt/*/bin/python3.12",
        "/opt/homebrew/bin/python3.12",
    ):
        found += sorted(glob.glob(str(Path(pattern).expanduser())), reverse=True)  # noqa: PTH207
    uv = shutil.which("uv")
    if uv:
        command = [uv, "python", "find", "--no-python-downloads", "3.12"]
        found.append(subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip())
    return [path for path in found if path]


def _runs_wanted_version(python: str) -> bool:
    """True if this interpreter starts, is a 3.12 and can make virtual environments."""
    code = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {VERSION!r})"
    try:
        outcome = subprocess.run([python, "-c", code], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return outcome.returncode == 0


def locked_lines(lock: Path, package: str) -> str:
    """The lines of a lock that pin one package, with its hashes."""
    match = re.search(rf"^{package}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if match is None:
        raise BootstrapError(f"{lock.name} does not pin {package}; run `make lock`")
    return match.group(0)


def sync(lock: Path, python: Path, build_tools: tuple[str, ...] = ()) -> None:
    """Make the environment of ``python`` what a hash-checked lock says.

    :param build_tools: packages of the lock that others of it are built with, when they come as sources only.
    """
    for package in build_tools:
        with tempfile.TemporaryDirectory() as folder:
            requirement = Path(folder) / "build_tools.txt"
            requirement.write_text(locked_lines(lock, package))
            _uv("pip", "install", "--require-hashes", "--no-deps", "-r", str(requirement), python=python)
    isolation = ("--no-build-isolation",) if build_tools else ()
    # Compiled once: some processes, those of a workload's tests among them, import Airflow and may not write.
    _uv("pip", "sync", "--require-hashes", "--compile-bytecode", *isolation, str(lock), python=python)


def _install_uv() -> None:
    """The pinned uv, hash-checked by pip from the lock's own lines."""
    pinned = locked_lines(LOCK, "uv")
    if not _imports("pip"):
        _run([str(VENV_PYTHON), "-m", "ensurepip"], "remove .venv and try again")
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "uv.txt"
        requirement.write_text(pinned)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
        _run(
            [str(VENV_PYTHON), "-m", "pip", "install", *options, "-r", str(requirement)],
            INDEX_REMEDY,
        )


def _imports(module: str) -> bool:
    command = [str(VENV_PYTHON), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _uv(*arguments: str, python: Path | None = None, drop: tuple[str, ...] = ()) -> None:
    command = [str(VENV / "bin" / "uv"), *arguments, "--quiet"]
    if "--python" not in arguments:
        command += ["--python", str(python or VENV_PYTHON)]
    settings = {name: value for name, value in _uv_settings().items() if name not in drop}
    _run(command, INDEX_REMEDY, {**os.environ, **settings})


def _uv_settings() -> dict[str, str]:
    """uv's variables from pip's configuration; what is set for uv already stays."""
    listing = subprocess.run(
        [str(VENV_PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings = {"UV_PYTHON_DOWNLOADS": "never"}
    for section in ("global", "install", ":env:"):  # the later one wins, as with pip
        for name, value in re.findall(rf"^{section}\.([\w-]+)='(.*)'$", listing, re.MULTILINE):
            if name in PIP_TO_UV:
                separator = "," if name == "find-links" else " "
                settings[PIP_TO_UV[name]] = separator.join(value.replace("\\n", " ").split())
    if "UV_INDEX" in settings:  # pip looks at all indexes; the hashes decide what is accepted
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    settings = {name: value for name, value in settings.items() if name not in os.environ}
    return {**settings, "VIRTUAL_ENV": str(VENV)}


def _run(command: list[str], remedy: str, env: dict[str, str] | None = None) -> None:
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0:
        shown = " ".join(Path(part).name if part.startswith(str(ROOT)) else part for part in command[:6])
        raise BootstrapError(f"`{shown} ...` failed (its message is above).\n  What to do: {remedy}")


def say(text: str) -> None:
    """One line of progress on the error stream."""
    sys.stderr.write(f"bootstrap: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
