"""Digests of the files of a source, made while it is read: one processor is often idle then, and nobody waits twice."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.pipeline import storage
from shared.pipeline.storage import StoredFile


class FileDigests:
    """The files with their digests, as soon as they are there.

    :param files: as they were found; those that have a digest keep it.
    """

    def __init__(self, files: Sequence[StoredFile]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="digests")
        self._found = self._thread.submit(lambda: [storage.with_digest(file) for file in files])

    def files(self) -> list[StoredFile]:
        """All of them; waits.

        :raises OSError: a file is not there any more.
        """
        return self._found.result()

    def close(self) -> None:
        """Wait for what was begun; what was not is left out."""
        self._thread.shutdown(cancel_futures=True)
