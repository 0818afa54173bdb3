"""Names and addresses in scripts without capital letters, and what looks like them."""

from __future__ import annotations

import pytest

from shared.pipeline.profile.eastern_words import is_caseless_word, is_eastern_address, is_eastern_name


@pytest.mark.parametrize("text", ["王芳", "李小龙", "張偉", "김민수", "박지영", "佐藤 太郎", "長谷川恵", "田中さくら"])
def test_a_family_name_with_another_word_is_a_name(text: str) -> None:
    assert is_eastern_name(text)


@pytest.mark.parametrize("text", ["", "王", "Wang Fang", "财务部", "北京市朝阳区", "서울특별시", "東京都", "12月"])
def test_other_words_are_none(text: str) -> None:
    assert not is_eastern_name(text)


@pytest.mark.parametrize(
    ("text", "legal"), [("芳", True), ("محمد علي", True), ("Лев", False), ("abc", False), ("12月", False)]
)
def test_words_without_capitals(text: str, legal: bool) -> None:
    assert is_caseless_word(text) is legal


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("深圳路H座", True),
        ("東京都港区芝公園4丁目", True),
        ("테헤란로 152", True),
        ("财务部门", False),
        ("Main Street 5", False),
    ],
)
def test_addresses(text: str, legal: bool) -> None:
    assert is_eastern_address(text) is legal
