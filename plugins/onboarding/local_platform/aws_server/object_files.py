"""S3 objects as files: one file per object, its description in the first line, its bytes behind it.

One file means one atomic replacement: an object on disk is whole or absent, whenever the process is killed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from onboarding.local_platform.files import read_json, write_atomic, write_json

_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_BUCKET_FILE = "bucket.json"
_OBJECT_SUFFIX = ".object"


@dataclass(frozen=True)
class StoredObject:
    """One object, as S3 describes it.

    :param last_modified: ISO 8601 with its offset.
    :param metadata: Content-Type and the other headers that S3 keeps.
    """

    key: str
    etag: str
    last_modified: str
    storage_class: str = "STANDARD"
    metadata: Mapping[str, str] = field(default_factory=dict)


def file_name(key: str) -> str:
    """Name of an object's file: a digest of the key, and of its last part what is safe to show.

    Two keys never share a name, and no key can leave the folder, however it is spelled.
    """
    shown = re.sub(r"[^A-Za-z0-9._-]", "_", key.rsplit("/", 1)[-1])[:60].lstrip(".")
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}-{shown}{_OBJECT_SUFFIX}"


def folder_name(bucket: str) -> str:
    """Name of a bucket's folder: the bucket's own name if S3 allows it, else a digest."""
    if _BUCKET_NAME.fullmatch(bucket) and ".." not in bucket:
        return bucket
    return f"_{hashlib.sha256(bucket.encode()).hexdigest()[:40]}"


class ObjectFiles:
    """Buckets and objects below one folder.

    :param root: the folder; created when missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def put_bucket(self, bucket: str, description: Mapping[str, Any]) -> None:
        """Keep a bucket with its description (any JSON values)."""
        folder = self._root / folder_name(bucket)
        folder.mkdir(exist_ok=True)
        write_json(folder / _BUCKET_FILE, {**description, "name": bucket})

    def delete_bucket(self, bucket: str) -> None:
        """Forget a bucket and all that is in it."""
        shutil.rmtree(self._root / folder_name(bucket), ignore_errors=True)

    def put(self, bucket: str, stored: StoredObject, body: bytes) -> None:
        """Keep an object; what was there under its key is replaced."""
        header = json.dumps(asdict(stored), sort_keys=True).encode()
        write_atomic(self._path(bucket, stored.key), header + b"\n" + body)

    def delete(self, bucket: str, key: str) -> None:
        """Forget an object; nothing happens when there is none."""
        self._path(bucket, key).unlink(missing_ok=True)

    def buckets(self) -> Iterator[dict[str, Any]]:
        """Descriptions of the buckets, each with its ``name``."""
        for path in sorted(self._root.glob(f"*/{_BUCKET_FILE}")):
            description = read_json(path)
            if description:
                yield description

    def objects(self, bucket: str) -> Iterator[tuple[StoredObject, bytes]]:
        """The objects of a bucket with their bytes; files that are no objects are left alone."""
        for path in sorted((self._root / folder_name(bucket)).glob(f"*{_OBJECT_SUFFIX}")):
            header, _, body = path.read_bytes().partition(b"\n")
            yield StoredObject(**json.loads(header)), body

    def _path(self, bucket: str, key: str) -> Path:
        return self._root / folder_name(bucket) / file_name(key)
