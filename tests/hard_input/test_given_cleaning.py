"""Cleaning operations that a person gives in the conf: conf -> plan -> SQL -> rows, and the workload's own tests."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents.base import AgentError
from onboarding.codegen import CodegenError
from shared.operators.test_gate import run_test_gate
from tests.hard_input.onboarding_path import Onboarded, onboard, read_published

ROWS = 40


def write(path: Path, columns: dict[str, list[str]]) -> Path:
    """A CSV file with a key and these columns, their values repeated for ``ROWS`` rows."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["key", *columns])
        for number in range(ROWS):
            writer.writerow([f"K-{number:03d}", *(values[number % len(values)] for values in columns.values())])
    return path


def cleaned(scratch: Path, columns: dict[str, list[str]], steps: list[dict[str, Any]], **conf: Any) -> Onboarded:
    source = write(scratch / "given.csv", columns)
    return onboard(
        source, scratch, {"domain.primary_key": ["key"], "transformations.cleaning": steps, "workload": "given", **conf}
    )


def silver(done: Onboarded) -> list[dict[str, Any]]:
    rows = read_published(done.lake, "silver", "given")
    return sorted(rows, key=lambda row: row["_source_row"])


# Column -> values in the source, steps, values in Silver.
TEXTS: dict[str, tuple[list[str], list[dict[str, Any]], list[Any]]] = {
    "blanks": (["a \t b", "c  d"], [{"op": "collapse_blanks"}], ["a b", "c d"]),
    "small": (["ÄB 1", "Éc 2"], [{"op": "lower"}], ["äb 1", "éc 2"]),
    "plain": (["Crème 1", "Łódź 2"], [{"op": "remove_accents"}, {"op": "upper"}], ["CREME 1", "LODZ 2"]),
    "titled": (["new york", "LOS angeles"], [{"op": "title"}], ["New York", "Los Angeles"]),
    "swapped": (
        ["1-2", "3-4"],
        [{"op": "replace", "pattern": "([0-9])-([0-9])", "replacement": "\\2/\\1"}],
        ["2/1", "4/3"],
    ),
    "mapped": (["P", "?"], [{"op": "map_values", "mapping": {"P": "PAID", "?": None}}], ["PAID", None]),
    "nothing": (["x1", "-"], [{"op": "nullify", "values": ["-"]}, {"op": "default", "value": "none"}], ["x1", "none"]),
    "part": (["DE-10115", "DE-80331"], [{"op": "split", "separator": "-", "part": 2}], ["10115", "80331"]),
    "piece": (["AB12C", "XY34Z"], [{"op": "substring", "start": 3, "length": 2}], ["12", "34"]),
    "padded": (["7a", "123b"], [{"op": "pad", "length": 5}], ["0007a", "0123b"]),
    "first": (["Ann", "Bob"], [{"op": "concat", "columns": ["Last Name"], "separator": " "}], ["Ann Lee", "Bob Ray"]),
    "document": (
        ['{"a": [{"b": "x"}]}', '{"a": [{"b": 2}]}'],
        [{"op": "json_field", "path": "a[0].b"}],
        ["x", "2"],
    ),
    "line": (
        ["030 123 456", "0171 2345678"],
        [{"op": "phone_e164", "country_code": 49}],
        ["+4930123456", "+491712345678"],
    ),
    "contact": (["Ann <A@X.org>", "mailto:b@x.org"], [{"op": "email"}], ["a@x.org", "b@x.org"]),
    "code": (["AB-1", "CD-2"], [{"op": "require_format", "pattern": "[A-Z]{2}-[0-9]"}], ["AB-1", "CD-2"]),
}
DAY, AT = date(2024, 12, 31), datetime(2023, 11, 14, 22, 13, 20)
VALUES: dict[str, tuple[list[str], list[dict[str, Any]], list[Any]]] = {
    "amount": (
        ["$1,234.50", "(5.00)"],
        [{"op": "parse_currency", "thousands_separator": ",", "scale": 2}],
        [Decimal("1234.50"), Decimal("-5.00")],
    ),
    "share": (
        ["12.5 %", "3 %"],
        [{"op": "parse_percent", "unit": "fraction", "scale": 4}],
        [Decimal("0.1250"), Decimal("0.0300")],
    ),
    "active": (
        ["ja", "nein"],
        [{"op": "parse_boolean", "true_values": ["ja"], "false_values": ["nein"]}],
        [True, False],
    ),
    "day": (
        ["31/12/2024", "2024-01-02"],
        [{"op": "parse_date", "formats": ["%d/%m/%Y", "%Y-%m-%d"]}],
        [DAY, date(2024, 1, 2)],
    ),
    "at": (["1700000000", "0"], [{"op": "parse_timestamp", "format": "epoch"}], [AT, datetime(1970, 1, 1)]),
    "cents": (
        ["1999", "250"],
        [
            {"op": "cast", "type": "decimal", "precision": 9, "scale": 2},
            {"op": "multiply", "factor": 0.01},
            {"op": "round", "scale": 1},
        ],
        [Decimal("20.00"), Decimal("2.50")],
    ),
    "level": (["120", "-3"], [{"op": "clip", "minimum": 0, "maximum": 100}], [100, 0]),
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Onboarded:
    """One file with a column for each operation."""
    given = TEXTS | VALUES
    columns = {name: values for name, (values, _, _) in given.items()} | {"Last Name": ["Lee", " Ray "]}
    steps = [{"column": name, **step} for name, (_, steps, _) in given.items() for step in steps]
    keep = dict.fromkeys(("line", "contact", "first", "Last Name"), "keep")
    return cleaned(tmp_path_factory.mktemp("given"), columns, steps, **{"transformations.masking": keep})


@pytest.mark.parametrize("name", [*TEXTS, *VALUES])
def test_the_rows_are_what_the_person_asked_for(done: Onboarded, name: str) -> None:
    expected = (TEXTS | VALUES)[name][2]
    rows = silver(done)
    assert len(rows) == ROWS
    assert [row[name] for row in rows[:2]] == expected


def test_given_operations_are_decisions_of_a_human_and_come_in_their_order(done: Onboarded) -> None:
    plan = done.plan.transformation
    names = [operation.operation for operation in plan.cleaning if operation.column == "plain"]
    assert names[-2:] == ["remove_accents", "upper"]
    made = {(decision.subject, decision.value) for decision in plan.decisions if decision.source == "human"}
    assert ("columns.plain.cleaning", "remove_accents") in made
    concat = next(operation for operation in plan.cleaning if operation.operation == "concat")
    assert concat.arguments["columns"] == ["last_name"]


@pytest.mark.slow
@pytest.mark.parametrize("file_name", ["test_metadata.py", "test_transformations.py", "test_quality.py", "test_dag.py"])
def test_the_workloads_own_tests_pass(done: Onboarded, tmp_path: Path, file_name: str) -> None:
    for name, content in done.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    result = run_test_gate(tmp_path, agent=file_name, file_name=file_name)
    assert result.failures == ()
    assert result.passed


def test_what_cannot_be_read_goes_to_quarantine(tmp_path: Path) -> None:
    columns = {"document": ['{"n": 1}'] * 19 + ["{"], "amount": ["$1"] * 20 + ["free", *["$2"] * 19]}
    steps = [
        {"column": "document", "op": "json_field", "path": "n"},
        {"column": "amount", "op": "parse_currency"},
    ]
    done = cleaned(tmp_path, columns, steps)
    assert not done.blocked
    rows = silver(done)
    assert [row["_source_row"] for row in rows] == [n for n in range(1, ROWS + 1) if n not in (20, 21, 40)]


def test_an_operation_on_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AgentError) as raised:
        cleaned(tmp_path, {"note": ["some text", "other words"]}, [{"column": "note", "op": "round", "scale": 1}])
    assert raised.value.where == "transformations.cleaning (note)"
    assert raised.value.expected == "a column of type integer or decimal or double"
    assert raised.value.given == "`note` of type text"
    assert "domain.columns: {note: {type: integer}}" in raised.value.remedy


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    steps = [{"column": "note", "op": "concat", "columns": ["notte"]}]
    with pytest.raises(AgentError) as raised:
        cleaned(tmp_path, {"note": ["some text", "other words"]}, steps)
    assert raised.value.where == "transformations.cleaning (note).columns"
    assert raised.value.given == "notte"


def test_a_masked_columns_text_does_not_reach_another_one(tmp_path: Path) -> None:
    columns = {"note": ["some text", "other words"], "contact": ["ann@x.org", "bob@x.org"]}
    steps = [{"column": "note", "op": "concat", "columns": ["contact"]}]
    with pytest.raises(CodegenError, match="contact is masked") as raised:
        cleaned(tmp_path, columns, steps)
    assert "transformations.masking" in raised.value.remedy
