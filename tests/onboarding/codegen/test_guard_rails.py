"""What a file that a person edited may hold: each rail with what it lets through and what it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from onboarding.codegen.dag import without_version
from onboarding.codegen.guard_rails import is_editable, problems_of

WORKLOAD = Path(__file__).resolve().parents[3] / "workloads" / "sales_orders"
SCRIPT = "scripts/transform/bronze_to_silver.py"
GOLD = "sql/gold/aggregate_gold.duckdb.sql"
SILVER = "sql/silver/transform_silver.sql"
DAG = "dags/sales_orders_dag.py"
RULES = "config/quality_rules.yaml"


def rendered(path: str) -> bytes:
    data = (WORKLOAD / path).read_bytes()
    return without_version(data) if path == DAG else data


def problems(path: str, old: str, new: str) -> list[str]:
    before = rendered(path)
    after = before.replace(old.encode(), new.encode())
    assert after != before
    return problems_of(path, before, after)


@pytest.mark.parametrize(
    "path", sorted(str(found.relative_to(WORKLOAD)) for found in WORKLOAD.rglob("*") if found.is_file())
)
def test_every_rendered_file_that_may_be_edited_passes_as_it_is(path: str) -> None:
    found = problems_of(path, rendered(path), rendered(path))
    assert bool(found) is not is_editable(path)


@pytest.mark.parametrize(
    "path",
    ["sql/bronze/create_bronze.sql", "config/lineage.json", "sql/quality/gold.dqdl", ".onboarding/manifest.json"],
)
def test_what_is_only_rendered_is_not_edited(path: str) -> None:
    assert problems_of(path, b"a", b"b") == [
        "it is rendered from the plan and not edited: choose what the plan shall be instead"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import math\nSTEP = math.floor(2.5)",
        "from decimal import Decimal\nHALF = Decimal('0.5')",
        "import json\nLIST = json.loads('[1]')",
        "NAME = __name__",
        "def half(value: float) -> float:\n    return value / 2",
    ],
)
def test_what_only_computes_passes(code: str) -> None:
    assert problems(SCRIPT, "\nSPECS = (", f"\n{code}\n\nSPECS = (") == []


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import os", "it imports os"),
        ("import subprocess as decimal", "it imports subprocess"),
        ("from shared.pipeline.storage import os", "it imports shared.pipeline.storage.os"),
        ("from json import codecs", "it imports json.codecs"),
        ("from collections import _sys", "it imports collections._sys"),
        ("from math import *", "it imports math.*"),
        ("from . import other", "it imports ..other"),
        ("from typing import get_type_hints", "it imports typing.get_type_hints"),
        ("import json\nX = json.codecs.open", "`json.codecs` is a module that is not imported"),
        ("import dataclasses as d\nX = d.sys", "`d.sys` is a module that is not imported"),
        ("X = eval('1')", "`eval` is not allowed"),
        ("X = open('/etc/passwd')", "`open` is not allowed"),
        ("X = ().__class__.__bases__", "`__class__` is not allowed"),
        ("X = getattr(1, 'real')", "`getattr` is not allowed"),
        ("X = __builtins__", "`__builtins__` is not allowed"),
        ("f = print\nf.system('ls')", "`system` is not allowed"),
        ("X = sys.modules['subprocess'].run(['ls'])", "`sys.modules` is not what the rendered file does"),
        ("import sys as s\nX = s.modules", "`s.modules` is not what the rendered file does"),
        ("X = sys\nY = X.modules", "`sys` is not what the rendered file does"),
        ("X = parse_arguments.other", "`parse_arguments.other` is not what the rendered file does"),
        ("X = (", "'(' was never closed"),
    ],
)
def test_what_reaches_further_is_named_with_its_line(code: str, named: str) -> None:
    found = problems(SCRIPT, "\nSPECS = (", f"\n{code}\n\nSPECS = (")
    assert any(named in text for text in found), found
    assert all(text.startswith("line ") for text in found)


def test_what_the_rendered_file_does_the_edited_one_may_do() -> None:
    test = "tests/unit/test_dag.py"
    before = rendered(test)
    assert b"import importlib.util" in before
    assert problems_of(test, before, before + b"\nimport importlib.util\n") == []
    assert problems_of(test, before, before + b"\nimport socket\n")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (GOLD, '  "amount",\n', '  ROUND("amount", 1) AS "amount",\n'),
        (GOLD, 'FROM "silver"', 'FROM "silver" WHERE "quantity" > 0'),
        (GOLD, 'FROM "silver"', 'FROM (SELECT * FROM "silver") AS "inner"'),
    ],
)
def test_a_query_over_the_same_tables_passes(path: str, old: str, new: str) -> None:
    assert problems(path, old, new) == []


@pytest.mark.parametrize(
    ("path", "new", "named"),
    [
        (GOLD, 'FROM "silver"; DROP TABLE "silver"', "it is not one SELECT"),
        (GOLD, 'FROM "silver" UNION ALL SELECT * FROM "other"', "it reads the table other"),
        (GOLD, "FROM read_csv('/etc/passwd')", "it reads the table READ_CSV"),
        (GOLD, "FROM '/etc/passwd'", "it reads the table /etc/passwd"),
        (GOLD, "FROM \"silver\" WHERE getenv('HOME') = ''", "the function getenv is not allowed"),
        (GOLD, "FROM FROM", "it cannot be read as duckdb SQL"),
        (GOLD, 'FROM "silver" WHERE "amount" > random()', "Rand is not allowed"),
    ],
)
def test_a_query_that_reaches_further_is_named(path: str, new: str, named: str) -> None:
    found = problems(path, 'FROM "silver"', new)
    assert any(named in text for text in found), found


def test_the_columns_of_a_query_stay() -> None:
    found = problems(GOLD, '  "status",\n', "")
    assert found == ["it has other columns than the rendered one: scripts, rules and tables are made for those"]


def test_a_configuration_is_what_its_model_says() -> None:
    assert problems(RULES, "severity: critical", "severity: warning") == []
    (found,) = problems(RULES, "severity: critical", "severity: deadly")
    assert "deadly" in found


def test_the_version_of_a_dag_file_is_not_edited() -> None:
    assert problems(DAG, '"retries": 3', '"retries": 5') == []
    (found,) = problems(DAG, '"000000000000"', '"1449bd546746"')
    assert found.startswith("its version is not 000000000000 any more")


def test_what_is_no_text_or_too_long_is_refused() -> None:
    assert problems_of(SCRIPT, b"", b"\xff") == ["it is not UTF-8: byte 0"]
    assert "more than 1,000,000" in problems_of(SCRIPT, b"", b"#" * 1_000_001)[0]
