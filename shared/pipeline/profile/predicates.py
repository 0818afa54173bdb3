"""SQL predicates of DuckDB that say whether the text in a column can be read as a type.

``column`` is always an alias of ours (``v0``, ``v1``), never a name or a value from the data.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from shared.pipeline.profile.formats import ALL_BOOLEAN_WORDS, CURRENCY_CODES, TEMPORAL_FORMATS, TemporalFormat

_FORMATS = {candidate.key: candidate for candidate in TEMPORAL_FORMATS}
_GROUPED = r"-?[$€£]? ?-?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?|-?[$€£] ?-?[0-9]+(\.[0-9]+)?"
_DECIMAL = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)"
_WORDS = ", ".join(f"'{word}'" for word in ALL_BOOLEAN_WORDS)
_MONEY = f"([$€£¥]|{'|'.join(CURRENCY_CODES)})"


def _amount(thousands: str, point: str) -> str:
    """Regular expression of an amount of money, as ``SCALAR_SHAPES`` has it over shapes."""
    digits = f"[0-9]{{1,3}}(({thousands}[0-9]{{3}})+|[0-9]*)({point}[0-9]+)?"
    return f"[(]?-?{_MONEY}? ?[(]?-?{digits}[)]?-?( ?{_MONEY})?[)]?"


#: Kind of written number -> (expression of its amounts, decimal separator).
WRITTEN_NUMBERS = {"currency": (_amount(",", "[.]"), "."), "currency_comma": (_amount("[.]", ","), ",")}


def _scalar(name: str, column: str) -> str:
    predicates = {
        "integer": f"regexp_full_match({column}, '[+-]?[0-9]+')",
        "whole": f"regexp_full_match({column}, '[+-]?[0-9]+[.]0')",
        "decimal": f"regexp_full_match({column}, '{_DECIMAL}')",
        "double": f"regexp_full_match({column}, '{_DECIMAL}([eE][+-]?[0-9]{{1,2}})?')",
        "grouped": f"regexp_full_match({column}, '{_GROUPED}')",
        "decimal_comma": f"regexp_full_match({column}, '[+-]?[0-9]+,[0-9]{{1,2}}')",
        "percent": rf"regexp_full_match({column}, '[+-]?[0-9]+(\.[0-9]+)? ?%')",
        **{kind: f"regexp_full_match({column}, '{amount}')" for kind, (amount, _) in WRITTEN_NUMBERS.items()},
        "boolean": f"lower({column}) IN ({_WORDS})",
        "uuid": f"length({column}) = 36 AND try_cast({column} AS UUID) IS NOT NULL",
        "json": f"json_valid({column}) AND left({column}, 1) IN ('[', '{{')",
    }
    return predicates[name]


def number_value(keys: Collection[str], column: str) -> str:
    """The expression that reads a column as a number, NULL where it cannot be: plain, or written as one of the keys."""
    branches = [f"WHEN {predicate('double', column)} THEN try_cast({column} AS DOUBLE)"]
    for kind in WRITTEN_NUMBERS:
        if kind in keys:
            digits = f"replace(regexp_replace({column}, '[^0-9{WRITTEN_NUMBERS[kind][1]}]', '', 'g'), ',', '.')"
            sign = f"CASE WHEN regexp_matches({column}, '[(-]') THEN -1 ELSE 1 END"
            branches.append(f"WHEN {predicate(kind, column)} THEN {sign} * try_cast({digits} AS DOUBLE)")
    return f"CASE {' '.join(branches)} END"


def moment(key: str, column: str) -> str:
    """The expression that reads a column in a temporal format: a TIMESTAMP, or NULL."""
    found = _FORMATS[key]
    if found.name == "iso":
        parsed = f"try_cast(regexp_replace({column}, ' ?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$', '') AS TIMESTAMP)"
    else:
        parsed = f"CAST(try_strptime({column}, '{found.name}') AS TIMESTAMP)"
    return f"CASE WHEN {_guard(found, column)} THEN {parsed} END"


def _guard(found: TemporalFormat, column: str) -> str:
    """The value has the shape of the format; strptime alone also reads texts that other engines do not."""
    if found.name == "%Y%m%d":
        century = f"{column} BETWEEN '19000101' AND '21001231'"
        return f"{century} AND regexp_full_match({column}, '[0-9]{{8}}')"
    pattern = found.shape.replace("[Aa]", "[A-Za-z]").replace("[ A]", "[ T]").replace("(A|", "(Z|")
    pattern = re.sub(r"9+", lambda run: f"[0-9]{{{len(run[0])}}}" if len(run[0]) > 1 else "[0-9]", pattern)
    return f"regexp_full_match({column}, '{pattern}')"


def predicate(key: str, column: str) -> str:
    """The predicate of a measure: a scalar type name, or ``date:<format>`` / ``timestamp:<format>``."""
    if key in _FORMATS:
        return f"({moment(key, column)}) IS NOT NULL"
    return f"({_scalar(key, column)})"
