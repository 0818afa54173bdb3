"""The golden table, and the worked example over its whole data, on Spark: the same cells, the same types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.onboarding.codegen.golden.sheet import on_duckdb, on_spark, wrong_cells
from tests.onboarding.codegen.golden.table import all_sheets
from tests.onboarding.codegen.golden.worked_example import gold_sheet, silver_sheet


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "ansi"), [("3.5.6", False), ("3.5.6", True), ("4.1.1", True)], ids=["3.5.6", "3.5.6-ansi", "4.1.1-ansi"]
)
def test_spark_gives_the_same_cells_of_the_same_types(
    version: str, ansi: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    silver = silver_sheet()
    sheets = [*all_sheets(), silver, gold_sheet(silver)]
    found, seconds = on_spark(sheets, version, ansi=ansi, scratch=tmp_path)
    record_property("spark_seconds", seconds)
    print(f"Spark {version}, ANSI {'on' if ansi else 'off'}: {seconds}")
    assert [wrong for sheet in sheets for wrong in wrong_cells(sheet, found[sheet.name])] == []
    types = {sheet.name: on_duckdb(sheet).types for sheet in sheets}
    assert {name: outcome.types for name, outcome in found.items()} == types
