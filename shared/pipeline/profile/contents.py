"""Values themselves: the frequent ones, case variants, words for "no value", texts that no type can read."""

from __future__ import annotations

from typing import Any

from shared.pipeline.profile.predicates import predicate
from shared.pipeline.profile.table import TextTable

#: A value is reported only when at least so many rows have it: rarer ones may single out a person.
MINIMUM_OCCURRENCES = 10
TOP_VALUES = 50
#: Values of a column that are compared with each other at most, the length from which on words are, and how many times
#: as frequent as a slip the right word is.
WORDS_COMPARED = 300
SHORTEST_WORD = 5
SLIP_RATIO = 10
#: Columns with more distinct values are measured without a list of their values.
SMALL_SET = 5_000


def top_values(table: TextTable, i: int) -> list[tuple[str, int]]:
    """The most frequent values that occur often enough to be shown, at most ``TOP_VALUES``."""
    counted = table.connection.execute(
        f"SELECT v, times FROM {table.value_counts(i)} WHERE times >= {MINIMUM_OCCURRENCES}"  # noqa: S608 (own aliases)
        f" ORDER BY times DESC, 1 LIMIT {TOP_VALUES}"
    ).fetchall()
    return [(str(value), int(times)) for value, times in counted]


def small_set(table: TextTable, i: int) -> dict[str, Any]:
    """Exact measures of a column with few distinct values.

    :returns: ``distinct``, ``folded`` (distinct without regard to case), ``rare`` (rows whose value is too rare to be
        shown), ``upper`` / ``lower`` / ``title``: rows whose text is written so.
    """
    title = "regexp_matches(v, '^[^\\p{L}]*\\p{Lu}') AND v <> upper(v)"
    distinct, folded, rare, upper, lower, titled = table.one(
        "SELECT count(*), count(DISTINCT lower(v)),"  # noqa: S608 (own aliases)
        f" coalesce(sum(times) FILTER (WHERE times < {MINIMUM_OCCURRENCES}), 0),"
        " coalesce(sum(times) FILTER (WHERE v = upper(v) AND v <> lower(v)), 0),"
        " coalesce(sum(times) FILTER (WHERE v = lower(v) AND v <> upper(v)), 0),"
        f" coalesce(sum(times) FILTER (WHERE {title}), 0) FROM {table.value_counts(i)}"
    )
    return {
        "distinct": int(distinct),
        "folded": int(folded),
        "rare": int(rare),
        "case": {"lower": int(lower), "title": int(titled), "upper": int(upper)},
    }


def truth_words(table: TextTable, i: int) -> list[str]:
    """The words for true and false in a column, in lower case, sorted."""
    counted = table.connection.execute(
        f"SELECT DISTINCT lower(v{i}) FROM {table.lines(i)}"  # noqa: S608 (own aliases)
        f" WHERE {predicate('boolean', f'v{i}')} ORDER BY 1"
    ).fetchall()
    return [str(word) for (word,) in counted]


def misspellings(table: TextTable, i: int) -> list[dict[str, Any]]:
    """Rare values that differ from a frequent one in a letter, as slips of the keyboard do.

    Compared without regard to case, by the Damerau-Levenshtein distance: 1, or 2 between words of 9 letters and more.
    Values with digits, and with a last word of up to three letters that alone differs (Grade A, Grade B), are codes, in
    which each letter counts. Of two values that are close to each other the rarer has
    at most one row in ``SLIP_RATIO``.

    :returns: ``usual`` (the frequent value), ``values`` (the others, of those that may be shown), ``rows`` of all of
        them; the most rows first.
    """
    close = (
        f"length(a.v) >= {SHORTEST_WORD} AND length(b.v) >= {SHORTEST_WORD} AND a.v <> b.v"
        " AND damerau_levenshtein(a.v, b.v) <= CASE WHEN least(length(a.v), length(b.v)) >= 9 THEN 2 ELSE 1 END"
        f" AND a.times >= {SLIP_RATIO} * b.times AND a.times >= {MINIMUM_OCCURRENCES}"
        " AND NOT regexp_matches(a.v || b.v, '[0-9]')"
        " AND (NOT regexp_matches(a.v, '\\s\\S{1,3}$')"
        " OR regexp_replace(a.v, '\\S{1,3}$', '') <> regexp_replace(b.v, '\\S{1,3}$', ''))"
    )
    folded = (
        f"(SELECT lower(v) AS v, max_by(v, (times, v)) AS shown, sum(times) AS times FROM {table.value_counts(i)}"  # noqa: S608 (own aliases)
        " GROUP BY 1)"
    )
    found = table.connection.execute(
        f"WITH f AS {folded}, pairs AS (SELECT b.v, b.shown AS other, b.times, max_by(a.shown, a.times) AS usual"  # noqa: S608
        f" FROM f AS a JOIN f AS b ON {close} GROUP BY 1, 2, 3)"
        f" SELECT usual, list(other ORDER BY other) FILTER (WHERE times >= {MINIMUM_OCCURRENCES}), sum(times)"
        " FROM pairs GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 20"
    ).fetchall()
    return [
        {"usual": str(usual), "values": [str(value) for value in values or []], "rows": int(rows)}
        for usual, values, rows in found
    ]


def null_words(table: TextTable, i: int) -> list[tuple[str, int]]:
    """The words for "no value" as they are written in the column; the empty text is counted elsewhere."""
    counted = table.connection.execute(
        f"SELECT t{i}, sum(times) AS rows FROM {table.lines(i)} WHERE {table.is_null_word(i)}"  # noqa: S608 (own aliases)
        " GROUP BY 1 ORDER BY rows DESC, 1"
    ).fetchall()
    return [(str(word), int(times)) for word, times in counted]


def unreadable_distinct(table: TextTable, i: int, keys: list[str]) -> int:
    """Distinct texts of a column that none of the type measures can read: few of them are junk, many are data."""
    unread = " AND ".join(f"NOT coalesce({predicate(key, f'v{i}')}, false)" for key in keys)
    return int(
        table.one(
            f"SELECT count(DISTINCT v{i}) FROM {table.lines(i)} WHERE v{i} IS NOT NULL AND {unread}"  # noqa: S608 (own aliases)
        )[0]
    )
