"""The dialect of a CSV file, told from its first rows: delimiter, quote, escape, header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
    """How to cut a CSV file into cells.

    :ivar padded: blanks before a cell are not of it, so that a quote behind them opens it.
    """

    delimiter: str
    quote: str
    escape: str
    padded: bool = False


def with_padding(dialect: Dialect, text: str) -> Dialect:
    """The dialect with what the sample ``text`` says of blanks before quotes.

    They are padding where every cell that begins with blanks and a quote ends with a quote, or is cut off by a
    delimiter inside of the quotes; otherwise the quotes are part of a text.
    """
    if not dialect.quote or not re.search(f"{re.escape(dialect.delimiter)} +{re.escape(dialect.quote)}", text):
        return dialect
    opened = [
        cell.strip(" ")
        for row in read_rows(text, dialect)
        for cell in row
        if cell.startswith(" ") and cell.lstrip(" ").startswith(dialect.quote)
    ]
    closed = all((len(cell) > 1 and cell.endswith(dialect.quote)) or cell.count(dialect.quote) % 2 for cell in opened)
    return replace(dialect, padded=bool(opened) and closed)


def detect_dialect(text: str, *, delimiter: str | None, quote: str | None, escape: str | None) -> Dialect:
    """The dialect of the sample ``text``; what is given is kept.

    Of the candidate delimiters the one wins whose rows agree best on a number of cells above one; a comma
    when none splits anything.
    """
    mark = '"' if quote is None else quote
    sign = escape if escape is not None else _detect_escape(text, mark)
    if delimiter:
        return with_padding(Dialect(delimiter, mark, sign), text)
    dialects = {candidate: with_padding(Dialect(candidate, mark, sign), text) for candidate in DELIMITERS}
    scores = {candidate: agreement(read_rows(text, dialects[candidate])) for candidate in DELIMITERS}
    best = max(DELIMITERS, key=lambda candidate: (scores[candidate], -DELIMITERS.index(candidate)))
    return dialects[best if scores[best] > (0, 0) else ","]


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
        skipinitialspace=dialect.padded,
        strict=strict,
    )


def agreement(rows: list[list[str]]) -> tuple[float, int]:
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
