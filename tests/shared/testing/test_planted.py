"""Bad values are told apart by the rows in which they stand."""

from __future__ import annotations

import duckdb
import pytest

from shared.pipeline.scoring import Rule
from shared.testing.planted import groups_of, in_turn, near_misses, places, plant, unusual
from shared.testing.rules import broken, made_rows, single_value, takes_count


def test_every_name_has_rows_that_no_other_has() -> None:
    names = [f"c{number}" for number in range(1000)]
    where = places(names)
    assert len({tuple(rows) for rows in where.values()}) == 1000
    assert all(where.values())
    assert max(max(rows) for rows in where.values()) == 9


@pytest.mark.parametrize("count", [1, 64, 65, 2000, 5000])
def test_no_other_name_is_in_all_groups_of_a_name(count: int) -> None:
    names = [f"c{number}" for number in range(count)]
    groups = groups_of(names)
    member = {name: frozenset(at for at, group in enumerate(groups) if name in group) for name in names}
    assert len(set(member.values())) == count
    assert {len(found) for found in member.values()} == {1 if count <= 64 else 2}
    assert len(groups) <= max(64, 2 * count**0.5 + 64)


def test_every_text_of_every_name_has_its_turn() -> None:
    rows = in_turn({"a": ["1", "2", "3"], "b": ["1", "2", "3"], "c": ["x"], "d": []})
    assert rows == [{"a": "1", "b": "2", "c": "x"}, {"a": "2", "b": "3", "c": "x"}, {"a": "3", "b": "1", "c": "x"}]
    assert in_turn({"d": []}) == []


def test_only_the_named_rows_are_spoilt() -> None:
    rows: list[dict[str, str | None]] = [{"a": "1", "b": "2"} for _ in range(3)]
    planted = plant(rows, {"a": None, "b": "?!"}, {"a": [0], "b": [0, 1]})
    assert planted == [{"a": None, "b": "?!"}, {"a": "1", "b": "?!"}, {"a": "1", "b": "2"}]
    assert rows[0] == {"a": "1", "b": "2"}


def test_near_misses_are_other_texts_without_blanks_around() -> None:
    misses = near_misses("a@b.com")
    assert "ab.com" in misses
    assert "a@b" not in misses
    assert all(miss == miss.strip() != "a@b.com" for miss in misses)


def test_unusual_rows_leave_other_columns_alone() -> None:
    rows = unusual([{"text": "a-1", "number": "5"}, {"text": "b-2", "number": "6"}], ["text"])
    assert {row["number"] for row in rows} == {"5", "6", None}
    assert {"a1", "NULL", None} <= {row["text"] for row in rows}


TYPES = {
    "name": "VARCHAR",
    "n": "BIGINT",
    "at": "TIMESTAMP",
    "flag": "BOOLEAN",
    "list": "BIGINT[]",
    "d": "DECIMAL(9,2)",
}


def rule(duck: str, spark: str = "TRUE", applies: str = "TRUE") -> Rule:
    return Rule(
        "r", "validity", applies={"duckdb": applies, "spark": applies}, satisfied={"duckdb": duck, "spark": spark}
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("NOT n IS NULL", [1]), ("COUNT(*) OVER (PARTITION BY name) = 1", [0, 2]), ("list IS NULL", []), ("d < 3", [3])],
)
def test_made_rows_differ_in_every_column_but_the_given(condition: str, expected: list[int]) -> None:
    rows = made_rows(TYPES, [{}, {"n": None}, {"name": 0}, {}])
    with duckdb.connect() as con:
        assert broken(con, rule(condition), "duckdb", rows, "_position") == expected


def test_the_conditions_of_both_engines_are_run() -> None:
    both = rule("v IN ('a')", "v RLIKE '\\\\A(?:[ab])\\\\z'")
    with duckdb.connect() as con:
        found = [
            broken(con, both, name, single_value("v", "VARCHAR", "b"), "_position") for name in ("duckdb", "spark")
        ]
    assert found == [[0], []]


def test_a_rule_about_counts_sees_no_rows_at_all() -> None:
    with duckdb.connect() as con:
        assert not takes_count(con, rule("COUNT(*) >= 1"), "duckdb", 0)
        assert takes_count(con, rule("COUNT(*) >= 1"), "duckdb", 1)
        assert takes_count(con, rule("TRUE"), "duckdb", 0)
