"""What the rules of check digits have in common: weighted sums, Luhn, ISO 7064, and days inside a number."""

from __future__ import annotations


def luhn_is_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn digit of those before it (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod_11_10_is_valid(digits: str) -> bool:
    """Whether the last digit is that of ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of the digits, each times its weight; what has no partner is left out."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_day(month: int, day: int) -> bool:
    """Whether two numbers can be a month and a day of it, whatever the year."""
    return 1 <= month <= 12 and 1 <= day <= 31
