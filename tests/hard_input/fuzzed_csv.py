"""CSV files by chance, the same for the same number: honest ones with odd dialects and values, and damaged ones."""

from __future__ import annotations

import csv
import gzip
import io
import random
from dataclasses import dataclass

_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1")
_NAMES = (
    "id", "Id Number", "select", "order by", "naïve", "preis €", "a\"b", "a,b", "x;y", "", " padded ", "name\nline",
    "日付", "_x", "1st", "date", "amount", "e-mail", "phone", "ssn", "status", "note",
)  # fmt: skip
_WORDS = ("alpha", "Beta", "g'amma", "dél,ta", 'eps"ilon', "zeta;", "e\tta", "multi\nline", "", " ", "NULL", "n/a", "-")


@dataclass(frozen=True)
class FuzzedCsv:
    """One file.

    :ivar rows: rows that it has; ``None`` when it was damaged, so that nobody can say.
    """

    content: bytes
    rows: int | None


def fuzzed_csv(number: int) -> FuzzedCsv:
    """The file of a number; one in three is damaged after it was written."""
    chance = random.Random(number)
    names = _header(chance)
    kinds = _kinds(chance, len(names))
    rows = [[_value(chance, kind) for kind in kinds] for _ in range(chance.randint(1, 60))]
    # A row of one empty cell is a blank line, and no row.
    rows = [row if any(row) else ["x", *row[1:]] for row in rows]
    encoding = chance.choice(_ENCODINGS)
    text = _write(chance, [names, *rows])
    content = text.encode(encoding, errors="replace")
    damaged = chance.random() < 1 / 3
    if damaged:
        for _ in range(chance.randint(1, 5)):
            content = _damage(chance, content)
    if chance.random() < 0.1:
        content = gzip.compress(content, mtime=0)
    return FuzzedCsv(content, None if damaged else len(rows))


def _header(chance: random.Random) -> list[str]:
    names = chance.sample(_NAMES, chance.randint(1, 9))
    if names == [""]:
        names = ["id"]
    return names


def _kinds(chance: random.Random, width: int) -> list[str]:
    kinds = ("number", "decimal", "date", "word", "text", "email", "code", "boolean", "mixed")
    return [chance.choice(kinds) for _ in range(width)]


def _value(chance: random.Random, kind: str) -> str:
    if chance.random() < 0.1:
        return chance.choice(["", " ", "NULL", "?", "\u00a0", "N/A"])
    if kind == "mixed":
        kind = chance.choice(["number", "date", "text", "boolean"])
    return {
        "number": lambda: str(chance.randint(-(10 ** chance.randint(1, 25)), 10**9)),
        "decimal": lambda: f"{chance.uniform(-1e6, 1e6):.{chance.randint(0, 6)}f}",
        "date": lambda: f"{chance.randint(1890, 2110)}-{chance.randint(1, 13):02d}-{chance.randint(1, 31):02d}",
        "word": lambda: chance.choice(_WORDS),
        "text": lambda: "".join(
            chr(chance.choice([*range(32, 127), 233, 8364, 0x1F600])) for _ in range(chance.randint(0, 300))
        ),
        "email": lambda: f"user{chance.randint(1, 99)}@example.{chance.choice(['com', 'ch', ''])}",
        "code": lambda: f"{chance.randint(0, 99999):05d}",
        "boolean": lambda: chance.choice(["true", "False", "yes", "0", "Ja"]),
    }[kind]()


def _write(chance: random.Random, table: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    ends = chance.choice(["\n", "\r\n"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    writer = csv.writer(out, delimiter=chance.choice(",;\t|"), lineterminator=ends, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows(table)
    text = out.getvalue()
    return text if chance.random() < 0.8 else text.rstrip("\r\n")


def _damage(chance: random.Random, content: bytes) -> bytes:
    """One accident: bytes lost, doubled, changed or put in, or the end cut off."""
    if not content:
        return content
    place, length = chance.randrange(len(content)), chance.randint(1, 40)
    kind = chance.choice(["lose", "double", "change", "quote", "separator", "nul", "cut", "bytes"])
    before, part, after = content[:place], content[place : place + length], content[place + length :]
    return {
        "lose": lambda: before + after,
        "double": lambda: before + part + part + after,
        "change": lambda: before + bytes(byte ^ 0x20 for byte in part) + after,
        "quote": lambda: before + b'"' + part + after,
        "separator": lambda: (
            before + chance.choice([b",", b";", b"\n", b"\r", b"\t"]) * chance.randint(1, 4) + part + after
        ),
        "nul": lambda: before + b"\x00" + part + after,
        "cut": lambda: before,
        "bytes": lambda: before + chance.randbytes(length) + part + after,
    }[kind]()
