"""Outputs of tasks as a function of their input: written whole, manifest last, reused when complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.workspace.store import Store, canonical_json, sha256, tree_digest

_MANIFEST = "_complete.json"


@dataclass(frozen=True)
class OutputReference:
    """What a task hands to the next one through XCom: never data, always small.

    :ivar key: folder of the output, relative to the workspace.
    :ivar digest: digest of the output's files; the input of whoever reads it.
    :ivar summary: a few counts and words for people (under a kilobyte).
    """

    key: str
    digest: str
    summary: dict[str, Any]

    def as_xcom(self) -> dict[str, Any]:
        """JSON-serialisable form."""
        return {"key": self.key, "digest": self.digest, "summary": self.summary}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> OutputReference:
        """The reverse of :meth:`as_xcom`."""
        return cls(key=value["key"], digest=value["digest"], summary=dict(value["summary"]))


def output_key(root_run_id: str, step: str, iteration: int, inputs: Mapping[str, str]) -> str:
    """Folder of a step's output, made of the root run, the step, the iteration and its inputs' digests.

    :param inputs: name of each input -> its digest.
    """
    digest = sha256(canonical_json({"step": step, "inputs": dict(sorted(inputs.items()))}))
    return f"runs/{safe_segment(root_run_id)}/outputs/{step}/{iteration:02d}-{digest[:16]}"


def safe_segment(text: str) -> str:
    """``text`` as one path segment; characters that a path or a URI gives a meaning are replaced."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text).strip(".") or "-"


def read_output(store: Store, key: str) -> OutputReference | None:
    """The complete output in this folder, or None: an interrupted write is no output."""
    manifest = store.find_json(f"{key}/{_MANIFEST}")
    if manifest is None:
        return None
    return OutputReference(key=key, digest=manifest["digest"], summary=manifest["summary"])


def write_output(store: Store, key: str, files: Mapping[str, bytes], summary: Mapping[str, Any]) -> OutputReference:
    """Write the files, then the manifest that makes them an output.

    What an interrupted attempt left in the folder is removed first.
    """
    store.delete_tree(key)
    digests = {name: store.write(f"{key}/{name}", data) for name, data in sorted(files.items())}
    digest = tree_digest(digests)
    store.write_json(f"{key}/{_MANIFEST}", {"digest": digest, "files": digests, "summary": dict(summary)})
    return OutputReference(key=key, digest=digest, summary=dict(summary))


def forget_output(store: Store, key: str) -> None:
    """Remove an output whose effect was undone, its manifest first: the step that made it runs again when cleared."""
    store.delete(f"{key}/{_MANIFEST}")
    store.delete_tree(key)


def output_files(store: Store, reference: OutputReference) -> dict[str, bytes]:
    """All files of an output by relative path, without the manifest."""
    start = len(reference.key) + 1
    keys = [key for key in store.find(reference.key) if not key.endswith(_MANIFEST)]
    return {key[start:]: store.read(key) for key in keys}
