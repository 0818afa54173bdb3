"""Whole words of a column name: detectors compare words, never substrings ("pan" is not in "company")."""

from __future__ import annotations

import re
import unicodedata

_JOINED = {
    "firstname": ("first", "name"),
    "lastname": ("last", "name"),
    "fullname": ("full", "name"),
    "middlename": ("middle", "name"),
    "surname": ("last", "name"),
    "forename": ("first", "name"),
    "username": ("user", "name"),
    "birthdate": ("birth", "date"),
    "birthday": ("birth", "date"),
    "dateofbirth": ("birth", "date"),
    "dob": ("birth", "date"),
    "emailaddress": ("email", "address"),
    "ipaddress": ("ip", "address"),
    "ipaddr": ("ip", "address"),
    "phonenumber": ("phone", "number"),
    "streetaddress": ("street", "address"),
    "creditcard": ("credit", "card"),
    "cardnumber": ("card", "number"),
    "orderid": ("order", "id"),
    "customerid": ("customer", "id"),
    "productid": ("product", "id"),
    "userid": ("user", "id"),
    "zipcode": ("zip", "code"),
    "postcode": ("post", "code"),
}


#: Letters that Unicode does not take apart into a letter and an accent.
_WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "œ": "oe", "đ": "d", "ı": "i", "þ": "th"}
)


def folded(text: str) -> str:
    """The text without accents, ASCII letters only: ``Großstraße`` is ``Grossstrasse``; other scripts vanish."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.translate(_WHOLE_LETTERS)).encode("ascii", "ignore").decode()


def name_words(name: str) -> tuple[str, ...]:
    """Lower-case words of a column name, split at separators, case changes and before digits.

    >>> name_words("CustomerFirstName")
    ('customer', 'first', 'name')
    """
    text = folded(name)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])", " ", text)
    words: list[str] = []
    for word in re.split(r"[^A-Za-z0-9]+", text):
        if word:
            words.extend(_JOINED.get(word.lower(), (word.lower(),)))
    return tuple(words)


def word_set(text: str) -> frozenset[str]:
    """The blank-separated words of ``text``."""
    return frozenset(text.split())
