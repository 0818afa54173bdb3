"""A source as a numbered table: column ``i`` as text ``r<i>``, whatever it is called and whatever type it has.

Names from the data become SQL in one place only, here; everything after works on our own aliases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.profile.formats import NULL_WORDS, TRIM_CHARACTERS
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE

#: Below this number of rows every distinct count is exact; above, only those of key candidates and of small sets.
EXACT_DISTINCT_ROWS = 200_000
#: The profiled rows, and all of the source: the same unless a share of them is profiled.
ALL_ROWS = "all_rows"
EVERY_SOURCE_ROW = "every_source_row"
# Parts of a row's hash that a share is told by.
_HASH_PARTS = 1_000_000


@dataclass
class TextTable:
    """All rows of the source as text, in a Parquet file, and one in n of them (by a hash of their number) as a sample.

    :ivar columns: (source name, physical type) in the order of the source; position ``i`` is column ``v<i>``.
    :ivar null_words: for each column the lower-case words that stand for "no value" in it.
    :ivar everything: the relation ``all_rows`` stands for: the sample itself when it holds every row. A table of
        ours binds in a tenth of the time of a Parquet file with thousands of columns.
    :ivar source_rows: rows of the source; more than ``rows`` where only a share of them is profiled.
    """

    connection: Any
    columns: list[tuple[str, str]]
    rows: int
    null_words: list[tuple[str, ...]] = field(default_factory=list)
    everything: str = "all_rows"
    source_rows: int = 0

    def values(self, relation: str, positions: list[int]) -> str:
        """A sub-query of ``relation`` with ``r<i>`` (raw), ``t<i>`` (trimmed), ``v<i>`` (no value: NULL)."""
        raw = ", ".join(f"r{i}" for i in positions)
        trimmed = ", ".join(f"{_trimmed(f'r{i}')} AS t{i}" for i in positions)
        values = ", ".join(f"{self._value(i)} AS v{i}" for i in positions)
        rows = self.everything if relation == ALL_ROWS else relation
        return f"(SELECT *, {values} FROM (SELECT {raw}, {trimmed} FROM {rows}))"  # noqa: S608 (own aliases)

    def is_null_word(self, position: int) -> str:
        """Predicate over ``t<i>``: the text is a word for "no value"; the empty text is not meant."""
        words = [word for word in self.null_words[position] if word]
        if not words:
            return "false"
        listed = ", ".join(quote_literal(word) for word in words)
        longest = max(len(word) for word in words)
        return f"(length(t{position}) <= {longest} AND lower(t{position}) IN ({listed}))"

    def _value(self, position: int) -> str:
        return f"CASE WHEN t{position} = '' OR {self.is_null_word(position)} THEN NULL ELSE t{position} END"

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query."""
        return tuple(self.connection.execute(sql).fetchall()[0])

    def exact_distinct(self, positions: list[int], relation: str = ALL_ROWS) -> tuple[int, int]:
        """Distinct combinations among the rows where all these columns have a value, and the rows where one has none.

        Combinations of several columns are compared by a 64-bit hash; a single column by its values.

        :param relation: ``EVERY_SOURCE_ROW``: not only the profiled rows.
        """
        every = " AND ".join(f"v{i} IS NOT NULL" for i in positions)
        what = f"v{positions[0]}" if len(positions) == 1 else f"hash({', '.join(f'v{i}' for i in positions)})"
        distinct, missing = self.one(
            f"SELECT count(DISTINCT {what}) FILTER (WHERE {every}), count(*) FILTER (WHERE NOT ({every}))"  # noqa: S608 (own aliases)
            f" FROM {self.values(relation, positions)}"
        )
        return int(distinct), int(missing)

    def distinct_rows(self, relation: str = ALL_ROWS) -> int:
        """Number of different rows as read, compared by a 64-bit hash of all columns; ``relation`` as above."""
        listed = ", ".join(f"r{i}" for i in range(len(self.columns)))
        rows = self.everything if relation == ALL_ROWS else relation
        return int(self.one(f"SELECT count(DISTINCT hash({listed})) FROM {rows}")[0])  # noqa: S608 (own aliases)


def _trimmed(column: str) -> str:
    """Trims only what has a blank at an end: trimming every text costs three times as much."""
    ends = f"{column}[1] <= ' ' OR {column}[-1] <= ' ' OR {column}[1] = '\u00a0' OR {column}[-1] = '\u00a0'"
    return f"CASE WHEN {ends} THEN trim({column}, {quote_literal(TRIM_CHARACTERS)}) ELSE {column} END"


def load_table(
    connection: Any,
    view: str,
    columns: list[tuple[str, str]],
    scratch: Path,
    null_values: list[str],
    share: float = 1.0,
) -> TextTable:
    """Copy a view to text columns in a scratch Parquet file and draw the sample.

    :param view: name of a view with the data columns (others are ignored).
    :param scratch: an empty directory of ours; the caller removes it after the connection is closed.
    :param null_values: words for "no value" that a person gave; empty: the usual ones, as far as evidence allows.
    :param share: part of the rows that is profiled, chosen by a hash of their number; never fewer rows than the
        validators take.
    """
    target = scratch / "rows.parquet"
    listed = ", ".join(f"CAST({quote_identifier(name)} AS VARCHAR) AS r{i}" for i, (name, _) in enumerate(columns))
    connection.execute(
        f"COPY (SELECT {listed} FROM {quote_identifier(view)}) TO {quote_literal(str(target))} (FORMAT parquet)"  # noqa: S608 (quoted)
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {EVERY_SOURCE_ROW} AS SELECT * FROM"  # noqa: S608 (quoted)
        f" read_parquet({quote_literal(str(target))}, file_row_number = true)"
    )
    source_rows = rows = int(connection.execute(f"SELECT count(*) FROM {EVERY_SOURCE_ROW}").fetchall()[0][0])  # noqa: S608
    share = max(share, VALIDATOR_SAMPLE / rows) if rows else 1.0
    chosen = f" WHERE hash(file_row_number) % {_HASH_PARTS} < {round(share * _HASH_PARTS)}" if share < 1 else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {ALL_ROWS} AS SELECT * FROM {EVERY_SOURCE_ROW}{chosen}")  # noqa: S608
    if chosen:
        rows = int(connection.execute(f"SELECT count(*) FROM {ALL_ROWS}").fetchall()[0][0])  # noqa: S608
    step = max(1, -(-rows // VALIDATOR_SAMPLE))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sample_rows AS SELECT * FROM all_rows WHERE hash(file_row_number) % {step} = 0"  # noqa: S608 (a number)
    )
    everything = "sample_rows" if step == 1 else ALL_ROWS
    table = TextTable(connection, columns, rows, everything=everything, source_rows=source_rows)
    given = tuple(sorted({value.strip().lower() for value in null_values}))
    table.null_words = [given or NULL_WORDS for _ in columns]
    if not given:
        table.null_words = [_null_words(table, i) for i in range(len(columns))]
    return table


#: From this share on, a column's values are written in one way: as codes, or with a capital first.
_ONE_WAY = 0.8
#: Values of a column that repeat less often than this stand for themselves: names of places, codes.
_SELDOM_REPEATED = 5


def _null_words(table: TextTable, position: int) -> tuple[str, ...]:
    """The usual words, without those that are written as the column's own values are.

    "NA" stays where nine in ten values are two capital letters (country, region codes); "NAN" and "NAT" among codes and
    "Nan" and "Nat" among names, unless a tool's spelling (nan, NaN, NaT) is there as well; "None" among names that
    hardly repeat.
    """
    letters = "regexp_full_match(t, '\\p{L}.*')"
    na, codes, others, spelled, upper, titled, distinct, none = table.one(
        "SELECT count(*) FILTER (WHERE t = 'NA'),"  # noqa: S608 (own aliases)
        " count(*) FILTER (WHERE t <> 'NA' AND regexp_full_match(t, '[A-Z]{2}')),"
        " count(*) FILTER (WHERE t <> 'NA' AND t <> ''),"
        " count(*) FILTER (WHERE t IN ('nan', 'NaN', 'nat', 'NaT')),"
        f" count(*) FILTER (WHERE {letters} AND t = upper(t)),"
        " count(*) FILTER (WHERE regexp_matches(t, '^\\p{Lu}\\p{Ll}')),"
        " approx_count_distinct(t), count(*) FILTER (WHERE t = 'None')"
        f" FROM (SELECT trim(r{position}) AS t FROM sample_rows)"
    )
    values: set[str] = set()
    if na and others and codes >= 0.9 * others:
        values.add("na")
    if others and not spelled and max(upper, titled) >= _ONE_WAY * others:
        values |= {"nan", "nat"}
    seldom = others <= _SELDOM_REPEATED * max(distinct, 1)
    if others and titled >= _ONE_WAY * others and seldom and none <= _SELDOM_REPEATED:
        values.add("none")
    return tuple(word for word in NULL_WORDS if word not in values)
