"""The copy from the DAGs bucket into the dags folder that MWAA makes again and again.

MWAA promises no order. This copy takes the worst one: a workload's DAG file at once, the directory that it names when
the test says so.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

# Between two looks at the bucket; MWAA takes about half a minute.
EVERY_SECONDS = 2.0


class DagsSync:
    """Copies in a thread; entering starts it, leaving stops it.

    :param s3: boto3 client.
    :ivar error: what ended the copying.
    """

    def __init__(self, s3: Any, bucket: str, prefix: str, folder: Path) -> None:
        self._s3, self._bucket, self._prefix, self._folder = s3, bucket, f"{prefix}/", folder
        self._there: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._directories = threading.Event()
        self.error: Exception | None = None

    def __enter__(self) -> DagsSync:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        try:
            while not self._stop.wait(EVERY_SECONDS):
                self.once()
        except Exception as error:
            self.error = error
            raise

    def once(self) -> None:
        """One look at the bucket: copy what is new, remove what is gone."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        found = {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", [])}
        for key, etag in sorted(found.items()):
            in_directory = key.count("/") > 3  # dags/workloads/<workload>/<version>/...
            if self._there.get(key) != etag and (not in_directory or self._directories.is_set()):
                self._copy(key)
                self._there[key] = etag
        for key in set(self._there) - set(found):
            self._path(key).unlink(missing_ok=True)
            del self._there[key]

    def bring_directories(self) -> None:
        """From the next look on, directories of workloads are copied, too."""
        self._directories.set()

    def _path(self, key: str) -> Path:
        return self._folder / key.removeprefix(self._prefix)

    def _copy(self, key: str) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        partial.write_bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        partial.replace(target)
