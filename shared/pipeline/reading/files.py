"""Finding the files of a source, bringing them here, and telling what they are by their first bytes."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from shared.pipeline import storage
from shared.pipeline.errors import SourceError
from shared.pipeline.storage import StoredFile

SAMPLE_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"
_FOREIGN = (
    (b"\x89PNG", "a PNG picture", "Give the data file itself."),
    (b"\xff\xd8\xff", "a JPEG picture", "Give the data file itself."),
    (b"GIF8", "a GIF picture", "Give the data file itself."),
    (b"%PDF", "a PDF document", "Export the table as CSV."),
    (b"PK\x03\x04", "an Excel workbook or another zip archive", "Export as CSV, or unpack the archive."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Export as CSV."),
    (b"Obj\x01", "an Avro file", "Convert it to Parquet."),
    (b"ORC", "an ORC file", "Convert it to Parquet."),
    (b"BZh", "a bzip2 archive", "Unpack it, or compress it with gzip."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it, or compress it with gzip."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
)
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<head")


def find_source_files(location: str, *, digest: bool) -> list[StoredFile]:
    """The files of a source, sorted: one file, or all below a folder or prefix, those of 0 bytes among them.

    Names that start with ``_`` or ``.`` (``_SUCCESS``, ``.crc``) are not data.

    :param digest: whether the etag of local files is wanted: each is read whole for it.
    :raises SourceError: there is no such location, or nothing in it.
    """
    single = storage.find_file(location, digest=digest)
    found = [single] if single else storage.list_files(location, digest=digest)
    # A folder's files only: what a person names outright is read whatever its name.
    files = found if single else [file for file in found if _is_data(file.uri, location)]
    if not files:
        raise SourceError(
            "There is no file at the location.",
            where=location,
            expected="a file, or a folder or prefix that holds files",
            remedy="Check the spelling, and that the delivery has arrived.",
        )
    return files


def with_content(files: Sequence[StoredFile]) -> list[StoredFile]:
    """The files that are not empty.

    :raises SourceError: all of them are; it names them.
    """
    filled = [file for file in files if file.bytes]
    if not filled:
        raise empty_source(named(files), "0 bytes")
    return filled


def named(files: Sequence[StoredFile]) -> str:
    """The URIs of the files, for an error; of many the first three."""
    uris = ", ".join(file.uri for file in files[:3])
    return f"{uris} and {len(files) - 3} more" if len(files) > 3 else uris


def empty_source(location: str, given: str) -> SourceError:
    """The error of a source without a single row."""
    return SourceError(
        "The source is empty.",
        where=location,
        expected="at least one row of data",
        given=given,
        remedy="Ask the sender for the delivery again; an empty delivery is never loaded.",
    )


#: Of a source of which less can be read, the options are wrong.
READABLE_SHARE = 0.1


def check_rows(rows: int, unreadable: int, columns: int, where: str) -> None:
    """Refuse a source of which hardly anything is read: its options are wrong, or it is another one.

    :param rows: rows that were read.
    :param unreadable: rows that are there and could not be read.
    :param columns: columns that were found; 0: none, as no object was read.
    :raises SourceError: no row, or less than a tenth of the rows can be read.
    """
    if not rows and not unreadable:
        raise empty_source(where, "column names only" if columns else "no rows")
    if rows < READABLE_SHARE * (rows + unreadable):
        raise SourceError(
            "Hardly a row of the source can be read." if rows else "No row of the source can be read.",
            where=where,
            expected=f"rows of {columns} columns" if columns else "objects",
            given=f"{unreadable} unreadable rows" + (f", {rows} that can be read" if rows else ""),
            remedy="Check source.format and source.options (delimiter, quote, header, encoding).",
        )


def bring_here(file: StoredFile, folder: Path, index: int) -> Path:
    """A local, uncompressed copy of ``file`` in ``folder``; a plain local file is used where it lies.

    :raises SourceError: a gzip file is damaged.
    """
    if storage.is_s3(file.uri):
        path = folder / f"{index:05d}.download"
        storage.download(file.uri, path)
    else:
        path = storage.local_path(file.uri)
    if first_bytes(path, 2) != _GZIP:
        return path
    target = folder / f"{index:05d}.unpacked"
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(
            "The gzip file is damaged.", where=file.uri, given=str(error)[:200], remedy="Send the file again."
        ) from error
    return target


def first_bytes(path: Path, count: int = SAMPLE_BYTES) -> bytes:
    """The first ``count`` bytes of a file."""
    with path.open("rb") as file:
        return file.read(count)


def refuse_foreign(sample: bytes, uri: str) -> None:
    """Refuse what is not a table at all.

    :raises SourceError: a picture, a workbook, a document, an archive, markup.
    """
    for magic, name, remedy in _FOREIGN:
        if sample.startswith(magic):
            raise _not_a_table(uri, name, remedy)
    start = sample[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise _not_a_table(uri, "an HTML or XML page", "Download the data file itself; a link may have expired.")


def _not_a_table(uri: str, given: str, remedy: str) -> SourceError:
    return SourceError(
        "The file is not a table that can be read.",
        where=uri,
        expected="CSV, JSON, JSON Lines or Parquet",
        given=given,
        remedy=remedy,
    )


def _is_data(uri: str, location: str) -> bool:
    below = uri.removeprefix(location.rstrip("/"))
    return not any(part.startswith(("_", ".")) for part in PurePosixPath(below).parts)
