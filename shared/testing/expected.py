"""What a value must have become: the plan's words, said once more in Python, apart from the SQL under test."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def masked(how: str, value: str, key: str) -> str:
    """What a masked column shows of ``value``.

    :param how: hash, last4, partial, email or redact.
    :param key: the masking key.
    """
    if how == "hash":
        return keyed_hash(value, key)
    if how == "last4":
        return f"****{value[-4:]}" if len(value) >= 8 else "****"
    if how == "partial":
        return f"{value[0]}***" if len(value) >= 3 else "***"
    if how == "email":
        return f"{value[0]}***@{value.split('@')[-1]}" if re.search("^.+@.+", value, re.DOTALL) else "***"
    return "[REDACTED]"


def keyed_hash(value: str, key: str) -> str:
    """Nested SHA-256 with the key."""
    return _sha256(f"{key}:{_sha256(f'{key}:{value}')}")


def row_hash(values: Iterable[str | None], key: str = "") -> str:
    """Hash over length and text of the values of a whole row; without a key a plain one."""
    text = "".join("-;" if value is None else f"{len(value)}:{value};" for value in values)
    return keyed_hash(text, key) if key else _sha256(text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def spelled(how: str, value: str | None) -> str | None:
    """A value in the spelling of a column: title (each word), upper or lower."""
    if value is None or how in ("upper", "lower"):
        return value if value is None else getattr(value, how)()
    return " ".join(f"{word[:1].upper()}{word[1:].lower()}" for word in value.split(" "))


_READERS: dict[str, Callable[[str], str | float | Decimal]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "boolean": lambda value: value.lower() in ("true", "t", "yes", "y", "1"),
}


def read(form: str, value: str) -> str | float | Decimal | date:
    """A text read as a type: ``text``, ``integer``, ``decimal``, ``double``, ``boolean``, or a date's format."""
    return _READERS[form](value) if form in _READERS else datetime.strptime(value, form).date()


def alike(first: Iterable[Sequence[Any]], second: Iterable[Sequence[Any]]) -> bool:
    """Whether two results have the same rows in any order, but for the last digits of floating-point numbers.

    Engines add such numbers up in the order in which their threads finish.
    """
    one, other = (sorted(map(list, rows), key=_without_last_digits) for rows in (first, second))
    return len(one) == len(other) and all(
        len(left) == len(right) and all(map(_same_value, left, right)) for left, right in zip(one, other, strict=True)
    )


def _without_last_digits(row: Sequence[Any]) -> tuple[str, str]:
    exact = [value for value in row if not isinstance(value, float)]
    return str(exact), str([f"{value:.9g}" for value in row if isinstance(value, float)])


def _same_value(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12) or (math.isnan(left) and math.isnan(right))
    return type(left) is type(right) and bool(left == right)
