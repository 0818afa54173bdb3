"""Files of the lake and of sources: ``file://`` and ``s3://``, with one set of functions for both.

S3 is reached through boto3 only: objects are downloaded or uploaded whole, and a single PUT is atomic. On
``file://`` a write goes to a temporary name in the same folder and is renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from shared.pipeline.disk import full_disk_is_clear, whole_file
from shared.pipeline.errors import SourceError

ClientFactory = Callable[[str], Any]
_DELETE_BATCH = 1000
_NOT_FOUND = {"404", "NoSuchKey", "NotFound", "NoSuchBucket"}
_DENIED = {"403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


@dataclass(frozen=True, order=True)
class StoredFile:
    """One file or object: its URI, its size in bytes, and a digest that changes with its content."""

    uri: str
    bytes: int
    etag: str


def _default_factory(service: str) -> Any:
    import boto3

    return boto3.client(service)


_factory: list[ClientFactory] = [_default_factory]
_clients: dict[str, Any] = {}


def set_client_factory(factory: ClientFactory | None) -> None:
    """Let ``factory(service)`` make the boto3 clients of this process; ``None`` restores the default."""
    _factory[0] = factory or _default_factory
    _clients.clear()


def client(service: str) -> Any:
    """The boto3 client of ``service``, made once a process."""
    if service not in _clients:
        _clients[service] = _factory[0](service)
    return _clients[service]


def join(uri: str, *parts: str) -> str:
    """``uri`` extended by ``parts``, with exactly one slash in between."""
    return "/".join([uri.rstrip("/"), *(part.strip("/") for part in parts)])


def is_s3(uri: str) -> bool:
    """Whether ``uri`` is an S3 URI.

    :raises SourceError: the URI is neither ``file://`` nor ``s3://``.
    """
    scheme = urlsplit(uri).scheme
    if scheme in ("s3", "file"):
        return scheme == "s3"
    raise SourceError(
        "The location is not one that can be read.",
        where=uri.split("?")[0],
        expected="a file:// or s3:// URI",
        given=f"scheme {scheme!r}",
        remedy="Write the location as s3://bucket/key, s3://bucket/prefix/ or file:///absolute/path.",
    )


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI; the key is not decoded, since S3 keys are not URL-encoded."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def local_path(uri: str) -> Path:
    """The path that a ``file://`` URI names."""
    # Not urlsplit: a "?" or "#" in the name of a file is part of its name.
    return Path(unquote(uri.removeprefix("file://")))


def file_uri(path: Path) -> str:
    """The ``file://`` URI of a path; ``=`` stays readable, for folders such as ``date=2026-01-01``."""
    return "file://" + quote(str(path.absolute()), safe="/=:@+,~!$&'()*;")


def relative(uri: str, folder_uri: str) -> str:
    """The path of a file below a folder, however the two URIs are quoted."""
    if is_s3(uri):
        return uri.removeprefix(f"{folder_uri.rstrip('/')}/")
    return local_path(uri).relative_to(local_path(folder_uri)).as_posix()


def list_files(uri: str, *, digest: bool = False) -> list[StoredFile]:
    """Every file below the folder or prefix ``uri``, sorted; empty when there is none.

    :param digest: whether the etag of local files is wanted: it is the MD5 of their content, which is read for it.
    :raises SourceError: the bucket does not exist or may not be read.
    """
    return sorted(_list_s3(uri) if is_s3(uri) else _list_local(local_path(uri), digest))


def find_file(uri: str, *, digest: bool = False) -> StoredFile | None:
    """The one file that ``uri`` names, or ``None``.

    :param digest: as of :func:`list_files`.
    """
    if not is_s3(uri):
        path = local_path(uri)
        return _local_file(path, digest) if path.is_file() else None
    bucket, key = bucket_and_key(uri)
    if not key or key.endswith("/"):
        return None
    with _s3_errors(uri):
        head = _unless_missing(lambda: client("s3").head_object(Bucket=bucket, Key=key))
    return None if head is None else StoredFile(uri, head["ContentLength"], head["ETag"].strip('"'))


def read_bytes(uri: str) -> bytes | None:
    """The content of one file, or ``None`` when there is none."""
    if not is_s3(uri):
        path = local_path(uri)
        return path.read_bytes() if path.is_file() else None
    bucket, key = bucket_and_key(uri)
    with _s3_errors(uri):
        answer = _unless_missing(lambda: client("s3").get_object(Bucket=bucket, Key=key))
        return None if answer is None else bytes(answer["Body"].read())


def write_bytes(uri: str, content: bytes) -> None:
    """Write one file whole: a reader sees the old content or the new one, nothing in between."""
    if is_s3(uri):
        bucket, key = bucket_and_key(uri)
        with _s3_errors(uri):
            client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        return
    path = local_path(uri)
    with full_disk_is_clear(uri), whole_file(path) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_json(uri: str, default: Any = None) -> Any:
    """The JSON document at ``uri``, or ``default`` when there is none."""
    content = read_bytes(uri)
    return default if content is None else json.loads(content)


def write_json(uri: str, document: Any) -> None:
    """Write a JSON document atomically, keys sorted."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    write_bytes(uri, (text + "\n").encode())


def download(uri: str, path: Path) -> None:
    """Copy one file to a local path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with full_disk_is_clear(str(path)):
        if not is_s3(uri):
            shutil.copyfile(local_path(uri), path)
            return
        bucket, key = bucket_and_key(uri)
        with _s3_errors(uri):
            client("s3").download_file(bucket, key, str(path))


def upload(path: Path, uri: str) -> None:
    """Copy a local file to ``uri``; on ``file://`` it appears whole or not at all."""
    if is_s3(uri):
        bucket, key = bucket_and_key(uri)
        with _s3_errors(uri):
            client("s3").upload_file(str(path), bucket, key)
        return
    with full_disk_is_clear(uri), whole_file(local_path(uri)) as temporary:
        shutil.copyfile(path, temporary)


def copy(source: str, target: str) -> None:
    """Copy one file of the lake to another place of it; an object of S3 does not pass through this machine."""
    if not is_s3(source):
        upload(local_path(source), target)
        return
    from_bucket, from_key = bucket_and_key(source)
    bucket, key = bucket_and_key(target)
    with _s3_errors(target):
        client("s3").copy({"Bucket": from_bucket, "Key": from_key}, bucket, key)


def delete_tree(uri: str) -> None:
    """Remove every file below the folder or prefix ``uri``; nothing happens when there is none."""
    if not is_s3(uri):
        shutil.rmtree(local_path(uri), ignore_errors=True)
        return
    bucket, _ = bucket_and_key(uri)
    keys = [bucket_and_key(file.uri)[1] for file in list_files(uri)]
    for start in range(0, len(keys), _DELETE_BATCH):
        batch = [{"Key": key} for key in keys[start : start + _DELETE_BATCH]]
        with _s3_errors(uri):
            client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})


def delete_file(uri: str) -> None:
    """Remove one file; nothing happens when there is none."""
    if not is_s3(uri):
        local_path(uri).unlink(missing_ok=True)
        return
    bucket, key = bucket_and_key(uri)
    with _s3_errors(uri):
        client("s3").delete_object(Bucket=bucket, Key=key)


def read_end(uri: str, count: int) -> bytes:
    """The last ``count`` bytes of an object of S3, or all of it."""
    bucket, key = bucket_and_key(uri)
    with _s3_errors(uri):
        return bytes(client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes=-{count}")["Body"].read())


def _list_local(folder: Path, digest: bool) -> Iterator[StoredFile]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(".writing-"):
            yield _local_file(path, digest)


def _local_file(path: Path, digest: bool) -> StoredFile:
    return StoredFile(file_uri(path), path.stat().st_size, _md5(path) if digest else "")


def with_digest(file: StoredFile) -> StoredFile:
    """A file with its etag, which is made of the content of a local one, unless it has one."""
    return file if file.etag else replace(file, etag=_md5(local_path(file.uri)))


def _md5(path: Path) -> str:
    """MD5, because that is the ETag of an object that S3 got in one part."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _list_s3(uri: str) -> Iterator[StoredFile]:
    bucket, key = bucket_and_key(uri)
    prefix = f"{key.rstrip('/')}/" if key else ""
    with _s3_errors(uri):
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/"):
                    yield StoredFile(f"s3://{bucket}/{item['Key']}", item["Size"], item["ETag"].strip('"'))


def _unless_missing(call: Callable[[], Any]) -> Any | None:
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_FOUND - {"NoSuchBucket"}:
            return None
        raise


class _s3_errors:
    """Turns what retrying cannot cure (no such bucket, no permission) into a :class:`SourceError`."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from botocore.exceptions import ClientError

        if not isinstance(error, ClientError):
            return
        code = error.response["Error"]["Code"]
        bucket, _ = bucket_and_key(self.uri)
        if code in _NOT_FOUND:
            raise SourceError(
                "The bucket or object does not exist.",
                where=self.uri,
                given=f"{code} for bucket {bucket!r}",
                remedy="Check the bucket's name, its region, and the AWS connection that the task uses.",
            ) from error
        if code in _DENIED:
            raise SourceError(
                "The bucket may not be read or written.",
                where=self.uri,
                given=f"{code} for bucket {bucket!r}",
                remedy="Grant the task's role s3:ListBucket, s3:GetObject and s3:PutObject on this location.",
            ) from error
