"""Regular expressions that every engine reads alike, and formats of dates."""

from __future__ import annotations

import pytest

from onboarding.codegen.sql.java_patterns import java_pattern, java_replacement
from onboarding.spec.date_formats import DateFormatError, check_format, format_pattern
from onboarding.spec.patterns import groups_of, pattern_problem, replacement_problem


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]+",
        "(a|b)c*?",
        "\\p{L}+\\d",
        "\\x{00A0}",
        "(?i)é",
        "(?i:a)b",
        "(?:a)",
        "[\\]a^-]",
        "a{2,}",
        "\\Aa\\z",
        "[{}+]+",
    ],
)
def test_usual_patterns_can_be_used(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?=a)b", "look-ahead"),
        ("(?<!a)b", "look-behind"),
        ("(?>a)b", "atomic"),
        ("(a)\\1", "back-reference"),
        ("a++", "possessive"),
        ("[[:alpha:]]", "POSIX"),
        ("\\bword\\b", "accents"),
        ("[a[b]]", "unescaped ["),
        ("[a&&b]", "unescaped &"),
        ("(?s)a.b", "begins with (?s"),
        ("(?P<n>a)", "begins with (?P"),
        ("a(b", "unterminated"),
        ("*a", "nothing to repeat"),
    ],
)
def test_what_engines_read_differently_is_refused(pattern: str, problem: str) -> None:
    assert problem in pattern_problem(pattern)


def test_replacements_name_groups_that_there_are() -> None:
    assert groups_of("(a)(?:b)(c)") == 2
    assert replacement_problem("\\2-\\1 $1 \\\\", 2) == ""
    assert "\\3" in replacement_problem("\\3", 2)
    assert "number of a group" in replacement_problem("a\\n", 2)


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("a.b$", "a[^\\n]b\\z"),
        ("[.$]", "[.$]"),
        ("\\.\\$", "\\.\\$"),
        ("\\s[\\s]", "[\\t\\n\\f\\r ][\\t\\n\\f\\r ]"),
        ("(?i)x(?i:y)", "(?iu)x(?iu:y)"),
        ("[0-9]{2}", "[0-9]{2}"),
    ],
)
def test_java_spells_it_its_own_way(pattern: str, java: str) -> None:
    assert java_pattern(pattern) == java


def test_java_names_groups_with_a_dollar() -> None:
    assert java_replacement("\\1$2\\\\") == "$1\\$2\\\\"


@pytest.mark.parametrize(
    "form", ["%d/%m/%Y", "%Y%m%d", "%-d. %B %Y", "iso", "epoch", "epoch_ms", "%Y-%m-%dT%H:%M:%S.%f%z"]
)
def test_formats_that_can_be_used(form: str) -> None:
    check_format(form)


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("%Y", "not all there"),
        ("%Y-%j", "%j"),
        ("%Y-%m-%d %Y", "%Y"),
        ("DD.MM.YYYY", "not all there"),
        ("%", "not all"),
    ],
)
def test_formats_that_cannot(form: str, problem: str) -> None:
    with pytest.raises(DateFormatError, match=problem):
        check_format(form)


def test_a_packed_format_has_parts_of_full_length() -> None:
    pattern, groups = format_pattern("%Y%m%d")
    assert pattern == "([0-9]{4})([0-9]{2})([0-9]{2})"
    assert groups == {"Y": 1, "m": 2, "d": 3}
