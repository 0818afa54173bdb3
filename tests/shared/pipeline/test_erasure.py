"""One person out of every zone of a lake, on disk and on S3, and never back again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.pipeline import engine, state, storage
from shared.pipeline.erasure import Found, Person, erase, find, finish
from shared.pipeline.erasure_list import (
    DONE,
    ERASURES,
    PENDING,
    ErasureError,
    digest_of,
    digest_sql,
    leave_out,
    read_erasures,
)
from shared.pipeline.errors import BalanceError
from shared.pipeline.spark.session import SparkTables
from tests.shared.conftest import ROWS, WORKLOAD, Pipeline, rule

GOLD = ("orders_gold", "totals")
# b@example.com: two rows of one key, so one is a duplicate; junk and -5.00 are held back, in Silver and in Gold.
GOLD_RULES = (rule("not_small", "accuracy", "amount >= 8", on_fail="quarantine"),)
SECOND = [
    ("7", " B@Example.COM", "3.00", "us"),
    ("8", "c@example.com", "junk", "us"),
    ("9", "f@example.com", "9", "eu"),
]


@pytest.fixture(autouse=True)
def lenient(request: pytest.FixtureRequest) -> None:
    """With a handful of rows a bad one weighs more than it does in a delivery."""
    name = "any_pipeline" if "any_pipeline" in request.fixturenames else "pipeline"
    made: Pipeline = request.getfixturevalue(name)
    made.silver_threshold = made.gold_threshold = 0.3


def person(pipeline: Pipeline, **values: str) -> Person:
    with engine.connection() as con:
        return Person(tuple(sorted(values)), digest_of(con, pipeline.lake.workload, values))


def two_days(pipeline: Pipeline) -> Pipeline:
    """Two deliveries, each a load of its own."""
    pipeline.load, pipeline.gold_rules = "new_files", GOLD_RULES
    pipeline.run("2026-01-05")
    pipeline.deliver(SECOND, "second.csv")
    pipeline.run("2026-01-06")
    return pipeline


def erased(pipeline: Pipeline, who: Person, run_date: str = "2026-01-07") -> Any:
    """The erasing run: what takes the place of the extract, the steps after it, the end."""
    arguments = pipeline.arguments(run_date, "erase")
    done = erase(pipeline.lake, WORKLOAD, GOLD, who, arguments, "erase__1")
    for step in (pipeline.to_silver, pipeline.check_silver, pipeline.to_gold, pipeline.check_gold, pipeline.publish):
        step(arguments)
    return done, finish(pipeline.lake)


def everything(pipeline: Pipeline) -> dict[str, bytes]:
    """Every file of the lake."""
    root = pipeline.lake.uri
    return {storage.relative(file.uri, root): storage.read_bytes(file.uri) or b"" for file in storage.list_files(root)}


def test_what_would_go_is_counted_and_nothing_is_changed(any_pipeline: Pipeline) -> None:
    before = everything(two_days(any_pipeline))
    found = find(any_pipeline.lake, WORKLOAD, person(any_pipeline, email="b@example.com"))
    assert found == Found({"2026-01-05-run1": 2, "2026-01-06-run1": 1}, 2, {"duplicates": 2, "gold": 3, "silver": 0})
    assert everything(any_pipeline) == before


def test_a_person_is_gone_from_every_zone(any_pipeline: Pipeline) -> None:
    pipeline = two_days(any_pipeline)
    done, (finished,) = erased(pipeline, person(pipeline, email="b@example.com"))
    assert (done.rows, done.silver, done.state, finished.state) == (3, 2, PENDING, DONE)
    assert pipeline.stored(pipeline.lake.table("bronze", WORKLOAD), "order_id") == [
        ("1",), ("3",), ("4",), ("5",), ("8",), ("9",)
    ]  # fmt: skip
    assert [row[0] for row in pipeline.published("silver", WORKLOAD, "order_id")] == ["1", "4", "5", "9"]
    assert pipeline.stored(pipeline.lake.quarantine_kind("duplicates"), "order_id") == []
    assert pipeline.published("gold", "totals", "region, orders") == [("EU", 4)]
    for zone, table in (("silver", WORKLOAD), ("gold", "orders_gold"), ("gold", "totals")):
        folder = pipeline.lake.table(zone, table)
        names = {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}
        assert names == {"_published.json", "version=2026-01-07-erase"}
    rows = {load.load_id: load.rows for load in state.current_loads(pipeline.lake)}
    assert rows == {"2026-01-05-run1": 4, "2026-01-06-run1": 2}
    extract = state.read_summary(pipeline.lake, "2026-01-05-run1", "extract") or {}
    assert (extract["source"], extract["bronze"], extract["erased"]) == (6, 4, 2)


def test_the_value_is_kept_nowhere(pipeline: Pipeline) -> None:
    two_days(pipeline)
    erased(pipeline, person(pipeline, email="b@example.com"))
    assert [name for name, content in everything(pipeline).items() if b"b@example.com" in content.lower()] == []


@pytest.mark.parametrize("run_date", ["2026-01-05", "2026-01-08"])
def test_no_later_run_brings_the_person_back(any_pipeline: Pipeline, run_date: str) -> None:
    pipeline = two_days(any_pipeline)
    erased(pipeline, person(pipeline, email="b@example.com"))
    pipeline.deliver([*ROWS, ("10", "B@EXAMPLE.COM ", "1.00", "us")], f"again-{run_date}.csv")
    summary = pipeline.run(run_date, "later")["extract"]
    assert summary["erased"] == {"2026-01-05": 5, "2026-01-08": 3}[run_date]
    assert summary["source"] == summary["bronze"] + summary["unreadable"] + summary["erased"]
    left = pipeline.stored(pipeline.lake.table("bronze", WORKLOAD), "lower(trim(email))")
    assert ("b@example.com",) not in left


def test_loads_that_were_replaced_are_searched_too(pipeline: Pipeline) -> None:
    pipeline.run("2026-01-05")
    pipeline.run("2026-01-06")
    done, _ = erased(pipeline, person(pipeline, email="a@example.com"))
    assert {load: counts["erased"] for load, counts in done.loads.items()} == {
        "2026-01-05-run1": 1, "2026-01-06-run1": 1
    }  # fmt: skip


def test_every_column_of_a_key_must_fit(pipeline: Pipeline) -> None:
    pipeline.run()
    both = find(pipeline.lake, WORKLOAD, person(pipeline, email="b@example.com", region="US"))
    other = find(pipeline.lake, WORKLOAD, person(pipeline, email="b@example.com", region="eu"))
    assert (both.rows, other.rows) == (2, 0)


def test_quotes_and_words_of_sql_are_values_like_others(pipeline: Pipeline) -> None:
    odd = 'x\'); DROP TABLE erased; -- "ß\u0130"'
    pipeline.deliver([*ROWS, ("11", odd, "9.00", "eu")])
    pipeline.run()
    assert find(pipeline.lake, WORKLOAD, person(pipeline, email=odd)).rows == 1


def test_what_was_held_back_of_a_load_that_bronze_does_not_keep_goes(pipeline: Pipeline) -> None:
    two_days(pipeline)
    loads = {load.run_date: load for load in state.read_loads(pipeline.lake)}
    storage.delete_tree(pipeline.lake.bronze_load(WORKLOAD, "2026-01-05", loads["2026-01-05"].load_id))
    found = find(pipeline.lake, WORKLOAD, person(pipeline, email="f@example.com"))
    assert (found.rows, found.quarantine["silver"], found.quarantine["duplicates"]) == (1, 2, 2)


def test_nobody_has_the_key(pipeline: Pipeline) -> None:
    before = everything(two_days(pipeline))
    with pytest.raises(ErasureError, match="Nobody has this key") as caught:
        erased(pipeline, person(pipeline, email="zq@example.com"))
    assert "zq@" not in caught.value.text()
    assert everything(pipeline) == before


def test_an_empty_value_names_nobody(pipeline: Pipeline) -> None:
    with pytest.raises(ErasureError, match="A key without a value"):
        person(pipeline, email=" \t")


def test_a_second_erasure_of_the_same_person_finds_nothing_and_is_no_error(pipeline: Pipeline) -> None:
    two_days(pipeline)
    who = person(pipeline, email="b@example.com")
    erased(pipeline, who)
    done, (finished,) = erased(pipeline, who, "2026-01-08")
    assert (done.rows, finished.state) == (0, DONE)


def test_old_versions_stay_until_everything_is_published_anew(pipeline: Pipeline) -> None:
    two_days(pipeline)
    arguments = pipeline.arguments("2026-01-07", "erase")
    erase(pipeline.lake, WORKLOAD, GOLD, person(pipeline, email="b@example.com"), arguments, "erase__1")
    pipeline.to_silver(arguments)
    pipeline.check_silver(arguments)
    assert finish(pipeline.lake) == []
    assert read_erasures(pipeline.lake)[0].state == PENDING
    assert ("2",) in pipeline.published("gold", "orders_gold", "order_id")


def test_a_column_that_is_gone_does_not_let_persons_back_in(pipeline: Pipeline) -> None:
    pipeline.run()
    erased(pipeline, person(pipeline, email="b@example.com"))
    pipeline.options = {"dropped_columns": ("email",)}
    with pytest.raises(ErasureError, match="could come back unseen"):
        pipeline.extract(pipeline.arguments("2026-01-08"))


def test_rows_that_are_lost_beside_an_erasure_are_still_noticed(pipeline: Pipeline) -> None:
    two_days(pipeline)
    erased(pipeline, person(pipeline, email="b@example.com"))
    load = state.current_loads(pipeline.lake)[0]
    state.change_rows(pipeline.lake, load, load.rows + 1)
    with pytest.raises(BalanceError, match="do not add up"):
        arguments = pipeline.arguments("2026-01-09")
        pipeline.to_silver(arguments)
        pipeline.check_silver(arguments)


def test_the_list_has_no_value(pipeline: Pipeline) -> None:
    two_days(pipeline)
    erased(pipeline, person(pipeline, email="b@example.com"))
    (entry,) = storage.read_json(pipeline.lake.state(ERASURES))
    assert entry["columns"] == ["email"]
    assert len(entry["digest"]) == 64
    assert (entry["run_id"], entry["run_date"], entry["silver"]) == ("erase__1", "2026-01-07", 2)
    assert replace(read_erasures(pipeline.lake)[0], columns=("email",)) == read_erasures(pipeline.lake)[0]


def test_a_key_that_did_not_fit_its_column_is_found_as_text(pipeline: Pipeline) -> None:
    """A sender that numbered its customers begins to write codes: the codes are in ``_uncast``."""
    lake, loads = pipeline.lake, (("2026-01-05", "1"), ("2026-01-06", "2"))
    rows = "(VALUES (17, NULL, 1), (NULL, MAP {'customer': 'K-17', 'other': 'x'}, 2), (NULL, MAP {'other': 'K-17'}, 3))"
    with engine.connection() as con:
        for run_date, load_id in loads:
            folder = storage.local_path(lake.bronze_load(WORKLOAD, run_date, load_id))
            folder.mkdir(parents=True)
            con.execute(
                f"COPY (SELECT customer::BIGINT AS customer, _uncast, '{load_id}' AS _load_id, n AS _source_row"
                f" FROM {rows} AS t(customer, _uncast, n)) TO '{folder}/part-00000.parquet' (FORMAT parquet)"
            )
    assert find(lake, WORKLOAD, person(pipeline, customer=" k-17 ")).loads == {"1": 1, "2": 1}
    assert find(lake, WORKLOAD, person(pipeline, customer="17")).loads == {"1": 1, "2": 1}
    assert find(lake, WORKLOAD, person(pipeline, customer="x")).loads == {}
    erase(lake, WORKLOAD, (), person(pipeline, customer="K-17"), pipeline.arguments("2026-01-07", "erase"), "erase__1")
    assert pipeline.stored(lake.table("bronze", WORKLOAD), "_source_row") == [(1,), (1,), (3,), (3,)]
    with engine.connection() as con:
        candidate = storage.local_path(lake.bronze_load(WORKLOAD, *loads[0])).parent / "candidate"
        candidate.mkdir()
        con.execute(
            f"COPY (SELECT customer::BIGINT AS customer, _uncast FROM {rows} AS t(customer, _uncast, n))"
            f" TO '{candidate}/part-00000.parquet' (FORMAT parquet)"
        )
        assert leave_out(con, lake, candidate)[1] == 1


def test_a_key_that_spark_writes_in_another_way_is_refused() -> None:
    with pytest.raises(ErasureError, match="writes in another way") as caught:
        digest_sql(SparkTables(None), ["weight"], {"weight": "FLOAT"})
    assert (caught.value.where, caught.value.given) == ("weight", "FLOAT")
