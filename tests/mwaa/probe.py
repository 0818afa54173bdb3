"""Runs in the image's interpreter: prints what it imports, and from where, as JSON.

Usage: ``probe.py modules`` imports every module of ``onboarding`` and ``shared``; ``probe.py dags FILE...`` has
Airflow parse DAG files.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import pkgutil
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("onboarding", "shared")
# It runs when it is imported: `python -m` starts it.
NOT_TO_IMPORT = ("onboarding.local_platform.aws_server.__main__",)


def modules_of(package: ModuleType) -> list[str]:
    """Names of the package and of everything below it."""
    found = pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}.")
    return [package.__name__, *(module.name for module in found)]


def import_all(packages: list[ModuleType]) -> dict[str, Any]:
    """Import every module; a deprecated use of Airflow is an error."""
    from airflow import __version__

    warnings.simplefilter("error", DeprecationWarning)
    names = [name for package in packages for name in modules_of(package) if name not in NOT_TO_IMPORT]
    for name in names:
        importlib.import_module(name)
    return {"airflow": __version__, "modules": names}


def parse_all(files: list[str]) -> dict[str, Any]:
    """DAG id -> number of tasks, and import errors, of DAG files."""
    from airflow.dag_processing.dagbag import DagBag

    dags: dict[str, int] = {}
    errors: dict[str, str] = {}
    for file in files:
        bag = DagBag(dag_folder=file)
        dags |= {dag_id: len(dag.tasks) for dag_id, dag in bag.dags.items()}
        errors |= {str(name): text for name, text in bag.import_errors.items()}
    return {"dags": dags, "errors": errors}


def main(what: str, arguments: list[str]) -> None:
    """Print one line ``PROBE {...}``."""
    packages = [importlib.import_module(name) for name in PACKAGES]
    distribution = importlib.metadata.distribution("airflow-data-onboarding")
    result: dict[str, Any] = {
        "path": sys.path,
        "packages": {package.__name__: str(package.__file__) for package in packages},
        "direct_url": json.loads(distribution.read_text("direct_url.json") or "{}"),
        "editable": [str(file) for file in distribution.files or () if Path(str(file)).suffix == ".pth"],
    }
    result |= import_all(packages) if what == "modules" else parse_all(arguments)
    sys.stdout.write(f"\nPROBE {json.dumps(result)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
