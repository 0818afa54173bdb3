"""Numbers that states give to persons, told from other numbers by their check digits.

Each function takes the text as it stands in a column; blanks, points and hyphens inside are allowed where people write
them. Sources are the publications of the issuing offices, named beside each rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shared.pipeline.profile.check_digits import is_day, luhn_is_valid, mod_11_10_is_valid, weighted
from shared.pipeline.profile.national_identifiers_east import (
    is_bulgarian_number,
    is_chinese_number,
    is_croatian_oib,
    is_czech_number,
    is_estonian_code,
    is_former_yugoslav_number,
    is_greek_amka,
    is_hungarian_number,
    is_indian_aadhaar,
    is_korean_number,
    is_latvian_code,
    is_romanian_cnp,
    is_turkish_number,
    is_ukrainian_number,
)

_SEPARATORS = re.compile(r"[ .\-/]")


def is_german_tax_id(digits: str) -> bool:
    """Steuer-Identifikationsnummer: 11 digits, ISO 7064 MOD 11,10; one of the first ten is there 2 or 3 times."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if counts[-1] not in (2, 3) or (len(counts) > 1 and counts[-2] != 1):
        return False
    return mod_11_10_is_valid(digits)


def is_french_nir(text: str) -> bool:
    """Numéro d'inscription au répertoire: 13 characters and 97 minus their remainder modulo 97 (INSEE)."""
    if not re.fullmatch(r"[1-478][0-9]{2}(0[1-9]|1[0-2]|[2-9][0-9])[0-9][0-9AB][0-9]{8}", text):
        return False
    number = text[:13]
    corsica = 1_000_000 if number[6] == "A" else 2_000_000 if number[6] == "B" else 0
    return 97 - (int(number.replace("A", "0").replace("B", "0")) - corsica) % 97 == int(text[13:])


def is_spanish_id(text: str) -> bool:
    """DNI or NIE: up to eight digits and the letter of their remainder modulo 23 (Ministerio del Interior)."""
    if not re.fullmatch(r"([0-9]{8}|[XYZ][0-9]{7})[A-HJ-NP-TV-Z]", text):
        return False
    number = text[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


_ITALIAN_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
         10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def is_italian_fiscal_code(text: str) -> bool:
    """Codice fiscale of a person: 16 characters, the last from two tables (D.M. 23 December 1976)."""
    if not re.fullmatch(r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", text):
        return False
    total = 0
    for position, character in enumerate(text[:15]):
        even = int(character) if character.isdigit() else ord(character) - ord("A")
        total += even if position % 2 else _ITALIAN_ODD[character]
    return chr(ord("A") + total % 26) == text[15]


def is_dutch_bsn(digits: str) -> bool:
    """Burgerservicenummer: 9 digits, weights 9 to 2 and -1, divisible by 11 (elfproef)."""
    if len(digits) != 9 or digits[:2] == "00":
        return False
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def is_polish_pesel(digits: str) -> bool:
    """PESEL: 11 digits that begin with a birth date; weights 1 3 7 9 (Ministerstwo Cyfryzacji)."""
    if len(digits) != 11 or not is_day(int(digits[2:4]) % 20, int(digits[4:6])):
        return False
    return -weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10 == int(digits[10])


def is_swedish_number(text: str) -> bool:
    """Personnummer: (century,) birth date, sign, three digits and the Luhn digit of the last ten (Skatteverket)."""
    found = re.fullmatch(r"(?:19|20)?([0-9]{6})([-+]?)([0-9]{4})", text)
    if not found or not is_day(int(found[1][2:4]), int(found[1][4:6]) % 60):
        return False
    return luhn_is_valid(found[1] + found[3])


def is_british_nino(text: str) -> bool:
    """National Insurance number: two letters without some pairs, six digits, A to D (HMRC, NIM39110). Form only."""
    return re.fullmatch(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]", text) is not None


def is_nhs_number(digits: str) -> bool:
    """NHS number: 10 digits, weights 10 to 2, 11 minus the remainder modulo 11 (NHS data dictionary)."""
    if len(digits) != 10:
        return False
    return (11 - weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(digits[9])


def is_belgian_number(digits: str) -> bool:
    """Rijksregisternummer: birth date, sequence, 97 minus the remainder modulo 97; from 2000 with a leading 2."""
    if len(digits) != 11 or not is_day(int(digits[2:4]) or 1, int(digits[4:6]) or 1):
        return False
    return any(97 - int(lead + digits[:9]) % 97 == int(digits[9:]) for lead in ("", "2"))


def is_portuguese_nif(digits: str) -> bool:
    """NIF of a natural person: 9 digits from 1, 2, 3 or 45 on, weights 9 to 2 modulo 11 (Autoridade Tributária)."""
    if len(digits) != 9 or not (digits[0] in "123" or digits[:2] == "45"):
        return False
    rest = weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest < 2 else 11 - rest) == int(digits[8])


def is_finnish_code(text: str) -> bool:
    """Henkilötunnus: birth date, century sign, three digits and one of 31 characters (Digi- ja väestötietovirasto)."""
    found = re.fullmatch(r"([0-9]{6})[-+A-FU-Y]([0-9]{3})([0-9A-Y])", text)
    if not found or not is_day(int(found[1][2:4]), int(found[1][:2])):
        return False
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(found[1] + found[2]) % 31] == found[3]


def is_norwegian_number(digits: str) -> bool:
    """Fødselsnummer: birth date, three digits and two check digits modulo 11 (Skatteetaten)."""
    if len(digits) != 11 or not is_day(int(digits[2:4]) % 40, int(digits[:2]) % 40):
        return False
    first = -weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (first, second) == (int(digits[9]), int(digits[10]))


def is_swiss_ahv(digits: str) -> bool:
    """AHV number: 756, nine digits and the EAN-13 digit (Zentrale Ausgleichsstelle)."""
    return len(digits) == 13 and digits[:3] == "756" and -weighted(digits, (1, 3) * 6) % 10 == int(digits[12])


def is_brazilian_cpf(digits: str) -> bool:
    """CPF: 11 digits, two check digits modulo 11 (Receita Federal)."""
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    first = weighted(digits, tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = weighted(digits, tuple(range(11, 1, -1))) * 10 % 11 % 10
    return (first, second) == (int(digits[9]), int(digits[10]))


def is_austrian_number(digits: str) -> bool:
    """Sozialversicherungsnummer: three digits, a check digit, birth date; weights 3 7 9, 5 8 4 2 1 6 (Dachverband)."""
    if len(digits) != 10 or digits[0] == "0" or not 1 <= int(digits[4:6]) <= 31:
        return False
    return weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(digits[3])


def is_irish_pps(text: str) -> bool:
    """Personal public service number: seven digits, the letter of their sum modulo 23, maybe A to I or W (DSP)."""
    found = re.fullmatch(r"([0-9]{7})([A-W])([A-IW]?)", text)
    if not found:
        return False
    letters = "WABCDEFGHIJKLMNOPQRSTUV"
    total = weighted(found[1], (8, 7, 6, 5, 4, 3, 2)) + 9 * (letters.index(found[3]) if found[3] else 0)
    return letters[total % 23] == found[2]


def is_danish_number(text: str) -> bool:
    """CPR-nummer: day, month, year, hyphen, four digits (CPR-kontoret). Form only: the check digit was given up."""
    found = re.fullmatch(r"([0-9]{2})([0-9]{2})[0-9]{2}-[0-9]{4}", text)
    return found is not None and is_day(int(found[2]), int(found[1]))


def is_icelandic_number(digits: str) -> bool:
    """Kennitala: day, month, year, two digits, weights 3 2 7 6 5 4 3 2 modulo 11, century (Þjóðskrá)."""
    if len(digits) != 10 or digits[9] not in "890" or not is_day(int(digits[2:4]), int(digits[:2]) % 40):
        return False
    return -weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(digits[8])


def is_mexican_curp(text: str) -> bool:
    """CURP: letters of the name, birth date, sex, state, and the digit of their sum modulo 10 (RENAPO)."""
    found = re.fullmatch(r"[A-Z]{4}[0-9]{2}([0-9]{2})([0-9]{2})[HMX][A-Z]{5}[0-9A-Z][0-9]", text)
    if not found or not is_day(int(found[1]), int(found[2])):
        return False
    order = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(order.index(character) * (18 - position) for position, character in enumerate(text[:17]))
    return -total % 10 == int(text[17])


#: Name -> (check, length of the text without separators; 0: the check wants the text with them).
_CHECKS: dict[str, tuple[Callable[[str], bool], int]] = {
    "national_de": (is_german_tax_id, 11), "national_fr": (is_french_nir, 15), "national_es": (is_spanish_id, 9),
    "national_it": (is_italian_fiscal_code, 16), "national_nl": (is_dutch_bsn, 9), "national_pl": (is_polish_pesel, 11),
    "national_se": (is_swedish_number, 0), "national_gb": (is_british_nino, 9), "national_nhs": (is_nhs_number, 10),
    "national_be": (is_belgian_number, 11), "national_pt": (is_portuguese_nif, 9), "national_fi": (is_finnish_code, 0),
    "national_no": (is_norwegian_number, 11), "national_ch": (is_swiss_ahv, 13), "national_br": (is_brazilian_cpf, 11),
    "national_at": (is_austrian_number, 10), "national_ie": (is_irish_pps, 0), "national_dk": (is_danish_number, 0),
    "national_is": (is_icelandic_number, 10), "national_mx": (is_mexican_curp, 18),
    "national_cz": (is_czech_number, 0), "national_ro": (is_romanian_cnp, 13), "national_hr": (is_croatian_oib, 11),
    "national_hu": (is_hungarian_number, 11), "national_bg": (is_bulgarian_number, 10),
    "national_ee": (is_estonian_code, 11), "national_lv": (is_latvian_code, 11),
    "national_si": (is_former_yugoslav_number, 13), "national_gr": (is_greek_amka, 11),
    "national_ua": (is_ukrainian_number, 10), "national_tr": (is_turkish_number, 11),
    "national_cn": (is_chinese_number, 18), "national_kr": (is_korean_number, 0),
    "national_in": (is_indian_aadhaar, 12),
}  # fmt: skip
_LETTERED = frozenset({"national_fr", "national_es", "national_it", "national_gb", "national_mx", "national_cn"})
NATIONAL_IDENTIFIERS: tuple[str, ...] = tuple(_CHECKS)


def national_identifiers(text: str) -> list[str]:
    """Names of the identifiers (``national_<country>``) that a text can be, most often none.

    :param text: a trimmed value; 8 to 21 characters are looked at.
    """
    if not 8 <= len(text) <= 21:
        return []
    compact = _SEPARATORS.sub("", text).upper()
    signed = text.upper().replace(" ", "")
    found = []
    for name, (check, length) in _CHECKS.items():
        subject = compact if length else signed
        if length and (len(subject) != length or not (subject.isdigit() or name in _LETTERED)):
            continue
        if subject.isascii() and check(subject):
            found.append(name)
    return found
