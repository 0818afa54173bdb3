"""Validators over at most 20,000 values of a column: how many of them are an e-mail address, a card number, a name.

SQL regexes on every row cost 30 s for 1M rows x 14 text columns, on 20,000 values 2 s (data-plane measurements).
A validator that hardly a value of a first look passes is not asked again; a value meets those its characters allow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from shared.pipeline.profile.checksums import (
    is_card,
    is_iban,
    is_imei,
    is_ip,
    is_mac,
    is_npi,
    is_phone,
    is_routing_number,
    is_us_ssn,
)
from shared.pipeline.profile.eastern_words import is_caseless_word, is_eastern_address, is_eastern_name
from shared.pipeline.profile.lexicon import FAMILY_NAMES, GIVEN_NAMES
from shared.pipeline.profile.national_identifiers import national_identifiers
from shared.pipeline.profile.vocabulary import (
    COMMON_ETHNICITY_WORDS,
    COMPANY_WORDS,
    ETHNICITY_WORDS,
    GENDER_CODES,
    GENDER_LETTERS,
    GENDER_WORDS,
    HEALTH_ENDINGS,
    HEALTH_WORDS,
    RELIGION_WORDS,
    STREET_ENDINGS,
    STREET_WORDS,
)
from shared.pipeline.profile.words import folded, word_set

#: Values of one column that the validators look at, at most.
VALIDATOR_SAMPLE = 20_000
#: Different values of a first look, spread over the sample; validators that few of them pass are done.
FIRST_LOOK = 400

_EMAIL = re.compile(r"[A-Za-z0-9._%+'\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_URL = re.compile(r"(https?|ftp|s3)://\S+")
_PERSONAL_PART = re.compile(
    r"[A-Za-z0-9._%+\-]@[A-Za-z0-9\-]+\.[A-Za-z]{2}"
    r"|(?<![0-9A-Za-z\-])(\+[0-9]{1,3}[ .\-]?[0-9(][0-9 .\-()]{6,14}[0-9]"
    r"|\(?[2-9][0-9]{2}\)?[ .\-][0-9]{3}[.\-][0-9]{4})(?![0-9\-])"
    r"|(?<![0-9\-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}(?![0-9\-])"
)
_HOUSE_NUMBER = re.compile(r"[0-9]+[a-z]?([/-][0-9]+[a-z]?)?")
_NAME_WORD = re.compile(r"[^\W\d_]+(['’\-][^\W\d_]+)*\.?")
_TITLES = word_set(
    "mr mrs ms miss mx dr prof professor sir lady rev capt col master jr sr ii iii herr frau mme mlle sr sra srta dona "
    "sig signora dott dottssa ing pan pani dhr mevr mw"
)
#: Short words inside family names.
_PARTICLES = word_set("van der den de het ter ten von zu zum la le los las del di da do dos das af al el bin ibn y e")
_FAMILY_ENDINGS = (
    "sson", "ssen", "ski", "ska", "cki", "cka", "wicz", "czyk", "czak", "czuk", "enko", "ovic", "evic", "opoulos",
    "idis", "akis", "escu", "yan", "shvili", "nen", "stra", "ova", "quist", "qvist", "strom", "berg", "gren", "mann",
    "meyer", "meier", "bauer", "huber", "ez", "ini", "elli", "etti",
)  # fmt: skip
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])[/\-](20)?[2-4][0-9]")
_ICD = re.compile(r"[A-TV-Z][0-9][0-9AB]\.[0-9A-Z]{1,4}")
_ICD_PLAIN = re.compile(r"[A-TV-Z][0-9][0-9AB][0-9A-Z]{0,4}")
_USER = re.compile(r"[A-Za-z][A-Za-z0-9._\-]{2,29}")
_POSTAL = re.compile(
    r"[0-9]{4,6}|[0-9]{5}-[0-9]{3,4}|[0-9]{4} ?[A-Z]{2}|[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[0-9]{3} [0-9]{2}"
    r"|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]"
)
_PHONE_FORM = re.compile(r"[+(]{0,2}[0-9][0-9 ().\-/+]{5,24}")


def is_email(text: str) -> bool:
    """An e-mail address with a dotted domain."""
    return "@" in text and _EMAIL.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """An absolute URL."""
    return "://" in text and _URL.fullmatch(text) is not None


def is_street_address(text: str) -> bool:
    """A house number together with a word for a street, in one of several languages."""
    if not 5 < len(text) < 120:
        return False
    words = re.split(r"[ ,.]+", folded(text).lower().strip(" ,."))
    if not any(_HOUSE_NUMBER.fullmatch(word) for word in words):
        return False
    return any(word in STREET_WORDS or (len(word) > 5 and word.endswith(STREET_ENDINGS)) for word in words)


def is_numbered_name(text: str) -> bool:
    """Words of letters and a house number at one end: the form of a street address, evidence only next to a name."""
    words = re.split(r"[ ,.]+", text.lower().strip(" ,."))
    numbers = [bool(_HOUSE_NUMBER.fullmatch(word)) for word in words]
    return 2 <= len(words) <= 12 and any(numbers) and sum(numbers) < len(words) and len(text) < 120


def is_us_ssn_digits(text: str) -> bool:
    """Nine bare digits that are a legal US social security number; evidence only next to a name."""
    return len(text) == 9 and text.isdigit() and is_us_ssn(f"{text[:3]}-{text[3:5]}-{text[5:]}")


def is_phone_digits(text: str) -> bool:
    """Seven to thirteen bare digits; evidence only next to a name."""
    return text.isdigit() and 7 <= len(text) <= 13


def is_phone_form(text: str) -> bool:
    """Seven to fifteen digits with marks that people put between them; evidence only next to a name."""
    return _PHONE_FORM.fullmatch(text) is not None and 7 <= sum(mark.isdigit() for mark in text) <= 15


def is_wide_ip(text: str) -> bool:
    """An IP address that no version number looks like: IPv6, or two parts of 40 and more, or a private network."""
    if not is_ip(text):
        return False
    if ":" in text or text.startswith(("192.168.", "172.16.")):
        return True
    return sum(int(part) >= 40 for part in text.split(".")) >= 2


def is_postal_code(text: str) -> bool:
    """The form of a postal code of some country; evidence only next to a name."""
    return len(text) <= 10 and _POSTAL.fullmatch(text.upper()) is not None


def is_card_expiry(text: str) -> bool:
    """Month and year of the 2020s to the 2040s, as on a payment card."""
    return _EXPIRY.fullmatch(text) is not None


def is_card_code(text: str) -> bool:
    """Three or four digits; evidence only next to a name."""
    return text.isdigit() and 3 <= len(text) <= 4


def is_icd10(text: str) -> bool:
    """A diagnosis code of ICD-10 or ICD-10-CM with its point (WHO; CMS)."""
    return _ICD.fullmatch(text) is not None


def is_icd10_plain(text: str) -> bool:
    """A diagnosis code of ICD-10 without its point; evidence only next to a name."""
    return _ICD_PLAIN.fullmatch(text) is not None


def is_user_name(text: str) -> bool:
    """One word of letters, digits, points, hyphens and underscores; evidence only next to a name."""
    return _USER.fullmatch(text) is not None


def has_personal_part(text: str) -> bool:
    """A text of several words with an e-mail address, a telephone or a social security number in it."""
    return len(text) > 12 and " " in text and _PERSONAL_PART.search(text) is not None


def is_code(text: str) -> bool:
    """A word with a digit in it, of six to forty characters: the form of an identifier, evidence for nothing else."""
    return 6 <= len(text) <= 40 and " " not in text


def _plain(text: str) -> str:
    return folded(text).lower()


def _name_words(text: str) -> list[str]:
    """The words of a name in lower case, without titles, initials and particles; nothing where a word is none."""
    words = [word for word in re.split(r"[ ,]+", text) if word]
    if not all(_NAME_WORD.fullmatch(word) for word in words):
        return []
    plain = [_plain(word).strip(".") for word in words]
    return [word for word in plain if word not in _TITLES and word not in _PARTICLES and len(word) > 1]


def _parts(word: str) -> list[str]:
    return word.split("-")


def is_given_name(text: str) -> bool:
    """One frequent given name, or two with a hyphen or a blank; nothing else."""
    return len(text) < 30 and all(part in GIVEN_NAMES for part in re.split("[ -]", _plain(text)))


def is_family_name(text: str) -> bool:
    """One frequent family name with its particles, or one with the ending of family names; nothing else."""
    if not 1 < len(text) < 40 or not text[0].isalpha():
        return False
    words = [part for word in _name_words(text) for part in _parts(word)]
    return 1 <= len(words) <= 2 and any(_is_family(word) for word in words)


def _is_family(word: str) -> bool:
    return word in FAMILY_NAMES or (len(word) >= 7 and word.endswith(_FAMILY_ENDINGS))


def is_company(text: str) -> bool:
    """A name with the legal form or another mark of a company."""
    return any(word.strip(".") in COMPANY_WORDS or word == "&" for word in re.split(r"[ ,]+", _plain(text)))


def is_full_name(text: str) -> bool:
    """Two to five words, with a frequent given name and a family name, or a given name first; no company."""
    if not 4 < len(text) < 70 or not text[0].isalpha() or is_company(text):
        return False
    bare = re.sub(r"\(.*\)|\".*\"", "", text)
    words = _name_words(bare)
    if not 2 <= len(words) <= 5 or not all(word[0].isupper() for word in bare.split()[:1]):
        return False
    given = [any(part in GIVEN_NAMES for part in _parts(word)) for word in words]
    family = [any(_is_family(part) for part in _parts(word)) for word in words]
    known = sum(one or other for one, other in zip(given, family, strict=True))
    return (any(given) and known >= 2) or given[0]


def is_titled_name(text: str) -> bool:
    """Words of letters with a form of address among them: ``Braund, Mr. Owen``; no company."""
    words = [word for word in re.split(r"[ ,]+", text) if word]
    if not 2 <= len(words) <= 9 or any(mark.isdigit() for mark in text):
        return False
    return any(_plain(word).strip(".") in _TITLES for word in words[:3]) and words[0][0].isupper()


def is_name_like(text: str) -> bool:
    """Two to five capitalised words of letters: the form of a full name, evidence only next to a column name."""
    words = [word for word in text.replace(",", " ").split() if word not in _PARTICLES]
    if is_company(text):
        return False
    return 2 <= len(words) <= 5 and all(_NAME_WORD.fullmatch(word) is not None and word[0].isupper() for word in words)


def is_name_word(text: str) -> bool:
    """One or two capitalised words of letters; evidence only next to a column name."""
    words = text.split()
    return 1 <= len(words) <= 4 and all(_NAME_WORD.fullmatch(word) is not None for word in words) and text[0].isalpha()


def is_gender_word(text: str) -> bool:
    """A word for a sex or a gender."""
    return len(text) <= 14 and _plain(text) in GENDER_WORDS


def is_gender_letter(text: str) -> bool:
    """M or F."""
    return len(text) == 1 and text.lower() in GENDER_LETTERS


def is_gender_code(text: str) -> bool:
    """A letter or a digit that stands for a sex somewhere; evidence only next to a name."""
    return len(text) == 1 and text.lower() in GENDER_CODES


def _has_word(text: str, words: frozenset[str]) -> bool:
    return len(text) < 80 and any(word in words for word in re.split(r"[ ,/()]+", _plain(text)))


def is_religion(text: str) -> bool:
    """A text with the name of a religion or a confession."""
    return _has_word(text, RELIGION_WORDS)


def is_ethnicity(text: str) -> bool:
    """A text with a word for the origin of people that is no colour."""
    return _has_word(text, ETHNICITY_WORDS - COMMON_ETHNICITY_WORDS)


def is_ethnicity_word(text: str) -> bool:
    """A text with a word for the origin of people, colours included; evidence only next to a name."""
    return _has_word(text, ETHNICITY_WORDS)


def is_health_term(text: str) -> bool:
    """A text with an illness, a drug, or a word with a medical ending."""
    if not 3 <= len(text) < 80:
        return False
    words = re.split(r"[ ,/()]+", _plain(text))
    return any(word in HEALTH_WORDS or (len(word) > 7 and word.endswith(HEALTH_ENDINGS)) for word in words)


Check = Callable[[str], bool]
_WORDS: dict[str, Check] = {
    "given_name": is_given_name, "family_name": is_family_name, "full_name": is_full_name,
    "titled_name": is_titled_name, "name_like": is_name_like, "name_word": is_name_word, "gender_word": is_gender_word,
    "gender_letter": is_gender_letter, "gender_code": is_gender_code, "religion": is_religion,
    "ethnicity": is_ethnicity, "ethnicity_word": is_ethnicity_word, "health_term": is_health_term,
    "company": is_company, "email": is_email, "url": is_url, "user_name": is_user_name, "mac_address": is_mac,
    "eastern_name": is_eastern_name, "caseless_word": is_caseless_word, "eastern_address": is_eastern_address,
    "personal_part": has_personal_part,
}  # fmt: skip
_DIGITS: dict[str, Check] = {
    "phone_digits": is_phone_digits, "phone_form": is_phone_form, "us_ssn_digits": is_us_ssn_digits,
    "credit_card": is_card, "npi": is_npi, "routing_number": is_routing_number, "imei": is_imei,
    "card_code": is_card_code, "postal_code": is_postal_code, "gender_code": is_gender_code, "code": is_code,
}  # fmt: skip
_MIXED: dict[str, Check] = {
    "email": is_email, "url": is_url, "phone": is_phone, "phone_form": is_phone_form, "us_ssn": is_us_ssn,
    "credit_card": is_card, "iban": is_iban, "ip_address": is_ip, "wide_ip": is_wide_ip, "mac_address": is_mac,
    "street_address": is_street_address, "numbered_name": is_numbered_name, "icd10": is_icd10,
    "icd10_plain": is_icd10_plain, "card_expiry": is_card_expiry, "postal_code": is_postal_code,
    "user_name": is_user_name, "company": is_company, "health_term": is_health_term, "code": is_code,
    "eastern_address": is_eastern_address, "personal_part": has_personal_part,
}  # fmt: skip
#: Not a validator of its own: it gives ``national_<country>`` for each identifier that a text can be.
_NATIONAL = "national"
#: Checks that a number passes by chance once in ten: asked further only when the first look shows more than chance.
_CHECK_DIGITS = frozenset({"routing_number", "npi", "imei", "credit_card"})
_BY_CHANCE = 0.2
#: Share of the first look from which on any other validator is asked further; no weight rests on less.
_DULL_SHARE = 0.02
_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")
VALIDATORS: dict[str, Check] = _WORDS | _DIGITS | _MIXED


@dataclass(frozen=True)
class _Asked:
    """The validators that are asked: of texts without digits, of digits only, and of the others."""

    words: tuple[tuple[str, Check], ...]
    digits: tuple[tuple[str, Check], ...]
    mixed: tuple[tuple[str, Check], ...]
    national: bool

    @classmethod
    def only(cls, names: Collection[str]) -> _Asked:
        words, digits, mixed = (
            tuple((name, check) for name, check in kind.items() if name in names) for kind in (_WORDS, _DIGITS, _MIXED)
        )
        return cls(words, digits, mixed, _NATIONAL in names)


_EVERYTHING = _Asked.only({*VALIDATORS, _NATIONAL})


def _passed(value: str, asked: _Asked) -> list[str]:
    """The validators that a value passes: a trimmed text, not empty."""
    digits = len(value) - len(value.translate(_WITHOUT_DIGITS))
    checks = asked.words if not digits else asked.digits if digits == len(value) else asked.mixed
    passed = [name for name, check in checks if check(value)]
    if asked.national and digits >= 6:
        passed += national_identifiers(value)
    return passed


def _worth_asking(values: list[str]) -> set[str]:
    """The validators that the values of a first look pass often enough."""
    passed = Counter(name for value in values for name in _passed(value, _EVERYTHING))
    asked = set()
    for name, count in passed.items():
        by_chance = name.startswith(_NATIONAL) or name in _CHECK_DIGITS
        if count >= (_BY_CHANCE if by_chance else _DULL_SHARE) * len(values):
            asked.add(_NATIONAL if name.startswith(_NATIONAL) else name)
    return asked


def count_matches(values: list[tuple[str, int]]) -> dict[str, int]:
    """Validator -> number of values that pass it, of (value, how often) pairs; those without a match are absent."""
    asked = _EVERYTHING
    if len(values) > 2 * FIRST_LOOK:
        names = _worth_asking([value for value, _ in values[:: len(values) // FIRST_LOOK]])
        if not names:
            return {}
        asked = _Asked.only(names)
    matches: dict[str, int] = {}
    for value, count in values:
        for name in _passed(value, asked):
            matches[name] = matches.get(name, 0) + count
    return dict(sorted(matches.items()))
