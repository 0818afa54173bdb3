"""Unit tests of the transformation agent: the statements on synthetic rows, right ones and planted bad ones."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.expected import masked, read, spelled
from shared.testing.statements import condition_of
from shared.testing.workload import WorkloadFolder

SILVER_COLUMNS = [
    "order_id",
    "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
]
CONTROL_COLUMNS = ["_source_file", "_source_row", "_load_id", "_unparsed", "_duplicate_rank"]
PYTHON_TYPES = {
    "order_id": "str",
    "order_date": "date",
    "customer_name": "str",
    "customer_email": "str",
    "phone": "str",
    "product": "str",
    "category": "str",
    "region": "str",
    "quantity": "int",
    "unit_price": "Decimal",
    "amount": "Decimal",
    "currency": "str",
    "status": "str",
    "shipped_date": "date",
}
NOT_TEXT = ["order_date", "quantity", "unit_price", "amount", "shipped_date"]
TRIMMED = [
    "order_id",
    "order_date",
    "customer_name",
    "customer_email",
    "phone",
    "product",
    "category",
    "region",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "status",
    "shipped_date",
]
HIDDEN = ["customer_name", "customer_email", "phone"]
# What the plan says of single columns: words for "no value", spelling that does not matter, values that stay.
NULL_WORDS = {
    "order_id": ["NULL", "null", "N/A", "n/a"],
    "order_date": ["NULL", "null", "N/A", "n/a", "NA", "None", "none", "nan", "NaN", "-"],
    "customer_name": ["NULL", "null", "N/A", "n/a"],
    "customer_email": ["NULL", "null", "N/A", "n/a"],
    "phone": ["NULL", "null", "N/A", "n/a"],
    "product": ["NULL", "null", "N/A", "n/a"],
    "category": ["NULL", "null", "N/A", "n/a"],
    "region": ["NULL", "null", "N/A", "n/a"],
    "quantity": ["NULL", "null", "N/A", "n/a", "NA", "None", "none", "nan", "NaN", "-"],
    "unit_price": ["NULL", "null", "N/A", "n/a", "NA", "None", "none", "nan", "NaN", "-"],
    "amount": ["NULL", "null", "N/A", "n/a", "NA", "None", "none", "nan", "NaN", "-"],
    "currency": ["NULL", "null", "N/A", "n/a"],
    "status": ["NULL", "null", "N/A", "n/a"],
    "shipped_date": ["NULL", "null", "N/A", "n/a", "NA", "None", "none", "nan", "NaN", "-"],
}
SPELLING = {"category": "title", "region": "title"}
WHOLE_NUMBERS = ["quantity"]
KEPT = {
    "order_id": "text",
    "order_date": "%Y-%m-%d",
    "product": "text",
    "quantity": "integer",
    "unit_price": "decimal",
    "amount": "decimal",
    "currency": "text",
    "status": "text",
    "shipped_date": "%Y-%m-%d",
}
MASKS = {"customer_name": "partial", "customer_email": "hash", "phone": "last4"}
KEYS = ["order_id"]
GOLD_COLUMNS = {
    "sales_orders": [
        "order_id",
        "order_date",
        "customer_name",
        "customer_email",
        "phone",
        "product",
        "category",
        "region",
        "quantity",
        "unit_price",
        "amount",
        "currency",
        "status",
        "shipped_date",
    ],
}
GOLD_STATEMENTS = {"sales_orders": "sql/gold/aggregate_gold.duckdb.sql"}
# Flat tables show rows of Silver, aggregates one row for each combination of their grain.
GOLD_FLAT = {
    "sales_orders": [
        "order_id",
        "order_date",
        "customer_name",
        "customer_email",
        "phone",
        "product",
        "category",
        "region",
        "quantity",
        "unit_price",
        "amount",
        "currency",
        "status",
        "shipped_date",
    ],
}
GOLD_GRAIN = {}
GOLD_CONDITION = ""


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


@pytest.fixture(scope="module")
def clean(workload: WorkloadFolder) -> list[dict[str, Any]]:
    return workload.silver(workload.rows(20))


def source_name(workload: WorkloadFolder, name: str) -> str:
    return next(column.source_name for column in workload.columns if column.name == name)


def test_silver_has_the_planned_columns_in_order(clean: list[dict[str, Any]]) -> None:
    assert list(clean[0]) == SILVER_COLUMNS + CONTROL_COLUMNS


def test_right_rows_are_read_completely(clean: list[dict[str, Any]]) -> None:
    assert [row["_unparsed"] for row in clean] == [""] * 20


def test_every_value_has_the_type_of_its_column(clean: list[dict[str, Any]]) -> None:
    wrong = {
        name: type(row[name]).__name__
        for row in clean
        for name, kind in PYTHON_TYPES.items()
        if row[name] is not None and type(row[name]).__name__ != kind
    }
    assert wrong == {}


def test_what_cannot_be_read_is_marked_and_missing(workload: WorkloadFolder) -> None:
    for name in NOT_TEXT:
        rows = workload.rows(2)
        rows[0][source_name(workload, name)] = "?!"
        bad, good = workload.silver(rows)
        assert f",{name}," in bad["_unparsed"], name
        assert bad[name] is None, name
        assert good["_unparsed"] == "", name


def test_blanks_around_values_change_nothing(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for row in rows:
        for name in TRIMMED:
            row[source_name(workload, name)] = f" \t{row[source_name(workload, name)]}\u00a0\n"
    assert [[row[name] for name in TRIMMED] for row in workload.silver(rows)] == [
        [row[name] for name in TRIMMED] for row in clean
    ]


def test_missing_values_stay_missing_and_are_no_errors(workload: WorkloadFolder) -> None:
    rows = [dict.fromkeys(workload.rows(1)[0])]
    silver = workload.silver(rows)
    assert [row["_unparsed"] for row in silver] == [""]
    assert [silver[0][name] for name in NOT_TEXT if name not in []] == [None] * len(
        [name for name in NOT_TEXT if name not in []]
    )


def test_masked_columns_do_not_show_what_they_held(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for name in HIDDEN:
        held = [str(row[source_name(workload, name)]).strip().lower() for row in rows]
        shown = [str(row[name]).lower() for row in clean]
        assert [item for item, original in zip(shown, held, strict=True) if item == original] == [], name


def test_masks_show_exactly_what_was_planned(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for name, how in MASKS.items():
        held = [str(row[source_name(workload, name)]).strip() for row in rows]
        assert [masked(how, item, row[name]) for item, row in zip(held, clean, strict=True)] == [
            row[name] for row in clean
        ], name


def test_hashes_need_the_key(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    others = workload.silver(workload.rows(20), key="another key for tests")
    for name in [name for name, how in MASKS.items() if how == "hash"]:
        assert not {row[name] for row in others} & {row[name] for row in clean}, name


def test_words_for_no_value_become_missing(workload: WorkloadFolder) -> None:
    rows = workload.rows(max((len(words) for words in NULL_WORDS.values()), default=1))
    for name, words in NULL_WORDS.items():
        for number, row in enumerate(rows):
            row[source_name(workload, name)] = words[number % len(words)]
    silver = workload.silver(rows)
    for name in NULL_WORDS:
        assert {row[name] for row in silver} == {None}, name
        assert not any(f",{name}," in row["_unparsed"] for row in silver), name


def test_the_spelling_of_some_values_does_not_matter(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for row in rows:
        for name in SPELLING:
            row[source_name(workload, name)] = str(row[source_name(workload, name)]).swapcase()
    silver = workload.silver(rows)
    for name, how in SPELLING.items():
        assert [row[name] for row in silver] == [row[name] for row in clean], name
        assert [row[name] for row in clean] == [spelled(how, row[name]) for row in clean], name


def test_whole_numbers_have_no_fraction(workload: WorkloadFolder) -> None:
    rows = workload.rows(1)
    for name in WHOLE_NUMBERS:
        rows[0][source_name(workload, name)] = "1.5"
    silver = workload.silver(rows)
    assert [name for name in WHOLE_NUMBERS if silver[0][name] is not None] == []


def test_values_come_through_unchanged(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for name, form in KEPT.items():
        held = [read(form, str(row[source_name(workload, name)]).strip()) for row in rows]
        assert [row[name] for row in clean] == held, name


def test_one_row_of_a_repeated_key_stays(workload: WorkloadFolder) -> None:
    rows = workload.rows(3)
    silver = workload.silver([*rows, dict(rows[1])])
    assert [row["_duplicate_rank"] for row in silver] == [1, 2, 1, 1]
    other = rows[2] | {source_name(workload, name): rows[1][source_name(workload, name)] for name in KEYS}
    assert sorted(row["_duplicate_rank"] for row in workload.silver([rows[1], other])) == [1, 2]
    other = rows[1] | {source_name(workload, name): rows[2][source_name(workload, name)] for name in KEYS}
    assert [row["_duplicate_rank"] for row in workload.silver([rows[1], other])] == [1, 1]
    assert sorted(row["_duplicate_rank"] for row in workload.silver([dict.fromkeys(row) for row in rows])) == [1, 1, 1]


def test_the_same_rows_give_the_same_result(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    assert workload.silver(workload.rows(20)) == clean


@pytest.mark.parametrize("table", list(GOLD_COLUMNS))
def test_gold_has_the_planned_columns(workload: WorkloadFolder, table: str) -> None:
    with workload.silver_view(workload.rows(20)) as con:
        described = con.execute(f"DESCRIBE {workload.text(GOLD_STATEMENTS[table])}").fetchall()  # noqa: S608
    assert [row[0] for row in described] == GOLD_COLUMNS[table]


@pytest.mark.parametrize("table", list(GOLD_FLAT))
def test_flat_gold_shows_silver_as_it_is(workload: WorkloadFolder, clean: list[dict[str, Any]], table: str) -> None:
    shown = [str([row[name] for name in GOLD_FLAT[table]]) for row in clean]
    gold = [str([row[name] for name in GOLD_FLAT[table]]) for row in workload.gold(workload.rows(20), GOLD_STATEMENTS[table])]
    assert set(gold) <= set(shown)
    if not GOLD_CONDITION:
        assert sorted(gold) == sorted(shown)


@pytest.mark.parametrize("table", list(GOLD_GRAIN))
def test_aggregates_have_one_row_for_each_combination(
    workload: WorkloadFolder, clean: list[dict[str, Any]], table: str
) -> None:
    combinations = [str([row[name] for name in GOLD_GRAIN[table]]) for row in clean]
    gold = workload.gold(workload.rows(20), GOLD_STATEMENTS[table])
    found = [str([row[name] for name in GOLD_GRAIN[table]]) for row in gold]
    assert len(set(found)) == len(found)
    assert set(found) <= set(combinations)
    if not GOLD_CONDITION:
        assert set(found) == set(combinations)


@pytest.mark.parametrize("table", list(GOLD_COLUMNS))
def test_gold_leaves_out_only_what_the_plan_says(workload: WorkloadFolder, table: str) -> None:
    assert condition_of(workload.text(GOLD_STATEMENTS[table])) == GOLD_CONDITION


@pytest.mark.parametrize("table", list(GOLD_COLUMNS))
def test_gold_shows_no_origin_columns(workload: WorkloadFolder, table: str) -> None:
    gold = workload.gold(workload.rows(3), GOLD_STATEMENTS[table])
    assert not [name for name in gold[0] if name.startswith("_")]
