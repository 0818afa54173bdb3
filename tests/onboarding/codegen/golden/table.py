"""All sheets of the golden table."""

from __future__ import annotations

from tests.onboarding.codegen.golden import (
    expression_lines,
    masking_lines,
    rule_lines,
    table_lines,
    text_lines,
    value_lines,
    watermark_lines,
)
from tests.onboarding.codegen.golden.cleaning import Line, example_lines, sheets
from tests.onboarding.codegen.golden.sheet import Sheet

CLEANING_LINES: list[Line] = [*text_lines.LINES, *value_lines.LINES]


def all_sheets() -> list[Sheet]:
    """Every sheet; a failure names the line that it is about."""
    return [
        *sheets("text", text_lines.LINES),
        *sheets("values", value_lines.LINES),
        *sheets("examples", example_lines()),
        *masking_lines.SHEETS,
        *expression_lines.SHEETS,
        *rule_lines.SHEETS,
        *table_lines.SHEETS,
        *watermark_lines.SHEETS,
    ]
