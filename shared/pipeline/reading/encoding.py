"""Which encoding a text file has, and a UTF-8 copy of it where it is another."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from shared.pipeline.errors import SourceError
from shared.pipeline.reading.files import first_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
# Bytes that Windows-1252 leaves undefined: a file that has them is Latin-1.
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def detect_encoding(path: Path, where: str) -> str:
    """The encoding of a text file: by its byte-order mark, else by what its bytes can be.

    A file is UTF-8 also when a few of its bytes are not, as long as more characters beyond ASCII are valid
    than invalid: the rows with the bad bytes are then unreadable, and the others stay right.

    :param where: the file's URI, for the error.
    :returns: a Python codec name.
    :raises SourceError: the bytes are no text.
    """
    sample = first_bytes(path, 4096)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\x00" in sample:
        return _utf16_by_zeros(sample, where)
    valid, invalid, windows = _count_characters(path)
    if valid >= invalid:
        return "utf-8"
    return "cp1252" if windows else "latin-1"


def as_utf8(path: Path, encoding: str, target: Path, where: str) -> Path:
    """A UTF-8 copy of ``path`` without byte-order mark at ``target``; ``path`` itself when it is UTF-8.

    :raises SourceError: the encoding is unknown, or the file is not in it.
    """
    codec = _codec(encoding, where)
    if codec in ("utf-8", "ascii") and not first_bytes(path, 3).startswith(codecs.BOM_UTF8):
        return path
    if codec in ("utf-8", "ascii", "utf-8-sig"):
        _copy_without_mark(path, target)
        return target
    try:
        with (
            path.open(encoding=codec, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := source.read(_CHUNK):
                out.write(chunk.removeprefix("\ufeff") if out.tell() == 0 else chunk)
    except UnicodeError as error:
        raise SourceError(
            "The file is not in the encoding that was given or detected.",
            where=where,
            expected=encoding,
            given=str(error)[:200],
            remedy="Set source.options.encoding to the encoding that the sender uses.",
        ) from error
    return target


def _codec(encoding: str, where: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError(
            "The encoding is not known.",
            where=where,
            expected="for example utf-8, utf-16, cp1252 or latin-1",
            given=encoding,
            remedy="Correct source.options.encoding.",
        ) from error


def _copy_without_mark(path: Path, target: Path) -> None:
    with path.open("rb") as source, target.open("wb") as out:
        out.write(source.read(3).removeprefix(codecs.BOM_UTF8))
        while chunk := source.read(_CHUNK):
            out.write(chunk)


def _count_characters(path: Path) -> tuple[int, int, bool]:
    """Valid and invalid characters beyond ASCII, and whether Windows-1252 defines every byte."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    valid = invalid = 0
    windows = True
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii():
                continue
            windows = windows and not _NOT_WINDOWS.search(chunk)
            text = decoder.decode(chunk)
            bad = text.count("\ufffd")
            invalid += bad
            valid += len(_NOT_ASCII.findall(text)) - bad
    return valid, invalid, windows


def _utf16_by_zeros(sample: bytes, where: str) -> str:
    """Plain text in UTF-16 without a mark has a zero in nearly every second byte, and on one side only."""
    half = max(len(sample) // 2, 1)
    odd = sample[1::2].count(0) / half
    even = sample[0::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    raise SourceError(
        "The file is binary, not text.",
        where=where,
        expected="CSV, JSON, JSON Lines or Parquet",
        given="NUL bytes among the first 4096",
        remedy="Export the data as CSV or Parquet.",
    )
