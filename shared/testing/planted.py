"""Bad values planted among right ones, so that what reacts to them can be told apart with few rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from shared.testing.synthetic import Row

_WORDS = ("", "NULL", "N/A", "-", "nan", "?!", "0", "-1", "1.5", "1e3", "true", "2024-02-30", "2024-01-02 03:04:05")


def places(names: Iterable[str]) -> dict[str, list[int]]:
    """For each name a set of row numbers that no other name has: its place in the list, in binary.

    A thousand names take ten rows; a reaction to another name is a reaction in other rows.
    """
    found = {}
    for number, name in enumerate(names, start=1):
        found[name] = [bit for bit in range(number.bit_length()) if number >> bit & 1]
    return found


def groups_of(names: Sequence[str], width: int = 64) -> list[list[str]]:
    """Groups in which names are changed together, so that what reacts to a change can be told from few rows.

    Up to ``width`` names: one in each group. More: every name is in two groups, and no other name is in both.
    """
    width = max(width, math.isqrt(len(names)) + 1)
    by_column: dict[int, list[str]] = {}
    by_row: dict[int, list[str]] = {}
    for number, name in enumerate(names):
        by_column.setdefault(number % width, []).append(name)
        by_row.setdefault(number // width, []).append(name)
    return [*by_column.values(), *(by_row.values() if len(by_row) > 1 else [])]


def plant(rows: Sequence[Row], values: Mapping[str, str | None], where: Mapping[str, Sequence[int]]) -> list[Row]:
    """Copies of right rows with bad values: ``values`` by source name, in the rows that ``where`` names.

    The last row stays right: there must be more rows than ``where`` names.
    """
    planted = [dict(row) for row in rows]
    for name, value in values.items():
        for number in where[name]:
            planted[number][name] = value
    return planted


def near_misses(value: str) -> list[str]:
    """Texts that are nearly ``value``: a part missing, doubled or too much."""
    parts = {value[1:], value[:-1], f"{value}?", f"{value} {value}", f"{value}9", f"{value}a", value.swapcase()}
    for mark in "@.:/-+_ ":
        parts |= {value.replace(mark, ""), value.replace(mark, mark * 2), value.replace(mark, ";")}
    return sorted(part for part in parts - {value} if part.strip() == part and part)


def in_turn(texts: Mapping[str, Sequence[str]]) -> list[Row]:
    """Rows in which every name has each of its texts at least once.

    Each name starts at another of its texts, so that two names with the same texts differ in most rows. A name without
    a text is in no row.
    """
    longest = max(map(len, texts.values()), default=0)
    named = [(start, name, tried) for start, (name, tried) in enumerate(texts.items()) if tried]
    return [{name: tried[(start + at) % len(tried)] for start, name, tried in named} for at in range(longest)]


def unusual(rows: Sequence[Row], text_columns: Sequence[str]) -> list[Row]:
    """Rows of all kinds for a comparison of engines: right, nearly right, blank, missing and repeated ones."""
    made = [dict(row) for row in rows]
    for row in rows[:2]:
        missed = {name: near_misses(row[name] or "") or [""] for name in text_columns}
        longest = max(map(len, missed.values()), default=0)
        made += [row | {name: missed[name][at % len(missed[name])] for name in text_columns} for at in range(longest)]
        made.append(row | {name: f" \t{row[name]}\u00a0\n" for name in text_columns})
        made.append(dict(row))
    made += [dict(rows[0]) | dict.fromkeys(text_columns, word) for word in _WORDS]
    made.append(dict.fromkeys(rows[0]))
    return made
