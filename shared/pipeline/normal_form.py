"""Texts as they are compared when people are looked for: no blanks at their ends, no letter case, one form of accents.

The embedded engine does the same in SQL (``lower(nfc_normalize(trim(...)))``); this is for engines that cannot.
"""

from __future__ import annotations

import unicodedata

BLANKS = " \t\r\n\u00a0"
# The one letter that has a small form of two characters.
_CAPITAL_I_WITH_DOT, _SMALL_I = "\u0130", "i"


def normalised(text: str | None) -> str | None:
    """The text that is compared; NULL of NULL. Letters become small one for one, as the embedded engine makes them."""
    if text is None:
        return None
    composed = unicodedata.normalize("NFC", text.strip(BLANKS)).replace(_CAPITAL_I_WITH_DOT, _SMALL_I)
    return "".join(map(str.lower, composed))


def double_text(value: float | None) -> str | None:
    """A double as the embedded engine casts it to text: the fewest digits that name it."""
    return None if value is None else repr(value)
