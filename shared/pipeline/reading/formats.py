"""Which format a file has: by its bytes, then by its name."""

from __future__ import annotations

import json
from pathlib import Path

from shared.pipeline.errors import SourceError
from shared.pipeline.reading.files import first_bytes, refuse_foreign
from shared.pipeline.reading.options import FORMATS

PARQUET_MAGIC = b"PAR1"


def resolve_format(path: Path, uri: str, given: str | None) -> str:
    """The format to read a local file as.

    ``json`` may be told of a file with one object a line as well: what the bytes say decides between the two.

    :param path: the unpacked local file.
    :param uri: the source's URI, for its extension and for errors.
    :param given: what a person said, or ``None``.
    :raises SourceError: the format is unknown, or the bytes are not what it says.
    """
    if given is not None and given not in FORMATS:
        raise _mismatch(uri, f"one of {', '.join(FORMATS)}", f"format {given!r}", "Correct source.format.")
    sample = first_bytes(path)
    if given != "csv" or not _is_text(sample):
        refuse_foreign(sample, uri)
    detected = "parquet" if sample.startswith(PARQUET_MAGIC) else _text_format(sample)
    if given is None:
        return detected
    if given in ("json", "jsonl") and detected in ("json", "jsonl"):
        return detected
    if given == detected or (given == "csv" and detected != "parquet"):
        refuse_foreign(sample, uri)
        return given
    raise _mismatch(uri, f"a {given} file", f"bytes of a {detected} file", "Correct or leave out source.format.")


def _is_text(sample: bytes) -> bool:
    return b"\x00" not in sample


def _text_format(sample: bytes) -> str:
    """JSON when it begins so; everything else that is text is CSV."""
    text = _decoded(sample).lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return "json" if _begins_json_array(text) else "csv"
    if not text.startswith("{"):
        return "csv"
    first_line = text.splitlines()[0].strip()
    try:
        json.loads(first_line)
    except ValueError:
        # A first line longer than the sample is one object a line all the same.
        return "jsonl" if "\n" not in text and len(sample) >= 1 << 16 else "json"
    return "jsonl"


def _begins_json_array(text: str) -> bool:
    after = text[1:].lstrip()
    return not after or after[0] in '{["]-0123456789tfn'


def _decoded(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sample.decode("utf-16", errors="replace")
    return sample.decode("utf-8", errors="replace")


def _mismatch(uri: str, expected: str, given: str, remedy: str) -> SourceError:
    return SourceError(
        "The file is not what its format says.", where=uri, expected=expected, given=given, remedy=remedy
    )
