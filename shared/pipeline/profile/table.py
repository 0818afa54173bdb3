"""A source as a numbered table: column ``i`` as text ``r<i>``, whatever it is called and whatever type it has.

Names from the data become SQL in one place only, here; everything after works on our own aliases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.profile.formats import TRIM_CHARACTERS
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE
from shared.pipeline.reading.tables import ROW_COLUMN

#: Below this number of rows every distinct count is exact; above, only those of key candidates and of small sets.
EXACT_DISTINCT_ROWS = 200_000
#: The profiled rows, and all of the source: the same unless a share of them is profiled.
ALL_ROWS = "all_rows"
EVERY_SOURCE_ROW = "every_source_row"
#: One in n of the profiled rows, as text.
SAMPLE_ROWS = "sample_rows"
#: The values of the sample, as ``v<i>``, and of how many columns they are kept: they take memory, but to read them
#: from the texts again costs three times as much as most questions about them.
_SAMPLE_VALUES, _VALUES_KEPT = "sample_values", 100
# Parts of a row's hash that a share is told by.
_HASH_PARTS = 1_000_000
# Types that are measured as they are: (pattern of DuckDB's name, kind).
_NATIVE = (
    (r"U?(TINY|SMALL|BIG)?INT|U?INTEGER", "integer"),
    (r"DECIMAL\(\d+, ?\d+\)", "decimal"),
    (r"DOUBLE|FLOAT", "double"),
    (r"DATE", "date"),
    (r"TIMESTAMP( WITH TIME ZONE)?", "timestamp"),
)
_NESTED = r"(STRUCT|MAP|UNION)\(.*|.*\]"


@dataclass
class TextTable:
    """All rows of the source as text, and one in n of them (by a hash of their number) as a sample.

    :ivar columns: (source name, physical type) in the order of the source; position ``i`` is column ``v<i>``.
    :ivar null_words: for each column the lower-case words that stand for "no value" in it.
    :ivar everything: the relation ``all_rows`` stands for: the sample itself when it holds every row. A table of
        ours binds in a tenth of the time of a Parquet file with thousands of columns.
    :ivar source_rows: rows of the source; more than ``rows`` where only a share of them is profiled.
    :ivar natives: position -> ``integer``, ``decimal``, ``double``, ``date`` or ``timestamp`` of the columns that the
        source stores so; ``x<i>`` is the stored value.
    :ivar nested: positions of the columns that the source stores as structures, maps or lists; in the sample ``j<i>``
        is the value as JSON.
    :ivar counted: positions of columns whose values repeat: each value is in a table ``counted_<i>`` once, with how
        many rows have it (``times``), and is measured once.
    :ivar views: the statements that made ``every_source_row`` and ``all_rows``.
    """

    connection: Any
    columns: list[tuple[str, str]]
    rows: int
    null_words: list[tuple[str, ...]] = field(default_factory=list)
    everything: str = ALL_ROWS
    source_rows: int = 0
    natives: dict[int, str] = field(default_factory=dict)
    nested: frozenset[int] = frozenset()
    counted: set[int] = field(default_factory=set)
    views: tuple[str, ...] = ()
    _kept: set[int] = field(default_factory=set)
    _distinct: dict[tuple[str, tuple[int, ...]], tuple[int, int]] = field(default_factory=dict)
    _different_rows: dict[str, int] = field(default_factory=dict)

    def values(self, relation: str, positions: list[int]) -> str:
        """A sub-query of ``relation`` with ``r<i>`` (raw), ``t<i>`` (trimmed), ``v<i>`` (no value: NULL).

        A native column has ``x<i>`` as well: the stored value, NULL where it is no number.
        """
        raw = ", ".join(f"r{i}" for i in positions)
        trimmed = ", ".join(f"{self._trimmed(i)} AS t{i}" for i in positions)
        values = ", ".join(f"{self._value(i)} AS v{i}" for i in positions)
        stored = "".join(f", {self._stored(i)} AS x{i}" for i in positions if i in self.natives)
        return f"(SELECT *, {values} FROM (SELECT {raw}, {trimmed}{stored} FROM {self._rows(relation)}))"  # noqa: S608 (own aliases)

    def keep_sample_values(self) -> None:
        """Read the values of the sample once; the words for "no value" must be known."""
        positions = list(range(min(len(self.columns), _VALUES_KEPT)))
        listed, rows = ", ".join(f"v{i}" for i in positions), self.values(SAMPLE_ROWS, positions)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_SAMPLE_VALUES} AS SELECT {listed} FROM {rows}")  # noqa: S608 (own aliases)
        self._kept = set(positions)

    def sample_values(self, positions: list[int]) -> str:
        """A relation with ``v<i>`` of the sampled rows."""
        return _SAMPLE_VALUES if self._kept.issuperset(positions) else self.values(SAMPLE_ROWS, positions)

    def lines(self, position: int) -> str:
        """A relation with ``r<i>``, ``t<i>``, ``v<i>`` and ``times``, the number of profiled rows it stands for."""
        if position in self.counted:
            return f"counted_{position}"
        return f"(SELECT *, 1 AS times FROM {self.values(ALL_ROWS, [position])})"  # noqa: S608 (own aliases)

    def value_counts(self, position: int) -> str:
        """A relation with each value of a column as ``v``, and the number of rows that have it as ``times``."""
        return (
            f"(SELECT v{position} AS v, CAST(sum(times) AS BIGINT) AS times FROM {self.lines(position)}"  # noqa: S608 (own aliases)
            f" WHERE v{position} IS NOT NULL GROUP BY 1)"
        )

    def count_values(self, position: int) -> None:
        """Count each value of a column once, over all profiled rows."""
        stored = f"x{position}" if position in self.natives else f"r{position}"
        cell = f"CAST({stored} AS VARCHAR)" if position in self.natives else stored
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE counted_{position} AS"  # noqa: S608 (own aliases)
            f" SELECT *, {self._value(position)} AS v{position} FROM"
            f" (SELECT r{position}, {self._trimmed(position)} AS t{position}, times FROM"
            f" (SELECT {cell} AS r{position}, times FROM"
            f" (SELECT {stored}, count(*) AS times FROM {self.everything} GROUP BY 1)))"
        )
        self.counted.add(position)

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

    def _trimmed(self, position: int) -> str:
        """Trims only what has a blank at an end: trimming every text costs three times as much."""
        column = f"r{position}"
        if position in self.natives:
            return column
        ends = f"{column}[1] <= ' ' OR {column}[-1] <= ' ' OR {column}[1] = '\u00a0' OR {column}[-1] = '\u00a0'"
        return f"CASE WHEN {ends} THEN trim({column}, {quote_literal(TRIM_CHARACTERS)}) ELSE {column} END"

    def _stored(self, position: int) -> str:
        is_double = self.natives[position] == "double"
        return f"CASE WHEN NOT isnan(x{position}) THEN x{position} END" if is_double else f"x{position}"

    def _rows(self, relation: str) -> str:
        return self.everything if relation == ALL_ROWS else relation

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query."""
        return tuple(self.connection.execute(sql).fetchall()[0])

    def sample_texts(self, position: int) -> dict[str, int]:
        """The trimmed texts of a column in the sample, and how many rows have each; NULL is left out."""
        texts: dict[str, int] = {}
        for text, times in self._sample_counts(f"r{position}"):
            trimmed = text.strip(TRIM_CHARACTERS)
            texts[trimmed] = texts.get(trimmed, 0) + times
        return texts

    def sample_documents(self, position: int) -> list[tuple[str, int]]:
        """The values of a nested column in the sample as JSON, sorted, and how many rows have each."""
        return sorted(self._sample_counts(f"j{position}"))

    def _sample_counts(self, column: str) -> list[tuple[str, int]]:
        rows = f"SELECT {column}, count(*) FROM {SAMPLE_ROWS} WHERE {column} IS NOT NULL GROUP BY 1"  # noqa: S608 (own aliases)
        return [(str(text), int(times)) for text, times in self.connection.execute(rows).fetchall()]

    def exact_distinct(self, positions: list[int], relation: str = ALL_ROWS) -> tuple[int, int]:
        """Distinct combinations among the rows where all these columns have a value, and the rows where one has none.

        Values and their combinations are compared by a 64-bit hash.

        :param relation: ``EVERY_SOURCE_ROW``: not only the profiled rows.
        """
        asked = (relation, tuple(positions))
        if asked not in self._distinct:
            self._distinct[asked] = self._count_distinct(positions, relation)
        return self._distinct[asked]

    def know_distinct(self, position: int, counted: tuple[Any, ...]) -> None:
        """Take the row of :meth:`distinct_statement`, which somebody else asked for."""
        self._distinct[(ALL_ROWS, (position,))] = (int(counted[0]), int(counted[1]))

    def _count_distinct(self, positions: list[int], relation: str) -> tuple[int, int]:
        if len(positions) == 1 and relation == ALL_ROWS and positions[0] in self.counted:
            (i,) = positions
            row = self.one(
                f"SELECT count(DISTINCT v{i}), coalesce(sum(times) FILTER (WHERE v{i} IS NULL), 0) FROM counted_{i}"  # noqa: S608 (own aliases)
            )
            return int(row[0]), int(row[1])
        distinct, missing = self.one(self.distinct_statement(positions, relation))
        return int(distinct), int(missing)

    def distinct_statement(self, positions: list[int], relation: str = ALL_ROWS) -> str:
        """SQL of :meth:`exact_distinct`."""
        cells = [f"x{i}" if i in self.natives else f"v{i}" for i in positions]
        every = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
        together = f"hash({', '.join(cells)})"
        return (
            f"SELECT count(DISTINCT {together}) FILTER (WHERE {every}), count(*) FILTER (WHERE NOT ({every}))"  # noqa: S608 (own aliases)
            f" FROM {self.values(relation, positions)}"
        )

    def differ_in_sample(self, positions: list[int]) -> bool:
        """Whether different rows of the sample differ in these columns, and have a value in all of them.

        True without a look where the sample is everything.
        """
        if self.everything == SAMPLE_ROWS:
            return True
        every = " AND ".join(f"v{i} IS NOT NULL" for i in positions)
        together, complete = self.one(
            f"SELECT count(DISTINCT hash({', '.join(f'v{i}' for i in positions)})), bool_and({every})"  # noqa: S608 (own aliases)
            f" FROM {self.sample_values(positions)}"
        )
        return bool(complete) and int(together) == self.distinct_rows(SAMPLE_ROWS)

    def distinct_rows(self, relation: str = ALL_ROWS) -> int:
        """Number of different rows as read, compared by a 64-bit hash of all columns; ``relation`` as above."""
        if relation not in self._different_rows:
            (counted,) = self.one(self.different_rows_statement(relation))
            self._different_rows[relation] = int(counted)
        return self._different_rows[relation]

    def different_rows_statement(self, relation: str = ALL_ROWS) -> str:
        """SQL of :meth:`distinct_rows`."""
        listed = ", ".join(f"x{i}" if i in self.natives else f"r{i}" for i in range(len(self.columns)))
        return f"SELECT count(DISTINCT hash({listed})) FROM {self._rows(relation)}"  # noqa: S608 (own aliases)


def load_table(
    connection: Any, view: str, columns: list[tuple[str, str]], null_values: list[str], share: float = 1.0
) -> TextTable:
    """Number the columns of a view, as text, and draw the sample.

    :param view: name of a view with the data columns and the number of each row (``_source_row``); others are
        ignored.
    :param null_values: words for "no value" that a person gave; empty: each column's are looked for.
    :param share: part of the rows that is profiled, chosen by a hash of their number; never fewer rows than the
        validators take.
    """
    # A word for "no value" that a person gave may be a number.
    natives = {} if null_values else _natives(columns)
    cells = [f"CAST({quote_identifier(name)} AS VARCHAR) AS r{i}" for i, (name, _) in enumerate(columns)]
    cells += [f"{quote_identifier(columns[i][0])} AS x{i}" for i in natives]
    nested = frozenset(i for i, (_, physical) in enumerate(columns) if is_nested(physical))
    cells += [f"CAST(to_json({quote_identifier(columns[i][0])}) AS VARCHAR) AS j{i}" for i in sorted(nested)]
    every = (
        f"CREATE OR REPLACE TEMP VIEW {EVERY_SOURCE_ROW} AS SELECT {', '.join(cells)},"  # noqa: S608 (quoted)
        f" {ROW_COLUMN} - 1 AS row_number FROM {quote_identifier(view)}"
    )
    connection.execute(every)
    source_rows = rows = int(connection.execute(f"SELECT count(*) FROM {EVERY_SOURCE_ROW}").fetchall()[0][0])  # noqa: S608
    share = max(share, VALIDATOR_SAMPLE / rows) if rows else 1.0
    chosen = f" WHERE hash(row_number) % {_HASH_PARTS} < {round(share * _HASH_PARTS)}" if share < 1 else ""
    profiled = f"CREATE OR REPLACE TEMP VIEW {ALL_ROWS} AS SELECT * FROM {EVERY_SOURCE_ROW}{chosen}"  # noqa: S608
    connection.execute(profiled)
    if chosen:
        rows = int(connection.execute(f"SELECT count(*) FROM {ALL_ROWS}").fetchall()[0][0])  # noqa: S608
    step = max(1, -(-rows // VALIDATOR_SAMPLE))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {SAMPLE_ROWS} AS SELECT * FROM {ALL_ROWS} WHERE hash(row_number) % {step} = 0"  # noqa: S608 (a number)
    )
    given = tuple(sorted({value.strip().lower() for value in null_values}))
    return TextTable(
        connection,
        columns,
        rows,
        null_words=[given for _ in columns],
        everything=SAMPLE_ROWS if step == 1 else ALL_ROWS,
        source_rows=source_rows,
        natives=natives,
        nested=nested,
        views=(every, profiled),
    )


def is_nested(physical_type: str) -> bool:
    """Whether a type of DuckDB holds other types."""
    return re.fullmatch(_NESTED, physical_type, re.DOTALL) is not None


def _natives(columns: list[tuple[str, str]]) -> dict[int, str]:
    kinds = {
        i: next((kind for pattern, kind in _NATIVE if re.fullmatch(pattern, physical)), None)
        for i, (_, physical) in enumerate(columns)
    }
    return {i: kind for i, kind in kinds.items() if kind is not None}
