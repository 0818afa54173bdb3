"""The package for MWAA: the same files give the same bytes, and it holds what an environment needs."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from onboarding.cli.package_command import package
from onboarding.mwaa import package as mwaa
from onboarding.mwaa.package import PackageError, build_package, images, missing_requirements, write_package, zip_of

ROOT = Path(__file__).resolve().parents[3]
WHEEL = "airflow_data_onboarding-0.1.0-py3-none-any.whl"
# As MWAA's own start-up script looks for constraints, in comments, too.
NAMES_CONSTRAINTS = re.compile(r"-c |--constraint ")


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return build_package(ROOT)


def _lines(files: dict[str, bytes]) -> list[str]:
    return [line for line in files["requirements.txt"].decode().splitlines() if not line.startswith("#")]


def test_the_package_is_complete(built: dict[str, bytes]) -> None:
    assert sorted(built) == [
        "dags/onboard_gate_dags.py",
        "dags/onboard_meta_dag.py",
        "dags/workloads/.airflowignore",
        "plugins.zip",
        "requirements.txt",
    ]
    assert built["dags/onboard_meta_dag.py"] == (ROOT / "dags" / "onboard_meta_dag.py").read_bytes()


def test_plugins_zip_holds_the_wheel_and_nothing_that_airflow_would_run(built: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(built["plugins.zip"])) as archive:
        assert archive.namelist() == [WHEEL]
        wheel = archive.read(WHEEL)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        names = archive.namelist()
    assert {"onboarding/plugin.py", "shared/pipeline/engine.py", "onboarding/dag_files/onboard_meta_dag.py"} <= set(
        names
    )
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_same_files_give_the_same_bytes(built: dict[str, bytes]) -> None:
    assert build_package(ROOT) == built


def test_requirements_name_the_wheel_and_pin_everything_else(built: dict[str, bytes]) -> None:
    wheel, *pins = _lines(built)
    assert wheel == f"/usr/local/airflow/plugins/{WHEEL}"
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", pin) for pin in pins)
    names = [pin.partition("==")[0] for pin in pins]
    assert names == sorted(names)
    assert {"anthropic", "duckdb", "pytest", "s3fs", "sqlglot"} <= set(names)


def test_requirements_leave_mwaas_constraints_in_force(built: dict[str, bytes]) -> None:
    assert not NAMES_CONSTRAINTS.search(built["requirements.txt"].decode())


@pytest.mark.parametrize("image", ["3.2.1", "3.3.1"])
def test_no_package_of_an_image_is_named(image: str) -> None:
    base = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"requirements/mwaa-{image}-base.txt").read_text(), re.MULTILINE))
    missing = {pin.partition("==")[0] for pin in missing_requirements(ROOT, image)}
    assert not base & missing
    assert {"apache-airflow", "boto3", "pydantic"} <= base


def test_what_writes_or_runs_sql_has_one_version_everywhere() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text()
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))

    same = pins("mwaa-same.in")
    for lock in ("runtime.txt", *(f"mwaa-{image}.txt" for image in images(ROOT))):
        found = pins(lock)
        assert {name: found[name] for name in same} == same, lock


def test_the_locks_name_no_index() -> None:
    for lock in (ROOT / "requirements").glob("mwaa-*.txt"):
        assert "://" not in lock.read_text()


def test_an_unknown_image_is_refused() -> None:
    with pytest.raises(PackageError, match=r"one of: 3\.2\.1, 3\.3\.1"):
        missing_requirements(ROOT, "2.10.0")


def test_locks_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/mwaa-9.9.9-base.txt").write_text("a==1 \\\n    --hash=sha256:0\nb==1\n")
    (tmp_path / "requirements/mwaa-9.9.9.txt").write_text("a==2\nb==1\nc==1\n")
    with pytest.raises(PackageError, match="a 2"):
        missing_requirements(tmp_path, "9.9.9")


def test_a_zip_does_not_depend_on_order_or_time() -> None:
    assert zip_of({"a": b"1", "b": b"2"}) == zip_of({"b": b"2", "a": b"1"})


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.whl").write_bytes(b"")
    with pytest.raises(PackageError, match=r"old\.whl"):
        write_package({"plugins.zip": b"new"}, tmp_path)
    assert not (tmp_path / "plugins.zip").exists()


def test_an_earlier_package_is_replaced(tmp_path: Path) -> None:
    write_package({"plugins.zip": b"old", "dags/a.py": b""}, tmp_path / "out")
    write_package({"plugins.zip": b"new", "dags/a.py": b""}, tmp_path / "out")
    assert (tmp_path / "out" / "plugins.zip").read_bytes() == b"new"


def test_the_command_writes_it(tmp_path: Path, built: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    assert package(tmp_path / "out", mwaa.DEFAULT_IMAGE) == 0
    assert {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    } == built
    assert "plugins.zip" in capsys.readouterr().out


def test_an_installed_wheel_refuses_clearly(tmp_path: Path, built: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(built["plugins.zip"])) as archive:
        archive.extract(WHEEL, tmp_path)
    with zipfile.ZipFile(tmp_path / WHEEL) as archive:
        archive.extractall(tmp_path / "site")
    # Without `site`, so that the editable install of the developer's environment is not seen.
    others = [path for path in sys.path if path.endswith("site-packages")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), *others])}
    done = subprocess.run(
        [sys.executable, "-S", "-m", "onboarding.cli.main", "package", "--out", str(tmp_path / "out")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "built from a checkout" in done.stderr
    assert "make bootstrap" in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_its_back_end_the_wheel_is_not_built(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with pytest.raises(PackageError, match="could not be built"):
        mwaa.build_wheel(tmp_path)  # nothing of what pyproject.toml names is there
