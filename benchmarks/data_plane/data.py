"""The source: order lines made from row numbers alone, so every run of every version has the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROWS = 1_000_000
#: One row in so many has one kind of dirt, each kind in other rows.
BAD = 499

_STATEMENT = """
COPY (
    SELECT
        CASE WHEN i % {bad} = 1 THEN NULL WHEN i % {bad} = 2 AND i > 2 THEN 'L-' || lpad((i - 2)::VARCHAR, 9, '0')
             ELSE 'L-' || lpad(i::VARCHAR, 9, '0') END AS line_id,
        'O-' || lpad((i // 3)::VARCHAR, 9, '0') AS order_id,
        CASE WHEN i % {bad} = 3 THEN 'unknown'
             ELSE strftime(DATE '2025-01-01' + (i % 365)::INTEGER, '%Y-%m-%d') END AS order_date,
        CASE WHEN i % 7 = 0 THEN NULL
             ELSE strftime(DATE '2025-01-01' + (i % 365 + i % 9)::INTEGER, '%Y-%m-%d') END AS shipped_date,
        'K-' || lpad((hash(i) % 50000)::VARCHAR, 6, '0') AS customer_id,
        ['Ada', 'Ben', 'Cleo', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana'][1 + (hash(i) % 8)::INTEGER] || ' '
            || ['Adler', 'Brandt', 'Costa', 'Dubois', 'Ek', 'Fischer', 'Garcia'][1 + (hash(i) % 7)::INTEGER]
            AS customer_name,
        CASE WHEN i % {bad} = 4 THEN 'no address'
             ELSE 'c' || (hash(i) % 50000)::VARCHAR || '@example.com' END AS email,
        '+49 30 ' || lpad((hash(i) % 50000)::VARCHAR, 7, '0') AS phone,
        ['Berlin', 'Hamburg', 'Paris', 'Lyon', 'Madrid', 'Rome'][1 + i % 6] AS city,
        ['DE', 'DE', 'FR', 'FR', 'ES', 'IT'][1 + i % 6] AS country,
        CASE WHEN i % 11 = 0 THEN ' north ' ELSE ['North', 'South', 'East', 'West'][1 + i % 4] END AS region,
        'SKU-' || lpad((i % 2000)::VARCHAR, 5, '0') AS sku,
        ['Apparel', 'Electronics', 'Furniture', 'Grocery'][1 + i % 4] AS category,
        CASE WHEN i % {bad} = 5 THEN '-3' ELSE (1 + i % 20)::VARCHAR END AS quantity,
        CASE WHEN i % {bad} = 6 THEN 'n.a.' ELSE (5 + (i % 400) / 4)::DECIMAL(10, 2)::VARCHAR END AS unit_price,
        ((1 + i % 20) * (5 + (i % 400) / 4))::DECIMAL(12, 2)::VARCHAR AS amount,
        CASE WHEN i % 50 = 0 THEN NULL ELSE ((i % 30) / 2)::DECIMAL(5, 2)::VARCHAR END AS discount,
        ['EUR', 'USD', 'GBP'][1 + i % 3] AS currency,
        CASE WHEN i % {bad} = 7 THEN NULL
             ELSE ['placed', 'paid', 'shipped', 'delivered', 'returned'][1 + i % 5] END AS status,
        CASE WHEN i % 3 = 0 THEN 'true' ELSE 'false' END AS is_gift
    FROM range(1, {rows} + 1) AS numbers(i)
) TO '{path}' ({options})
"""
_OPTIONS = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet"}


def write_source(con: Any, path: Path, rows: int = ROWS) -> None:
    """Write the rows to one file.

    :param path: ends in ``.csv`` or ``.parquet``; without a quote in it.
    """
    con.execute(_STATEMENT.format(bad=BAD, rows=rows, path=path, options=_OPTIONS[path.suffix[1:]]))
