"""Rows that agree: every hint of the profile holds in them, and keys stay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shared.testing.agreeing import agree
from shared.testing.synthetic import SyntheticColumn, make_rows


def _column(name: str, kind: str, **more: Any) -> SyntheticColumn:
    return SyntheticColumn(name=name, source_name=f"in {name}", type=kind, **more)


def _hint(kind: str, *columns: str) -> dict[str, Any]:
    return {"kind": kind, "columns": list(columns), "values": [], "rows": 40, "holds": 40}


QUANTITY = _column("quantity", "integer", minimum="1", maximum="9")
PRICE = _column("price", "decimal", minimum="0.5", maximum="80")
AMOUNT = _column("amount", "decimal", minimum="1", maximum="100")
TOTAL = _column("total", "double")
ORDERED = _column("ordered", "date", date_format="%d/%m/%Y", minimum="2024-01-01", maximum="2024-02-10")
SHIPPED = _column("shipped", "timestamp", minimum="2024-01-01", maximum="2024-01-07")


def test_results_are_computed_also_from_each_other_and_stay_in_their_range() -> None:
    columns = [TOTAL, QUANTITY, PRICE, AMOUNT]
    rows = make_rows(columns, 40)
    agree(rows, columns, [_hint("sum", "total", "amount", "price"), _hint("product", "amount", "quantity", "price")])
    for row in rows:
        quantity, price, amount, total = (
            Decimal(str(row[f"in {name}"])) for name in ("quantity", "price", "amount", "total")
        )
        assert amount == quantity * price <= 100
        assert total == amount + price
    assert len({row["in quantity"] for row in rows}) > 3


def test_dates_follow_each_other_in_formats_of_their_own() -> None:
    columns = [ORDERED, SHIPPED]
    rows = make_rows(columns, 40)
    agree(rows, columns, [_hint("not_before", "shipped", "ordered")])
    for row in rows:
        day, month, year = str(row["in ordered"]).split("/")
        assert f"{year}-{month}-{day}" <= str(row["in shipped"])


def test_keys_and_columns_that_are_gone_are_left_alone() -> None:
    key = _column("amount", "decimal", unique=True, minimum="1", maximum="100")
    columns = [QUANTITY, PRICE, key]
    rows = make_rows(columns, 10)
    agree(rows, columns, [_hint("product", "amount", "quantity", "price"), _hint("sum", "gone", "price", "quantity")])
    assert rows == make_rows(columns, 10)


def test_numbers_are_written_and_read_with_the_point_of_their_column() -> None:
    columns = [_column(name, kind, point=",", minimum="1", maximum="9000") for name, kind in
               (("total", "decimal"), ("price", "decimal"), ("count", "integer"))]  # fmt: skip
    rows = make_rows(columns, 30)
    assert all("," in str(row["in price"]) for row in rows)
    agree(rows, columns, [_hint("product", "total", "price", "count")])
    for row in rows:
        total, price = (Decimal(str(row[name]).replace(",", ".")) for name in ("in total", "in price"))
        assert total == price * int(str(row["in count"]))
