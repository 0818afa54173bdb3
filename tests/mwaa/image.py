"""An environment laid out like a container of Amazon MWAA, below a folder of the test's own.

The image's packages come from its committed lock; the rest is what ``requirements.txt`` of our package brings,
installed by pip as MWAA does. ``<folder>/airflow`` stands for ``/usr/local/airflow``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onboarding.mwaa.package import build_package

ROOT = Path(__file__).resolve().parents[2]
INSTALL_SECONDS = 900
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """A made environment.

    :ivar version: Airflow's version.
    """

    folder: Path
    version: str

    @property
    def home(self) -> Path:
        """Stands for ``/usr/local/airflow``."""
        return self.folder / "airflow"

    @property
    def venv(self) -> Path:
        """The Python environment; the image installs for its user instead."""
        return self.folder / "venv"

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.venv / "bin" / "python"

    @property
    def airflow(self) -> Path:
        """Airflow's console script, as MWAA starts it."""
        return self.venv / "bin" / "airflow"

    def installed(self) -> dict[str, str]:
        """Version of each installed distribution, by normalised name."""
        command = [str(self.python), "-m", "pip", "list", "--format", "json"]
        done = subprocess.run(command, env=bare_environment(self), cwd=self.folder, capture_output=True, check=True)
        return {normalised(item["name"]): item["version"] for item in json.loads(done.stdout)}


def bare_environment(image: Image) -> dict[str, str]:
    """Nothing of the caller's Python, Airflow or AWS; what pip needs to reach its index stays."""
    kept = ("PIP_", "SSL_", "LANG", "LC_", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {
        **{name: value for name, value in os.environ.items() if name.startswith(kept)},
        "PATH": f"{image.venv / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(image.folder),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def probe(image: Image, *arguments: str) -> dict[str, Any]:
    """What ``probe.py`` prints in the image's interpreter, which sees nothing but its own packages.

    :param arguments: see ``probe.py``.
    """
    script = Path(__file__).with_name("probe.py")
    # -I: neither the current folder, nor the script's, nor the caller's variables.
    done = subprocess.run(
        [str(image.python), "-I", str(script), *arguments],
        env={**bare_environment(image), "AIRFLOW_HOME": str(image.home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        cwd=image.home, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.split("PROBE ")[-1])
    return found


def make_image(folder: Path, version: str) -> Image:
    """A clean environment with the image's own packages and an empty Airflow home."""
    image = Image(folder.resolve(), version)
    image.home.mkdir(parents=True)
    # The base interpreter's: `venv` of a virtual environment would remember that one.
    base = Path(sys.base_prefix) / "bin" / "python3.12"
    _run([str(base), "-m", "venv", str(image.venv)], image)
    uv_install(image, lock(version, "-base"))
    return image


def lock(version: str, kind: str = "") -> Path:
    """Path of a committed lock: ``-base`` the image's own packages, none all of them, ``-tests`` for tests."""
    return ROOT / "requirements" / f"mwaa-{version}{kind}.txt"


def locked(path: Path) -> dict[str, str]:
    """Version of each distribution in a lock, by normalised name."""
    return {normalised(name): version for name, version in _PINNED.findall(path.read_text())}


def normalised(name: str) -> str:
    """A distribution's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def uv_install(image: Image, *locks: Path) -> None:
    """Install locks, every file checked by its hash."""
    options = [option for path in locks for option in ("-r", str(path))]
    command = [sys.executable, str(ROOT / "tools" / "bootstrap.py"), "uv", "pip", "install", "--python"]
    subprocess.run(
        [*command, str(image.python), "--require-hashes", "--compile-bytecode", *options],
        check=True,
        timeout=INSTALL_SECONDS,
    )


def install_package(image: Image) -> dict[str, bytes]:
    """Unpack ``plugins.zip`` and install ``requirements.txt``, as each container of an environment does.

    Two things differ from MWAA. The plugins folder is below ``image.home``, so the package is built with that folder
    for the path of its wheel. And the constraints are the image's own packages instead of its whole list, which the
    lock was resolved under: pip fails where it would have to replace one of them, and where ``requirements.txt``
    left a version open, the result would not be the lock's.

    :returns: the package's files.
    """
    plugins = image.home / "plugins"
    files = build_package(ROOT, image.version, plugins_folder=str(plugins))
    archive, requirements = image.folder / "plugins.zip", image.folder / "requirements.txt"
    archive.write_bytes(files["plugins.zip"])
    requirements.write_bytes(files["requirements.txt"])
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(plugins)
    constraints = image.folder / "constraints.txt"
    constraints.write_text(
        "".join(f"{name}=={version}\n" for name, version in locked(lock(image.version, "-base")).items())
    )
    pip = [str(image.python), "-m", "pip", "install", "--quiet"]
    _run([*pip, "-r", str(requirements), "-c", str(constraints)], image)
    return files


def _run(command: list[str], image: Image) -> None:
    done = subprocess.run(
        command, env=bare_environment(image), cwd=image.folder, capture_output=True, text=True, timeout=INSTALL_SECONDS
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
