"""One text file of a source as rows, read by whichever machine of the cluster gets it.

The files are the parts in which the work is shared out: a quoted cell may hold line ends, so that nobody can begin in
the middle of a file. What comes out is JSON Lines in text, which Spark reads in parts of any size.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.pipeline import storage
from shared.pipeline.errors import SourceError
from shared.pipeline.reading.alignment import under_known_names
from shared.pipeline.reading.csv_repair import readable_rows
from shared.pipeline.reading.csv_rows import dialect_of, header_of
from shared.pipeline.reading.encoding import as_utf8, detect_encoding
from shared.pipeline.reading.files import bring_here
from shared.pipeline.reading.formats import resolve_format
from shared.pipeline.reading.json_rows import JsonTable
from shared.pipeline.reading.options import ReadOptions
from shared.pipeline.reading.preamble import without_preamble
from shared.pipeline.reading.tables import check_names
from shared.pipeline.storage import StoredFile

FILE_KEY, NUMBER_KEY = "f", "n"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class TextFile:
    """A file to read.

    :ivar index: its place among the files of the source.
    :ivar format: what it must be; ``None``: what its bytes say.
    :ivar encoding: what was given; ``None``: detected.
    :ivar target: URI of its rows.
    """

    index: int
    file: StoredFile
    format: str | None
    layout: str
    first_uri: str
    encoding: str | None
    options: ReadOptions
    known: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class TextRows:
    """What a file held; its rows are at ``uri``, the cells of a row under the keys ``c0``, ``c1``, ...

    :ivar names: the column of each key.
    :ivar error: parts of the :class:`SourceError` that it ended with; an error itself does not travel.
    """

    index: int
    uri: str
    names: tuple[str, ...] = ()
    rows: int = 0
    unreadable: int = 0
    error: tuple[tuple[str, str], ...] = ()


def read_text_file(task: TextFile) -> TextRows:
    """Read one file to its end."""
    with tempfile.TemporaryDirectory(prefix="onboarding_file_") as scratch:
        try:
            return _read(task, Path(scratch))
        except SourceError as error:
            parts = tuple((name, text) for name, text in error.as_dict().items() if name != "code")
            return TextRows(task.index, task.target, error=parts)


def _read(task: TextFile, folder: Path) -> TextRows:
    path = bring_here(task.file, folder, task.index)
    layout = resolve_format(path, task.file.uri, task.format)
    if layout != task.layout:
        raise other_format(task.file.uri, task.layout, task.first_uri, layout)
    encoding = task.encoding or detect_encoding(path, task.file.uri)
    text = as_utf8(path, encoding, folder / "text.utf8", task.file.uri)
    if layout == "csv":
        text = without_preamble(text, folder / "table.csv", header=task.options.header)
    target = folder / "rows.jsonl"
    names, rows, unreadable = (_csv if layout == "csv" else _json)(task, text, layout, target)
    storage.upload(target, task.target)
    return TextRows(task.index, task.target, tuple(names), rows, unreadable)


def other_format(uri: str, expected: str, first_uri: str, given: str) -> SourceError:
    """The error of a file whose format is not that of the first one."""
    return SourceError(
        "The files of the source do not have the same format.",
        where=uri,
        expected=f"{expected}, as {first_uri}",
        given=given,
        remedy="Give each kind of file a folder of its own, and onboard each as a source.",
    )


def _csv(task: TextFile, path: Path, layout: str, target: Path) -> tuple[list[str], int, int]:
    names = under_known_names(header_of(path, task.options), task.known)
    check_names(names, task.file.uri)
    keys = [f"c{index}" for index in range(len(names))]
    rows = unreadable = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        for row in readable_rows(path, dialect_of(path, task.options), len(names), task.options.header):
            if row is None:
                unreadable += 1
                continue
            rows += 1
            cells = {FILE_KEY: str(task.index), NUMBER_KEY: rows, **dict(zip(keys, row, strict=True))}
            out.write(_encode(cells) + "\n")
    return names, rows, unreadable


def _json(task: TextFile, path: Path, layout: str, target: Path) -> tuple[list[str], int, int]:
    table = JsonTable()
    plain = target.with_suffix(".plain")
    rows, unreadable = table.convert(path, layout, plain, task.file.uri)
    with plain.open("rb") as lines, target.open("wb") as out:
        out.writelines(_numbered(lines, task.index))
    given = [name if name.strip() else f"column_{index}" for index, name in enumerate(table.columns, 1)]
    names = under_known_names(given, task.known)
    check_names(names, task.file.uri)
    return names, rows, unreadable


def _numbered(lines: Iterator[bytes], index: int) -> Iterator[bytes]:
    for number, line in enumerate(lines, 1):
        rest = b"}\n" if line == b"{}\n" else b"," + line[1:]
        yield b'{"%b":"%d","%b":%d%b' % (FILE_KEY.encode(), index, NUMBER_KEY.encode(), number, rest)
