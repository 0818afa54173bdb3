"""Score, gate and what is held back, against worked examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.pipeline import engine
from shared.pipeline.scoring import MOST_AT_ONCE, Rule, RuleResult, Verdict, flag_rows, judge, score_of


def result(rate: float, dimension: str = "validity", rows: int = 100, number: int = 0, **rule) -> RuleResult:
    return RuleResult(number, Rule(f"r{number}", dimension, **rule), rows, round(rows * rate))


def test_score_is_the_weighted_mean_of_the_dimensions_means():
    results = [result(1.0), result(0.5), result(0.9, "completeness")]

    assert score_of(results, {"validity": 1.0, "completeness": 3.0}, 100, 100) == pytest.approx((0.75 + 3 * 0.9) / 4)


def test_dimensions_without_a_rule_do_not_count():
    assert score_of([result(0.8)], {"validity": 1.0, "uniqueness": 9.0}, 100, 100) == pytest.approx(0.8)


def _worked_examples() -> list[list[str]]:
    """Rows of the table of examples in the documentation."""
    text = (Path(__file__).parents[3] / "docs/quality.md").read_text("utf-8")
    table = text.partition("## Worked examples")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in lines[2:]]


def test_the_worked_examples_of_the_documentation_are_right():
    weights = {"completeness": 0.25, "accuracy": 0.20, "consistency": 0.15, "validity": 0.25, "uniqueness": 0.15}
    examples = _worked_examples()
    assert len(examples) >= 5
    for _, rates, sound, _, score, verdict in examples:
        results = [
            result(float(rate), dimension, rows=1000)
            for dimension, listed in re.findall(r"(\w+) ([0-9., ]*[0-9])", rates)
            for rate in listed.split(", ")
        ]
        rows = 1000
        found = score_of(results, weights, rows, int(sound))
        assert f"{found:.4f}" == score
        assert ("passes" if found >= 0.8 else "blocked") == verdict


def test_bad_rows_are_those_that_violate_a_rule_that_matters_in_any_column(tmp_path):
    rules = tuple(
        Rule(name, "validity", applies={"duckdb": "true"}, satisfied={"duckdb": f"{name} > 0"}, **more)
        for name, more in {
            "a": {"on_fail": "quarantine"},
            "b": {"severity": "critical"},
            "c": {"on_fail": "block"},
            "d": {},
        }.items()
    )
    rows = "(VALUES (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, NULL, 1), (1, 1, 1, 0), (0, 0, 0, 0), (1, 1, 1, 1))"
    with engine.connection() as con:
        verdict = judge(con, flag_rows(con, f"FROM {rows} AS t(a, b, c, d)", rules, tmp_path), rules, 0.5, {})

    assert (verdict.rows, verdict.sound_rows) == (6, 2)
    assert verdict.score == pytest.approx(2 / 6)


def test_a_rule_that_applies_to_nothing_passes():
    assert result(0.0, rows=0).pass_rate == 1.0


def test_no_rules_is_a_full_score():
    assert score_of([], {"validity": 1.0}, 100, 100) == 1.0
    assert score_of([], {"validity": 1.0}, 0, 0) == 1.0


@pytest.mark.parametrize(
    ("rule", "rate", "passes"),
    [
        ({"severity": "critical", "min_pass_rate": 0.99}, 0.98, False),
        ({"severity": "critical", "min_pass_rate": 0.98}, 0.98, True),
        ({"severity": "warning", "min_pass_rate": 0.99}, 0.98, True),
        ({"severity": "warning", "on_fail": "block"}, 0.99, False),
        ({"severity": "warning", "on_fail": "block"}, 1.0, True),
    ],
)
def test_what_stops_the_gate(rule, rate, passes):
    assert Verdict(100, 100, 0.9, 0.8, (result(rate, **rule),)).passed is passes


def test_the_threshold_itself_is_enough():
    assert Verdict(10, 10, 0.8, 0.8, ()).passed
    assert not Verdict(10, 10, 0.7999, 0.8, ()).passed


def test_a_failed_gate_also_holds_back_what_violates_critical_rules():
    flagged, critical = result(0.9, number=0), result(0.5, number=1, severity="critical", min_pass_rate=0.9)

    assert Verdict(10, 10, 0.9, 0.8, (flagged,)).held_back() == "false"
    assert "_keeps_1" in Verdict(10, 10, 0.9, 0.8, (flagged, critical)).held_back()
    assert "_keeps_0" not in Verdict(10, 10, 0.9, 0.8, (flagged, critical)).held_back()


def test_null_in_a_predicate_is_not_satisfied_and_windows_may_be_used(tmp_path):
    rules = (
        Rule("set", "validity", applies={"duckdb": "true"}, satisfied={"duckdb": "v IN (1, 2)"}),
        Rule(
            "unique",
            "uniqueness",
            applies={"duckdb": "v IS NOT NULL"},
            satisfied={"duckdb": "count(*) OVER (PARTITION BY v) = 1"},
        ),
        Rule("rows", "completeness", applies={"duckdb": "true"}, satisfied={"duckdb": "count(*) > 9"}, kind="table"),
    )
    with engine.connection() as con:
        flagged = flag_rows(con, "FROM (VALUES (1), (1), (2), (NULL)) AS t(v)", rules, tmp_path)
        verdict = judge(con, flagged, rules, 0.5, {})

    assert [(found.applicable, found.satisfied) for found in verdict.results] == [(4, 3), (3, 1), (1, 0)]
    assert verdict.worst()[0].startswith("rows 0.00%")


def test_many_rules_are_judged_like_few(tmp_path):
    source = "FROM (VALUES (1), (2), (3), (3), (NULL)) AS t(v)"
    few = tuple(
        Rule(f"r{number}", "validity", applies={"duckdb": "v IS NOT NULL"}, satisfied={"duckdb": f"v <> {number % 5}"})
        for number in range(MOST_AT_ONCE)
    )
    unique = Rule(
        "u", "validity", applies={"duckdb": "true"}, satisfied={"duckdb": "count(*) OVER (PARTITION BY v) = 1"}
    )
    with engine.connection() as con:
        flagged = [flag_rows(con, source, rules, tmp_path) for rules in (few, (*few, unique))]
        verdicts = [judge(con, place, few, 0.5, {}) for place in flagged]
        repeated = con.execute(f"SELECT count(*) FROM {flagged[1]} WHERE NOT _keeps_{MOST_AT_ONCE}").fetchall()

    assert flagged[0] == "flagged" and flagged[1] != "flagged"
    assert verdicts[0] == verdicts[1]
    assert repeated == [(2,)]


def test_rules_that_no_row_violates_hold_nothing_back():
    kept = result(1.0, on_fail="quarantine")

    assert Verdict(10, 10, 1.0, 0.8, (kept,)).held_back() == "false"
