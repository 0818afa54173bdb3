"""Columns of files that need not agree: those that were onboarded first, under the names they were onboarded with."""

from __future__ import annotations

from collections.abc import Sequence


def under_known_names(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names of a file's columns; one that differs from a known one in upper and lower case only is that one.

    :param known: the onboarded names; empty: the names stay as they are.
    """
    exact = set(names)
    by_case = {name.lower(): name for name in known if name not in exact}
    onboarded = set(known)
    return [name if name in onboarded else by_case.get(name.lower(), name) for name in names]


def union_of(headers: Sequence[Sequence[str]], known: Sequence[str]) -> list[str]:
    """Every column that a file has: the known ones in their order, then the others as they first appear.

    :param headers: the columns of each file, under their known names.
    """
    present = dict.fromkeys(name for header in headers for name in header)
    first = [name for name in known if name in present]
    onboarded = set(known)
    return [*first, *(name for name in present if name not in onboarded)]
