"""The functions that text for Athena may call, with how many arguments and of which types.

Nothing here was run on Athena: the list is what Trino documents, kept short, and everything else is refused. Text that
another parser takes is no evidence, so what is rendered is looked through once more, call by call.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.errors import CodegenError
from onboarding.spec.column_types import NUMBERS, TEMPORAL, ColumnType

_TEXT, _WHOLE, _ANY = (ColumnType.TEXT,), (ColumnType.INTEGER,), tuple(ColumnType)
#: Bytes have no type of a column: hashes take them, and give them.
BYTES = "bytes"
Kind = ColumnType | str | None
Kinds = tuple[ColumnType, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """Arguments of a function: their kinds in order, how many are needed, whether the last may be repeated.

    :ivar gives: the kind of the result; None: that of the first argument.
    """

    arguments: tuple[Kinds, ...]
    needed: int
    gives: Kind = None
    repeated: bool = False

    def kinds(self, position: int) -> Kinds:
        """What may stand at a position, from 0."""
        return self.arguments[min(position, len(self.arguments) - 1)]

    @property
    def most(self) -> float:
        """How many arguments there may be."""
        return float("inf") if self.repeated else len(self.arguments)


def _of(*arguments: Kinds, gives: Kind = None, needed: int | None = None, repeated: bool = False) -> Signature:
    return Signature(arguments, len(arguments) if needed is None else needed, gives, repeated)


FUNCTIONS: dict[str, Signature] = {
    "LOWER": _of(_TEXT), "UPPER": _of(_TEXT), "LENGTH": _of(_TEXT, gives=ColumnType.INTEGER),
    "SUBSTR": _of(_TEXT, _WHOLE, _WHOLE, needed=2), "REPLACE": _of(_TEXT, _TEXT, _TEXT, needed=2),
    "CONCAT": _of(_TEXT, _TEXT, repeated=True), "LPAD": _of(_TEXT, _WHOLE, _TEXT), "RPAD": _of(_TEXT, _WHOLE, _TEXT),
    "SPLIT_PART": _of(_TEXT, _TEXT, _WHOLE), "STARTS_WITH": _of(_TEXT, _TEXT, gives=ColumnType.BOOLEAN),
    "REGEXP_LIKE": _of(_TEXT, _TEXT, gives=ColumnType.BOOLEAN), "REGEXP_REPLACE": _of(_TEXT, _TEXT, _TEXT, needed=2),
    "REGEXP_EXTRACT": _of(_TEXT, _TEXT, _WHOLE, needed=2), "JSON_EXTRACT_SCALAR": _of(_TEXT, _TEXT),
    "DATE_PARSE": _of(_TEXT, _TEXT, gives=ColumnType.TIMESTAMP),
    "TO_UTF8": _of(_TEXT, gives=BYTES), "SHA256": _of((BYTES,), gives=BYTES), "MD5": _of((BYTES,), gives=BYTES),
    "TO_HEX": _of((BYTES,), gives=ColumnType.TEXT),
    "ABS": _of(NUMBERS), "ROUND": _of(NUMBERS, _WHOLE, needed=1), "FLOOR": _of(NUMBERS), "CEIL": _of(NUMBERS),
    "GREATEST": _of(_ANY, _ANY, repeated=True), "LEAST": _of(_ANY, _ANY, repeated=True),
    "COALESCE": _of(_ANY, _ANY, repeated=True), "NULLIF": _of(_ANY, _ANY), "TRY": _of(_ANY),
    **{name: _of(TEMPORAL, gives=ColumnType.INTEGER) for name in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY")},
    **{name: _of((ColumnType.TIMESTAMP,), gives=ColumnType.INTEGER) for name in ("HOUR", "MINUTE")},
    "DATE_TRUNC": _of(_TEXT, TEMPORAL, gives=ColumnType.TIMESTAMP),
    "DATE_DIFF": _of(_TEXT, TEMPORAL, TEMPORAL, gives=ColumnType.INTEGER),
    "COUNT": _of(_ANY, needed=0, gives=ColumnType.INTEGER), "SUM": _of(NUMBERS), "AVG": _of(NUMBERS),
    "MIN": _of(_ANY), "MAX": _of(_ANY), "APPROX_DISTINCT": _of(_ANY, gives=ColumnType.INTEGER),
    "APPROX_PERCENTILE": _of(NUMBERS, NUMBERS), "COUNT_IF": _of((ColumnType.BOOLEAN,), gives=ColumnType.INTEGER),
}  # fmt: skip
#: What people would expect and Trino refuses or does not have, and what to write instead.
DENIED = {
    "REPEAT": "LPAD('', n, '*')",
    "PERCENTILE_CONT": "APPROX_PERCENTILE(x, 0.5)",
    "QUANTILE_CONT": "APPROX_PERCENTILE(x, 0.5)",
    "MEDIAN": "APPROX_PERCENTILE(x, 0.5)",
    "STRPTIME": "TRY(DATE_PARSE(text, format))",
    "TRY_STRPTIME": "TRY(DATE_PARSE(text, format))",
    "LEFT": "SUBSTR(text, 1, n)",
    "RIGHT": "SUBSTR(text, GREATEST(LENGTH(text) - n + 1, 1))",
    "INITCAP": "UPPER and LOWER of parts",
    "IFNULL": "COALESCE(x, y)",
    "NVL": "COALESCE(x, y)",
    "STRING_AGG": "ARRAY_JOIN(ARRAY_AGG(x), ','), which is not on the list",
    "LISTAGG": "ARRAY_JOIN(ARRAY_AGG(x), ','), which is not on the list",
    "SHA2": "TO_HEX(SHA256(TO_UTF8(text)))",
    "REGEXP_MATCHES": "REGEXP_LIKE(text, pattern)",
}
# Keywords that are followed by a bracket without being functions.
_NO_FUNCTIONS = {"IN", "AND", "OR", "NOT", "AS", "THEN", "ELSE", "WHEN", "CASE", "FROM", "WHERE", "BY", "FILTER", "ON",
                 "CAST", "TRY_CAST", "DECIMAL", "DISTINCT", "VALUES", "OVER", "SELECT"}  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """A part of a query and the kind of its value; None where it can be any (NULL)."""

    tree: exp.Expression
    kind: Kind


def call(name: str, *arguments: Typed, where: str = "athena") -> Typed:
    """A call of a function of the list.

    :raises CodegenError: the function, the number or the type of its arguments is not on the list.
    """
    signature = FUNCTIONS.get(name)
    if signature is None:
        raise _unknown(name, where)
    if not signature.needed <= len(arguments) <= signature.most:
        raise _arity(name, signature, len(arguments), where)
    for position, argument in enumerate(arguments):
        allowed = signature.kinds(position)
        if argument.kind is not None and argument.kind not in allowed:
            raise _wrong_type(name, position, allowed, argument, where)
    gives = signature.gives if signature.gives is not None else arguments[0].kind
    return Typed(exp.Anonymous(this=name, expressions=[argument.tree for argument in arguments]), gives)


def check_text(sql: str, *, where: str = "athena") -> None:
    """Look through rendered text: one statement, and no call that is not on the list.

    :raises CodegenError: names the function, and what to write instead.
    """
    if ";" in _without_literals(sql):
        raise _error("text for Athena is one statement", where, "no semicolon", "several statements", "split them")
    for name, count in _calls(sql):
        signature = FUNCTIONS.get(name)
        if signature is None:
            raise _unknown(name, where)
        if not signature.needed <= count <= signature.most:
            raise _arity(name, signature, count, where)


def _calls(sql: str) -> Iterator[tuple[str, int]]:
    """Name and number of arguments of every call, as written."""
    from sqlglot.tokens import Token, Tokenizer, TokenType

    tokens: list[Token] = Tokenizer(dialect="athena").tokenize(sql)
    for at, token in enumerate(tokens[:-1]):
        opens = tokens[at + 1].token_type is TokenType.L_PAREN
        named = token.text.replace("_", "").isalnum() and not token.text[0].isdigit()
        literal = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
        if opens and named and not literal and token.text.upper() not in _NO_FUNCTIONS:
            yield token.text.upper(), _count(tokens[at + 2 :])


def _count(tokens: list[object]) -> int:
    """Arguments up to the bracket that closes."""
    depth, commas = 1, 0
    for number, token in enumerate(tokens):
        text = token.text  # type: ignore[attr-defined]
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth == 0:
            return 0 if number == 0 else commas + 1
        commas += text == "," and depth == 1
    return commas + 1


def _without_literals(sql: str) -> str:
    import re

    return re.sub(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"", "", sql)


def _unknown(name: str, where: str) -> CodegenError:
    instead = DENIED.get(name)
    close = difflib.get_close_matches(name, FUNCTIONS, n=1)
    remedy = f"write {instead}" if instead else f"did you mean {close[0]}?" if close else "use a function of the list"
    return _error(f"Athena is not asked for {name}", where, ", ".join(sorted(FUNCTIONS)), name, remedy)


def _arity(name: str, signature: Signature, given: int, where: str) -> CodegenError:
    most = "more" if signature.repeated else str(len(signature.arguments))
    expected = most if str(signature.needed) == most else f"{signature.needed} to {most}"
    return _error(
        f"{name} has another number of arguments on Athena",
        where,
        f"{expected} arguments",
        str(given),
        "leave the others out",
    )


def _wrong_type(name: str, position: int, allowed: Kinds, argument: Typed, where: str) -> CodegenError:
    remedy = "TO_UTF8(text) gives bytes" if BYTES in allowed else f"CAST the argument to {allowed[0]}"
    return _error(
        f"{name} takes another type on Athena",
        f"{where}, argument {position + 1} of {name}",
        " or ".join(allowed),
        str(argument.kind),
        remedy,
    )


def _error(what: str, where: str, expected: str, given: str, remedy: str) -> CodegenError:
    return CodegenError(what, where=where, expected=expected, given=given, remedy=remedy)
