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
