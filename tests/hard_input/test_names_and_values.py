"""Names that SQL, YAML, Python or Markdown would trip over, and values at the edge of every type."""

from __future__ import annotations

import ast
import csv
import random
from pathlib import Path

import pytest
import yaml

from tests.hard_input.onboarding_path import Onboarded, onboard

KEYWORDS = ["select", "order", "group", "from", "table", "where", "user", "index", "primary", "null", "true", "date"]
ODD = [
    'with "double" quotes',
    "with 'single' quotes",
    "with space",
    "Größe (cm)",
    "数量",
    "two\nlines",
    "a.b.c",
    "a/b\\c",
    "`backtick`",
    "100%",
    "#hash: yaml",
    "- dash",
    "{{ jinja }}",
    "{% raw %}",
    "${shell}",
    "$masking_key",
    "<script>alert(1)</script>",
    "'); DROP TABLE bronze; --",
    '""" + __import__("os").system("true") + """',
    "\\N{BULLET} \\x00",
    "|pipe|table|",
    "=1+1",
    "   padded   ",
    "emoji 🎉",
    "éclair",
    "class",
    "__init__",
    "row_hash",
    "ingestion_date",
    "_reasons",
    "_unparsed",
    "_duplicate_rank",
]


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def parsed_files(done: Onboarded) -> None:
    """Every generated file is what its name says, whatever the data is called."""
    for name, content in done.files.items():
        if name.endswith(".py"):
            ast.parse(content)
        elif name.endswith(".yaml"):
            yaml.safe_load(content)


@pytest.mark.parametrize("names", [KEYWORDS, ODD], ids=["keywords", "odd"])
def test_column_names(tmp_path: Path, names: list[str]) -> None:
    rows = [[f"{name[:3]}{i}{j}" if j % 2 else str(i * j) for j, name in enumerate(names)] for i in range(30)]
    done = onboard(write(tmp_path / "odd.csv", names, rows), tmp_path)
    assert not done.blocked
    assert [column.source_name for column in done.profile.columns] == names
    assert len(done.gold()) == 30
    parsed_files(done)


def test_values_that_look_like_code(tmp_path: Path) -> None:
    rows = [[f"K-{i:03d}", ODD[i % len(ODD)], ODD[i % 3]] for i in range(320)]
    done = onboard(write(tmp_path / "code.csv", ["code_id", "text", "kind"], rows), tmp_path)
    assert not done.blocked
    assert {row["kind"] for row in done.gold()} == set(ODD[:3])
    parsed_files(done)


def test_no_key(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [[str(chance.choice([1.5, 2.5])), chance.choice(["red", "blue"])] for _ in range(50)]
    done = onboard(write(tmp_path / "nokey.csv", ["weight", "colour"], rows), tmp_path)
    assert not done.blocked
    assert done.plan.metadata.technical_key
    assert len(done.gold()) == 50, "exact duplicates of a source without a key are flagged, not removed"


def test_one_row(tmp_path: Path) -> None:
    done = onboard(write(tmp_path / "one.csv", ["id", "name", "amount"], [["1", "Ann Example", "3.5"]]), tmp_path)
    assert not done.blocked
    assert len(done.gold()) == 1


def test_one_column(tmp_path: Path) -> None:
    done = onboard(write(tmp_path / "one.csv", ["reading"], [[str(i % 7)] for i in range(25)]), tmp_path)
    assert not done.blocked
    assert len(done.gold()) == 25


def test_thirty_rows_with_an_empty_and_a_constant_column(tmp_path: Path) -> None:
    rows = [[f"A-{i:02d}", "", "same", str(i)] for i in range(30)]
    done = onboard(write(tmp_path / "small.csv", ["item_id", "never", "always", "n"], rows), tmp_path)
    assert not done.blocked
    assert {row["never"] for row in done.gold()} == {None}
    assert {row["always"] for row in done.gold()} == {"same"}


def test_numbers_with_exponents(tmp_path: Path) -> None:
    values = ["1e3", "2.5E-4", "-7.25e+2", "6.02e23", "1E0", "0.5"]
    rows = [[f"M-{i:03d}", values[i % 6]] for i in range(60)]
    done = onboard(write(tmp_path / "exp.csv", ["measurement_id", "value"], rows), tmp_path)
    assert not done.blocked
    assert sorted({float(row["value"]) for row in done.gold()}) == sorted({float(value) for value in values})


def test_numbers_beyond_sixty_four_bits(tmp_path: Path) -> None:
    rows = [[f"M-{i:03d}", str(10**22 + i), f"{i}.{'1' * 30}"] for i in range(40)]
    done = onboard(write(tmp_path / "wide.csv", ["measurement_id", "huge", "digits"], rows), tmp_path)
    assert not done.blocked
    assert len(done.gold()) == 40
    assert {str(row["huge"]) for row in done.gold()} == {row[1] for row in rows}


def test_huge_cells(tmp_path: Path) -> None:
    rows = [[f"D-{i:03d}", "lorem, ipsum\n" * (1 if i % 10 else 150_000)] for i in range(30)]
    done = onboard(write(tmp_path / "huge.csv", ["document_id", "body"], rows), tmp_path)
    assert not done.blocked
    assert max(len(row["body"] or "") for row in done.gold()) > 1_900_000
