"""A grammar of DQDL as AWS documents it: what a ruleset may look like, read into its rules.

Of the language only what a ruleset needs: rules with parameters, conditions, ``where`` and thresholds, joined by
``and``. Lexing is that of AWS: quoted dates and times of day are no texts, comments end with the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyparsing as pp


@dataclass(frozen=True)
class DqdlRule:
    """One rule.

    :ivar condition: operator and operands, for example ``(">=", "0.9")`` or ``("in", "a", "b")``; empty without one.
    """

    kind: str
    parameters: tuple[str, ...]
    condition: tuple[str, ...] = ()
    where: str = ""
    threshold: tuple[str, ...] = ()


def parse_ruleset(text: str) -> list[list[DqdlRule]]:
    """The rules of a ruleset; each entry has the rules that ``and`` joins.

    :raises pyparsing.ParseException: it is no DQDL.
    """
    return [list(rules) for rules in _ruleset().parse_string(text, parse_all=True)]


def _ruleset() -> Any:
    quoted = pp.Regex(r'"((?:\\["\\]|[^"])*?)"(?!\w)')
    date = pp.Regex(r'"\d{4}-\d{2}-\d{2}"|"\d{1,2}:\d{2} [AP]M"|"\d{2}:\d{2}"')
    text = (~date + quoted).set_parse_action(lambda found: found[0][1:-1])
    listed = text.copy().add_parse_action(lambda found: _unescaped(found[0]))
    parameter = quoted.copy().set_parse_action(lambda found: found[0][1:-1])
    number = pp.Regex(r"-?\d+(\.\d+)?")
    compared = pp.one_of(">= <= > < =") + number
    among = pp.Keyword("in") + pp.Suppress("[") + pp.DelimitedList(listed) + pp.Suppress("]")
    where = pp.Suppress(pp.Keyword("where")) + text
    threshold = pp.Suppress(pp.Keyword("with") + pp.Keyword("threshold")) + compared
    kind = pp.Regex(r"[A-Za-z0-9_.]+")
    rule = (
        kind("kind")
        + pp.Group(pp.ZeroOrMore(parameter))("parameters")
        + pp.Group(pp.Optional(compared | among))("condition")
        + pp.Group(pp.Optional(where))("where")
        + pp.Group(pp.Optional(threshold))("threshold")
    )
    rule.set_parse_action(_rule)
    bracketed = pp.Suppress("(") + rule + pp.Suppress(")")
    joined = bracketed + pp.ZeroOrMore(pp.Suppress(pp.Keyword("and")) + bracketed)
    rules = pp.Optional(pp.DelimitedList(pp.Group(joined | rule)))
    ruleset = pp.Suppress(pp.Keyword("Rules") + "=" + "[") + rules + pp.Suppress("]")
    return ruleset.ignore(pp.Regex(r"#[^\n]*\n"))


def _rule(found: pp.ParseResults) -> DqdlRule:
    return DqdlRule(
        found.kind, tuple(found.parameters), tuple(found.condition), "".join(found.where), tuple(found.threshold)
    )


def _unescaped(text: str) -> str:
    """What AWS's parser makes of a text in a list: a backslash goes, what follows it stays."""
    result, escaped = "", False
    for character in text:
        if character == "\\" and not escaped:
            escaped = True
        else:
            result, escaped = result + character, False
    return result
