"""What a value must have become: the plan's words, said once more in Python, apart from the SQL under test."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal


def masked(how: str, value: str, shown: str | None) -> str | None:
    """What a masked column shows of ``value``.

    :param how: hash, last4, partial, email or redact.
    :param shown: what it does show: of a hash only the form can be told.
    """
    if how == "hash":
        return shown if shown and re.fullmatch("[0-9a-f]{64}", shown) else "64 hexadecimal digits"
    if how == "last4":
        return f"****{value[-4:]}" if len(value) >= 8 else "****"
    if how == "partial":
        return f"{value[0]}***" if len(value) >= 3 else "***"
    if how == "email":
        return f"{value[0]}***@{value.split('@')[-1]}" if re.search("^.+@.+", value, re.DOTALL) else "***"
    return "[REDACTED]"


def spelled(how: str, value: str | None) -> str | None:
    """A value in the spelling of a column: title (each word), upper or lower."""
    if value is None or how in ("upper", "lower"):
        return value if value is None else getattr(value, how)()
    return " ".join(f"{word[:1].upper()}{word[1:].lower()}" for word in value.split(" "))


def read(form: str, value: str) -> str | int | Decimal | date:
    """A text read as a type: ``text``, ``integer``, ``decimal``, or a date's format (``%Y-%m-%d``)."""
    if form == "integer":
        return int(value)
    if form == "decimal":
        return Decimal(value)
    return value if form == "text" else datetime.strptime(value, form).date()
