"""Columns of files that need not agree: those that were onboarded first, under the names they were onboarded with."""

from __future__ import annotations

from collections.abc import Sequence

from shared.pipeline.errors import SourceError


def under_known_names(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names of a file's columns; one that differs from a known one in case or outer blanks only is that one.

    :param known: the onboarded names; empty: the names stay as they are.
    """
    exact = set(names)
    alike = {_plain(name): name for name in known if name not in exact}
    onboarded = set(known)
    return [name if name in onboarded else alike.get(_plain(name), name) for name in names]


def _plain(name: str) -> str:
    return name.strip().lower()


def union_of(headers: Sequence[Sequence[str]], known: Sequence[str]) -> list[str]:
    """Every column that a file has: the known ones in their order, then the others as they first appear.

    :param headers: the columns of each file, under their known names.
    """
    present = dict.fromkeys(name for header in headers for name in header)
    first = [name for name in known if name in present]
    onboarded = set(known)
    return [*first, *(name for name in present if name not in onboarded)]


def check_any_known(names: Sequence[str], known: Sequence[str], where: str) -> None:
    """Refuse a file that is another table.

    The error counts its columns and does not name them: without its header a file's first row stands there.

    :param known: the onboarded names; empty: nothing is checked.
    :param where: the file, or the source.
    :raises SourceError: not one onboarded column is there.
    """
    if known and not set(known) & set(names):
        raise SourceError(
            "The source has none of the columns that were onboarded.",
            where=where,
            expected=", ".join(known),
            given=f"{len(names)} columns, each with another name",
            remedy="Check source.format and source.options (delimiter, header), and what was delivered there.",
        )
