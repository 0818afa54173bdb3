"""Values in JSON texts, the same on every engine.

Spark takes single quotes and raw control characters for JSON, and does not look at what follows the value; DuckDB
takes ``NaN`` and a comma behind the last item. So the tokens of a text are checked by a regular expression, and its
brackets by the engine.
"""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.sql.engines import Engine, call, case, text, to_text, try_cast
from onboarding.spec.cleaning_arguments import json_steps

_STRING = r'"[^"\\\x00-\x1F]*(\\["\\/bfnrtu][^"\\\x00-\x1F]*)*"'
_TOKENS = f"{_STRING}|true|false|null|[0-9][eE][+-]?[0-9]"
_REST = r"[ \t\r\n{}\[\],:0-9.+-]*"
# Engines write numbers below a thousandth, or from ten millions on, in different ways.
_SCIENTIFIC = "[+-]?[0-9]+([.][0-9]+)?[eE][+-]?[0-9]{1,3}|[+-]?[0-9]{8,}[.]0"
_PRECISION, _SCALE = 38, 18


def well_formed(value: exp.Expression, engine: Engine) -> exp.Expression:
    """True when a text is one JSON value and nothing else."""
    rest = engine.replace_all(value, _TOKENS, "0")
    return exp.And(this=engine.full_match(rest, _REST), expression=engine.is_json(value.copy(), rest.copy()))


def json_field(value: exp.Expression, path: str, engine: Engine) -> exp.Expression:
    """Text of the value at ``path``: texts as they are, numbers in plain digits, lists and objects as JSON."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in json_steps(path))
    found = engine.json_value(value.copy(), f"${steps}")
    kind = exp.DataType.build(f"DECIMAL({_PRECISION}, {_SCALE})")
    digits = engine.decimal_text(try_cast(found.copy(), kind), _SCALE)
    plain = engine.replace_all(digits, "[.]?0*\\z", "")
    readable = case((engine.full_match(found, _SCIENTIFIC), plain), default=found.copy())
    return case((well_formed(value, engine), readable))


def not_well_formed(value: exp.Expression, engine: Engine) -> exp.Expression:
    """True for a text that is there and is no JSON."""
    there = exp.NEQ(this=call("COALESCE", to_text(value), text("")), expression=text(""))
    return exp.And(this=there, expression=exp.Not(this=exp.Paren(this=well_formed(value.copy(), engine))))
