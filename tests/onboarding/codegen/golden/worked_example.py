"""The statements of the worked example over the bundled data; what is expected is what the embedded engine gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from onboarding.local_platform.environment import sample_data_folder
from shared.pipeline.literals import quote_literal
from tests.onboarding.codegen.golden.cleaning import ORIGIN
from tests.onboarding.codegen.golden.sheet import Cell, Found, Sheet, on_duckdb
from tools.render_example import FOLDER

EXAMPLE = FOLDER / "sales_orders"
ORDER = "_load_id, _source_row"


def silver_sheet() -> Sheet:
    """Bronze of the bundled CSV files -> Silver."""
    files = sorted(str(path) for path in (sample_data_folder() / "sales").glob("*.csv"))
    with duckdb.connect() as con:
        read = f"read_csv([{', '.join(map(quote_literal, files))}], all_varchar=true, header=true, nullstr='')"
        result = con.execute(f"SELECT * FROM {read}")
        names = [item[0] for item in result.description]
        rows = [(*row, "f", number, "2026-01-15-a") for number, row in enumerate(result.fetchall(), start=1)]
    texts = _texts("sql/silver/transform_silver", f"SELECT * FROM ({{}}) AS silver ORDER BY {ORDER}")
    return _judged(Sheet("worked example silver", "bronze", dict.fromkeys(names, "STRING") | ORIGIN, rows, texts))


def gold_sheet(silver: Sheet) -> Sheet:
    """The rows of Silver that are no duplicates -> Gold."""
    found = on_duckdb(silver)
    rows = [tuple(row.values()) for row in found.rows if row["_duplicate_rank"] == 1]
    texts = _texts("sql/gold/aggregate_gold", "SELECT * FROM ({}) AS gold ORDER BY order_id, amount")
    return _judged(Sheet("worked example gold", "silver", _columns(found), rows, texts))


def _texts(stem: str, around: str) -> dict[str, str]:
    paths = {"duckdb": EXAMPLE / f"{stem}.duckdb.sql", "spark": EXAMPLE / f"{stem}.sql"}
    return {engine: around.replace("{}", path.read_text()) for engine, path in paths.items()}


def _judged(sheet: Sheet) -> Sheet:
    found = on_duckdb(sheet)
    cells = [
        Cell(f"{sheet.name}, row {number}, {column}", number, column, value)
        for number, row in enumerate(found.rows)
        for column, value in row.items()
    ]
    return Sheet(sheet.name, sheet.view, sheet.columns, sheet.rows, sheet.texts, cells)


def _columns(found: Found) -> Mapping[str, Any]:
    return {name: kind.upper() for name, kind in found.types.items()}
