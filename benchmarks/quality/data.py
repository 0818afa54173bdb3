"""The rows that are checked: made from row numbers alone, so every run of every version has the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROWS = 1_000_000
# One row in so many breaks a rule, each rule in other rows.
_BAD = 211

_STATEMENT = """
COPY (
    SELECT
        CASE WHEN i % {bad} = 1 THEN NULL WHEN i % {bad} = 2 THEN 'ORD-00000007'
             ELSE 'ORD-' || lpad(i::VARCHAR, 8, '0') END AS order_id,
        CASE WHEN i % {bad} = 3 THEN NULL ELSE hash(i) % 50000 END::BIGINT AS customer_id,
        CASE WHEN i % {bad} = 4 THEN NULL WHEN i % {bad} = 5 THEN DATE '1899-01-01'
             ELSE DATE '2024-01-01' + (i % 700)::INTEGER END AS order_date,
        CASE WHEN i % {bad} = 6 THEN DATE '2023-01-01' WHEN i % {bad} = 18 THEN DATE '2150-01-01'
             WHEN i % 5 = 0 THEN NULL
             ELSE DATE '2024-01-01' + (i % 700 + i % 9)::INTEGER END AS shipped_date,
        CASE WHEN i % {bad} = 7 THEN 'nowhere' ELSE ['North', 'South', 'East', 'West'][1 + i % 4] END AS region,
        CASE WHEN i % {bad} = 8 THEN 'lost'
             ELSE ['placed', 'paid', 'shipped', 'delivered', 'returned'][1 + i % 5] END AS status,
        CASE WHEN i % {bad} = 9 THEN 'XXX' ELSE ['EUR', 'USD', 'GBP'][1 + i % 3] END AS currency,
        CASE WHEN i % {bad} = 10 THEN NULL WHEN i % {bad} = 11 THEN 'misc'
             ELSE ['Apparel', 'Electronics', 'Furniture', 'Grocery'][1 + i % 4] END AS category,
        CASE WHEN i % {bad} = 12 THEN -1 ELSE 1 + i % 20 END::BIGINT AS quantity,
        CASE WHEN i % {bad} = 13 THEN 99999 ELSE 5 + (i % 400) / 4 END::DECIMAL(10, 2) AS unit_price,
        CASE WHEN i % {bad} = 14 THEN 1 WHEN i % {bad} = 19 THEN -1
             ELSE (1 + i % 20) * (5 + (i % 400) / 4)::DECIMAL(10, 2) END::DECIMAL(12, 2) AS amount,
        CASE WHEN i % {bad} = 15 THEN 'no address' ELSE 'c' || (hash(i) % 50000) || '@example.com' END AS email,
        CASE WHEN i % {bad} = 16 THEN 'ABC' ELSE lpad((i % 99999)::VARCHAR, 5, '0') END AS postcode,
        CASE WHEN i % {bad} = 17 THEN 'none' ELSE '+49' || lpad((i % 9999999)::VARCHAR, 9, '0') END AS phone
    FROM range({rows}) AS numbers(i)
) TO '{path}' (FORMAT parquet)
"""


def write_rows(con: Any, path: Path, rows: int = ROWS) -> None:
    """Write the rows to one Parquet file.

    :param path: without a quote in it.
    """
    con.execute(_STATEMENT.format(bad=_BAD, rows=rows, path=path))
