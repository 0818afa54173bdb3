"""What is unusual about a load, and which loads are kept to tell."""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from typing import Any

import pytest

from shared.pipeline import baselines, state, storage
from shared.pipeline.baselines import find_unusual, read_baselines
from shared.pipeline.errors import QualityGateFailed

MEASURES = {
    "missing": ("order_id", "email", "amount", "region"),
    "numbers": ("amount",),
    "categories": ("region",),
}


def entry(run_date: str, rows: int = 1000, **columns: dict[str, Any]) -> dict[str, Any]:
    return {"run_date": run_date, "load_id": f"{run_date}-r", "mode": "full", "rows": rows, "columns": columns}


def days(count: int, last: str = "2026-03-31") -> list[str]:
    """Dates in a row, the last one given."""
    end = date.fromisoformat(last)
    return [(end - timedelta(days=back)).isoformat() for back in reversed(range(count))]


def texts(load: dict[str, Any], history: list[dict[str, Any]]) -> list[str]:
    return [finding.text for finding in find_unusual(load, history, history)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (800, []),
        (1200, []),
        (799, ["799 rows, -20% against 1,000 on 2026-03-30"]),
        (1300, ["1,300 rows, +30% against 1,000 on 2026-03-30"]),
    ],
)
def test_rows_may_differ_by_a_fifth(rows, expected):
    assert texts(entry("2026-03-31", rows), [entry("2026-03-30")]) == expected


def test_a_day_may_look_like_the_same_day_a_week_before():
    history = [entry(day, 200 if day == "2026-03-24" else 1000) for day in days(9, "2026-03-30")]

    assert texts(entry("2026-03-31", 210), history) == []
    assert texts(entry("2026-04-01", 210), history) == ["210 rows, -79% against 1,000 on 2026-03-30"]


@pytest.mark.parametrize(("missing", "expected"), [(150, []), (151, ["c: 15.1% missing, 5.0% on 2026-03-30"]), (0, [])])
def test_missing_values_may_rise_by_ten_points(missing, expected):
    load = entry("2026-03-31", c={"missing": missing})

    assert texts(load, [entry("2026-03-30", c={"missing": 50})]) == expected


def test_three_deviations_from_the_history_of_a_mean():
    means = [10.0, 11.0, 9.0, 10.5, 9.5]
    history = [
        entry(day, c={"missing": 0, "mean": mean}) for day, mean in zip(days(5, "2026-03-30"), means, strict=True)
    ]

    assert texts(entry("2026-03-31", c={"missing": 0, "mean": 12.3}), history) == []
    found = find_unusual(entry("2026-03-31", c={"missing": 0, "mean": 12.4}), history, history)
    assert [(item.kind, item.column, item.metric, item.usual) for item in found] == [("deviation", "c", "mean", 10.0)]
    assert found[0].text == "c: mean 12.4, 3.0 deviations from the mean 10 of 5 loads"


def test_four_loads_have_no_deviation():
    history = [entry(day, c={"missing": 0, "mean": 10.0}) for day in days(4, "2026-03-30")]

    assert texts(entry("2026-03-31", c={"missing": 0, "mean": 1000.0}), history) == []


def test_what_was_constant_may_move_by_a_little():
    history = [entry(day, c={"missing": 0, "mean": 100.0}) for day in days(6, "2026-03-30")]

    assert texts(entry("2026-03-31", c={"missing": 20, "mean": 102.9}), history) == []
    assert texts(entry("2026-03-31", c={"missing": 0, "mean": 103.1}), history) == [
        "c: mean 103.1, 3.1 deviations from the mean 100 of 6 loads"
    ]


def test_one_thing_is_said_once():
    history = [entry(day, c={"missing": 0}) for day in days(6, "2026-03-30")]

    assert len(texts(entry("2026-03-31", 100, c={"missing": 50}), history)) == 2


def test_new_categories():
    history = [
        entry("2026-03-29", c={"missing": 0, "categories": {"a": 900}}),
        entry("2026-03-30", c={"missing": 0, "categories": {"b": 900}}),
    ]
    load = entry("2026-03-31", c={"missing": 0, "categories": {"a": 400, "b": 400, "d'x": 12}})

    assert texts(load, history) == ['c: "d\'x" is new, in 12 rows']


def test_a_load_that_was_too_small_tells_nothing_about_a_category():
    history = [entry("2026-03-30", 40, c={"missing": 0, "categories": {"a": 38}})]
    load = entry("2026-03-31", 40_000, c={"missing": 0, "categories": {"a": 39_980, "b": 20}})

    assert [finding.kind for finding in find_unusual(load, history, [])] == []


def test_a_column_without_categories_before_has_no_new_ones():
    load = entry("2026-03-31", c={"missing": 0, "categories": {"a": 400}})

    assert texts(load, [entry("2026-03-30", c={"missing": 0})]) == []


def test_a_new_column_has_nothing_to_be_compared_with():
    load = entry("2026-03-31", c={"missing": 900, "mean": 1.0, "categories": {"a": 100}})

    assert texts(load, [entry(day) for day in days(6, "2026-03-30")]) == []


def orders(count: int, region: str = "eu", amount: str = "10.00", start: int = 0) -> list[tuple[str, ...]]:
    return [(str(start + n), f"person{n}@example.com", amount, region) for n in range(count)]


def test_a_load_is_compared_with_the_one_before(any_pipeline, caplog):
    pipeline = any_pipeline
    pipeline.measures, pipeline.gold_rules = MEASURES, ()
    pipeline.deliver(orders(100))
    first = pipeline.run("2026-03-01")["check_silver"]
    pipeline.deliver([*orders(50), *orders(15, amount="", start=200)])
    with caplog.at_level(logging.WARNING):
        second = pipeline.run("2026-03-02")["check_silver"]

    assert first["baseline"] == {"compared_with": [], "total": 0, "findings": []}
    assert second["passed"]
    assert second["baseline"]["compared_with"] == ["2026-03-01"]
    assert [finding["text"] for finding in second["baseline"]["findings"]] == [
        "65 rows, -35% against 100 on 2026-03-01",
        "amount: 23.1% missing, 0.0% on 2026-03-01",
    ]
    assert "orders: unusual: 65 rows, -35% against 100 on 2026-03-01" in caplog.messages
    kept = read_baselines(pipeline.lake)["2026-03-02"]
    assert (kept["load_id"], kept["mode"], kept["rows"]) == ("2026-03-02-run1", "full", 65)
    assert kept["columns"]["region"] == {"missing": 0, "categories": {"EU": 65}}
    assert kept["columns"]["email"] == {"missing": 0}
    assert state.read_quality(pipeline.lake, "silver")[-1]["baseline"] == second["baseline"]


def test_findings_do_not_change_score_or_verdict(pipeline):
    pipeline.measures = MEASURES
    pipeline.deliver(orders(100))
    pipeline.run("2026-03-01")
    pipeline.deliver(orders(20, region="us"))
    second = pipeline.run("2026-03-02")["check_silver"]

    assert (second["score"], second["passed"], second["baseline"]["total"]) == (1.0, True, 2)


def test_a_blocked_load_is_no_baseline_and_its_error_says_what_is_unusual(pipeline):
    pipeline.measures = MEASURES
    pipeline.deliver(orders(100))
    pipeline.run("2026-03-01")
    pipeline.deliver(orders(60, amount="junk"))

    with pytest.raises(QualityGateFailed, match=r"unusual: 60 rows, -40% against 100 on 2026-03-01; amount: 100\.0%"):
        pipeline.run("2026-03-02")

    assert list(read_baselines(pipeline.lake)) == ["2026-03-01"]
    assert state.read_quality(pipeline.lake, "silver")[-1]["baseline"]["total"] == 2


def test_duplicates_are_rows_of_their_load(pipeline):
    pipeline.measures = MEASURES
    pipeline.deliver([*orders(30), *orders(10)])
    pipeline.run("2026-03-01")

    assert read_baselines(pipeline.lake)["2026-03-01"]["rows"] == 40


def test_what_is_new_is_compared_with_what_was_new(pipeline):
    pipeline.measures, pipeline.load = MEASURES, "new_files"
    pipeline.deliver(orders(100), "all.csv")
    pipeline.run("2026-03-01")
    found = []
    for day, rows in (("02", 20), ("03", 21), ("04", 12)):
        pipeline.deliver(orders(rows, start=int(day) * 1000), f"new-{day}.csv")
        found.append(pipeline.run(f"2026-03-{day}")["check_silver"]["baseline"])

    assert [[finding["text"] for finding in item["findings"]] for item in found] == [
        [], [], ["12 rows, -43% against 21 on 2026-03-03"],
    ]  # fmt: skip


def test_another_way_of_loading_is_not_compared(pipeline):
    pipeline.measures = MEASURES
    pipeline.deliver(orders(100))
    pipeline.run("2026-03-01")
    pipeline.load = "new_files"
    pipeline.deliver(orders(10, start=500), "more.csv")

    assert pipeline.run("2026-03-02")["check_silver"]["baseline"]["compared_with"] == []


def test_a_snapshot_of_an_old_date_replaces_its_entry(pipeline):
    pipeline.measures = MEASURES
    for run_date, rows in (("2026-03-01", 100), ("2026-03-02", 110)):
        pipeline.deliver(orders(rows))
        pipeline.run(run_date)
    pipeline.deliver(orders(40))
    again = pipeline.run("2026-03-01", "run2")["check_silver"]

    assert (again["rows"], again["baseline"]["compared_with"]) == (110, [])
    assert {day: kept["rows"] for day, kept in read_baselines(pipeline.lake).items()} == {
        "2026-03-01": 40,
        "2026-03-02": 110,
    }


def test_the_last_thirty_dates_are_kept(pipeline):
    lake = pipeline.lake
    document = {day: {"load_id": "x", "mode": "full", "rows": 1, "columns": {}} for day in days(40, "2026-02-28")}
    storage.write_json(lake.state(baselines.BASELINES), document)
    pipeline.measures = MEASURES
    pipeline.deliver(orders(20))

    pipeline.run("2026-03-01")

    assert list(read_baselines(lake)) == days(30, "2026-03-01")


def test_a_workload_without_measures_has_no_baseline(pipeline):
    assert "baseline" not in pipeline.run()["check_silver"]
    assert read_baselines(pipeline.lake) == {}


def test_baselines_hold_no_personal_value(pipeline):
    pipeline.measures = MEASURES
    pipeline.deliver(orders(100))
    pipeline.run("2026-03-01")

    kept = json.dumps(read_baselines(pipeline.lake))
    assert "example.com" not in kept and "person" not in kept
