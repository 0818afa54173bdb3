"""CSV files that DuckDB cannot account for: quotes that are never closed, line ends of several kinds.

DuckDB gives up on the whole file, or goes on at its next buffer and loses the rows between without a trace.
Here an unclosed quote costs its own line, and every line is a row or is counted.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from shared.pipeline.reading.dialect import Dialect, csv_reader

# A quoted cell may go on over this many lines before its quote counts as never closed.
LINES_OF_A_ROW = 1000


def repair(path: Path, dialect: Dialect, width: int, header: bool, target: Path) -> int:
    """Write the rows that can be read to ``target``: comma, every cell quoted, no header.

    :param width: cells that a row must have.
    :param header: whether the first row is left out.
    :returns: lines that could not be read.
    """
    unreadable = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in readable_rows(path, dialect, width, header):
            if row is None:
                unreadable += 1
            else:
                writer.writerow(row)
    return unreadable


def readable_rows(path: Path, dialect: Dialect, width: int, header: bool) -> Iterator[list[str] | None]:
    """The rows of a UTF-8 file, parameters as of :func:`repair`; ``None`` for a line that cannot be read."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as source:
        for row in _rows(source, dialect):
            if header:
                header = False
            else:
                yield None if row is None or len(row) != width or not _is_text(row) else row


def _rows(source: IO[str], dialect: Dialect) -> Iterator[list[str] | None]:
    """The rows of the file; ``None`` for a line that is none."""
    waiting: deque[str] = deque()
    while line := waiting.popleft() if waiting else source.readline():
        if not line.strip("\r\n"):
            continue
        row = _parse(line, dialect)
        yield _longer_row(line, waiting, source, dialect) if row is _OPEN else row


_OPEN: list[str] = []


def _longer_row(line: str, waiting: deque[str], source: IO[str], dialect: Dialect) -> list[str] | None:
    """The row that begins with ``line`` and goes on over the next ones, which are consumed only if it ends."""
    text = line
    for count in range(LINES_OF_A_ROW):
        if count >= len(waiting):
            following = source.readline()
            if not following:
                return None
            waiting.append(following)
        text += waiting[count]
        if dialect.quote not in waiting[count]:
            continue
        row = _parse(text, dialect)
        if row is not _OPEN:
            for _ in range(0 if row is None else count + 1):
                waiting.popleft()
            return row
    return None


def _parse(text: str, dialect: Dialect) -> list[str] | None:
    """The one row in ``text``; ``None`` when it is damaged, ``_OPEN`` when a quote is still open."""
    try:
        return next(csv_reader(io.StringIO(text, newline=""), dialect, strict=True))
    except csv.Error as error:
        return _OPEN if "unexpected end" in str(error) else None


def _is_text(row: list[str]) -> bool:
    return not any("\ud800" <= character <= "\udfff" for cell in row if not cell.isascii() for character in cell)
