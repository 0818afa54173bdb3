"""Check digits and structures that tell an identifier of a person from a number that looks like one."""

from __future__ import annotations

import ipaddress
import re

_CARD = re.compile(r"[2-6][0-9]{12,18}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IP_CHARACTERS = re.compile(r"[0-9A-Fa-f.:]{3,45}")
_EXTENSION = re.compile(r" ?(x|ext\.?) ?[0-9]{1,5}$")
_PHONE_CHARACTERS = re.compile(r"[+(]?[0-9(][0-9 ().\-/]{5,22}[0-9]")
# North America; a leading zero and two to four groups; four or more pairs.
_PHONE_GROUPS = re.compile(
    r"(1[-. ])?[2-9][0-9]{2}[-. ][0-9]{3}[-. ][0-9]{4}|0[0-9]{1,4}([-. /][0-9]{2,4}){2,4}|0[0-9]([-. ][0-9]{2}){4}"
)
_SSN = re.compile(r"([0-9]{3})-([0-9]{2})-([0-9]{4})")


def is_card(text: str) -> bool:
    """A payment card number: 13 to 19 digits (spaces and hyphens allowed), known first digit, Luhn (ISO 7812)."""
    digits = text.replace(" ", "").replace("-", "")
    if not _CARD.fullmatch(digits):
        return False
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """An account number whose remainder modulo 97 is one (ISO 13616)."""
    compact = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(compact):
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_us_ssn(text: str) -> bool:
    """A US social security number with hyphens and a legal area, group and serial (SSA rules since 2011)."""
    found = _SSN.fullmatch(text)
    if not found:
        return False
    area, group, serial = found.groups()
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    if not _IP_CHARACTERS.fullmatch(text) or ("." not in text and ":" not in text):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_phone(text: str) -> bool:
    """A telephone number written as one: 8 to 15 digits (E.164) with a plus sign, an area in brackets, or groups.

    Bare digits do not count, nor do two groups: identifiers, part numbers and epoch seconds look the same.
    """
    number = _EXTENSION.sub("", text)
    if not _PHONE_CHARACTERS.fullmatch(number):
        return False
    digits = sum(character.isdigit() for character in number)
    if number.startswith("+"):
        return 8 <= digits <= 15
    if "(" in number:
        return 9 <= digits <= 13
    return _PHONE_GROUPS.fullmatch(number) is not None and not is_ip(number)
