"""Regular expressions that people write: only what RE2 and Java read alike.

The engines search with RE2 (embedded) and java.util.regex (Spark). What only one of them knows, or what they read
differently, is refused before it becomes part of a plan.
"""

from __future__ import annotations

import re

#: Escaped pair, POSIX class, bracket, group opener, any other character.
TOKEN = re.compile(r"\\[xpP]\{[^}]*\}|\\.|\[:|\(\?(?:<[=!]|.)|.", re.DOTALL)
_REFUSED = {
    "(?=": "a look-ahead",
    "(?!": "a look-ahead",
    "(?<=": "a look-behind",
    "(?<!": "a look-behind",
    "(?>": "an atomic group",
    "[:": "a POSIX class, such as [[:alpha:]]",
    "\\b": "\\b: the engines disagree about letters with accents",
    "\\B": "\\B: the engines disagree about letters with accents",
    "\\Z": "\\Z: use \\z",
    "\\G": "\\G",
    "\\h": "\\h",
    "\\R": "\\R",
    "\\X": "\\X",
}
_PYTHON_SPELLING = {"\\z": "\\Z", "\\A": "\\A", "\\C": "."}


def pattern_problem(pattern: str) -> str:
    """What is wrong with a regular expression, in a few words; empty when it can be used."""
    inside, before = False, ""
    for token in TOKEN.findall(pattern):
        if token in _REFUSED:
            return _REFUSED[token]
        if not inside and token.startswith("(?") and token not in ("(?:", "(?i"):
            return f"a group that begins with {token}"
        if inside and token in ("[", "&"):
            return f"an unescaped {token} between square brackets"
        if token in ("[", "]"):
            inside = token == "["
        if not inside and re.fullmatch(r"\\[1-9]", token):
            return "a back-reference in the pattern"
        if not inside and token == "+" and before in ("*", "+", "?", "}"):
            return "a possessive quantifier"
        before = token
    try:
        re.compile(_in_python(pattern))
    except re.error as error:
        return str(error)
    return ""


def groups_of(pattern: str) -> int:
    """How many capturing groups a usable pattern has."""
    return re.compile(_in_python(pattern)).groups


def replacement_problem(replacement: str, groups: int) -> str:
    """What is wrong with a replacement text; empty when it can be used.

    :param groups: capturing groups of its pattern; ``\\1`` is the first of them.
    """
    for token in re.findall(r"\\.?", replacement, re.DOTALL):
        if token == "\\\\":
            continue
        if not re.fullmatch(r"\\[0-9]", token):
            return f"{token}: after a backslash comes the number of a group, or another backslash"
        if int(token[1]) > groups:
            return f"{token}, but the pattern has {groups} group{'s' if groups != 1 else ''}"
    return ""


def _in_python(pattern: str) -> str:
    """The pattern with Python's spelling of what it writes in another way: only to see whether it is complete."""
    spelled = []
    for token in TOKEN.findall(pattern):
        if token[:3] in ("\\x{", "\\p{", "\\P{"):
            token = "x"
        spelled.append(_PYTHON_SPELLING.get(token, token))
    return "".join(spelled).replace("(?i)", "")
