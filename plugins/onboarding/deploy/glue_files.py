"""What a workload of engine ``aws`` needs beside its own files: the script of its Glue job, and the data plane."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files
from importlib.resources.abc import Traversable

from shared.operators.remote_steps import ENTRY, RUNTIME

_ENTRY_SOURCE = "spark/entry.py"
# The oldest date that a zip archive knows: the same files give the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def glue_files() -> dict[str, bytes]:
    """Files below a version's directory; they are this installation's, not the workload's, and in no manifest."""
    pipeline = files("shared") / "pipeline"
    entry = pipeline.joinpath(*_ENTRY_SOURCE.split("/"))
    return {ENTRY: entry.read_bytes(), RUNTIME: runtime_zip()}


def runtime_zip() -> bytes:
    """``shared.pipeline`` as the one archive that a job imports; deterministic."""
    root = files("shared")
    found = {"shared/__init__.py": (root / "__init__.py").read_bytes()}
    found |= _sources(root / "pipeline", "shared/pipeline")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, found[name])
    return packed.getvalue()


def _sources(folder: Traversable, name: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in folder.iterdir():
        if item.is_dir():
            found |= _sources(item, f"{name}/{item.name}")
        elif item.name.endswith(".py"):
            found[f"{name}/{item.name}"] = item.read_bytes()
    return found
