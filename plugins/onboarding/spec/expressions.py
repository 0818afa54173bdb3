"""SQL expressions that people and models write: parsed, held against an allow-list, written again by us.

Only the canonical text of :class:`CheckedExpression` goes into a plan. Its dialect is DuckDB's; the emitters of
``onboarding.codegen.sql`` turn its tree into the text of each engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onboarding.spec.patterns import pattern_problem
from shared.pipeline.errors import DataOnboardingError

if TYPE_CHECKING:
    from sqlglot import exp

DIALECT = "duckdb"
MAXIMUM_LENGTH = 4000
MAXIMUM_NODES = 400

# Class names of sqlglot nodes. What is not here is refused: sub-queries, DDL, DML, windows, placeholders, lambdas,
# and every function that reads files, the network, the clock or chance.
_STRUCTURE = {
    "Column", "Identifier", "Literal", "Boolean", "Null", "Paren", "Tuple", "Var", "DataType", "DataTypeParam", "Case",
    "If", "Cast", "TryCast",
}  # fmt: skip
_COMPARISONS = {
    "And", "Or", "Not", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Between", "In", "Is", "Like", "ILike", "NullSafeEQ",
    "NullSafeNEQ",
}  # fmt: skip
_ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Mod", "Neg", "DPipe"}
_FUNCTIONS = {
    "Coalesce", "Nullif", "Lower", "Upper", "Trim", "Length", "Substring", "Concat", "Replace", "Left", "Right",
    "StartsWith", "Abs", "Round", "Floor", "Ceil", "Greatest", "Least", "Year", "Month", "Day", "Hour", "Extract",
    "TimestampTrunc", "DateTrunc", "DateDiff", "RegexpLike", "RegexpFullMatch",
}  # fmt: skip
EXPRESSION_NODES = _STRUCTURE | _COMPARISONS | _ARITHMETIC | _FUNCTIONS
_PREDICATES = _COMPARISONS | {
    "Boolean",
    "StartsWith",
    "RegexpLike",
    "RegexpFullMatch",
    "Column",
    "Case",
    "If",
    "Coalesce",
}
# A plain TIMESTAMP has the parser's name of one without a time zone.
_TYPES = frozenset(
    ["TEXT", "VARCHAR", "INT", "BIGINT", "DECIMAL", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPNTZ"]
)
_PARTS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE")
_LARGEST_ARGUMENT, _MOST_DIGITS = 4000, 15
_FUNCTIONS_FOR_PEOPLE = (
    "comparisons, AND/OR/NOT, IN, BETWEEN, LIKE, IS NULL, + - * / %, ||, CASE, CAST, coalesce, nullif, lower, upper, "
    "trim, length, substring, left, right, concat, replace, starts_with, regexp_matches, abs, round, floor, ceil, "
    "greatest, least, year, month, day, hour, extract, date_trunc, datediff"
)


class ExpressionError(DataOnboardingError):
    """A SQL expression does not parse, or uses something that is not allowed."""

    code = "expression"


@dataclass(frozen=True)
class CheckedExpression:
    """An expression that passed: its canonical SQL, and the columns it reads (sorted)."""

    sql: str
    columns: tuple[str, ...]


def check_expression(text: str, *, where: str, columns: Iterable[str] | None = None) -> CheckedExpression:
    """Parse ``text``, hold it against the allow-list and write it again.

    :param where: file and key that the text comes from, for the error.
    :param columns: names that may be used (matched without regard to case and written as here); None: any.
    :raises ExpressionError: names the position, what was expected and what was given.
    """
    tree = parse_tree(text, where=where, columns=columns)
    return CheckedExpression(tree.sql(dialect=DIALECT), column_names_of(tree))


def check_predicate(text: str, *, where: str, columns: Iterable[str] | None = None) -> CheckedExpression:
    """Like :func:`check_expression` for text that must be true or false for a row.

    :raises ExpressionError: also when the text is a value, not a condition.
    """
    tree = parse_tree(text, where=where, columns=columns)
    top = tree.unnest()
    if type(top).__name__ not in _PREDICATES:
        raise _error(text, where, 0, "a condition, such as amount > 0 AND status = 'PAID'", "a value")
    return CheckedExpression(tree.sql(dialect=DIALECT), column_names_of(tree))


def parse_tree(text: str, *, where: str, columns: Iterable[str] | None = None) -> exp.Expression:
    """The syntax tree of ``text`` after all checks of :func:`check_expression`."""
    tree = _parse(text, where)
    known = None if columns is None else {name.lower(): name for name in columns}
    for number, node in enumerate(tree.walk(), start=1):
        if number > MAXIMUM_NODES:
            raise _error(text, where, 0, f"at most {MAXIMUM_NODES} parts", "more")
        _check_node(node, text, where, known)
    return tree


def column_names_of(tree: exp.Expression) -> tuple[str, ...]:
    """Names of the columns that a checked tree reads, sorted, each once."""
    from sqlglot import exp

    return tuple(sorted({column.name for column in tree.find_all(exp.Column)}))


def _parse(text: str, where: str) -> exp.Expression:
    """One expression; everything that sqlglot reports becomes an error with its position."""
    import sqlglot
    from sqlglot.errors import ParseError, TokenError

    if not text.strip():
        raise _error(text, where, 0, "a SQL expression", "nothing")
    if len(text) > MAXIMUM_LENGTH:
        raise _error(text[:60], where, 0, f"at most {MAXIMUM_LENGTH} characters", f"{len(text)} characters")
    try:
        trees = sqlglot.parse(text, dialect=DIALECT)
    except ParseError as error:
        detail: dict[str, Any] = error.errors[0] if error.errors else {}
        # The description may name classes of the parser: the position says enough.
        raise _error(text, where, int(detail.get("col") or 0), "a complete SQL expression", text) from None
    except (TokenError, RecursionError) as error:
        raise _error(text, where, 0, "balanced quotes and brackets", type(error).__name__) from None
    if len(trees) != 1 or trees[0] is None:
        raise _error(text, where, text.find(";") + 1, "one expression", "several, separated by ;")
    return trees[0]


def _check_node(node: exp.Expression, text: str, where: str, known: dict[str, str] | None) -> None:
    """Refuse a node that is not on the list; give a column the spelling it is known by."""
    node.comments = None
    kind = type(node).__name__
    if kind not in EXPRESSION_NODES:
        given = f"{node.name}(...)" if kind == "Anonymous" else kind.upper()
        raise _error(text, where, _position(node, text), f"one of: {_FUNCTIONS_FOR_PEOPLE}", given)
    if kind == "Column":
        _check_column(node, text, where, known)
    elif kind == "DataType" and node.this.name not in _TYPES:
        raise _error(text, where, 0, f"a type of {', '.join(sorted(_TYPES - {'TIMESTAMPNTZ'}))}", str(node.this.name))
    elif kind == "In" and (node.args.get("query") or node.args.get("unnest")):
        raise _error(text, where, _position(node, text), "a list of values after IN", "a query")
    elif kind == "DateDiff" and str(node.args.get("unit") or "DAY").strip("'").upper() != "DAY":
        raise _error(text, where, 0, "datediff('day', ...): engines count other units differently", "another unit")
    elif kind == "Trim" and (node.args.get("expression") or node.args.get("position")):
        raise _error(text, where, _position(node, text), "trim(column)", "trim with characters or a side")
    else:
        _check_arguments(node, text, where)


def _check_arguments(node: exp.Expression, text: str, where: str) -> None:
    """Refuse arguments of functions that engines read differently."""
    kind, given = type(node).__name__, node.sql(DIALECT)
    expected = ""
    if kind in ("Like", "ILike") and (not _is_literal(node.expression) or "\\" in node.expression.name):
        expected = "a LIKE pattern in quotes, without a backslash"
    elif kind in ("RegexpLike", "RegexpFullMatch"):
        problem = pattern_problem(node.expression.name) if _is_literal(node.expression) else "a computed one"
        expected = f"a regular expression in quotes that every engine reads alike, not {problem}" if problem else ""
    elif kind == "Substring" and not (_whole(node.args.get("start"), 1) and _whole(node.args.get("length"), 0, True)):
        expected = "substring(text, start, length) with numbers, the start from 1; right(text, n) counts from the end"
    elif kind in ("Left", "Right") and not _whole(node.expression, 0):
        expected = f"{kind.lower()}(text, n) with a number from 0 on"
    elif kind == "Round" and not (_whole(node.args.get("decimals"), 0, True) and _digits(node) <= _MOST_DIGITS):
        expected = "round(number, digits) with digits from 0 to 15"
    elif kind == "Extract" and node.name.upper() not in _PARTS:
        expected = f"a part of {', '.join(_PARTS).lower()}"
    elif kind in ("TimestampTrunc", "DateTrunc") and str(node.args.get("unit")).strip("'").upper() not in _PARTS:
        expected = f"a unit of {', '.join(_PARTS).lower()}"
    if expected:
        raise _error(text, where, _position(node, text), expected, given)


def _digits(node: exp.Expression) -> int:
    return int(node.args["decimals"].name) if node.args.get("decimals") else 0


def _is_literal(node: Any) -> bool:
    return type(node).__name__ == "Literal" and node.is_string


def _whole(node: Any, least: int, optional: bool = False) -> bool:
    """Whether an argument is a whole number that is written out."""
    if node is None:
        return optional
    written = type(node).__name__ == "Literal" and not node.is_string and node.name.isdigit()
    return bool(written) and least <= int(node.name) <= _LARGEST_ARGUMENT


def _check_column(node: exp.Expression, text: str, where: str, known: dict[str, str] | None) -> None:
    """A plain column name of the table, written the way the plan writes it."""
    from sqlglot import exp

    if node.table or not isinstance(node.this, exp.Identifier):
        raise _error(text, where, _position(node, text), "a column name without a table", node.sql(DIALECT))
    if known is None:
        return
    name = known.get(node.name.lower())
    if name is None:
        raise _error(text, where, _position(node, text), f"a column of {', '.join(known.values())}", node.name)
    plain = name.isidentifier() and name.islower()
    node.set("this", exp.to_identifier(name, quoted=not plain or bool(node.this.args.get("quoted"))))


def _position(node: exp.Expression, text: str) -> int:
    """1-based character at which ``node`` starts, as well as the tree knows it; 0 when it does not."""
    for part in node.walk():
        if "start" in part.meta:
            return int(part.meta["start"]) + 1
    found = text.lower().find(str(node.name or type(node).__name__).lower())
    return found + 1


def _error(text: str, where: str, position: int, expected: str, given: str) -> ExpressionError:
    place = f"{where}, character {position}" if position else where
    return ExpressionError(
        f"the expression {text.strip()!r} cannot be used",
        where=place,
        expected=expected,
        given=given,
        remedy="write it with the functions named above over the table's columns, for example quantity * unit_price",
    )
