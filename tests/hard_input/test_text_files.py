"""Text files as senders write them: delimiters, quotes, line ends, encodings, compression, several files."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from tests.hard_input.onboarding_path import Onboarded, onboard

NAMES = ["order_id", "customer", "amount", "day"]
CITIES = ["Zürich", "Orléans", "São Paulo", "Kraków"]


def rows(count: int = 30) -> list[list[str]]:
    return [[f"ORD-{i:04d}", f"Firm {i} {CITIES[i % 4]}", f"{i}.50", f"2025-03-{1 + i % 28:02d}"] for i in range(count)]


def text(body: list[list[str]], header: list[str] = NAMES, **dialect: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=dialect.pop("lineterminator", "\n"), **dialect)  # type: ignore[arg-type]
    writer.writerows([header, *body])
    return out.getvalue()


def onboarded(tmp_path: Path, content: bytes, name: str = "orders.csv") -> Onboarded:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(content)
    done = onboard(folder / name, tmp_path)
    assert not done.blocked
    return done


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "pipe"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    done = onboarded(tmp_path, text(rows(), delimiter=delimiter).encode())
    assert done.profile.read_options.delimiter == delimiter
    assert sorted(row["order_id"] for row in done.gold()) == [row[0] for row in rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    # Kraków and Orléans are in every one of these encodings; a curly apostrophe is not in Latin-1.
    body = [[*row[:1], row[1] + ("’s" if encoding == "cp1252" else ""), *row[2:]] for row in rows()]
    done = onboarded(tmp_path, text(body, lineterminator=line_end).encode(encoding))
    assert [column.name for column in done.profile.columns] == NAMES
    assert {row["customer"] for row in done.gold()} == {row[1] for row in body}


def test_quotes_doubled_quotes_and_line_ends_in_cells(tmp_path: Path) -> None:
    body = rows()
    body[3][1] = 'The "Great" Company, Ltd.'
    body[4][1] = "two\nlines"
    body[5][1] = "two\r\nlines, and a comma"
    done = onboarded(tmp_path, text(body, quoting=csv.QUOTE_ALL).encode())  # type: ignore[arg-type]
    assert {row["customer"] for row in done.gold()} == {row[1] for row in body}


def test_gzip(tmp_path: Path) -> None:
    done = onboarded(tmp_path, gzip.compress(text(rows()).encode()), "orders.csv.gz")
    assert done.profile.rows == 30


def test_gzip_without_a_name_that_says_so(tmp_path: Path) -> None:
    assert onboarded(tmp_path, gzip.compress(text(rows()).encode("utf-16")), "orders.csv").profile.rows == 30


def test_several_files_below_a_prefix(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    (folder / "2025" / "03").mkdir(parents=True)
    every = rows(60)
    (folder / "a.csv").write_text(text(every[:20]))
    (folder / "2025" / "b.csv").write_text(text([row[::-1] for row in every[20:40]], NAMES[::-1]))
    (folder / "2025" / "03" / "c.csv.gz").write_bytes(gzip.compress(text(every[40:]).encode()))
    (folder / "_SUCCESS").write_text("")
    (folder / ".part.crc").write_text("x")
    done = onboard(folder, tmp_path)
    assert (done.profile.rows, len(done.profile.files)) == (60, 3)
    assert sorted(row["order_id"] for row in done.gold()) == [row[0] for row in every]


def test_damaged_rows_are_counted(tmp_path: Path) -> None:
    lines = text(rows()).splitlines()
    lines.insert(7, "too,few")
    lines.insert(9, "one,two,three,four,five,six")
    done = onboarded(tmp_path, "\n".join(lines).encode())
    assert (done.profile.rows, done.profile.unreadable_rows) == (30, 2)


def test_a_file_without_a_header(tmp_path: Path) -> None:
    done = onboarded(tmp_path, text(rows()[1:], rows()[0]).encode())
    assert done.profile.rows == 30
    assert [column.name for column in done.profile.columns] == [f"column_{i}" for i in range(1, 5)]
