"""National identifiers: examples that are published, and the same with another last character."""

from __future__ import annotations

import pytest

from shared.pipeline.profile.checksums import is_card, is_imei, is_mac, is_npi, is_routing_number
from shared.pipeline.profile.national_identifiers import national_identifiers

PUBLISHED = [
    ("national_de", "86095742719"),
    ("national_de", "36574261809"),
    ("national_fr", "2 55 08 14 168 025 38"),
    ("national_es", "12345678Z"),
    ("national_es", "X1234567L"),
    ("national_it", "RSSMRA85T10A562S"),
    ("national_nl", "111222333"),
    ("national_pl", "44051401359"),
    ("national_se", "811218-9876"),
    ("national_se", "19811218-9876"),
    ("national_nhs", "943 476 5919"),
    ("national_be", "85.07.30-033.28"),
    ("national_pt", "123456789"),
    ("national_fi", "131052-308T"),
    ("national_ch", "756.9217.0769.85"),
    ("national_br", "529.982.247-25"),
    ("national_at", "1237 010180"),
    ("national_ie", "1234567T"),
    ("national_ie", "1234567FA"),
    ("national_mx", "BOXW310820HNERXN09"),
    ("national_cz", "710319/2745"),
    ("national_cz", "7103192745"),
    ("national_ro", "1800101221144"),
    ("national_hr", "69435151530"),
    ("national_bg", "7523169263"),
    ("national_ee", "37605030299"),
    ("national_ee", "33309240064"),
    ("national_lv", "161175-19997"),
    ("national_si", "0101006500006"),
    ("national_gr", "01013099997"),
    ("national_ua", "1759013776"),
    ("national_tr", "10000000146"),
    ("national_cn", "11010519491231002X"),
    ("national_in", "2341 2341 2346"),
]


@pytest.mark.parametrize(("country", "text"), PUBLISHED)
def test_a_published_example_is_recognised(country: str, text: str) -> None:
    assert country in national_identifiers(text)


@pytest.mark.parametrize(("country", "text"), PUBLISHED)
def test_another_last_character_is_refused(country: str, text: str) -> None:
    last = text[-1]
    other = str((int(last) + 1) % 10) if last.isdigit() else "B" if last != "B" else "C"
    assert country not in national_identifiers(text[:-1] + other)


@pytest.mark.parametrize(("text", "legal"), [("AB123456C", True), ("BG123456A", False), ("AB123456E", False)])
def test_the_british_number_has_a_form_only(text: str, legal: bool) -> None:
    assert ("national_gb" in national_identifiers(text)) is legal


@pytest.mark.parametrize(
    ("country", "text", "legal"),
    [
        ("national_dk", "211062-5629", True),
        ("national_dk", "211362-5629", False),
        ("national_dk", "2110625629", False),
        ("national_kr", "971013-9019902", False),
        ("national_kr", "971013-2019902", True),
        ("national_kr", "971313-2019902", False),
        ("national_cz", "530101/123", True),
        ("national_cz", "540101/123", False),
        ("national_cz", "530101123", False),
    ],
)
def test_some_numbers_have_a_form_only(country: str, text: str, legal: bool) -> None:
    assert (country in national_identifiers(text)) is legal


def test_the_icelandic_number_is_checked_by_the_digit_before_the_last() -> None:
    assert "national_is" in national_identifiers("120174-3399")
    assert "national_is" not in national_identifiers("120174-3389")
    assert "national_is" not in national_identifiers("120174-3395")


def test_hungarian_numbers_of_both_centuries() -> None:
    old, new = "1780401002", "3000401002"
    for body, weights in ((old, range(1, 11)), (new, range(10, 0, -1))):
        check = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
        assert check < 10
        assert "national_hu" in national_identifiers(f"{body}{check}")


def test_the_norwegian_number_has_two_check_digits() -> None:
    body = "010170123"
    first = -sum(int(d) * w for d, w in zip(body, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
    second = -sum(int(d) * w for d, w in zip(f"{body}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    assert first < 10 and second < 10
    assert "national_no" in national_identifiers(f"{body}{first}{second}")
    assert "national_no" not in national_identifiers(f"{body}{first}{(second + 1) % 10}")


@pytest.mark.parametrize(
    "text", ["", "abc", "2024-01-15", "ORD-000123", "1704067203", "10.20.30.40", "12 345 678 901 234 567 890"]
)
def test_ordinary_values_are_none(text: str) -> None:
    assert national_identifiers(text) == []


def test_provider_routing_and_device_numbers() -> None:
    assert is_npi("1234567893") and not is_npi("1234567890")
    assert is_routing_number("021000021") and not is_routing_number("021000022")
    assert is_imei("490154203237518") and not is_imei("490154203237519")
    assert is_mac("00:1B:44:11:3A:B7") and is_mac("001b.4411.3ab7") and not is_mac("00:1B-44:11:3A:B7")


@pytest.mark.parametrize("text", ["490154203237518", "9999999999999995", "1234567812345670"])
def test_luhn_alone_makes_no_card(text: str) -> None:
    assert not is_card(text)
