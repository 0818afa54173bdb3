"""Check digits and structures that tell an identifier of a person from a number that looks like one."""

from __future__ import annotations

import ipaddress
import re

from shared.pipeline.profile.check_digits import luhn_is_valid

# Issuer ranges of ISO/IEC 7812 that networks publish: Visa, Mastercard, American Express, Discover, Diners Club, JCB,
# UnionPay, Maestro. An IMEI (15 digits, Luhn) is in none of them.
_CARD = re.compile(
    r"4([0-9]{12}|[0-9]{15}|[0-9]{18})|(5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|(6011|64[4-9][0-9]|65[0-9]{2}|62[0-9]{2}|60[0-9]{2}|81[0-9]{2})[0-9]{12,15}"
    r"|3(0[0-5]|[689][0-9])[0-9]{11}|35(2[89]|[3-8][0-9])[0-9]{12}|(2131|1800)[0-9]{11}"
    r"|(5018|5020|5038|56[0-9]{2}|57[0-9]{2}|58[0-9]{2}|6304|67[0-9]{2})[0-9]{8,15}"
)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IP_CHARACTERS = re.compile(r"[0-9A-Fa-f.:]{3,45}")
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"({_OCTET}\.){{3}}{_OCTET}")
_EXTENSION = re.compile(r" ?(x|ext\.?) ?[0-9]{1,5}$")
_PHONE_CHARACTERS = re.compile(r"[+(]?[0-9(+][0-9 ().\-/+]{5,22}[0-9]")
# North America; a leading zero and two to four groups; four or more pairs.
_PHONE_GROUPS = re.compile(
    r"(1[-. ])?[2-9][0-9]{2}[-. ][0-9]{3}[-. ][0-9]{4}|0[0-9]{1,4}([-. /][0-9]{2,4}){2,4}|0[0-9]([-. ][0-9]{2}){4}"
)
_SSN = re.compile(r"([0-9]{3})-([0-9]{2})-([0-9]{4})")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(\1[0-9A-Fa-f]{2}){4}|([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_ROUTING_PREFIX = re.compile(r"0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80")


def is_card(text: str) -> bool:
    """A payment card number: digits (spaces and hyphens allowed) of an issuer's range and length, Luhn (ISO 7812)."""
    digits = text.replace(" ", "").replace("-", "")
    return _CARD.fullmatch(digits) is not None and luhn_is_valid(digits)


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


def is_npi(text: str) -> bool:
    """A US National Provider Identifier: ten digits from 1 or 2 on, Luhn behind the prefix 80840 (45 CFR 162.406)."""
    return len(text) == 10 and text.isdigit() and text[0] in "12" and luhn_is_valid("80840" + text)


def is_routing_number(text: str) -> bool:
    """A US bank routing number: nine digits, a Federal Reserve prefix, weights 3 7 1 divisible by ten (ABA)."""
    if len(text) != 9 or not text.isdigit() or not _ROUTING_PREFIX.match(text):
        return False
    return sum(int(digit) * weight for digit, weight in zip(text, (3, 7, 1) * 3, strict=True)) % 10 == 0


def is_imei(text: str) -> bool:
    """The identity of a mobile device: 15 digits with the Luhn digit (3GPP TS 23.003), outside the card ranges."""
    return len(text) == 15 and text.isdigit() and luhn_is_valid(text) and not is_card(text) and text[:2] != "00"


def is_mac(text: str) -> bool:
    """A hardware address of six bytes: pairs with colons or hyphens, or three groups with points (IEEE 802)."""
    return _MAC.fullmatch(text) is not None


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    if ":" not in text:
        return _IPV4.fullmatch(text) is not None
    if not _IP_CHARACTERS.fullmatch(text):
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
    if number[0] == "+" or number.startswith("(+"):
        return 8 <= digits <= 15
    if "(" in number:
        return 9 <= digits <= 13
    return _PHONE_GROUPS.fullmatch(number) is not None and not is_ip(number)
