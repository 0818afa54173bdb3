"""Names: workloads derived from sources, and column names that every engine takes unquoted."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

WORKLOAD_PATTERN = r"^[a-z][a-z0-9_]{2,62}$"
RESERVED_PREFIX = "onboard_"
_DATA_SUFFIXES = (".gz", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet")


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single underscores; empty when nothing of ``text`` is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ascii_text)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def workload_name(location: str) -> str:
    """Name of the workload for a source URI: its last path segment as a slug, at most 63 characters.

    A name that would start with a digit, or be shorter than three characters, gets the prefix ``w_``;
    a reserved one as well.
    """
    parts = urlsplit(location)
    last = PurePosixPath(unquote(parts.path)).name or parts.netloc
    if parts.scheme == "db":
        last = last.rsplit(".", maxsplit=1)[-1]
    lowered = last.lower()
    for suffix in _DATA_SUFFIXES:
        if lowered.endswith(suffix) and len(lowered) > len(suffix):
            last, lowered = last[: -len(suffix)], lowered[: -len(suffix)]
    name = slug(last)
    if not name or name[0].isdigit() or len(name) < 3 or name.startswith(RESERVED_PREFIX):
        name = f"w_{name or 'source'}"
    return name[:63].rstrip("_")


def column_names(originals: list[str]) -> list[str]:
    """SQL-friendly snake_case names, one for each original column name, unique, in the same order.

    A name of which nothing is left becomes ``column_<position>``; a digit in front gets ``c_``; a clash
    gets the next free number behind it. Names that already fit stay as they are.
    """
    taken: set[str] = set()
    result: list[str] = []
    for position, original in enumerate(originals, start=1):
        base = slug(original) or f"column_{position}"
        if base[0].isdigit():
            base = f"c_{base}"
        candidate, number = base, 2
        while candidate in taken:
            candidate, number = f"{base}_{number}", number + 1
        taken.add(candidate)
        result.append(candidate)
    return result
