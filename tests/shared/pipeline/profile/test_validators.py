"""Validators: what they accept, and the look-alikes that they must refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.pipeline.profile.checksums import is_card, is_iban, is_ip, is_phone, is_us_ssn
from shared.pipeline.profile.validators import count_matches, is_email, is_full_name, is_street_address
from shared.pipeline.profile.words import name_words


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (is_card, "4111 1111 1111 1111"),
        (is_card, "378282246310005"),
        (is_iban, "DE89 3704 0044 0532 0130 00"),
        (is_iban, "GB82WEST12345698765432"),
        (is_us_ssn, "123-45-6789"),
        (is_ip, "10.20.30.40"),
        (is_ip, "2001:db8::1"),
        (is_phone, "+1 212-555-0101"),
        (is_phone, "(212) 555-0101"),
        (is_phone, "212-555-0101"),
        (is_phone, "+442079460018"),
        (is_phone, "212.555.0101 x12"),
        (is_email, "o'hara+x@sub.example.co.uk"),
        (is_full_name, "Maria Garcia"),
        (is_full_name, "Smith, John A."),
        (is_street_address, "221B Baker Street"),
        (is_street_address, "Hauptstraße 5"),
        (is_street_address, "1600 Amphitheatre Pkwy, Apt 4"),
    ],
)
def test_accepts(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (is_card, "4111111111111112"),
        (is_card, "1234567890123456"),
        (is_iban, "DE89370400440532013001"),
        (is_us_ssn, "900-12-3456"),
        (is_us_ssn, "000-12-3456"),
        (is_us_ssn, "123-00-6789"),
        (is_ip, "1.2.3"),
        (is_ip, "10.0.19041.1"),
        (is_phone, "1704067200"),
        (is_phone, "2024-01-15"),
        (is_phone, "15/01/2024"),
        (is_phone, "10.20.30.40"),
        (is_phone, "123-45-6789"),
        (is_phone, "12.50"),
        (is_email, "someone at example.com"),
        (is_full_name, "Standing Desk"),
        (is_full_name, "New York"),
        (is_street_address, "Wireless Mouse"),
    ],
)
def test_refuses(check: Callable[[str], bool], value: str) -> None:
    assert not check(value)


def test_many_values_are_counted_as_few_ones_are() -> None:
    values = [(f"p{number}@mail.example.org", 2) for number in range(5000)]
    assert count_matches(values)["email"] == 10_000
    assert "routing_number" not in count_matches([(f"{number * 7919 % 10**9:09d}", 1) for number in range(5000)])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CustomerFirstName", ("customer", "first", "name")),
        ("company", ("company",)),
        ("SSN_last4", ("ssn", "last", "4")),
        ("e-mail", ("e", "mail")),
        ("customerDOB", ("customer", "birth", "date")),
        ("OrderID", ("order", "id")),
    ],
)
def test_whole_words_of_names(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words
