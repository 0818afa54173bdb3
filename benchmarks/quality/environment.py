"""The environment of great-expectations beside ``.venv``: from its own lock, made once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tools import bootstrap

FOLDER = bootstrap.ROOT / ".venv-great-expectations"
LOCK = bootstrap.ROOT / "requirements" / "great-expectations.txt"
_STAMP = FOLDER / ".bootstrap-stamp"


def great_expectations_python() -> Path:
    """The interpreter of the environment, which is made when it is not there or its lock has changed.

    :raises BootstrapError: its packages cannot be installed.
    """
    python = FOLDER / "bin" / "python"
    if not _STAMP.is_file() or _STAMP.read_text() != _digest():
        bootstrap.say(f"making {FOLDER.name}")
        shutil.rmtree(FOLDER, ignore_errors=True)
        subprocess.run([str(bootstrap.VENV_PYTHON), "-m", "venv", "--without-pip", str(FOLDER)], check=True)
        bootstrap.sync(LOCK, python)
        _STAMP.write_text(_digest())
    return python


def _digest() -> str:
    return hashlib.sha256(f"{bootstrap.ROOT}".encode() + LOCK.read_bytes()).hexdigest()
