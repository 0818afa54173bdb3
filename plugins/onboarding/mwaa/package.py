"""The package that an MWAA environment is given: ``plugins.zip``, ``requirements.txt`` and the DAG files.

Built from a checkout: the same files give the same bytes.
"""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import onboarding
from onboarding.deploy.publication import IGNORE_FILE, IGNORE_TEXT
from shared.pipeline.errors import DataOnboardingError

# Where MWAA unpacks plugins.zip, in every one of its containers.
PLUGINS_FOLDER = "/usr/local/airflow/plugins"
DEFAULT_IMAGE = "3.3.1"
_DAG_FILES = ("onboard_gate_dags.py", "onboard_meta_dag.py")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
# The earliest date that a zip file can hold: dates of the files' own would change the bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BUILD_SECONDS = 300


class PackageError(DataOnboardingError):
    """The MWAA package cannot be built."""

    code = "package"


def checkout() -> Path:
    """The checkout that this package was imported from.

    :raises PackageError: it was installed from a wheel, which holds neither the locks nor the build's settings.
    """
    root = Path(onboarding.__file__).resolve().parents[2]
    if (root / "pyproject.toml").is_file() and (root / "requirements").is_dir():
        return root
    raise PackageError(
        "the MWAA package is built from a checkout",
        where=str(root),
        expected="a checkout of the project, with pyproject.toml and requirements/",
        given="an installed wheel",
        remedy="in a checkout: make bootstrap, then .venv/bin/onboard package",
    )


def images(root: Path) -> list[str]:
    """Airflow versions of the MWAA images that a checkout has locks for, sorted."""
    suffix = "-base.txt"
    return sorted(path.name[len("mwaa-") : -len(suffix)] for path in (root / "requirements").glob(f"mwaa-*{suffix}"))


def build_package(root: Path, image: str = DEFAULT_IMAGE, plugins_folder: str = PLUGINS_FOLDER) -> dict[str, bytes]:
    """All files of the package by relative path.

    :param root: a checkout.
    :param image: Airflow version of the MWAA image, one of :func:`images`.
    :param plugins_folder: where ``plugins.zip`` will be unpacked; another one than MWAA's is for tests only.
    :raises PackageError: there is no lock for this image, or the wheel cannot be built.
    """
    pins = missing_requirements(root, image)
    name, wheel = build_wheel(root)
    return {
        "plugins.zip": zip_of({name: wheel}),
        "requirements.txt": requirements_text(f"{plugins_folder}/{name}", pins, image).encode(),
        **{f"dags/{file}": (root / "dags" / file).read_bytes() for file in _DAG_FILES},
        f"dags/{IGNORE_FILE}": IGNORE_TEXT,
    }


def missing_requirements(root: Path, image: str) -> list[str]:
    """What the project needs and the image does not hold, as ``name==version``, sorted by name.

    :raises PackageError: there is no lock for this image, or the two locks disagree about a package of the image.
    """
    if image not in images(root):
        raise PackageError(
            f"there is no lock for the MWAA image of Airflow {image}",
            where=str(root / "requirements"),
            expected=f"one of: {', '.join(images(root))}",
            given=image,
            remedy="name one of these; `make lock-mwaa` makes locks from an image's constraints",
        )
    base, whole = (_pins(root / "requirements" / f"mwaa-{image}{suffix}.txt") for suffix in ("-base", ""))
    changed = sorted(name for name, version in base.items() if whole.get(name) != version)
    if changed:
        raise PackageError(
            f"the locks of the image {image} do not fit together",
            where=f"requirements/mwaa-{image}.txt",
            expected=f"the versions of requirements/mwaa-{image}-base.txt",
            given=", ".join(f"{name} {whole.get(name, 'missing')}" for name in changed),
            remedy="make lock-mwaa",
        )
    return [f"{name}=={version}" for name, version in sorted(whole.items()) if name not in base]


def _pins(lock: Path) -> dict[str, str]:
    return dict(_PINNED.findall(lock.read_text()))


def build_wheel(root: Path) -> tuple[str, bytes]:
    """File name and content of the project's wheel.

    :raises PackageError: the build back end is missing, or fails.
    """
    if importlib.util.find_spec("hatchling") is None:
        raise _not_built(root, "hatchling is not installed", "make bootstrap, then .venv/bin/onboard package")
    with tempfile.TemporaryDirectory(prefix="wheel-") as scratch:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode != 0 or len(wheels) != 1:
            raise _not_built(root, done.stderr.strip()[-1500:], "cure what the build says")
        return wheels[0].name, wheels[0].read_bytes()


def _not_built(root: Path, given: str, remedy: str) -> PackageError:
    return PackageError(
        "the wheel could not be built",
        where=str(root / "pyproject.toml"),
        expected="one wheel",
        given=given,
        remedy=remedy,
    )


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip file whose bytes depend on names and contents only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, whatever system this runs on
            archive.writestr(entry, data)
    return buffer.getvalue()


def requirements_text(wheel: str, pins: list[str], image: str) -> str:
    """``requirements.txt``.

    It names no constraints on purpose, not even in a comment: MWAA searches the lines for the two spellings of
    that option, and where it finds none it installs under the constraints of its image, which the pins were
    resolved under. A package of the image can then not be replaced by accident.

    :param wheel: absolute path of the wheel in the environment's containers.
    """
    lines = [
        f"# Amazon MWAA, image of Airflow {image}; written by `onboard package`.",
        "# The environment's own constraints apply: this file deliberately brings none.",
        wheel,
        *pins,
    ]
    return "\n".join(lines) + "\n"


def write_package(files: Mapping[str, bytes], out: Path) -> None:
    """Write the files below ``out``.

    :raises PackageError: ``out`` holds something else, which would go to the bucket with them.
    """
    strange = [] if not out.is_dir() else sorted(_names(out) - set(files))
    if strange or (out.exists() and not out.is_dir()):
        raise PackageError(
            "the folder for the package holds something else",
            where=str(out),
            expected="a folder that does not exist, is empty, or holds an earlier package",
            given=", ".join(strange[:5]) or "a file",
            remedy="name another folder, or empty this one",
        )
    for name, data in sorted(files.items()):
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        partial.write_bytes(data)
        partial.replace(target)


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
