"""Finds planted values, whatever a place keeps them in: text, Parquet (rows and statistics), SQLite, gzip, zip.

A needle is an unmistakable word of ASCII letters and digits inside a planted value, so that quoting, trimming and
changes of letter case on the way do not hide it.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import duckdb

_PARQUET, _GZIP, _ZIP, _SQLITE = b"PAR1", b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\x00"


@dataclass(frozen=True, order=True)
class Leak:
    """A needle that is where it must not be; ``place`` says where, down to the part of a file."""

    place: str
    needle: str


class LeakScan:
    """Looks for planted values and for forms of a secret.

    :param words: regular expressions; what matches one of them is a leak, in upper or lower case.
    :param secret: a key that is looked for as it is, in hex, in base64 at every offset, and escaped for URLs and JSON.
    """

    def __init__(self, words: Iterable[str], secret: str = "") -> None:
        self._words = re.compile("|".join(words).encode(), re.IGNORECASE)
        self._secret = [form.lower() for form in secret_forms(secret)] if secret else []

    def folder(self, place: str, folder: Path, *, leave_out: Iterable[str] = ()) -> list[Leak]:
        """Scan every file below a folder, its name included.

        :param leave_out: beginnings of relative paths that are not scanned.
        """
        found: set[Leak] = set()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            if name.startswith(tuple(leave_out)):
                continue
            found.update(self.content(f"{place}: name of {name}", name.encode()))
            content = path.read_bytes()
            found.update(self.content(f"{place}: {name}", content))
            for part, text in _sqlite(path) if content.startswith(_SQLITE) else ():
                found.update(Leak(f"{place}: {name} ({part})", needle) for needle in self._in_bytes(text))
        return sorted(found)

    def document(self, place: str, document: Any) -> list[Leak]:
        """Scan a document as JSON text."""
        return self.content(place, json.dumps(document, default=str, ensure_ascii=False).encode())

    def content(self, place: str, content: bytes) -> list[Leak]:
        """Scan the bytes of a file, and what they are the container of."""
        found = {Leak(place, needle) for needle in self._in_bytes(content)}
        for part, text in _parts(content):
            found.update(Leak(f"{place} ({part})", needle) for needle in self._in_bytes(text))
        return sorted(found)

    def _in_bytes(self, content: bytes) -> set[str]:
        found = {match.group().decode().lower() for match in self._words.finditer(content)}
        lowered = content.lower() if self._secret else b""
        return found | {"the secret" for form in self._secret if form in lowered}


def secret_forms(secret: str) -> list[bytes]:
    """A secret as it may be written: itself, hex, base64 wherever it begins, URL and JSON escapes."""
    raw = secret.encode()
    forms = [raw, raw.hex().encode(), quote(secret).encode(), quote_plus(secret).encode()]
    forms.append(json.dumps(secret)[1:-1].encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        # What is before it moves its bits; characters that it shares with a neighbour are left out.
        for offset in range(3):
            begin = -(-offset * 8 // 6)
            end = (offset + len(raw)) * 8 // 6
            forms.append(encode(b"\x00" * offset + raw)[begin:end])
    return forms


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(_PARQUET):
        yield from _parquet(content)
    elif content.startswith(_GZIP):
        inner = gzip.decompress(content)
        yield "gzip", inner
        yield from _parts(inner)
    elif content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                inner = archive.read(name)
                yield f"zip {name}", inner
                yield from _parts(inner)


def _parquet(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Decoded rows, and the footer: minimum and maximum of every column of every row group, names, key-value pairs."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as con:
        file.write(content)
        file.flush()
        for part, query in (
            ("rows", "SELECT CAST(t AS VARCHAR) FROM read_parquet(?, hive_partitioning = false) t"),
            ("statistics", "SELECT CAST(t AS VARCHAR) FROM parquet_metadata(?) t"),
            ("schema", "SELECT CAST(t AS VARCHAR) FROM parquet_schema(?) t"),
            ("key-value metadata", "SELECT CAST(t AS VARCHAR) FROM parquet_kv_metadata(?) t"),
        ):
            texts = con.execute(query, [file.name]).fetchall()
            yield part, "\n".join(text for (text,) in texts).encode()


def _sqlite(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every row, those in the log beside the file, too; in the file itself a long value is split over pages."""
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for table in sorted(name.decode() for (name,) in names):
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
            yield f"table {table}", "\n".join(map(_row_text, rows)).encode(errors="surrogateescape")


def _row_text(row: Iterable[Any]) -> str:
    return "\t".join(cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else str(cell) for cell in row)


def catalog_documents(glue: Any) -> dict[str, Any]:
    """Everything in a Glue Data Catalog: ``<database>[.<table>]`` -> what the API tells."""
    found: dict[str, Any] = {}
    for database in glue.get_databases()["DatabaseList"]:
        name = database["Name"]
        found[name] = database
        for table in glue.get_tables(DatabaseName=name)["TableList"]:
            where: Mapping[str, str] = {"DatabaseName": name, "TableName": table["Name"]}
            partitions = glue.get_partitions(**where)["Partitions"]
            versions = glue.get_table_versions(**where)["TableVersions"]
            found[f"{name}.{table['Name']}"] = [table, partitions, versions]
    return found


def taken_messages(sqs: Any, queue_url: str) -> list[str]:
    """Every message that waits in a queue; they are gone from it afterwards."""
    texts: list[str] = []
    while found := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        for message in found:
            texts.append(json.dumps(message))
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return texts
