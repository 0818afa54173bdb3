"""One adapter per engine for what the engines write, or do, differently.

What each method hides was seen by running the same rows on DuckDB 2.0 and Spark 3.5/4.1:

* ``TRIM`` strips other characters on each engine: an explicit class;
* ``regexp_replace`` replaces the first match (DuckDB) or all (Spark), with ``\\1`` or ``$1``;
* ``$`` matches before a final line break in Java: ``\\z``;
* Spark's ``TRY_CAST`` must be asked for, else sqlglot writes ``CAST``, which fails on ANSI engines;
* ``INITCAP`` does not exist in DuckDB, and the versions of Spark capitalise differently;
* ``UPPER`` and ``LOWER`` of Spark make several letters of one (ß, İ) and look at a letter's neighbours (Σ).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.java_patterns import java_pattern, java_replacement
from onboarding.spec.conf import ColumnType

EngineName = Literal["duckdb", "spark"]

# Operators of one kind in a row; see chain.
LONGEST_CHAIN = 100
DEFAULT_PRECISION, DEFAULT_SCALE = 18, 4
# Spark without ANSI mode writes decimals of a larger scale as 1E-7.
_PLAIN_SCALE = 6
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
    """``CAST(value AS TEXT)``; for doubles and decimals see :meth:`Engine.text_of`."""
    return exp.Cast(this=value, to=exp.DataType.build("TEXT"))


def _capitalised(engine: Engine, word: exp.Expression) -> exp.Expression:
    first = engine.upper(call("SUBSTRING", word, number(1), number(1)))
    return concat(first, engine.lower(call("SUBSTRING", word.copy(), number(2))))


def _visible(value: exp.Expression) -> exp.Expression:
    """Whether a text begins with a letter, digit or sign of ASCII; of those with ``~`` only that one alone."""
    return exp.Between(this=value, low=text("!"), high=text("~"))


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

    def matches(self, value: exp.Expression, pattern: str) -> exp.Expression:
        """True when a part of ``value`` matches; NULL for NULL."""
        raise NotImplementedError

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        """Every match replaced; back-references in ``replacement`` are written ``\\1``."""
        raise NotImplementedError

    def lower(self, value: exp.Expression) -> exp.Expression:
        """Small letters, one for one."""
        raise NotImplementedError

    def upper(self, value: exp.Expression) -> exp.Expression:
        """Capital letters, one for one."""
        raise NotImplementedError

    def title(self, value: exp.Expression) -> exp.Expression:
        """First letter of each space-separated word in upper case, the rest in lower case."""
        raise NotImplementedError

    def double_text(self, value: exp.Expression) -> exp.Expression:
        """A double with at most 15 significant digits; scientific below 0.0001 and from a quadrillion on."""
        raise NotImplementedError

    def decimal_text(self, value: exp.Expression, scale: int) -> exp.Expression:
        """All digits of a decimal, never scientific."""
        return to_text(value)

    def json_value(self, value: exp.Expression, path: str) -> exp.Expression:
        """Text of the value at a JSON path (``$.a[0]``) of a well-formed JSON text; NULL when it is not there."""
        raise NotImplementedError

    def is_json(self, value: exp.Expression, structure: exp.Expression) -> exp.Expression:
        """Whether brackets and commas of a text are those of one JSON value; its tokens are checked apart.

        :param structure: the text with ``0`` in place of every token.
        """
        raise NotImplementedError

    def from_micros(self, value: exp.Expression) -> exp.Expression:
        """The timestamp in UTC so many microseconds after 1970-01-01."""
        raise NotImplementedError

    def exact_sum(self, value: exp.Expression) -> exp.Expression:
        """The sum of integers, whatever its size."""
        raise NotImplementedError

    def or_null(self, operation: exp.Binary) -> exp.Expression:
        """A sum, difference or product, NULL instead of an overflow."""
        raise NotImplementedError

    def refuse(self, why: str) -> exp.Expression:
        """Ends the statement as failed."""
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

    def text_of(self, value: exp.Expression, kind: ColumnType, scale: int | None = None) -> exp.Expression:
        """A value of a type as text, the same on every engine."""
        if kind is ColumnType.TEXT:
            return value
        if kind is ColumnType.DOUBLE:
            return self.double_text(value)
        if kind is ColumnType.DECIMAL:
            return self.decimal_text(value, DEFAULT_SCALE if scale is None else scale)
        return to_text(value)

    def trim(self, value: exp.Expression) -> exp.Expression:
        """``value`` without blanks at both ends; what a blank is does not depend on the engine."""
        return self.replace_all(value, f"\\A{BLANK_CLASS}+|{BLANK_CLASS}+\\z", "")

    def trim_column(self, value: exp.Expression) -> exp.Expression:
        """:meth:`trim` of one of a hundred columns or fewer; longer for the planner, and quicker over many rows."""
        return self.trim(value)

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

    def matches(self, value: exp.Expression, pattern: str) -> exp.Expression:
        return call("REGEXP_MATCHES", value, text(pattern))

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        return call("REGEXP_REPLACE", value, text(pattern), text(replacement), text("g"))

    def trim_column(self, value: exp.Expression) -> exp.Expression:
        # Hardly a value has blanks at its ends, and two letters are quicker compared than a pattern is tried: a
        # statement of twenty columns over a million rows took six seconds instead of eight.
        last = call("ARRAY_EXTRACT", value.copy(), number(-1))
        bare = exp.And(this=_visible(value.copy()), expression=_visible(last))
        return case((bare, value.copy()), default=self.trim(value))

    def lower(self, value: exp.Expression) -> exp.Expression:
        return call("LOWER", value)

    def upper(self, value: exp.Expression) -> exp.Expression:
        return call("UPPER", value)

    def title(self, value: exp.Expression) -> exp.Expression:
        word = exp.column("word")
        words = call("STRING_SPLIT", value, text(" "))
        each = exp.Comprehension(this=_capitalised(self, word), expression=word.copy(), iterator=words)
        return call("ARRAY_TO_STRING", exp.Array(expressions=[each]), text(" "))

    def double_text(self, value: exp.Expression) -> exp.Expression:
        return call("PRINTF", text("%.15g"), exp.Cast(this=value, to=exp.DataType.build("DOUBLE")))

    def json_value(self, value: exp.Expression, path: str) -> exp.Expression:
        return call("JSON_EXTRACT_STRING", value, text(path))

    def is_json(self, value: exp.Expression, structure: exp.Expression) -> exp.Expression:
        comma_at_end = call("REGEXP_MATCHES", structure, text(",[ \\t\\r\\n]*[}\\]]"))
        return exp.And(this=call("JSON_VALID", value), expression=exp.Not(this=comma_at_end))

    def from_micros(self, value: exp.Expression) -> exp.Expression:
        return call("MAKE_TIMESTAMP", value)

    def exact_sum(self, value: exp.Expression) -> exp.Expression:
        return call("SUM", value)

    def or_null(self, operation: exp.Binary) -> exp.Expression:
        return call("TRY", operation)

    def refuse(self, why: str) -> exp.Expression:
        return call("ERROR", text(why))

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
        return exp.RegexpLike(this=value, expression=text(f"\\A(?:{java_pattern(pattern)})\\z"))

    def matches(self, value: exp.Expression, pattern: str) -> exp.Expression:
        return exp.RegexpLike(this=value, expression=text(java_pattern(pattern)))

    def replace_all(self, value: exp.Expression, pattern: str, replacement: str) -> exp.Expression:
        return call("REGEXP_REPLACE", value, text(java_pattern(pattern)), text(java_replacement(replacement)))

    def lower(self, value: exp.Expression) -> exp.Expression:
        return call("LOWER", call("TRANSLATE", value, text("İΣ"), text("iσ")))

    def upper(self, value: exp.Expression) -> exp.Expression:
        return call("UPPER", call("TRANSLATE", value, text("ß"), text("ẞ")))

    def title(self, value: exp.Expression) -> exp.Expression:
        word = exp.to_identifier("word")
        each = exp.Lambda(this=_capitalised(self, exp.Column(this=word)), expressions=[word.copy()])
        return call("ARRAY_JOIN", call("TRANSFORM", call("SPLIT", value, text(" ")), each), text(" "))

    def double_text(self, value: exp.Expression) -> exp.Expression:
        double = exp.Cast(this=value, to=exp.DataType.build("DOUBLE"))
        digits = call("LOWER", call("FORMAT_STRING", text("%.15g"), double))
        without_zeros = call("REGEXP_REPLACE", digits, text("([.][0-9]*?)0+(e|\\z)"), text("$1$2"))
        short = call("REGEXP_REPLACE", without_zeros, text("[.](e|\\z)"), text("$1"))
        named = call("REPLACE", short, text("infinity"), text("inf"))
        return case((not_null(value.copy()), named))

    def decimal_text(self, value: exp.Expression, scale: int) -> exp.Expression:
        if scale <= _PLAIN_SCALE:
            return to_text(value)
        return call("REPLACE", call("FORMAT_NUMBER", value, number(scale)), text(","), text(""))

    def json_value(self, value: exp.Expression, path: str) -> exp.Expression:
        return call("GET_JSON_OBJECT", value, text(path))

    def is_json(self, value: exp.Expression, structure: exp.Expression) -> exp.Expression:
        # Spark stops reading where the value ends. Put into a list and into an object, only one whole value fits both.
        listed = concat(text("["), value, text("]"))
        named = concat(text('{"v":'), value.copy(), text("}"))
        both = exp.And(
            this=not_null(call("GET_JSON_OBJECT", listed, text("$"))),
            expression=not_null(call("GET_JSON_OBJECT", named, text("$"))),
        )
        return exp.Paren(this=both)

    def from_micros(self, value: exp.Expression) -> exp.Expression:
        return call("TIMESTAMP_MICROS", value)

    def exact_sum(self, value: exp.Expression) -> exp.Expression:
        return call("SUM", exp.Cast(this=value, to=exp.DataType.build("DECIMAL(38, 0)")))

    def or_null(self, operation: exp.Binary) -> exp.Expression:
        name = {exp.Add: "TRY_ADD", exp.Sub: "TRY_SUBTRACT", exp.Mul: "TRY_MULTIPLY"}[type(operation)]
        return call(name, operation.left, operation.right)

    def refuse(self, why: str) -> exp.Expression:
        return call("RAISE_ERROR", text(why))

    def sha256(self, value: exp.Expression) -> exp.Expression:
        return call("SHA2", value, number(256))

    def minus_minutes(self, value: exp.Expression, minutes: exp.Expression) -> exp.Expression:
        return call("TIMESTAMPADD", exp.Var(this="MINUTE"), exp.Neg(this=exp.Paren(this=minutes)), value)

    def minus_days(self, value: exp.Expression, days: exp.Expression) -> exp.Expression:
        return call("DATE_SUB", value, days)


ENGINES: tuple[Engine, ...] = (DuckDb(), Spark())
DUCKDB, SPARK = ENGINES
