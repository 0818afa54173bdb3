"""Lines above the table of a CSV file: Excel's ``sep=;``, comments, titles."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from shared.pipeline.reading.dialect import DELIMITERS, agreement, detect_dialect, read_rows
from shared.pipeline.reading.files import first_bytes

_SEPARATOR_LINE = re.compile(rb"""["']?sep=[^\r\n]["']?\r?\n""", re.IGNORECASE)
_MARK = b"#"
#: Enough to see where a table begins, and little for the memory of a worker.
_SAMPLE_BYTES = 1 << 16
#: A title has no more lines than this.
_TITLE_LINES = 20
#: Rows below a title, nearly all of one width, without which it is none. Two cells may be a text with a comma in it.
_TABLE_ROWS, _OF_ONE_WIDTH, _TABLE_CELLS = 3, 0.9, 3


def without_preamble(path: Path, target: Path, *, header: bool) -> Path:
    """A copy of a UTF-8 CSV file from its table on, at ``target``; ``path`` itself when it begins with the table.

    :param header: whether there may be a header; without one a short first line is a damaged row, and no title.
    """
    length = preamble_length(first_bytes(path, _SAMPLE_BYTES), header=header)
    if not length:
        return path
    with path.open("rb") as source, target.open("wb") as out:
        source.seek(length)
        shutil.copyfileobj(source, out, 1 << 20)
    return target


def preamble_length(sample: bytes, *, header: bool) -> int:
    """Bytes above the table: a line that names the separator, or lines that begin with ``#``, or those of a title.

    :param sample: the first bytes of the file.
    :param header: as of :func:`without_preamble`.
    """
    separator = _SEPARATOR_LINE.match(sample)
    if separator:
        return separator.end()
    if sample.startswith(_MARK):
        return _comments(sample)
    return _title(sample) if header else 0


def _comments(sample: bytes) -> int:
    """The last of the lines is the header when it has as many delimiters as the one below, or when that has none."""
    length, last = 0, b""
    for line in sample.splitlines(keepends=True):
        if not line.startswith(_MARK):
            return length - len(last) if _is_header(last, line) else length
        length, last = length + len(line), line
    return 0


def _is_header(comment: bytes, following: bytes) -> bool:
    counts = [(comment.count(mark), following.count(mark)) for mark in (sign.encode() for sign in DELIMITERS)]
    return any(here == there > 0 for here, there in counts) or not any(there for _, there in counts)


def _title(sample: bytes) -> int:
    """Lines without a delimiter above rows that nearly all have the same number of cells, three or more."""
    lines = sample.splitlines(keepends=True)
    text = sample.decode("utf-8", errors="replace")
    dialect = detect_dialect(text, delimiter=None, quote=None, escape=None)
    mark, quote = dialect.delimiter.encode(), dialect.quote.encode()
    above = 0
    while above < min(len(lines), _TITLE_LINES) and mark not in lines[above] and quote not in lines[above]:
        above += 1
    if not any(line.strip() for line in lines[:above]):
        return 0
    length = sum(map(len, lines[:above]))
    rows = read_rows(sample[length:].decode("utf-8", errors="replace"), dialect)
    share, cells = agreement(rows)
    return length if len(rows) >= _TABLE_ROWS and share >= _OF_ONE_WIDTH and cells >= _TABLE_CELLS else 0
