"""JSON and JSON Lines as rows of text, value by value as they were written.

DuckDB's own JSON reader writes numbers anew (``1.50`` becomes ``1.5``, 18 digits become a double); here a
number keeps its characters, so that Bronze is what was delivered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from shared.pipeline.errors import SourceError

_CHUNK = 1 << 20


class JsonTable:
    """Collects the rows of one or more JSON files, with the union of their keys as columns.

    :ivar columns: keys in order of first appearance.
    :ivar longest: bytes of the longest row written.
    """

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.longest = 0
        self._keys: dict[str, str] = {}

    def convert(self, path: Path, layout: str, target: Path, uri: str) -> tuple[int, int]:
        """Write the rows of one file to ``target``: JSON Lines with the keys ``c0``, ``c1``, ... and text.

        :param layout: ``json`` (one array of objects) or ``jsonl`` (one object a line).
        :returns: rows written, and rows that could not be read (no object, damaged line).
        :raises SourceError: the file is no JSON array, or is damaged in the middle of it.
        """
        rows = unreadable = 0
        elements = _array_elements(path, uri) if layout == "json" else _line_elements(path)
        with target.open("wb") as out:
            for element in elements:
                line = self._line(element)
                if line is None:
                    unreadable += 1
                    continue
                out.write(line)
                rows += 1
                self.longest = max(self.longest, len(line))
        return rows, unreadable

    def _line(self, element: Any) -> bytes | None:
        if not isinstance(element, dict):
            return None
        row: dict[str, str] = {}
        for name, value in element.items():
            key = self._keys.get(name) or self._key(name)
            if value is not None:
                row[key] = value if isinstance(value, str) else _text(value)
        try:
            return _encode(row).encode() + b"\n"
        except UnicodeEncodeError:  # half of a surrogate pair: no text in any encoding
            return None

    def _key(self, name: str) -> str:
        key = self._keys[name] = f"c{len(self.columns)}"
        self.columns.append(name)
        return key


class _Number(float):
    """A number with the characters it was written in."""

    text: str

    @classmethod
    def read(cls, text: str) -> _Number:
        number = cls(text)
        number.text = text
        return number


_DECODER = json.JSONDecoder(parse_float=_Number.read, parse_constant=str)
# Made once: json.dumps with options makes an encoder for every call.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BROKEN = object()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, int):
        return str(value)
    return _encode(value)


def _line_elements(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield _parsed(line)


def _parsed(line: bytes) -> Any:
    try:
        return _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        return _BROKEN


def _array_elements(path: Path, uri: str) -> Iterator[Any]:
    """The elements of one JSON array, without holding more than a stretch of it in memory."""
    with path.open(encoding="utf-8") as file:
        try:
            yield from _scan_array(file, uri)
        except UnicodeDecodeError as error:
            raise _damaged(uri, "bytes that are not UTF-8") from error


def _scan_array(file: IO[str], uri: str) -> Iterator[Any]:
    buffer = file.read(_CHUNK).lstrip()
    if not buffer.startswith("["):
        raise SourceError(
            "The JSON file does not hold a table.",
            where=uri,
            expected="an array of objects, or one object a line",
            given="one object" if buffer.startswith("{") else "another value",
            remedy="Give the array itself, or write JSON Lines.",
        )
    position, chunk, first = 1, _CHUNK, True
    while True:
        found = _next_element(buffer, position, first)
        if found is None:
            more = file.read(chunk)
            if not more:
                raise _damaged(uri, "an array that is cut off or not valid")
            buffer, position, chunk = buffer[position:] + more, 0, chunk * 2
            continue
        element, position = found
        if element is _END:
            return
        yield element
        first, chunk = False, _CHUNK


_END = object()
_SPACE = " \t\r\n"


def _next_element(buffer: str, position: int, first: bool) -> tuple[Any, int] | None:
    """The element after ``position`` and where it ends; ``None`` when the buffer may end within it."""
    position = _skip_space(buffer, position)
    if position < len(buffer) and buffer[position] == "]":
        return _END, position + 1
    if not first:
        if position >= len(buffer) or buffer[position] != ",":
            return None
        position = _skip_space(buffer, position + 1)
    try:
        element, end = _DECODER.raw_decode(buffer, position)
    except (ValueError, RecursionError):
        return None
    # A number that touches the end of the buffer may go on in the next stretch.
    return (element, end) if end < len(buffer) else None


def _skip_space(buffer: str, position: int) -> int:
    while position < len(buffer) and buffer[position] in _SPACE:
        position += 1
    return position


def _damaged(uri: str, given: str) -> SourceError:
    return SourceError(
        "The JSON file is damaged.",
        where=uri,
        expected="one complete array of objects in UTF-8",
        given=given,
        remedy="Send the file again; with JSON Lines a damaged row would not spoil the others.",
    )
