"""Environments of other tools beside ``.venv``: each from its own lock, made once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tools import bootstrap


def python_with(tool: str) -> Path:
    """The interpreter of ``.venv-<tool>``, which is made when it is not there or its lock has changed.

    :param tool: ``requirements/<tool>.txt`` is its lock.
    :raises BootstrapError: its packages cannot be installed.
    """
    folder, lock = bootstrap.ROOT / f".venv-{tool}", bootstrap.ROOT / "requirements" / f"{tool}.txt"
    python, stamp = folder / "bin" / "python", folder / ".bootstrap-stamp"
    digest = hashlib.sha256(f"{bootstrap.ROOT}".encode() + lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        bootstrap.say(f"making {folder.name}")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([str(bootstrap.VENV_PYTHON), "-m", "venv", "--without-pip", str(folder)], check=True)
        bootstrap.sync(lock, python)
        stamp.write_text(digest)
    return python
