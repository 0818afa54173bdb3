"""The golden table on the embedded engine, and that it leaves no operation, masking, check or aggregate out."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from onboarding.codegen.sql import rules
from onboarding.spec.cleaning import OPERATIONS
from onboarding.spec.conf import CleaningOperationName, Masking
from onboarding.spec.plans import GoldMeasure
from shared.testing.statements import embedded
from tests.onboarding.codegen.golden import masking_lines, rule_lines, table_lines
from tests.onboarding.codegen.golden.sheet import Sheet, on_duckdb, wrong_cells
from tests.onboarding.codegen.golden.table import CLEANING_LINES, all_sheets
from tests.onboarding.codegen.golden.worked_example import gold_sheet, silver_sheet


@pytest.mark.parametrize("sheet", all_sheets(), ids=lambda sheet: sheet.name)
def test_every_cell_is_as_written(sheet: Sheet) -> None:
    assert wrong_cells(sheet, on_duckdb(sheet)) == []


@pytest.mark.parametrize("sheet", all_sheets(), ids=lambda sheet: sheet.name)
def test_spark_text_said_for_the_embedded_engine_gives_the_same(sheet: Sheet) -> None:
    """A workload's own tests run its Spark statements this way; that it is right on Spark says test_golden_spark.py."""
    said = replace(sheet, texts={"duckdb": embedded(sheet.texts["spark"])})
    assert wrong_cells(sheet, on_duckdb(said)) == []


def test_every_operation_has_lines() -> None:
    assert {name for line in CLEANING_LINES for name, _ in line.operations} == set(OPERATIONS)


def test_the_conf_knows_every_operation() -> None:
    assert get_args(CleaningOperationName) == tuple(OPERATIONS)


def test_every_masking_check_and_aggregation_has_lines() -> None:
    assert {how for how, _, _, _ in masking_lines.LINES} == set(Masking) - {Masking.DROP}
    checks = {check for check, *_ in (*rule_lines.LINES, *rule_lines.TABLE_LINES)}
    assert checks == set(rules._EMITTERS)
    aggregations = get_args(GoldMeasure.model_fields["aggregation"].annotation)
    assert {how for how, _, _ in table_lines.MEASURES} == set(aggregations)


def test_the_worked_example_has_the_rows_that_its_readme_says() -> None:
    silver = silver_sheet()
    ranks = [cell.value for cell in silver.cells if cell.column == "_duplicate_rank"]
    assert (len(ranks), sum(rank > 1 for rank in ranks)) == (1530, 30)
    assert len(gold_sheet(silver).cells) == 14 * 1500


@pytest.mark.parametrize(
    ("value", "given"), [(1, True), (1.0, 1), (0.1, 0.1 + 1e-17 * 3), ("1", 1), (None, ""), (-0.0, 0.0)]
)
def test_cells_that_look_alike_are_told_apart(value: object, given: object) -> None:
    from tests.onboarding.codegen.golden.sheet import Cell, Found

    sheet = Sheet("s", "v", {}, [], {}, [Cell("a line", 0, "c", value)])
    wrong = wrong_cells(sheet, Found([{"c": given}]))
    assert bool(wrong) == (repr(value) != repr(given))
    assert all(text.startswith("a line: expected ") for text in wrong)
