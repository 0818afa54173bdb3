"""CSV files as rows of text, with every row that cannot be read counted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.pipeline.errors import SourceError
from shared.pipeline.literals import quote_literal
from shared.pipeline.reading.csv_repair import repair
from shared.pipeline.reading.dialect import Dialect, csv_reader, detect_dialect, has_header, read_rows, with_padding
from shared.pipeline.reading.files import SAMPLE_BYTES, first_bytes
from shared.pipeline.reading.options import CSV_NULL_VALUES, ReadOptions

# Errors that cost their own row and nothing else, each row counted once.
_CONTAINED = ("MISSING COLUMNS", "TOO MANY COLUMNS", "INVALID ENCODING")
_COUNT_REJECTS = """
SELECT count(DISTINCT line_byte_position),
       count(*) FILTER (WHERE error_type::VARCHAR NOT IN ($one, $two, $three))
FROM reject_errors"""


def sample_rows(path: Path, dialect: Dialect) -> list[list[str]]:
    """The first rows of a UTF-8 file; a row that the sample cuts off is left out."""
    text, cut = _sample(path)
    rows = read_rows(text, dialect)
    return rows[:-1] if cut and len(rows) > 1 else rows


def detect_options(path: Path, given: dict[str, Any], encoding: str) -> ReadOptions:
    """The options of a UTF-8 file: those that are given, the others detected."""
    text, _ = _sample(path)
    dialect = detect_dialect(
        text, delimiter=given.get("delimiter"), quote=given.get("quote"), escape=given.get("escape")
    )
    header = given["header"] if "header" in given else has_header(sample_rows(path, dialect))
    return ReadOptions(
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        header=header,
        encoding=encoding,
        null_values=tuple(given.get("null_values", CSV_NULL_VALUES)),
    )


def dialect_of(path: Path, options: ReadOptions) -> Dialect:
    """What cuts the rows of a UTF-8 file into cells: the options, and what the file says of blanks before quotes."""
    dialect = Dialect(options.delimiter or ",", options.quote or "", options.escape or "")
    return with_padding(dialect, _sample(path)[0])


def header_of(path: Path, options: ReadOptions) -> list[str]:
    """The column names of one file; ``column_<n>`` where there is no name."""
    rows = sample_rows(path, dialect_of(path, options))
    if not rows:
        return []
    if options.header:
        return [name if name.strip() else f"column_{index}" for index, name in enumerate(rows[0], 1)]
    widest = max(len(row) for row in rows)
    usual = max(range(1, widest + 1), key=lambda width: sum(len(row) == width for row in rows))
    return [f"column_{index}" for index in range(1, usual + 1)]


def has_no_rows(path: Path, options: ReadOptions) -> bool:
    """Whether a UTF-8 file has nothing but its header. A file that is longer than a sample has rows."""
    text, cut = _sample(path)
    return not cut and len(read_rows(text, dialect_of(path, options))) <= options.header


def stage_csv(
    con: Any, path: Path, uri: str, width: int, select: str, options: ReadOptions, target: Path
) -> tuple[int, int]:
    """Read every row of one UTF-8 file with ``width`` cells and write it to a Parquet file.

    :param select: the select list over the cells ``c0``, ``c1``, ... of the file.
    :returns: rows written, and rows that could not be read.
    :raises SourceError: the file as a whole is beyond reading.
    """
    import duckdb

    dialect = dialect_of(path, options)
    if options.header and _hides_header(path, options):
        path, options = _without_header(path, options, target.with_suffix(".body"))
    # DuckDB has no word for blanks before quotes.
    lost_track = dialect.padded
    try:
        if not lost_track:
            rows, unreadable, lost_track = _copy(con, path, width, select, options, target)
    except duckdb.InvalidInputException:
        lost_track = True
    if not lost_track:
        return rows, unreadable
    plain = target.with_suffix(".repaired")
    unreadable = repair(path, dialect, width, options.header, plain)
    try:
        rows, more, _ = _copy(con, plain, width, select, _REPAIRED, target)
    except duckdb.InvalidInputException as error:
        raise SourceError(
            "The file cannot be read as CSV.",
            where=uri,
            expected=f"rows of {width} cells",
            given=str(error).splitlines()[0][:200],
            remedy="Check source.options (delimiter, quote, escape), or ask for the file in UTF-8 CSV.",
        ) from error
    finally:
        plain.unlink(missing_ok=True)
    return rows, unreadable + more


def _hides_header(path: Path, options: ReadOptions) -> bool:
    """Whether DuckDB takes another line for the header than we do, without a word.

    With a line end in a column's name it returns no rows at all, and with a blank line before the header it
    returns the header as a row.
    """
    if first_bytes(path, 1) in (b"\n", b"\r"):
        return True
    return any("\n" in name or "\r" in name for name in header_of(path, options))


def _without_header(path: Path, options: ReadOptions, target: Path) -> tuple[Path, ReadOptions]:
    """A copy of the file without its first row, and the options to read it with."""
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline="") as source,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        rows = csv_reader(source, dialect_of(path, options))
        while not next(rows):
            """Blank lines before the header are no rows."""
        shutil.copyfileobj(source, out, 1 << 20)
    return target, replace(options, header=False)


#: Of Parquet files that are read once or twice and removed. Over a million rows of twenty columns, writing took 0.92 s
#: instead of 1.06 with the defaults; groups of half their size keep both processors busy to the end.
STAGED = "FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 61440"
_REPAIRED = ReadOptions(delimiter=",", quote='"', escape='"', header=False)


def _copy(con: Any, path: Path, width: int, select: str, options: ReadOptions, target: Path) -> tuple[int, int, bool]:
    """Rows written, rows refused, and whether rows may have been lost beyond those."""
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    cells = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    source = f"""read_csv({quote_literal(str(path))}, columns = {{{cells}}}, auto_detect = false,
        delim = {quote_literal(options.delimiter or ",")}, quote = {quote_literal(options.quote or "")},
        escape = {quote_literal(options.escape or "")}, header = {str(options.header).lower()},
        store_rejects = true)"""
    to = f"TO {quote_literal(str(target))} ({STAGED})"
    rows = con.execute(f"COPY (SELECT {select} FROM {source}) {to}").fetchall()[0][0]  # noqa: S608
    one, two, three = _CONTAINED
    refused, other = con.execute(_COUNT_REJECTS, {"one": one, "two": two, "three": three}).fetchall()[0]
    return int(rows), int(refused), bool(other)


def _sample(path: Path) -> tuple[str, bool]:
    sample = first_bytes(path)
    return sample.decode("utf-8", errors="replace"), len(sample) == SAMPLE_BYTES
