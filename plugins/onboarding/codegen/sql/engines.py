"""One adapter per engine for what the engines write, or do, differently.

What each method hides was seen by running the same rows on DuckDB 2.0 and Spark 3.5/4.1:

* ``TRIM`` strips other characters on each engine: an explicit class;
* ``regexp_replace`` replaces the first match (DuckDB) or all (Spark), with ``\\1`` or ``$1``;
* ``$`` matches before a final line break in Java: ``\\z``;
* Spark's ``TRY_CAST`` must be asked for, else sqlglot writes ``CAST``, which fails on ANSI engines;
* ``INITCAP`` does not exist in DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.spec.conf import ColumnType

EngineName = Literal["duckdb", "spark"]

# Operators of one kind in a row; see chain.
LONGEST_CHAIN = 100
DEFAULT_PRECISION, DEFAULT_SCALE = 18, 4
# Space, tab, line breaks, no-break space, zero-width space, ideographic space, byte-order mark.
BLANK_CLASS = "[ \\t\\r\\n\\f\\x0B\\x{00A0}\\x{200B}\\x{3000}\\x{FEFF}]"
_TYPES = {
    ColumnType.TEXT: "TEXT",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}


def column(name: str) -> exp.Expression:
    """A column, always quoted."""
    return exp.column(exp.to_identifier(name, quoted=True))


def text(value: str) -> exp.Expression:
    """A string literal."""
    return exp.Literal.string(value)


def number(value: int | float | str) -> exp.Expression:
    """A numeric literal."""
    return exp.convert(value) if not isinstance(value, str) else exp.Literal.number(value)


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function that is written with exactly this name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def concat(*parts: exp.Expression) -> exp.Expression:
    """``a || b || c``: NULL as soon as one part is."""
    return chain(exp.DPipe, parts)


def chain(operator: type[exp.Binary], parts: Sequence[exp.Expression]) -> exp.Expression:
    """``a op b op c``, for an operator that is associative.

    Parsers count each operator as a level and give up at a thousand: many parts are put in brackets by hundreds.
    """
    if len(parts) > LONGEST_CHAIN:
        slices = [parts[start : start + LONGEST_CHAIN] for start in range(0, len(parts), LONGEST_CHAIN)]
        return chain(operator, [exp.Paren(this=chain(operator, part)) for part in slices])
    result = parts[0]
    for part in parts[1:]:
        result = operator(this=result, expression=part)
    return result


def case(*branches: tuple[exp.Expression, exp.Expression], default: exp.Expression | None = None) -> exp.Expression:
    """``CASE WHEN .. THEN .. [ELSE ..] END``."""
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=default)


def is_null(value: exp.Expression) -> exp.Expression:
    """``value IS NULL``."""
    return exp.Is(this=value, expression=exp.null())


def not_null(value: exp.Expression) -> exp.Expression:
    """``NOT value IS NULL``."""
    return exp.Not(this=is_null(value))


def data_type(kind: ColumnType, precision: int | None = None, scale: int | None = None) -> exp.Expression:
    """The physical type of a logical one; decimals default to DECIMAL(18, 4)."""
    if kind is ColumnType.DECIMAL:
        whole = precision or DEFAULT_PRECISION
        return exp.DataType.build(f"DECIMAL({whole}, {DEFAULT_SCALE if scale is None else scale})")
    return exp.DataType.build(_TYPES[kind])


def try_cast(value: exp.Expression, to: exp.Expression) -> exp.Expression:
    """A cast that gives NULL instead of an error, on every engine."""
    return exp.TryCast(this=value, to=to, safe=True)


def to_text(value: exp.Expression) -> exp.Expression:
    """``CAST(value AS TEXT)``."""
    return exp.Cast(this=value, to=exp.DataType.build("TEXT"))


class Engine:
    """What all engines share; one subclass per engine."""

    name: EngineName
    suffix: str

    def render(self, tree: exp.Expression) -> str:
        """Pretty text of a statement, without a semicolon, with a newline at the end."""
        return str(tree.sql(dialect=self.name, pretty=True, identify=True, comments=False)) + "\n"

    def inline(self, tree: exp.Expression) -> str:
        """Text of an expression on one line."""
        return str(tree.sql(dialect=self.name, identify=True, comments=False))

    def full_match(self, value: exp.Expression, pattern: str) -> exp.Expression:
        """True when the whole of ``value`` matches; NULL for NULL."""
        raise NotImplementedError

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        """Every match replaced; back-references in ``replacement`` are written ``\\1``."""
        raise NotImplementedError

    def title(self, value: exp.Expression) -> exp.Expression:
        """First letter of each space-separated word in upper case, the rest in lower case."""
        raise NotImplementedError

    def sha256(self, value: exp.Expression) -> exp.Expression:
        """Hex digits of the SHA-256 of a text."""
        raise NotImplementedError

    def minus_minutes(self, value: exp.Expression, minutes: exp.Expression) -> exp.Expression:
        """A timestamp moved back."""
        raise NotImplementedError

    def minus_days(self, value: exp.Expression, days: exp.Expression) -> exp.Expression:
        """A date moved back."""
        raise NotImplementedError

    def trim(self, value: exp.Expression) -> exp.Expression:
        """``value`` without blanks at both ends; what a blank is does not depend on the engine."""
        return self.replace_all(value, f"\\A{BLANK_CLASS}+|{BLANK_CLASS}+\\z", "")

    def extract(self, value: exp.Expression, pattern: str, group: int) -> exp.Expression:
        """A group of the first match of a value that is known to match."""
        return call("REGEXP_EXTRACT", value, text(pattern), number(group))

    def keyed_hash(self, value: exp.Expression) -> exp.Expression:
        """Nested SHA-256 with the bound parameter ``masking_key``; 64 hex digits, NULL for NULL."""
        key = exp.Placeholder(this="masking_key")
        inner = self.sha256(concat(key, text(":"), value))
        return self.sha256(concat(key.copy(), text(":"), inner))


class DuckDb(Engine):
    """The embedded engine."""

    name: EngineName = "duckdb"
    suffix = ".duckdb.sql"

    def full_match(self, value: exp.Expression, pattern: str) -> exp.Expression:
        return call("REGEXP_FULL_MATCH", value, text(pattern))

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        return call("REGEXP_REPLACE", value, text(pattern), text(replacement), text("g"))

    def title(self, value: exp.Expression) -> exp.Expression:
        word = exp.column("word")
        first = call("UPPER", call("SUBSTRING", word, number(1), number(1)))
        rest = call("LOWER", call("SUBSTRING", word.copy(), number(2)))
        words = call("STRING_SPLIT", value, text(" "))
        each = exp.Comprehension(this=concat(first, rest), expression=word.copy(), iterator=words)
        return call("ARRAY_TO_STRING", exp.Array(expressions=[each]), text(" "))

    def sha256(self, value: exp.Expression) -> exp.Expression:
        return call("SHA256", value)

    def minus_minutes(self, value: exp.Expression, minutes: exp.Expression) -> exp.Expression:
        return exp.Sub(this=value, expression=call("TO_MINUTES", minutes))

    def minus_days(self, value: exp.Expression, days: exp.Expression) -> exp.Expression:
        return exp.Sub(this=value, expression=days)


class Spark(Engine):
    """Spark 3.5 and 4.1, ANSI off or on, session time zone UTC."""

    name: EngineName = "spark"
    suffix = ".sql"

    def full_match(self, value: exp.Expression, pattern: str) -> exp.Expression:
        return exp.RegexpLike(this=value, expression=text(f"\\A(?:{pattern})\\z"))

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        import re

        dollars = re.sub(r"\\([0-9])", r"$\1", replacement.replace("$", "\\$"))
        return call("REGEXP_REPLACE", value, text(pattern), text(dollars))

    def title(self, value: exp.Expression) -> exp.Expression:
        return call("INITCAP", value)

    def sha256(self, value: exp.Expression) -> exp.Expression:
        return call("SHA2", value, number(256))

    def minus_minutes(self, value: exp.Expression, minutes: exp.Expression) -> exp.Expression:
        return call("TIMESTAMPADD", exp.Var(this="MINUTE"), exp.Neg(this=exp.Paren(this=minutes)), value)

    def minus_days(self, value: exp.Expression, days: exp.Expression) -> exp.Expression:
        return call("DATE_SUB", value, days)


ENGINES: tuple[Engine, ...] = (DuckDb(), Spark())
DUCKDB, SPARK = ENGINES
