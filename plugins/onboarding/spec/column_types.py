"""Logical types of columns."""

from __future__ import annotations

import re
from enum import StrEnum


class ColumnType(StrEnum):
    """Logical type of a Silver column; each engine has one physical type for it."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
TEMPORAL = (ColumnType.DATE, ColumnType.TIMESTAMP)

_PHYSICAL = (
    (r"VARCHAR", ColumnType.TEXT),
    (r"U?(TINY|SMALL|BIG)?INT(EGER)?|UINTEGER", ColumnType.INTEGER),
    (r"DOUBLE|FLOAT|REAL", ColumnType.DOUBLE),
    (r"DECIMAL\(.*\)", ColumnType.DECIMAL),
    (r"BOOLEAN", ColumnType.BOOLEAN),
    (r"DATE", ColumnType.DATE),
    (r"TIMESTAMP.*", ColumnType.TIMESTAMP),
)


def logical_type(physical: str) -> ColumnType:
    """Logical type of a column that the embedded engine reads as this type; text for what is no single value."""
    return next((kind for pattern, kind in _PHYSICAL if re.fullmatch(pattern, physical)), ColumnType.TEXT)
