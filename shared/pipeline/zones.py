"""Where everything of a workload lies in the lake, and the pointer that says what is published."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from shared.pipeline import storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.storage import join

POINTER = "_published.json"


@dataclass(frozen=True)
class Lake:
    """URIs of one workload in one lake; nothing here reads or writes."""

    uri: str
    workload: str

    def bronze_load(self, table: str, run_date: str, load_id: str) -> str:
        """Folder of one load of Bronze; never changed once its run is over."""
        return join(self.uri, "bronze", self.workload, table, f"ingestion_date={run_date}", f"load_id={load_id}")

    def table(self, zone: str, table: str) -> str:
        """Folder of a Silver or Gold table."""
        return join(self.uri, zone, self.workload, table)

    def pointer(self, zone: str, table: str) -> str:
        """The file that names the published version of a table."""
        return join(self.table(zone, table), POINTER)

    def quarantine(self, kind: str, arguments: RunArguments) -> str:
        """Folder of the rows that one load held back; ``kind``: ``silver``, ``gold`` or ``duplicates``."""
        return join(self.quarantine_kind(kind), f"ingestion_date={arguments.run_date}", f"load_id={arguments.load_id}")

    def quarantine_kind(self, kind: str) -> str:
        """Folder of the rows of one kind that all loads held back."""
        return join(self.uri, "quarantine", self.workload, kind)

    def state(self, *parts: str) -> str:
        """A file or folder of the workload's state."""
        return join(self.uri, "_state", self.workload, *parts)

    def candidate(self, load_id: str, zone: str, table: str) -> str:
        """Folder of what a transform wrote and no check has passed yet."""
        return self.state("candidates", load_id, zone, table)

    def accepted(self, load_id: str, table: str) -> str:
        """Folder of the rows of a Gold candidate that passed its check and wait to be published."""
        return self.state("candidates", load_id, "gold_accepted", table)


@dataclass(frozen=True)
class PublishedFile:
    """A file of a published version; ``path`` is relative to the table's folder."""

    path: str
    rows: int


@dataclass(frozen=True)
class Published:
    """What a table's pointer says.

    :ivar version: name of the version; its folder is ``path``, relative to the table's folder.
    :ivar load_id: the run that published it.
    :ivar previous: the version before, which is kept; empty for the first.
    """

    version: str
    load_id: str
    run_date: str
    path: str
    rows: int
    files: tuple[PublishedFile, ...]
    columns: tuple[dict[str, str], ...]
    previous: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The pointer file's content."""
        return {**asdict(self), "files": [asdict(file) for file in self.files], "columns": list(self.columns)}


def read_pointer(lake: Lake, zone: str, table: str) -> Published | None:
    """The published version of a table; ``None`` when nothing was ever published."""
    document = storage.read_json(lake.pointer(zone, table))
    if document is None:
        return None
    files = tuple(PublishedFile(**file) for file in document.pop("files"))
    return Published(files=files, columns=tuple(document.pop("columns")), **document)


def published_files(lake: Lake, zone: str, table: str, published: Published) -> list[str]:
    """URIs of the files of a published version."""
    return [join(lake.table(zone, table), file.path) for file in published.files]


def free_version(lake: Lake, zone: str, table: str, load_id: str) -> str:
    """Name of the version that ``load_id`` may write: never the one that readers are using.

    A run that is repeated takes its name and a second one by turns, so that what is published stays whole
    until the pointer moves.
    """
    published = read_pointer(lake, zone, table)
    return f"{load_id}.again" if published and published.version == load_id else load_id


def switch(lake: Lake, zone: str, table: str, published: Published) -> None:
    """Move the pointer, then remove all versions but this one and the one before."""
    storage.write_json(lake.pointer(zone, table), published.as_dict())
    folder = lake.table(zone, table)
    keep = {f"version={published.version}", f"version={published.previous}"}
    versions = {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}
    for version in sorted(versions - keep):
        if version.startswith("version="):
            storage.delete_tree(join(folder, version))
