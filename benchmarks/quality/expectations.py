"""The twenty rules with great-expectations, in its own environment: ``python expectations.py ROWS.parquet``.

Imports nothing of the project. Prints JSON: ``seconds`` (reading the file and validating; imports and set-up are not
counted) and ``violated``: for each rule how many rows violate it, for the number of rows whether it holds.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

_DATES = {"min_value": pd.Timestamp("2000-01-01"), "max_value": pd.Timestamp("2100-12-31")}


def expectations() -> list[Any]:
    """In the order of rules.py."""
    between, in_set = gxe.ExpectColumnValuesToBeBetween, gxe.ExpectColumnValuesToBeInSet
    there, matches = gxe.ExpectColumnValuesToNotBeNull, gxe.ExpectColumnValuesToMatchRegex
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        there(column="order_id"),
        gxe.ExpectColumnValuesToBeUnique(column="order_id"),
        there(column="customer_id"),
        there(column="order_date"),
        between(column="order_date", **_DATES),
        between(column="shipped_date", **_DATES),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="shipped_date", column_B="order_date", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        in_set(column="region", value_set=["North", "South", "East", "West"]),
        in_set(column="status", value_set=["placed", "paid", "shipped", "delivered", "returned"]),
        in_set(column="currency", value_set=["EUR", "USD", "GBP"]),
        there(column="category"),
        in_set(column="category", value_set=["Apparel", "Electronics", "Furniture", "Grocery"]),
        between(column="quantity", min_value=1, max_value=100),
        between(column="unit_price", min_value=0, max_value=10000),
        between(column="amount", min_value=0, max_value=100000),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="amount", column_B="amount_expected", ignore_row_if="either_value_is_missing"
        ),
        matches(column="email", regex=r"\A[a-z0-9]+@[a-z]+\.[a-z]+\Z"),
        matches(column="postcode", regex=r"\A[0-9]{5}\Z"),
        matches(column="phone", regex=r"\A\+[0-9]{8,14}\Z"),
    ]


def _numbered() -> list[Any]:
    """Each expectation with its place among the rules."""
    numbered = expectations()
    for number, expectation in enumerate(numbered):
        expectation.meta = {"rule": number}
    return numbered


def read(path: str) -> pd.DataFrame:
    """The rows; great-expectations has no expressions over several columns on pandas, so the product is a column."""
    rows = pd.read_parquet(path)
    for name in ("order_date", "shipped_date"):
        rows[name] = pd.to_datetime(rows[name])
    for name in ("unit_price", "amount"):
        rows[name] = (rows[name].astype(float) * 100).round() / 100
    rows["amount_expected"] = (rows["quantity"] * rows["unit_price"] * 100).round() / 100
    return rows


def main(path: str) -> None:
    """Validate once and print."""
    context = gx.get_context(mode="ephemeral")
    suite = gx.ExpectationSuite(name="rules", expectations=_numbered())
    batch = (
        context.data_sources.add_pandas("pandas")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )
    started = time.monotonic()
    result = batch.get_batch({"dataframe": read(path)}).validate(suite, result_format="BASIC")
    seconds = time.monotonic() - started
    # Results come in an order of their own.
    by_rule = sorted(result.results, key=lambda item: item.expectation_config.meta["rule"])
    violated = [int(item.result.get("unexpected_count", 0 if item.success else 1)) for item in by_rule]
    sys.stdout.write(json.dumps({"seconds": seconds, "violated": violated}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
