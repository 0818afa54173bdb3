"""The golden table, masking: kind of masking, value in Bronze, value in Silver. And the hash of whole rows."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.column_types import ColumnType
from onboarding.spec.conf import Masking
from onboarding.spec.plans import DeduplicationPlan, MetadataPlan, TransformationPlan
from tests.onboarding.codegen.golden.cleaning import ORIGIN, Of, plan_of
from tests.onboarding.codegen.golden.sheet import MASKING_KEY, Cell, Sheet, texts_of

TEXT = Of()
MONEY = Of(ColumnType.DECIMAL, 18, 8, "DECIMAL(18,8)")
DOUBLE = Of(ColumnType.DOUBLE, physical="DOUBLE")
INTEGER = Of(ColumnType.INTEGER, physical="BIGINT")
DATE = Of(ColumnType.DATE, physical="DATE")
TIMESTAMP = Of(ColumnType.TIMESTAMP, physical="TIMESTAMP")
BOOLEAN = Of(ColumnType.BOOLEAN, physical="BOOLEAN")


_ORDERED = "SELECT * FROM ({}) AS silver ORDER BY _source_row"


def keyed(value: str) -> str:
    """What a keyed hash of a text is."""
    inner = hashlib.sha256(f"{MASKING_KEY}:{value}".encode()).hexdigest()
    return hashlib.sha256(f"{MASKING_KEY}:{inner}".encode()).hexdigest()


LINES: list[tuple[Masking, Of, Any, Any]] = [
    (Masking.KEEP, TEXT, " é", " é"),
    (Masking.KEEP, TEXT, None, None),
    (Masking.HASH, TEXT, "bob@x.com", keyed("bob@x.com")),
    (Masking.HASH, TEXT, "é😀", keyed("é😀")),
    (Masking.HASH, TEXT, "", keyed("")),
    (Masking.HASH, TEXT, None, None),
    (Masking.HASH, INTEGER, 12, keyed("12")),
    (Masking.HASH, DOUBLE, 12345678.5, keyed("12345678.5")),
    (Masking.HASH, MONEY, Decimal("0.00000001"), keyed("0.00000001")),
    (Masking.HASH, DATE, date(2024, 1, 2), keyed("2024-01-02")),
    (Masking.HASH, TIMESTAMP, datetime(2024, 1, 2, 3, 4, 5), keyed("2024-01-02 03:04:05")),
    (Masking.HASH, BOOLEAN, True, keyed("true")),
    (Masking.LAST4, TEXT, "4111111111111111", "****1111"),
    (Masking.LAST4, TEXT, "12345678", "****5678"),
    (Masking.LAST4, TEXT, "1234567", "****"),
    (Masking.LAST4, TEXT, "é😀345678", "****5678"),
    (Masking.LAST4, TEXT, "1234é😀78", "****é😀78"),
    (Masking.LAST4, TEXT, "", "****"),
    (Masking.LAST4, TEXT, None, None),
    (Masking.LAST4, INTEGER, 4111111111111111, "****1111"),
    (Masking.LAST4, INTEGER, 4111, "****"),
    (Masking.LAST4, DOUBLE, 12345678.0, "****5678"),
    (Masking.EMAIL, TEXT, "bob@x.com", "b***@x.com"),
    (Masking.EMAIL, TEXT, "é@x.com", "é***@x.com"),
    (Masking.EMAIL, TEXT, "a@b@c.org", "a***@c.org"),
    (Masking.EMAIL, TEXT, "@x.com", "***"),
    (Masking.EMAIL, TEXT, "bob@", "***"),
    (Masking.EMAIL, TEXT, "bob", "***"),
    (Masking.EMAIL, TEXT, "a\nb@x.com", "a***@x.com"),
    (Masking.EMAIL, TEXT, "", "***"),
    (Masking.EMAIL, TEXT, None, None),
    (Masking.PARTIAL, TEXT, "Bob", "B***"),
    (Masking.PARTIAL, TEXT, "😀ob", "😀***"),
    (Masking.PARTIAL, TEXT, "Bo", "***"),
    (Masking.PARTIAL, TEXT, "", "***"),
    (Masking.PARTIAL, TEXT, None, None),
    (Masking.PARTIAL, DOUBLE, -1.5, "-***"),
    (Masking.REDACT, TEXT, "Bob", "[REDACTED]"),
    (Masking.REDACT, TEXT, "", "[REDACTED]"),
    (Masking.REDACT, TEXT, None, None),
    (Masking.REDACT, DATE, date(2024, 1, 2), "[REDACTED]"),
    (Masking.YEAR, DATE, date(2024, 12, 31), 2024),
    (Masking.YEAR, DATE, date(1, 1, 1), 1),
    (Masking.YEAR, DATE, None, None),
    (Masking.YEAR, TIMESTAMP, datetime(2024, 12, 31, 23, 59, 59), 2024),
]


def _masking_sheet() -> Sheet:
    """One row for all: every line is a column."""
    columns = [plan_of(f"c{number}", of) for number, (_, of, _, _) in enumerate(LINES)]
    masking = {f"c{number}": how for number, (how, _, _, _) in enumerate(LINES)}
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["c0"], technical_key=False)
    plan = TransformationPlan(
        cleaning=[], masking=masking, deduplication=DeduplicationPlan(mode="remove", keys=["c0"]), gold_tables=[]
    )
    kinds = {column.name: column.physical_type.replace("VARCHAR", "STRING") for column in columns}
    row = (*(given for _, _, given, _ in LINES), "f", 1, "2025-01-01-a")
    cells = [
        Cell(f"{how.value} of {of.type.value} {given!r}", 0, f"c{number}", expected)
        for number, (how, of, given, expected) in enumerate(LINES)
    ]
    texts = texts_of(ENGINES, lambda engine: silver_sql(metadata, plan, engine))
    return Sheet("masking", "bronze", kinds | ORIGIN, [row], texts, cells)


_HASHED: dict[str, tuple[Of, Any, str]] = {
    "t": (TEXT, "é;:", "3:é;:;"),
    "empty": (TEXT, "", "0:;"),
    "nothing": (TEXT, None, "-;"),
    "n": (INTEGER, 12, "2:12;"),
    "x": (DOUBLE, 12345678.5, "10:12345678.5;"),
    "m": (MONEY, Decimal("0"), "10:0.00000000;"),
    "moment": (TIMESTAMP, datetime(2024, 1, 2), "19:2024-01-02 00:00:00;"),
}


def _row_hash_sheet(masking: dict[str, Masking], expected: str) -> Sheet:
    """The technical key of a row: over length and text of every column, keyed as soon as a column is masked."""
    columns = [plan_of(name, of) for name, (of, _, _) in _HASHED.items()]
    metadata = MetadataPlan(table="t", columns=columns, primary_key=["row_hash"], technical_key=True)
    plan = TransformationPlan(
        cleaning=[], masking=masking, deduplication=DeduplicationPlan(mode="flag", keys=["row_hash"]), gold_tables=[]
    )
    kinds = {column.name: column.physical_type.replace("VARCHAR", "STRING") for column in columns}
    row = tuple(given for _, given, _ in _HASHED.values())
    name = f"row hash{' keyed' if masking else ''}"
    return Sheet(
        name, "bronze", kinds | ORIGIN, [(*row, "f", number, "2025-01-01-a") for number in (1, 2)],
        texts_of(ENGINES, lambda engine: silver_sql(metadata, plan, engine), _ORDERED),
        [Cell(name, 0, "row_hash", expected), Cell(f"{name}: first", 0, "is_exact_duplicate", False),
         Cell(f"{name}: again", 1, "is_exact_duplicate", True)],
    )  # fmt: skip


_WHOLE = "".join(part for _, _, part in _HASHED.values())
SHEETS = [
    _masking_sheet(),
    _row_hash_sheet({}, hashlib.sha256(_WHOLE.encode()).hexdigest()),
    _row_hash_sheet({"t": Masking.REDACT}, keyed(_WHOLE)),
]
