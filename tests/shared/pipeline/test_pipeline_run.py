"""The whole way from a file to Gold, on a lake of files and on S3."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.pipeline import load as load_module
from shared.pipeline import state, storage
from shared.pipeline.errors import BalanceError, NothingNewError, QualityGateFailed, SourceError, StepOrderError
from shared.pipeline.zones import read_pointer

ROWS = [
    ("1", "a@example.com", "10.50", "eu"),
    ("2", "b@example.com", "20.00", "us"),
]


def test_every_row_is_accounted_for(any_pipeline):
    done = any_pipeline.run()

    assert (done["extract"]["source"], done["extract"]["bronze"]) == (6, 6)
    assert done["to_silver"] == {"input_rows": 6, "rows": 5, "duplicates": 1}
    assert (done["check_silver"]["published"], done["check_silver"]["quarantined"]) == (4, 1)
    assert done["to_gold"]["orders_gold"] == {"input_rows": 4, "rows": 3, "filtered": 1}
    assert done["publish"]["published_tables"] == {"orders_gold": 3, "totals": 2}


def test_what_readers_see(any_pipeline):
    any_pipeline.run()

    assert any_pipeline.published("gold", "orders_gold", "order_id, amount::VARCHAR, region") == [
        ("1", "10.50", "EU"),
        ("2", "21.00", "US"),
        ("5", "7.25", "EU"),
    ]
    assert [row[0] for row in any_pipeline.published("gold", "totals", "region")] == ["EU", "US"]
    silver = read_pointer(any_pipeline.lake, "silver", "orders")
    assert [column["name"] for column in silver.columns] == [
        "order_id", "email", "amount", "region", "_source_file", "_source_row", "_load_id",
    ]  # fmt: skip
    assert {file.path.split("/")[1] for file in silver.files} == {"region=EU", "region=US"}


def test_quarantined_rows_carry_their_reasons_and_are_masked(any_pipeline):
    any_pipeline.run()
    folder = any_pipeline.lake.quarantine("silver", any_pipeline.arguments())

    rows = any_pipeline.stored(folder, "order_id, _reasons, length(email), _source_row")

    assert rows == [("3", ["amount_parsed"], 64, 4)]


def test_masking_leaves_no_clear_value_after_bronze(pipeline):
    pipeline.run()

    for path in (pipeline.folder / "lake").rglob("*"):
        if path.is_file() and "bronze" not in path.parts:
            assert b"@example.com" not in path.read_bytes(), path


def test_the_key_is_nowhere(pipeline):
    pipeline.run()

    for path in (pipeline.folder / "lake").rglob("*"):
        assert not path.is_file() or b"a test key" not in path.read_bytes()


def test_the_same_run_again_gives_the_same(any_pipeline):
    any_pipeline.run()
    before = any_pipeline.published("silver", "orders"), any_pipeline.published("gold", "orders_gold")

    any_pipeline.run()

    assert (any_pipeline.published("silver", "orders"), any_pipeline.published("gold", "orders_gold")) == before
    assert len(state.read_loads(any_pipeline.lake)) == 1
    duplicates = any_pipeline.lake.quarantine("duplicates", any_pipeline.arguments())
    assert len(any_pipeline.stored(duplicates)) == 1


def test_only_the_published_version_and_the_one_before_are_kept(any_pipeline):
    for day in ("05", "06", "07", "08"):
        any_pipeline.run(f"2026-01-{day}")

    folder = any_pipeline.lake.table("gold", "totals")
    names = {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}
    assert names == {"_published.json", "version=2026-01-07-run1", "version=2026-01-08-run1"}


def test_candidates_are_gone_after_publication(any_pipeline):
    any_pipeline.run()

    assert storage.list_files(any_pipeline.lake.state("candidates")) == []


def test_a_failed_gate_keeps_the_last_good_version(any_pipeline):
    any_pipeline.run()
    good = read_pointer(any_pipeline.lake, "silver", "orders")
    any_pipeline.deliver([("9", "x@example.com", "junk", "eu"), ("8", "y@example.com", "junk", "eu")])
    arguments = any_pipeline.arguments("2026-01-06")
    any_pipeline.silver_threshold = 0.9
    any_pipeline.extract(arguments)
    any_pipeline.to_silver(arguments)

    with pytest.raises(QualityGateFailed, match="amount_parsed") as caught:
        any_pipeline.check_silver(arguments)

    assert "score 0.8333" in caught.value.given or "score" in caught.value.given
    assert read_pointer(any_pipeline.lake, "silver", "orders") == good
    assert len(any_pipeline.stored(any_pipeline.lake.quarantine("silver", arguments))) == 2
    assert [entry["passed"] for entry in state.read_quality(any_pipeline.lake, "silver")] == [True, False]
    assert state.read_summary(any_pipeline.lake, arguments.load_id, "check_silver")["passed"] is False


def test_a_crash_between_data_and_pointer_leaves_the_old_version(pipeline, monkeypatch):
    pipeline.run()
    before = pipeline.published("gold", "orders_gold")
    pipeline.deliver(ROWS)
    arguments = pipeline.arguments("2026-01-06")
    for step in (pipeline.extract, pipeline.to_silver, pipeline.check_silver, pipeline.to_gold, pipeline.check_gold):
        step(arguments)

    def crash(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(load_module, "publish", crash)
    with pytest.raises(KeyboardInterrupt):
        pipeline.publish(arguments)
    assert pipeline.published("gold", "orders_gold") == before
    monkeypatch.undo()
    pipeline.publish(arguments)

    assert len(pipeline.published("gold", "orders_gold")) == 2


def test_a_check_repeated_after_publication_has_nothing_to_do(pipeline):
    pipeline.run()
    arguments = pipeline.arguments()

    again = pipeline.check_silver(arguments)
    pipeline.check_gold(arguments)

    assert again["published"] == 4
    assert pipeline.publish(arguments)["published_tables"] == {"orders_gold": 3, "totals": 2}


def test_lost_rows_stop_the_publication(pipeline):
    arguments = pipeline.arguments()
    pipeline.extract(arguments)
    pipeline.to_silver(arguments)
    storage.delete_tree(pipeline.lake.quarantine("duplicates", arguments))

    with pytest.raises(BalanceError, match="bronze 6"):
        pipeline.check_silver(arguments)

    assert read_pointer(pipeline.lake, "silver", "orders") is None


def test_a_gold_table_is_not_published_unchecked(pipeline):
    arguments = pipeline.arguments()
    for step in (pipeline.extract, pipeline.to_silver, pipeline.check_silver, pipeline.to_gold):
        step(arguments)

    with pytest.raises(StepOrderError, match="check_gold"):
        pipeline.publish(arguments)


def test_a_critical_gold_rule_stops_every_table(pipeline):
    pipeline.gold_rules = (replace(pipeline.gold_rules[0], satisfied={"duckdb": "amount > 15"}, on_fail="quarantine"),)

    with pytest.raises(QualityGateFailed, match="amount_there"):
        pipeline.run()

    assert read_pointer(pipeline.lake, "gold", "totals") is None


def test_everything_in_quarantine_still_gives_an_empty_table(pipeline):
    pipeline.silver_rules = (replace(pipeline.silver_rules[1], min_pass_rate=0.0, satisfied={"duckdb": "false"}),)
    pipeline.silver_threshold = 0.0
    pipeline.gold_rules = ()

    done = pipeline.run()

    assert done["publish"]["published_tables"]["orders_gold"] == 0
    assert pipeline.published("silver", "orders") == []


def test_full_loads_any_order_of_dates_ends_in_the_newest(pipeline):
    pipeline.deliver(ROWS[:1])
    pipeline.run("2026-01-07")
    pipeline.deliver(ROWS)

    pipeline.run("2026-01-06")

    assert [row[0] for row in pipeline.published("silver", "orders", "order_id")] == ["1"]


def test_new_files_add_up(pipeline):
    pipeline.load = "new_files"
    pipeline.deliver(ROWS[:1])
    pipeline.run("2026-01-05")
    pipeline.deliver(ROWS[1:], "second.csv")

    done = pipeline.run("2026-01-06")

    assert (done["extract"]["source"], done["check_silver"]["published"]) == (1, 2)
    with pytest.raises(NothingNewError):
        pipeline.extract(pipeline.arguments("2026-01-07"))
    assert pipeline.extract(pipeline.arguments("2026-01-06", "again"))["source"] == 1


def test_unreadable_rows_are_in_the_balance(pipeline):
    with (pipeline.source / "orders.csv").open("a") as file:
        file.write("6,f@example.com\n")

    done = pipeline.run()

    assert (done["extract"]["source"], done["extract"]["bronze"], done["extract"]["unreadable"]) == (7, 6, 1)


def test_a_dropped_column_never_reaches_bronze(pipeline):
    pipeline.options = {"dropped_columns": ("email",)}
    done = pipeline.extract(pipeline.arguments())

    assert "email" not in [column["name"] for column in done["columns"]]
    for path in (pipeline.folder / "lake").rglob("*.parquet"):
        assert b"@example.com" not in path.read_bytes()


@pytest.mark.parametrize("condition", [{"duckdb": "region = 'eu'"}, "region = 'eu'"], ids=["each engine", "earlier"])
def test_a_filter_is_part_of_what_the_source_is(pipeline, condition):
    pipeline.options = {"filter": condition}
    done = pipeline.extract(pipeline.arguments())

    assert (done["source"], done["filtered_out"]) == (3, 3)


def test_a_delivery_with_other_columns_is_loaded_and_counted_as_drift(pipeline):
    (pipeline.source / "orders.csv").write_text("order_id,email,amount,phone\n1,a,2,0791234567\n")

    assert pipeline.extract(pipeline.arguments())["schema_drift"] == 2


def test_another_table_is_refused(pipeline):
    (pipeline.source / "orders.csv").write_text("city,country\nBern,CH\n")

    with pytest.raises(SourceError, match="none of the columns that were onboarded"):
        pipeline.extract(pipeline.arguments())
    assert state.read_loads(pipeline.lake) == []


def test_the_first_step_that_is_missing_is_named(pipeline):
    with pytest.raises(StepOrderError, match="extract"):
        pipeline.to_silver(pipeline.arguments())
