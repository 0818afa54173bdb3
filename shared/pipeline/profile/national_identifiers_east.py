"""Numbers of persons from central, eastern and southern Europe and from Asia, told by their check digits.

As :mod:`shared.pipeline.profile.national_identifiers`, which asks them all.
"""

from __future__ import annotations

import re

from shared.pipeline.profile.check_digits import is_day, luhn_is_valid, mod_11_10_is_valid, weighted

_ONE_TO_TEN = tuple(range(1, 11))


def is_czech_number(text: str) -> bool:
    """Rodné číslo (Czechia, Slovakia): birth date, 50 or 20 added to the month, divisible by 11 (Act 133/2000 Coll.).

    Until 1953 three digits follow the date and nothing checks them: those count with their slash only.
    """
    found = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2})(/?)([0-9]{3,4})", text)
    if not found or not is_day(int(found[2]) % 50 % 20, int(found[3])):
        return False
    if len(found[5]) == 3:
        return found[4] == "/" and int(found[1]) < 54
    digits = "".join(found.group(1, 2, 3, 5))
    return int(digits) % 11 == 0 or int(digits[:9]) % 11 % 10 == int(digits[9])


def is_romanian_cnp(digits: str) -> bool:
    """Cod numeric personal: sex and century, birth date, weights 279146358279 modulo 11, 10 is 1 (Law 105/1996)."""
    if len(digits) != 13 or digits[0] in "0" or not is_day(int(digits[3:5]), int(digits[5:7])):
        return False
    rest = weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (1 if rest == 10 else rest) == int(digits[12])


def is_croatian_oib(digits: str) -> bool:
    """Osobni identifikacijski broj: 11 digits, ISO 7064 MOD 11,10 (Porezna uprava)."""
    return len(digits) == 11 and mod_11_10_is_valid(digits)


def is_hungarian_number(digits: str) -> bool:
    """Személyi azonosító: sex, birth date, three digits, weights 1 to 10 (from 1997 on 10 to 1) modulo 11 (1996/XX)."""
    if len(digits) != 11 or digits[0] == "0" or not is_day(int(digits[3:5]), int(digits[5:7])):
        return False
    return any(weighted(digits, order) % 11 == int(digits[10]) for order in (_ONE_TO_TEN, _ONE_TO_TEN[::-1]))


def is_bulgarian_number(digits: str) -> bool:
    """EGN: birth date, 20 or 40 added to the month, weights 2 4 8 5 10 9 7 3 6 modulo 11 modulo 10 (GRAO)."""
    if len(digits) != 10 or not is_day(int(digits[2:4]) % 20, int(digits[4:6])):
        return False
    return weighted(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(digits[9])


def is_estonian_code(digits: str) -> bool:
    """Isikukood, asmens kodas (Estonia, Lithuania): sex and century, birth date, two stages modulo 11 (EVS 585)."""
    if len(digits) != 11 or digits[0] in "09" or not is_day(int(digits[3:5]), int(digits[5:7])):
        return False
    stages = ((1, 2, 3, 4, 5, 6, 7, 8, 9, 1), (3, 4, 5, 6, 7, 8, 9, 1, 2, 3))
    rests = [weighted(digits, stage) % 11 for stage in stages]
    return next((rest for rest in rests if rest < 10), 0) == int(digits[10])


def is_latvian_code(digits: str) -> bool:
    """Personas kods until 2017: day, month, year, century, weights 1 6 3 7 9 10 5 8 4 2, 1101 minus the sum (PMLP)."""
    if len(digits) != 11 or digits[6] not in "012" or not is_day(int(digits[2:4]), int(digits[:2])):
        return False
    return (1101 - weighted(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11 % 10 == int(digits[10])


def is_former_yugoslav_number(digits: str) -> bool:
    """EMŠO, JMBG: day, month, three digits of the year, weights 7 to 2 twice modulo 11 (Slovenia, Serbia)."""
    if len(digits) != 13 or digits[4] not in "089" or not is_day(int(digits[2:4]), int(digits[:2])):
        return False
    return -weighted(digits, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 % 10 == int(digits[12])


def is_greek_amka(digits: str) -> bool:
    """AMKA: day, month, year and five digits of which the last is that of Luhn (IDIKA)."""
    return len(digits) == 11 and is_day(int(digits[2:4]), int(digits[:2])) and luhn_is_valid(digits)


def is_ukrainian_number(digits: str) -> bool:
    """RNOKPP: days since 1899 and five digits, weights -1 5 7 9 4 6 10 5 7 modulo 11 modulo 10 (tax service)."""
    return len(digits) == 10 and weighted(digits, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == int(digits[9])


def is_turkish_number(digits: str) -> bool:
    """T.C. kimlik numarası: 11 digits of which the last two check those before (NVİ)."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    odd, even = sum(map(int, digits[0:9:2])), sum(map(int, digits[1:8:2]))
    return (7 * odd - even) % 10 == int(digits[9]) and sum(map(int, digits[:10])) % 10 == int(digits[10])


def is_chinese_number(text: str) -> bool:
    """Resident identity number: region, birth date, three digits, ISO 7064 MOD 11-2 (GB 11643-1999)."""
    found = re.fullmatch(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", text)
    if not found or not is_day(int(found[1]), int(found[2])):
        return False
    rest = weighted(text[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11
    return "10X98765432"[rest] == text[17]


def is_korean_number(text: str) -> bool:
    """Resident registration number: birth date, hyphen, sex and century, six digits (MOIS).

    Form only: those given out since October 2020 have no check digit.
    """
    found = re.fullmatch(r"[0-9]{2}([0-9]{2})([0-9]{2})-[1-8][0-9]{6}", text)
    return found is not None and is_day(int(found[1]), int(found[2]))


_VERHOEFF_PRODUCT = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_ORDER = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_indian_aadhaar(digits: str) -> bool:
    """Aadhaar: 12 digits, the first 2 to 9, the last that of Verhoeff (UIDAI)."""
    if len(digits) != 12 or digits[0] in "01":
        return False
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_PRODUCT[check][int(_VERHOEFF_ORDER[position % 8][int(digit)])])
    return check == 0
