"""The dialect of a CSV file, told from its first rows: delimiter, quote, escape, header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 200
_TYPED = re.compile(
    r"""\s*(?:
      [+-]?(?:\d{1,3}(?:[,.]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][+-]?\d+)?%?   # numbers
    | \d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?                             # ISO dates and times
    | \d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:[ ]\d{2}:\d{2}.*)?                # day, month, year in some order
    )\s*""",
    re.VERBOSE,
)
_YEAR = re.compile(r"\s*(?:19|20)\d{2}\s*")
_BACKSLASH_QUOTE = re.compile(r'\\"(?!\s*(?:[,;|\t\r\n]|$))')


@dataclass(frozen=True)
class Dialect:
    """How to cut a CSV file into cells."""

    delimiter: str
    quote: str
    escape: str


def detect_dialect(text: str, *, delimiter: str | None, quote: str | None, escape: str | None) -> Dialect:
    """The dialect of the sample ``text``; what is given is kept.

    Of the candidate delimiters the one wins whose rows agree best on a number of cells above one; a comma
    when none splits anything.
    """
    mark = '"' if quote is None else quote
    sign = escape if escape is not None else _detect_escape(text, mark)
    if delimiter:
        return Dialect(delimiter, mark, sign)
    scores = {candidate: _agreement(read_rows(text, Dialect(candidate, mark, sign))) for candidate in DELIMITERS}
    best = max(DELIMITERS, key=lambda candidate: (scores[candidate], -DELIMITERS.index(candidate)))
    return Dialect(best if scores[best] > (0, 0) else ",", mark, sign)


def read_rows(text: str, dialect: Dialect, limit: int = SAMPLE_ROWS) -> list[list[str]]:
    """The first rows of the sample as Python's csv module cuts them; blank lines are no rows."""
    rows: list[list[str]] = []
    for row in csv_reader(io.StringIO(text, newline=""), dialect):
        if row:
            rows.append(row)
        if len(rows) >= limit:
            break
    return rows


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns; only clear evidence says no.

    Clear evidence: there are columns whose values are all numbers or dates, and the first row has numbers or
    dates in every one of them, not only years (tables with a column a year have these in their header).
    """
    if len(rows) < 2:
        return True
    first, body = rows[0], rows[1:]
    typed = [index for index in range(len(first)) if _all_typed(body, index)]
    if not typed or not all(_TYPED.fullmatch(first[index]) for index in typed):
        return True
    return all(_YEAR.fullmatch(first[index]) for index in typed)


def csv_reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = False) -> Iterator[list[str]]:
    """Python's csv reader for a dialect; ``lines`` must keep their line ends (``newline=""``)."""
    csv.field_size_limit(1 << 30)
    if not dialect.quote:
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE, strict=strict)
    doubled = dialect.escape in ("", dialect.quote)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        doublequote=doubled,
        escapechar=None if doubled else dialect.escape,
        strict=strict,
    )


def _agreement(rows: list[list[str]]) -> tuple[float, int]:
    """Share of rows with the usual number of cells, and that number; (0, 0) when it is one."""
    if not rows:
        return 0, 0
    cells, count = Counter(len(row) for row in rows).most_common(1)[0]
    return (count / len(rows), cells) if cells > 1 else (0, 0)


def _detect_escape(text: str, quote: str) -> str:
    """A backslash when quotes inside quoted cells are written so, else the quote itself, doubled."""
    if quote == '"' and _BACKSLASH_QUOTE.search(text) and '""' not in text.replace('\\"', ""):
        return "\\"
    return quote


def _all_typed(body: list[list[str]], index: int) -> bool:
    values = [row[index] for row in body if len(row) > index and row[index].strip()]
    return bool(values) and all(_TYPED.fullmatch(value) for value in values)
