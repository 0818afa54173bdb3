"""Unit tests of the transformation agent: the statements on synthetic rows, right ones and planted bad ones."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.testing.expected import masked, read, spelled
from shared.testing.planted import in_turn, near_misses, places, plant
from shared.testing.statements import condition_of
from shared.testing.workload import TEST_KEY, WorkloadFolder

# Column -> type in the embedded engine, in the order of the table.
SILVER_TYPES = {
    "order_id": "VARCHAR",
    "order_date": "DATE",
    "customer_name": "VARCHAR",
    "customer_email": "VARCHAR",
    "phone": "VARCHAR",
    "product": "VARCHAR",
    "category": "VARCHAR",
    "region": "VARCHAR",
    "quantity": "BIGINT",
    "unit_price": "DECIMAL(18,2)",
    "amount": "DECIMAL(18,2)",
    "currency": "VARCHAR",
    "status": "VARCHAR",
    "shipped_date": "DATE",
}
CONTROL_COLUMNS = ["_source_file", "_source_row", "_load_id", "_unparsed", "_duplicate_rank"]
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
# Columns for which "?!" is no value; those of them that have none then.
UNREADABLE = ["order_date", "customer_email", "phone", "quantity", "unit_price", "amount", "shipped_date"]
MISSING = ["order_date", "quantity", "unit_price", "amount", "shipped_date"]
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
FORMATS = {
    "customer_email": "[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}",
    "phone": "[+]?[0-9(][0-9 ()./-]{5,24}( ?(x|ext[.]?) ?[0-9]{1,5})?",
}
KEYS = ["order_id"]
GOLD_TYPES = {
    "sales_orders": {
        "order_id": "VARCHAR",
        "order_date": "DATE",
        "customer_name": "VARCHAR",
        "customer_email": "VARCHAR",
        "phone": "VARCHAR",
        "product": "VARCHAR",
        "category": "VARCHAR",
        "region": "VARCHAR",
        "quantity": "BIGINT",
        "unit_price": "DECIMAL(18,2)",
        "amount": "DECIMAL(18,2)",
        "currency": "VARCHAR",
        "status": "VARCHAR",
        "shipped_date": "DATE",
    },
}
GOLD_STATEMENTS = {"sales_orders": "sql/gold/aggregate_gold.duckdb.sql"}
# Flat tables show rows of Silver.
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
GOLD_CONDITIONS = {"sales_orders": ""}


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


@pytest.fixture(scope="module")
def clean(workload: WorkloadFolder) -> list[dict[str, Any]]:
    return workload.silver(workload.rows(20))


def values(workload: WorkloadFolder, rows: list[dict[str, str | None]], name: str) -> list[str]:
    """What the source has in a column, without blanks around it."""
    return [str(row[workload.source_name(name)]).strip() for row in rows]


def test_silver_has_the_planned_columns_in_order(clean: list[dict[str, Any]]) -> None:
    for name in SILVER_TYPES:
        assert name in clean[0], name
    assert list(clean[0]) == [*SILVER_TYPES, *CONTROL_COLUMNS]


def test_right_rows_are_read_completely(clean: list[dict[str, Any]]) -> None:
    assert [row["_unparsed"] for row in clean] == [""] * 20


def test_every_column_has_its_type(workload: WorkloadFolder) -> None:
    found = workload.types("silver", workload.table)
    for name, kind in SILVER_TYPES.items():
        assert found[name] == kind, name


def test_what_cannot_be_read_is_marked_and_missing(workload: WorkloadFolder) -> None:
    where = places(UNREADABLE)
    source = {workload.source_name(name): name for name in UNREADABLE}
    rows = workload.rows(len(UNREADABLE).bit_length() + 1)
    bad = plant(rows, dict.fromkeys(source, "?!"), {name: where[column] for name, column in source.items()})
    silver = workload.silver(bad)
    for name in UNREADABLE:
        assert [number for number, row in enumerate(silver) if f",{name}," in row["_unparsed"]] == where[name], name
    for name in MISSING:
        assert [number for number, row in enumerate(silver) if row[name] is None] == where[name], name
    assert silver[-1]["_unparsed"] == ""


def test_what_has_not_its_form_is_marked(workload: WorkloadFolder) -> None:
    right = workload.rows(2)
    columns = {name: workload.source_name(name) for name in FORMATS}
    missed = {at: [miss for row in right for miss in near_misses(str(row[at]).strip())] for at in columns.values()}
    tried = in_turn(missed)
    silver = workload.silver([right[0] | texts for texts in tried])
    for name, pattern in FORMATS.items():
        for texts, row in zip(tried, silver, strict=True):
            text = str(texts.get(columns[name], right[0][columns[name]]))
            is_right = re.fullmatch(pattern, text) or text in NULL_WORDS.get(name, ())
            assert (f",{name}," in row["_unparsed"]) == (not is_right), (name, text)


def test_blanks_around_values_change_nothing(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    blanks = ((" \t", "\u00a0\n"), (" ", ""), ("", " "))
    for number, row in enumerate(rows):
        before, after = blanks[number % len(blanks)]
        for name in TRIMMED:
            row[workload.source_name(name)] = f"{before}{row[workload.source_name(name)]}{after}"
    silver = workload.silver(rows)
    for name in TRIMMED:
        assert [row[name] for row in silver] == [row[name] for row in clean], name


def test_missing_values_stay_missing_and_are_no_errors(workload: WorkloadFolder) -> None:
    (silver,) = workload.silver([dict.fromkeys(workload.rows(1)[0])])
    assert silver["_unparsed"] == ""
    for name in [
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
    ]:
        assert silver[name] is None, name


def test_masked_columns_do_not_show_what_they_held(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for name in HIDDEN:
        held = [item.lower() for item in values(workload, rows, name)]
        shown = [str(row[name]).lower() for row in clean]
        assert [item for item, original in zip(shown, held, strict=True) if item == original] == [], name


def test_masks_show_exactly_what_was_planned(workload: WorkloadFolder) -> None:
    rows = workload.rows(20)
    for row, length in zip(rows, range(1, 21), strict=True):
        for name in MASKS:
            row[workload.source_name(name)] = str(row[workload.source_name(name)])[:length].strip() or "x"
    silver = workload.silver(rows)
    for name, how in MASKS.items():
        known = [
            (masked(how, item, TEST_KEY), row[name])
            for item, row in zip(values(workload, rows, name), silver, strict=True)
            if item not in NULL_WORDS.get(name, ())
        ]
        assert [shown for _, shown in known] == [planned for planned, _ in known], name


def test_hashes_need_the_key(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    others = workload.silver(workload.rows(20), key="another key for tests")
    for name in [name for name, how in MASKS.items() if how == "hash"]:
        assert not {row[name] for row in others} & {row[name] for row in clean}, name


def test_words_for_no_value_become_missing(workload: WorkloadFolder) -> None:
    rows = workload.rows(max((len(words) for words in NULL_WORDS.values()), default=1))
    for name, words in NULL_WORDS.items():
        for number, row in enumerate(rows):
            row[workload.source_name(name)] = words[number % len(words)]
    silver = workload.silver(rows)
    for name in NULL_WORDS:
        assert {row[name] for row in silver} == {None}, name
        assert not any(f",{name}," in row["_unparsed"] for row in silver), name


def test_the_spelling_of_some_values_does_not_matter(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    right, rows = workload.rows(20), workload.rows(20)
    for row in rows:
        for name in SPELLING:
            row[workload.source_name(name)] = str(row[workload.source_name(name)]).swapcase()
    silver = workload.silver(rows)
    for name, how in SPELLING.items():
        held = [None if item in NULL_WORDS.get(name, ()) else item for item in values(workload, right, name)]
        assert [row[name] for row in clean] == [spelled(how, item) for item in held], name
        assert [row[name] for row in silver] == [row[name] for row in clean], name


def test_whole_numbers_have_no_fraction(workload: WorkloadFolder) -> None:
    rows = workload.rows(1)
    for name in WHOLE_NUMBERS:
        rows[0][workload.source_name(name)] = "1.5"
    (silver,) = workload.silver(rows)
    for name in WHOLE_NUMBERS:
        assert silver[name] is None, name


def test_values_come_through_unchanged(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    rows = workload.rows(20)
    for name, form in KEPT.items():
        held = [read(form, item) for item in values(workload, rows, name)]
        assert [row[name] for row in clean] == held, name


def test_one_row_of_a_repeated_key_stays(workload: WorkloadFolder) -> None:
    rows = workload.rows(3)
    keys = ", ".join(KEYS)
    silver = workload.silver([*rows, dict(rows[1])])
    assert [row["_duplicate_rank"] for row in silver] == [1, 2, 1, 1], keys
    other = rows[2] | {workload.source_name(name): rows[1][workload.source_name(name)] for name in KEYS}
    assert sorted(row["_duplicate_rank"] for row in workload.silver([rows[1], other])) == [1, 2], keys
    other = rows[1] | {workload.source_name(name): rows[2][workload.source_name(name)] for name in KEYS}
    assert [row["_duplicate_rank"] for row in workload.silver([rows[1], other])] == [1, 1], keys
    without = [dict.fromkeys(row) for row in rows]
    assert [row["_duplicate_rank"] for row in workload.silver(without)] == [1, 1, 1], keys


def test_the_same_rows_give_the_same_result(workload: WorkloadFolder, clean: list[dict[str, Any]]) -> None:
    assert workload.silver(workload.rows(20)) == clean


@pytest.mark.parametrize("table", list(GOLD_TYPES))
def test_gold_has_the_planned_columns(workload: WorkloadFolder, table: str) -> None:
    found = workload.types("gold", table)
    for name, kind in GOLD_TYPES[table].items():
        assert found.get(name) == kind, name
    assert list(found) == list(GOLD_TYPES[table])


@pytest.mark.parametrize("table", list(GOLD_FLAT))
def test_flat_gold_shows_silver_as_it_is(workload: WorkloadFolder, clean: list[dict[str, Any]], table: str) -> None:
    gold = workload.gold(workload.rows(20), GOLD_STATEMENTS[table])
    for name in GOLD_FLAT[table]:
        assert {str(row[name]) for row in gold} <= {str(row[name]) for row in clean}, name
    shown = [str([row[name] for name in GOLD_FLAT[table]]) for row in clean]
    found = [str([row[name] for name in GOLD_FLAT[table]]) for row in gold]
    assert set(found) <= set(shown), table
    if not GOLD_CONDITIONS[table]:
        assert sorted(found) == sorted(shown), table


@pytest.mark.parametrize("table", list(GOLD_TYPES))
def test_gold_leaves_out_only_what_the_plan_says(workload: WorkloadFolder, table: str) -> None:
    assert condition_of(workload.text(GOLD_STATEMENTS[table])) == GOLD_CONDITIONS[table], table


@pytest.mark.parametrize("table", list(GOLD_TYPES))
def test_gold_shows_no_origin_columns(workload: WorkloadFolder, table: str) -> None:
    assert [name for name in workload.types("gold", table) if name.startswith("_")] == [], table
