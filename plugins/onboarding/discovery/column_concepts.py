"""What the name of a column says: the concepts of its phrases, and the words that change their sense.

The longest phrase wins, so "email address" is no street address and "product name" no name of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from onboarding.discovery.column_phrases import ABOUT, BUSINESS, GENERIC, PHRASES
from shared.pipeline.profile.words import name_words, word_set

_LONGEST_PHRASE = 5
#: A word of at least so many letters may end in a phrase of at least ``_LEAST_ENDING`` (Kundenvorname).
_LEAST_COMPOUND = 9
_LEAST_ENDING = 6
#: Phrases of two and three letters that mean one thing only; others count where they are the whole name.
_SURE_SHORT = word_set(
    "ssn dob zip cvv cvc npi mrn lat lon lng sex mac bsn dni cpf icd mbi tel gsm ip plz cep nif age nom nm sku ean upc "
    "qty"
)
_SHORT = 3
#: Words as they are shortened in names of two words and more: ``cust_phn_nbr``, ``dt_of_birth``.
_IN_FULL = {
    "nbr": "number", "num": "number", "no": "number", "nr": "number", "nm": "name", "dt": "date", "cd": "code",
    "addr": "address", "adr": "address", "phn": "phone", "ph": "phone", "mob": "mobile", "usr": "user",
    "acct": "account", "lic": "license", "licence": "license", "drv": "driver", "drivers": "driver", "fst": "first",
    "lst": "last", "grp": "group", "med": "medical", "rec": "record", "ins": "insurance",
}  # fmt: skip
_ABOUT, _BUSINESS, _GENERIC = word_set(ABOUT), word_set(BUSINESS), word_set(GENERIC)


@dataclass(frozen=True)
class NameSense:
    """What a name says.

    :ivar concepts: concepts in the order of the name, with the words that say them.
    :ivar about: a word outside these says that the column is about the thing, not the thing.
    :ivar business: a word says that it belongs to a business.
    :ivar opaque: no word says anything.
    """

    words: tuple[str, ...]
    concepts: dict[str, str]
    about: bool
    business: bool
    opaque: bool

    def says(self, *concepts: str) -> str | None:
        """The words for the first of these concepts that the name has."""
        return next((self.concepts[concept] for concept in concepts if concept in self.concepts), None)


@cache
def _phrases() -> dict[str, str]:
    """Phrase without blanks -> concept; the first concept that lists a phrase keeps it."""
    found: dict[str, str] = {}
    for concept, text in PHRASES.items():
        for phrase in text.split(","):
            found.setdefault("".join(phrase.split()), concept)
    return found


@cache
def _phrases_in_full() -> dict[str, str]:
    """Phrases of several words without blanks, their shortened words in full -> concept."""
    found: dict[str, str] = {}
    for concept, text in PHRASES.items():
        for phrase in text.split(","):
            words = phrase.split()
            if len(words) > 1:
                found.setdefault(_in_full(words), concept)
    return found


def _in_full(words: Sequence[str]) -> str:
    return "".join(_IN_FULL.get(word, word) for word in words)


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    """Phrases that may end a compound word, the longest first."""
    usable = [
        (phrase, concept)
        for phrase, concept in _phrases().items()
        if len(phrase) >= _LEAST_ENDING and concept not in ("person", "goods", "work", "country", "other_name")
    ]
    return tuple(sorted(usable, key=lambda pair: (-len(pair[0]), pair[0])))


def name_sense(source_name: str) -> NameSense:
    """What the name of a column says.

    :param source_name: the name as it stands in the source.
    """
    words = name_words(source_name)
    concepts, rest = _matched(words)
    for word in rest:
        found = _compound(word)
        if found is not None:
            concepts.setdefault(*found)
    known = set(concepts)
    business = bool(_BUSINESS.intersection(words)) or "other_name" in known
    plain = [word for word in words if not word.isdigit()]
    opaque = not concepts and all(word in _GENERIC or (len(word) == 1) for word in plain)
    about = bool(_ABOUT.intersection(rest)) or "last4" in "".join(words)
    return NameSense(words, concepts, about, business, opaque)


def _matched(words: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """Concepts of whole phrases, the longest first, and the words that belong to none."""
    concepts: dict[str, str] = {}
    free = [True] * len(words)
    for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            if not all(free[start : start + length]):
                continue
            phrase = "".join(words[start : start + length])
            concept = _phrases().get(phrase)
            if concept is None and length > 1:
                concept = _phrases_in_full().get(_in_full(words[start : start + length]))
            if concept is None or (len(phrase) <= _SHORT and not _stands_alone(phrase, words)):
                continue
            concepts.setdefault(concept, " ".join(words[start : start + length]))
            free[start : start + length] = [False] * length
    return concepts, [word for word, is_free in zip(words, free, strict=True) if is_free]


def _stands_alone(phrase: str, words: tuple[str, ...]) -> bool:
    """Whether a short phrase may count: "cap" is a postal code in Italian, and not in ``market_cap``."""
    return phrase in _SURE_SHORT or all(word.isdigit() for word in words if word != phrase)


def _compound(word: str) -> tuple[str, str] | None:
    if len(word) < _LEAST_COMPOUND:
        return None
    return next(((concept, word) for ending, concept in _endings() if word.endswith(ending)), None)
