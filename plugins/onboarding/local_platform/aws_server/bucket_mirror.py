"""Keeps the files of :mod:`.object_files` equal to moto's buckets.

After every mutating S3 call the two are compared by object identity: moto makes a new object for each write,
so put, copy, multipart completion, form upload and deletions of many keys are all seen without knowing them.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from onboarding.local_platform.aws_server.object_files import ObjectFiles, StoredObject

_PARTITION = "aws"


class BucketMirror:
    """Writes moto's buckets through to disk and puts them back at start."""

    def __init__(self, files: ObjectFiles) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._descriptions: dict[str, dict[str, Any]] = {}
        self._objects: dict[str, dict[str, Any]] = {}

    def restore(self) -> int:
        """Fill moto from disk; return the number of objects."""
        count = 0
        with self._lock:
            for description in list(self._files.buckets()):
                bucket = _make_bucket(description)
                known = self._objects[bucket.name] = {}
                self._descriptions[bucket.name] = _describe(bucket)
                for stored, body in self._files.objects(bucket.name):
                    known[stored.key] = _make_object(bucket, stored, body)
                    count += 1
        return count

    def sync(self) -> None:
        """Write what changed since the last call."""
        with self._lock:
            buckets = _all_buckets()
            for name in self._objects.keys() - buckets.keys():
                self._files.delete_bucket(name)
                del self._objects[name]
                del self._descriptions[name]
            for name, bucket in buckets.items():
                self._sync_description(name, bucket)
                self._sync_objects(name, bucket)

    def _sync_description(self, name: str, bucket: Any) -> None:
        description = _describe(bucket)
        if self._descriptions.get(name) != description:
            self._files.put_bucket(name, description)
            self._descriptions[name] = description
            self._objects.setdefault(name, {})

    def _sync_objects(self, name: str, bucket: Any) -> None:
        known = self._objects[name]
        current = {key: bucket.keys.get(key) for key in list(dict.keys(bucket.keys))}
        for key, item in current.items():
            if item is not None and known.get(key) is not item:
                self._store(name, key, item)
                known[key] = item
        for key in known.keys() - current.keys():
            self._files.delete(name, key)
            del known[key]

    def _store(self, bucket: str, key: str, item: Any) -> None:
        if not hasattr(item, "etag"):  # a delete marker of a versioned bucket
            self._files.delete(bucket, key)
            return
        stored = StoredObject(
            key=key,
            etag=item.etag.strip('"'),
            last_modified=item.last_modified.isoformat(),
            storage_class=item.storage_class,
            metadata={str(name): str(value) for name, value in item.metadata.items()},
        )
        self._files.put(bucket, stored, item.value)


def _all_buckets() -> dict[str, Any]:
    from moto.s3.models import s3_backends

    return {
        name: bucket
        for account in list(s3_backends)
        for name, bucket in list(s3_backends[account][_PARTITION].buckets.items())
    }


def _describe(bucket: Any) -> dict[str, Any]:
    return {
        "account_id": bucket.account_id,
        "region": bucket.region_name,
        "versioning": bucket.versioning_status,
        "encryption": bucket.encryption,
    }


def _make_bucket(description: dict[str, Any]) -> Any:
    from moto.s3.models import s3_backends

    backend = s3_backends[description["account_id"]][_PARTITION]
    bucket = backend.create_bucket(description["name"], description["region"])
    bucket.versioning_status = description["versioning"]
    bucket.encryption = description["encryption"]
    return bucket


def _make_object(bucket: Any, stored: StoredObject, body: bytes) -> Any:
    from moto.s3.models import s3_backends

    item = s3_backends[bucket.account_id][_PARTITION].put_object(
        bucket.name,
        stored.key,
        body,
        storage=stored.storage_class,
        etag=stored.etag,
        disable_notification=True,
    )
    item.set_metadata(dict(stored.metadata))
    item.last_modified = datetime.fromisoformat(stored.last_modified)
    return item
