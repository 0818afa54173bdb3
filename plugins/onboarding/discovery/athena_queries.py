"""What Athena is asked about a source while it is profiled: statements made as trees, never of text.

Not verified on Athena: a server on the loopback interface runs them in the tests, translated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.pipeline.profile.formats import TRIM_CHARACTERS

#: Between two values of a row, and in the place of NULL: no text of a delivery has them.
_BETWEEN, _NOTHING = 31, 30
_DIGITS = 8


@dataclass(frozen=True)
class AthenaTable:
    """A table of the Glue Data Catalog.

    :ivar columns: those of the source, in its order: position ``i`` is column ``i``.
    """

    database: str
    name: str
    columns: tuple[str, ...]

    def row_counts(self) -> str:
        """One row: number of rows, and of different rows."""
        from sqlglot import exp

        different = exp.Count(this=exp.Distinct(expressions=[_hashed(self._row())]))
        return self._select(exp.Count(this=exp.Star()), different)

    def sample(self, share: float, target_uri: str) -> str:
        """Writes a share of the rows as Parquet, columns ``c0``, ``c1`` and so on.

        The same rows each time, by a hash of what they hold: of exact duplicates all are in it, or none.

        :param share: 0 to 1.
        :param target_uri: ``s3://`` folder without objects.
        """
        from sqlglot import exp

        named = [exp.alias_(_column(name), f"c{i}", quoted=True) for i, name in enumerate(self.columns)]
        query = exp.Select(expressions=named).from_(self._table())
        if share < 1:
            bound = exp.Literal.string(f"{round(share * 16**_DIGITS):0{_DIGITS}X}")
            query = query.where(exp.LT(this=exp.Hex(this=_hashed(self._row())), expression=bound))
        target = exp.Literal.string(target_uri).sql(dialect="athena")
        return f"UNLOAD ({_text(query)}) TO {target} WITH (format = 'PARQUET')"

    def distinct(self, positions: Sequence[int], null_words: Sequence[Sequence[str]]) -> str:
        """One row: distinct combinations where all columns have a value, and rows where one has none.

        :param null_words: for each column of the table the lower-case words that stand for "no value".
        """
        from sqlglot import exp

        values = [self._value(i, null_words[i]) for i in positions]
        every: Any = exp.and_(*[exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())) for value in values])
        together = exp.Case().when(every.copy(), _hashed(_joined(values)))
        complete = exp.Count(this=exp.Case().when(every.copy(), exp.Literal.number(1)))
        missing = exp.Sub(this=exp.Count(this=exp.Star()), expression=complete)
        return self._select(exp.Count(this=exp.Distinct(expressions=[together])), missing)

    def value_counts(self, position: int, null_words: Sequence[str], most: int) -> str:
        """A row for each value of a column with its rows, sorted by value; one more than ``most`` at most."""
        from sqlglot import exp

        value = exp.alias_(self._value(position, null_words), "v", quoted=True)
        inner = exp.Select(expressions=[value]).from_(self._table()).subquery("s")
        v = _column("v")
        query = (
            exp.Select(expressions=[v, exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True)])
            .from_(inner)
            .where(exp.Not(this=exp.Is(this=v.copy(), expression=exp.Null())))
            .group_by(v.copy())
            .order_by(v.copy())
            .limit(most + 1)
        )
        return _text(query)

    def _select(self, *measures: Any) -> str:
        from sqlglot import exp

        named = [exp.alias_(measure, f"m{i}", quoted=True) for i, measure in enumerate(measures)]
        return _text(exp.Select(expressions=named).from_(self._table()))

    def _table(self) -> Any:
        from sqlglot import exp

        return exp.table_(self.name, db=self.database, quoted=True)

    def _row(self) -> Any:
        return _joined([_as_text(name) for name in self.columns])

    def _value(self, position: int, null_words: Sequence[str]) -> Any:
        """The trimmed text of a column; NULL where it stands for "no value"."""
        from sqlglot import exp

        trimmed = exp.Trim(
            this=_as_text(self.columns[position]), expression=exp.Literal.string(TRIM_CHARACTERS), position="BOTH"
        )
        words = [exp.Literal.string(word) for word in sorted({"", *null_words})]
        is_none = exp.In(this=exp.Lower(this=trimmed.copy()), expressions=words)
        return exp.Case().when(is_none, exp.Null()).else_(trimmed)


def _column(name: str) -> Any:
    from sqlglot import exp

    return exp.column(exp.to_identifier(name, quoted=True))


def _as_text(name: str) -> Any:
    from sqlglot import exp

    return exp.Cast(this=_column(name), to=exp.DataType.build("VARCHAR"))


def _joined(texts: Sequence[Any]) -> Any:
    """Several texts as one that no other texts make."""
    from sqlglot import exp

    nothing = exp.Chr(expressions=[exp.Literal.number(_NOTHING)])
    cells = [exp.Coalesce(this=text.copy(), expressions=[nothing.copy()]) for text in texts]
    between = exp.Chr(expressions=[exp.Literal.number(_BETWEEN)])
    return exp.ArrayToString(this=exp.Array(expressions=cells), expression=between)


def _hashed(text: Any) -> Any:
    from sqlglot import exp

    return exp.MD5Digest(this=exp.Encode(this=text, charset=exp.Literal.string("utf-8")))


def _text(query: Any) -> str:
    return str(query.sql(dialect="athena", identify=True, comments=False))
