"""What is deployed beside a workload of engine aws."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

from onboarding.deploy.glue_files import glue_files, runtime_zip


def test_the_archive_has_the_same_bytes_each_time() -> None:
    assert hashlib.sha256(runtime_zip()).digest() == hashlib.sha256(runtime_zip()).digest()


def test_the_archive_has_the_data_plane_and_nothing_else() -> None:
    names = zipfile.ZipFile(io.BytesIO(runtime_zip())).namelist()
    assert "shared/pipeline/spark/job.py" in names
    assert "shared/pipeline/reading/csv_repair.py" in names
    assert {name.split("/")[1] for name in names} == {"__init__.py", "pipeline"}


def test_the_job_imports_the_archive_alone(tmp_path: Path) -> None:
    """Nothing of this checkout, and no package but the standard library's."""
    for name, content in glue_files().items():
        (tmp_path / Path(name).name).write_bytes(content)
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "runtime.zip"), str(tmp_path / "run_steps.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
