"""Where a crash test keeps workspace, DAGs, lake and landing: on S3 of an emulated AWS, or in folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil

from onboarding.local_platform import account_names as names
from onboarding.local_platform import ports, processes
from onboarding.local_platform.account import Account
from onboarding.local_platform.environment import cleaned
from onboarding.local_platform.health import aws_answers

KINDS = ("workspace", "dags", "lake", "landing")
Content = dict[str, bytes]


class Places(Protocol):
    """Four stores, whose whole content can be read, and put back as it was."""

    def uri(self, kind: str) -> str:
        """The URI of a store, without a connection in it."""
        ...

    def option(self, kind: str) -> str:
        """The URI of a store, as an option of ``[onboarding]`` has it."""
        ...

    def folders(self) -> list[str]:
        """Folders whose changes are writes."""
        ...

    def content(self) -> Content:
        """Every file: ``<kind>/<relative path>`` -> bytes."""
        ...

    def restore(self, content: Mapping[str, bytes]) -> None:
        """Make the content this one."""
        ...


@dataclass(frozen=True)
class Folders:
    """Stores on disk."""

    root: Path

    def uri(self, kind: str) -> str:
        return (self.root / kind).as_uri()

    def option(self, kind: str) -> str:
        return self.uri(kind)

    def folders(self) -> list[str]:
        return [str(self.root / kind) for kind in KINDS]

    def content(self) -> Content:
        files = sorted(path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    def restore(self, content: Mapping[str, bytes]) -> None:
        for kind in KINDS:
            shutil.rmtree(self.root / kind, ignore_errors=True)
            (self.root / kind).mkdir(parents=True)
        for name, data in content.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(data)


class Buckets:
    """Stores in one bucket of an emulated AWS, below a prefix of their own."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._bodies: dict[tuple[str, str], bytes] = {}

    def uri(self, kind: str) -> str:
        return f"s3://{names.LAKE_BUCKET}/{self._prefix}/{kind}"

    def option(self, kind: str) -> str:
        return self.uri(kind).replace("s3://", "s3://aws_default@")

    def folders(self) -> list[str]:
        return []

    def content(self) -> Content:
        return {name: self._body(name, etag) for name, etag in self._listing().items()}

    def restore(self, content: Mapping[str, bytes]) -> None:
        now = self._listing()
        for name in now.keys() - content.keys():
            self._client.delete_object(Bucket=names.LAKE_BUCKET, Key=f"{self._prefix}/{name}")
        for name, data in content.items():
            if name not in now or self._body(name, now[name]) != data:
                self._client.put_object(Bucket=names.LAKE_BUCKET, Key=f"{self._prefix}/{name}", Body=data)

    def _listing(self) -> dict[str, str]:
        start, found = len(self._prefix) + 1, {}
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=names.LAKE_BUCKET, Prefix=f"{self._prefix}/"
        )
        for page in pages:
            found.update({item["Key"][start:]: item["ETag"] for item in page.get("Contents", [])})
        return dict(sorted(found.items()))

    def _body(self, name: str, etag: str) -> bytes:
        """Content of an object; an object that was read before with this digest is not read again."""
        if (name, etag) not in self._bodies:
            answer = self._client.get_object(Bucket=names.LAKE_BUCKET, Key=f"{self._prefix}/{name}")
            self._bodies[name, etag] = answer["Body"].read()
        return self._bodies[name, etag]


@contextmanager
def emulated_aws(root: Path) -> Iterator[str]:
    """The platform's emulated AWS as a process of its own; yields its URL."""
    reservation = ports.Reservation()
    port = reservation.take([])
    url = f"http://{ports.LOOPBACK}:{port}"
    command = processes.python_command("-m", "onboarding.local_platform.aws_server")
    command += ["--port", str(port), "--data", str(root / "aws")]
    server = processes.start("aws", command, cleaned_environment(), root / "aws.log", root)
    try:
        assert processes.wait_for(lambda: aws_answers(url), 60), (root / "aws.log").read_text()
        reservation.release()
        Account(url).ensure(Path("no-samples"))
        yield url
    finally:
        process = psutil.Process(server.pid)
        process.kill()
        process.wait()


def client(aws_url: str, service: str) -> Any:
    """A client of the emulated AWS."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=aws_url,
        region_name=names.REGION,
        aws_access_key_id=names.FAKE_KEY,
        aws_secret_access_key=names.FAKE_KEY,
        config=Config(proxies={}),
    )


def cleaned_environment() -> dict[str, str]:
    """This process's environment without another Airflow or AWS account in it."""
    import os

    return cleaned(os.environ)


def task_environment(places: Places, aws_url: str, api_port: int) -> dict[str, str]:
    """Options and connections, as a worker has them in its environment."""
    aws = {
        "conn_type": "aws",
        "login": names.FAKE_KEY,
        "password": names.FAKE_KEY,
        "extra": {"region_name": names.REGION, "endpoint_url": aws_url},
    }
    api = {"conn_type": "http", "schema": "http", "host": ports.LOOPBACK, "port": api_port, "login": "tasks"}
    options = {f"AIRFLOW__ONBOARDING__{kind.upper()}_URI": places.option(kind) for kind in KINDS}
    return {
        **options,
        "AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS": places.uri("landing").removeprefix("file://"),
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(aws),
        "AIRFLOW_CONN_ONBOARDING_AIRFLOW_API": json.dumps(api),
        "AIRFLOW_CONN_ONBOARDING_MASKING_KEY": json.dumps(
            {"conn_type": "generic", "password": "a key for tests only, long enough"}
        ),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }
