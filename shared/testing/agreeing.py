"""Synthetic rows whose columns agree with each other as the source's did: products, sums, the order of dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.testing.synthetic import EPOCHS, Row, SyntheticColumn, written

_NUMBERS = ("integer", "decimal", "double")
_MOMENTS = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S"}


def agree(rows: Sequence[Row], columns: Iterable[SyntheticColumn], hints: Iterable[Mapping[str, Any]]) -> None:
    """Change the first column of each hint so that the hint holds in every row; a key stays as it is.

    :param hints: of the profile; those of other kinds change nothing.
    """
    known = {column.name: column for column in columns}
    usable = [
        (hint["kind"], [known[name] for name in hint["columns"]])
        for hint in hints
        if set(hint["columns"]) <= set(known) and not known[hint["columns"][0]].unique
    ]
    # Twice: what one hint computes may be a part of what another one does.
    for kind, named in (*usable, *usable):
        for row in rows:
            if kind in ("product", "sum") and all(column.type in _NUMBERS for column in named):
                _compute(row, kind, named)
            elif kind == "not_before" and all(column.type in _MOMENTS for column in named):
                _put_after(row, *named)


def _compute(row: Row, kind: str, named: Sequence[SyntheticColumn]) -> None:
    """Result, left and right: the operands become their least values where the result would be beyond its own."""
    result, left, right = named
    parts = [_number((row[column.source_name] or "").replace(column.point, ".")) for column in (left, right)]
    least = [_number(column.minimum) for column in (left, right)]
    high = _number(result.maximum)
    if None in parts:
        return
    computed = _combined(kind, parts)
    if high is not None and computed > high and None not in least and not (left.unique or right.unique):
        for column, value in zip((left, right), least, strict=True):
            row[column.source_name] = _text(column, value)
        computed = _combined(kind, least)
    row[result.source_name] = _text(result, computed)


def _combined(kind: str, parts: Sequence[Decimal | None]) -> Decimal:
    left, right = (part or Decimal(0) for part in parts)
    return left * right if kind == "product" else left + right


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def _text(column: SyntheticColumn, value: Decimal | None) -> str:
    number = value or Decimal(0)
    if column.type == "integer":
        return str(int(number))
    written_number = number if column.type == "double" else number.quantize(Decimal(1).scaleb(-column.scale))
    return f"{written_number:f}".replace(".", column.point)


def _put_after(row: Row, later: SyntheticColumn, earlier: SyntheticColumn) -> None:
    after, before = _moment(row, later), _moment(row, earlier)
    if after is not None and before is not None and after < before:
        row[later.source_name] = written(before, later.date_format, _MOMENTS[later.type])


def _moment(row: Row, column: SyntheticColumn) -> datetime | None:
    text, form = row[column.source_name] or "", column.date_format
    if form in EPOCHS:
        return None
    try:
        return datetime.fromisoformat(text) if form in ("", "iso") else datetime.strptime(text, form)
    except ValueError:
        return None
