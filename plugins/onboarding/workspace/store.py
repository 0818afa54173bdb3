"""Objects below one URI, local or in S3: whole writes, conditional creation, sorted listings."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.pipeline.disk import full_disk_is_clear
from shared.pipeline.errors import DataOnboardingError, DiskFullError

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath


class StorageError(DataOnboardingError):
    """A workspace or DAGs location cannot be read or written."""

    code = "storage"


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no wall clock in it: the same value gives the same bytes."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def tree_digest(files: Mapping[str, str]) -> str:
    """One digest of a set of files, from their paths and SHA-256 digests."""
    return sha256(canonical_json(dict(sorted(files.items()))))


class Store:
    """Files below ``uri``; keys are relative POSIX paths.

    :param uri: ``file:///folder`` or ``s3://<airflow_conn_id>@<bucket>/<prefix>``.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")

    def _path(self, key: str) -> ObjectStoragePath:
        from airflow.sdk import ObjectStoragePath

        if key.startswith("/") or ".." in key.split("/"):
            raise StorageError(
                "a key leaves its store",
                where=self.uri,
                expected="a relative path without `..`",
                given=repr(key),
                remedy="this is a fault of the caller; nothing was written",
            )
        root = ObjectStoragePath(self.uri)
        return root / key if key else root

    def _partial_file(self) -> Path:
        """Where a local file is written before it gets its name.

        In the store's own folder and not beside the file: what a kill leaves there must not lie in a deployed
        directory, whose files are checked one by one when it runs.
        """
        return Path(self._path("").path) / f"{_PARTIAL}{uuid.uuid4().hex}"

    def uri_of(self, key: str) -> str:
        """Absolute URI of a key."""
        return f"{self.uri}/{key}" if key else self.uri

    def below(self, prefix: str) -> Store:
        """The store of everything below ``prefix``."""
        return Store(self.uri_of(prefix))

    def read(self, key: str) -> bytes:
        """The whole object.

        :raises FileNotFoundError: there is no such key.
        """
        data = self._path(key).read_bytes()
        return bytes(data)

    def read_json(self, key: str) -> Any:
        """The object, parsed as JSON.

        :raises FileNotFoundError: there is no such key.
        """
        return json.loads(self.read(key))

    def find_json(self, key: str) -> Any | None:
        """The object parsed as JSON, or None when there is no such key."""
        try:
            return self.read_json(key)
        except FileNotFoundError:
            return None

    def write(self, key: str, data: bytes) -> str:
        """Write the whole object in one step (a reader sees the old or the new one); returns its SHA-256."""
        path = self._path(key)
        if path.protocol == "file":
            _replace_local_file(Path(path.path), data, self._partial_file())
        else:
            path.fs.pipe_file(path.path, data)
            path.fs.invalidate_cache(path.path)
        return sha256(data)

    def write_json(self, key: str, value: Any) -> str:
        """Write ``value`` as canonical JSON; returns its SHA-256."""
        return self.write(key, canonical_json(value))

    def create(self, key: str, data: bytes) -> bool:
        """Write the object only if there is none (``If-None-Match`` on S3): False when there was one."""
        path = self._path(key)
        if path.protocol == "file":
            return _create_local_file(Path(path.path), data, self._partial_file())
        try:
            path.fs.pipe_file(path.path, data, mode="create")
        except FileExistsError:
            return False
        path.fs.invalidate_cache(path.path)
        return True

    def exists(self, key: str) -> bool:
        """Whether there is an object (or anything below it) under ``key``."""
        path = self._path(key)
        path.fs.invalidate_cache(path.path)
        return bool(path.exists())

    def find(self, prefix: str = "") -> list[str]:
        """Keys of all files below ``prefix``, relative to this store, sorted; empty when there is none."""
        root, base = self._path(""), self._path(prefix)
        base.fs.invalidate_cache()
        start = len(root.path.rstrip("/")) + 1
        found = base.fs.find(base.path)
        return sorted(name[start:] for name in found if not name.endswith("/") and not _is_partial(name))

    def children(self, prefix: str = "") -> list[str]:
        """Names of the entries right below ``prefix``, sorted; empty when there is none."""
        base = self._path(prefix)
        base.fs.invalidate_cache()
        if not base.is_dir():
            return []
        entries = base.fs.ls(base.path, detail=False)
        start = len(base.path.rstrip("/")) + 1
        names = {entry[start:].rstrip("/") for entry in entries if len(entry) > start}
        return sorted(name for name in names if not _is_partial(name))

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when there is none."""
        path = self._path(key)
        try:
            path.fs.rm_file(path.path)
        except FileNotFoundError:
            return
        path.fs.invalidate_cache(path.path)

    def delete_tree(self, prefix: str) -> None:
        """Remove every object below ``prefix``."""
        base = self._path(prefix)
        if base.protocol == "file":
            import shutil

            if Path(base.path).exists():
                shutil.rmtree(base.path)
            return
        for key in self.find(prefix):
            self.delete(key)

    def download(self, prefix: str, folder: Path) -> Iterator[str]:
        """Copy everything below ``prefix`` into a local folder; yields the relative paths, sorted."""
        for key in self.find(prefix):
            relative = key[len(prefix) :].lstrip("/") if prefix else key
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(key))
            yield relative


_PARTIAL = ".partial-"


def _is_partial(name: str) -> bool:
    return _PARTIAL in name.rsplit("/", maxsplit=1)[-1]


def _replace_local_file(path: Path, data: bytes, partial: Path) -> None:
    _write_partial(partial, data, path)
    partial.replace(path)


def _create_local_file(path: Path, data: bytes, partial: Path) -> bool:
    _write_partial(partial, data, path)
    try:
        # A hard link is created whole or not at all, unlike open(..., "xb") followed by a crash.
        os.link(partial, path)
    except FileExistsError:
        return False
    finally:
        partial.unlink()
    return True


def _write_partial(partial: Path, data: bytes, path: Path) -> None:
    partial.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with full_disk_is_clear(str(path)), partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except DiskFullError:
        partial.unlink(missing_ok=True)
        raise
