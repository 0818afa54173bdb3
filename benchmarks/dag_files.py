"""The folder of DAG files that the benchmark's platform reads: the project's own, and the floor."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from benchmarks.structure import structure_of

_FLOOR_FILE = '''"""The floor (an Airflow DAG); written by the benchmark."""

import json
from pathlib import Path

from airflow.sdk import DAG

from benchmarks.floor import floor_dag

dag: DAG = floor_dag(json.loads(Path(__file__).with_name("structure.json").read_text()))
'''


def write_dag_files(project_dags: Path, folder: Path) -> dict[str, object]:
    """Copy the project's DAG files and add the floor; returns the structure that the floor was made from."""
    folder.mkdir(parents=True)
    for path in sorted(project_dags.glob("*.py")):
        shutil.copyfile(path, folder / path.name)
    structure = structure_of(project_dags / "onboard_meta_dag.py")
    (folder / "structure.json").write_text(json.dumps(structure))
    (folder / "floor_dag.py").write_text(_FLOOR_FILE)
    return structure
