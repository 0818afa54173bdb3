"""Regular expressions as Java has to write them to match what RE2 matches."""

from __future__ import annotations

import re

from onboarding.spec.patterns import TOKEN

#: RE2's ``\s`` has no vertical tab.
_BLANKS = "\\t\\n\\f\\r "


def java_pattern(pattern: str) -> str:
    """A pattern for RE2, checked by ``onboarding.spec.patterns``, in Java's spelling.

    ``.`` matches everything but a line feed, ``$`` the very end only, and ``(?i)`` knows all letters.
    """
    spelled, inside = [], False
    for token in TOKEN.findall(pattern):
        if token in ("[", "]"):
            inside = token == "["
        spelled.append((_INSIDE if inside else _OUTSIDE).get(token, token))
    return re.sub(r"\(\?i(?=[:)])", "(?iu", "".join(spelled))


_INSIDE = {"\\s": _BLANKS}
_OUTSIDE = {".": "[^\\n]", "$": "\\z", "\\s": f"[{_BLANKS}]", "\\S": f"[^{_BLANKS}]"}


def java_replacement(replacement: str) -> str:
    """A replacement with ``\\1`` in Java's spelling, where a dollar sign names the group."""
    return re.sub(r"\\([0-9])", r"$\1", replacement.replace("$", "\\$"))
