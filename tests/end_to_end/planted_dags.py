"""DAGs for a platform whose agents have defects, and the small source that they are asked about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"


@contextmanager
def planted_dags(folder: Path) -> Iterator[None]:
    """Platforms that are started meanwhile have a meta-DAG that plants defects, by the workload's name.

    :param folder: for the DAG files; see ``planted/planted_steps.py`` for the names.
    """
    shutil.copytree(Path(__file__).parent / "planted", folder / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(DAGS / "onboard_gate_dags.py", folder / "dags")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANTED_META_DAG", str(DAGS / "onboard_meta_dag.py"))
        patch.setenv("ONBOARD_DAGS_FOLDER", str(folder / "dags"))
        yield


def tickets(folder: Path, name: str) -> Path:
    """A small tidy source."""
    channels = ("mail", "phone", "chat")
    lines = ["ticket_id,opened_on,minutes,channel"]
    lines += [
        f"{name}-{number:04d},2026-0{1 + number % 9}-1{number % 9},{number % 47},{channels[number % 3]}"
        for number in range(1, 200)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder / f"{name}.csv"
