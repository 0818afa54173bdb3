"""Airflow's real plugin manager on the layouts in which people install this package.

Each run is a fresh interpreter without ``site`` (so that no editable install is seen), on a search path of
links to every installed package but ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = Path(__file__).with_name("plugin_probe.py")
LAYOUTS = ("wheel", "folder", "both")
# Where the package is installed as a wheel instead of in place.
OURS = ("onboarding", "shared")
IGNORED = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True)
class Installed:
    """Search path entries: the packages of others, and our wheel unpacked; and our plugins folder."""

    others: Path
    wheel: Path
    folder: Path
    empty: Path

    def path(self, layout: str) -> list[Path]:
        return [self.others] if layout == "folder" else [self.wheel, self.others]

    def plugins(self, layout: str) -> Path:
        return self.empty if layout == "wheel" else self.folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    base = tmp_path_factory.mktemp("layouts")
    places = Installed(*(base / name for name in ("others", "wheel", "plugins", "empty")))
    for place in (places.others, places.folder, places.empty):
        place.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        own = ("airflow_data_onboarding", "_airflow_data_onboarding", "__pycache__")
        if entry.name not in OURS and not entry.name.startswith(own):
            (places.others / entry.name).symlink_to(entry)
    _unpack_wheel(base, places.wheel)
    shutil.copytree(ROOT / "plugins", places.folder, dirs_exist_ok=True, ignore=IGNORED)
    shutil.copytree(ROOT / "shared", places.folder / "shared", ignore=IGNORED)
    return places


def _unpack_wheel(base: Path, target: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(base)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next(base.glob("*.whl"))) as archive:
        archive.extractall(target)


@pytest.fixture(scope="module")
def results(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    return {layout: _load(layout, installed, home) for layout in LAYOUTS}


def _load(layout: str, installed: Installed, home: Path) -> Any:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON"))}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(installed.plugins(layout)),
        "PYTHONPATH": os.pathsep.join(str(place) for place in installed.path(layout)),
    }
    roots = [str(place) for place in (installed.wheel, installed.folder, ROOT / "plugins", ROOT / "shared")]
    done = subprocess.run(
        [sys.executable, "-S", str(PROBE), *roots], env=environment, capture_output=True, text=True, timeout=180
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout + done.stderr
    return json.loads(lines[0].removeprefix("RESULT "))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_there_is_exactly_one_plugin_and_no_import_error(results: dict[str, Any], layout: str) -> None:
    assert results[layout]["errors"] == {}
    assert list(results[layout]["plugins"]) == ["onboarding"]


def test_the_plugin_comes_from_where_it_should(results: dict[str, Any]) -> None:
    assert results["wheel"]["plugins"]["onboarding"].startswith("airflow-data-onboarding==")
    assert results["folder"]["plugins"]["onboarding"] == "$PLUGINS_FOLDER/onboarding_plugin.py"
    assert results["both"]["plugins"]["onboarding"].startswith("airflow-data-onboarding==")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_standard_library_is_untouched(results: dict[str, Any], layout: str) -> None:
    assert results[layout]["replaced"] == []
    assert results[layout]["shadowed"] == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_module_of_ours_is_loaded_without_its_package(results: dict[str, Any], layout: str) -> None:
    assert results[layout]["stray"] == []
    assert "onboarding.plugin" in results[layout]["ours"]


def test_loading_costs_less_than_150_ms(results: dict[str, Any]) -> None:
    assert min(result["milliseconds"] for result in results.values()) < 150


def test_the_ignore_file_is_exactly_two_lines() -> None:
    assert (ROOT / "plugins" / ".airflowignore").read_text() == "onboarding/\nshared/\n"


def test_provider_info_is_what_airflow_accepts() -> None:
    import airflow
    import jsonschema

    from onboarding.provider_info import get_provider_info
    from onboarding.spec.settings import OPTIONS

    info = get_provider_info()
    schema = Path(airflow.__file__).with_name("provider_info.schema.json")
    jsonschema.validate(info, json.loads(schema.read_text()))
    assert list(info["config"]["onboarding"]["options"]) == [option.name for option in OPTIONS]


def test_provider_info_says_the_names_of_the_project() -> None:
    import tomllib

    from onboarding import provider_info

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["name"], project["version"]) == (provider_info.PACKAGE_NAME, provider_info.VERSION)
