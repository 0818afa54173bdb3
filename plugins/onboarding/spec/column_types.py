"""Logical types of columns."""

from __future__ import annotations

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
