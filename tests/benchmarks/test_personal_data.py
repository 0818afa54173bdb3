"""The detector on the held-back set reaches its targets, and the two sets share nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from benchmarks.personal_data import held_back as held
from benchmarks.personal_data import held_back_business, tuning_values
from benchmarks.personal_data.held_back import held_back
from benchmarks.personal_data.labelled import NONE, UNDECIDABLE, LabelledTable
from benchmarks.personal_data.scores import Scores, Verdict, calibration, scores, verdicts
from benchmarks.personal_data.tuning import LANGUAGES, tuning

#: Words whose values a standard or a law dictates, or that are no value of a person.
DICTATED = frozenset({"", "0", "1", "M", "F", "A", "B", "C", "D", "yes", "no", "open", "EUR", "USD", "failed"})
#: Kinds of which the values are words that a set lists, and not numbers.
WORDS = frozenset({"PERSON_NAME", "CITY", "STREET_ADDRESS", "RELIGION", "ETHNICITY", "HEALTH", "EMAIL", "USERNAME"})


@functools.cache
def _sets() -> tuple[list[LabelledTable], list[LabelledTable]]:
    return tuning(), held_back()


@functools.cache
def _verdicts() -> list[Verdict]:
    """The harder half: tables where most names say nothing. The whole sets take a minute."""
    return verdicts([table for table in _sets()[1] if table.name.endswith("_mixed")])


def _scores() -> Scores:
    return scores(_verdicts())


def test_personal_or_not() -> None:
    assert _scores().f1 >= 0.95
    assert _scores().precision >= 0.95


def test_the_right_type() -> None:
    assert _scores().right_type >= 0.92


def test_check_digits_formats_and_names_are_never_missed() -> None:
    assert (_scores().provable_recall, _scores().named_recall) == (1.0, 1.0)


def test_what_cannot_be_known_is_put_before_a_person() -> None:
    assert _scores().undecidable > 0
    assert _scores().asked == _scores().undecidable


def test_a_high_confidence_is_right() -> None:
    for label, count, mean, right in calibration(_verdicts()):
        if count >= 20:
            assert abs(right - mean) <= 0.1, label


@pytest.mark.slow
@pytest.mark.parametrize("tables", [tuning, held_back])
def test_the_whole_sets(tables: Callable[[], list[LabelledTable]]) -> None:
    found = scores(verdicts(tables()))
    assert min(found.f1, found.precision) >= 0.95
    assert found.right_type >= 0.92
    assert (found.provable_recall, found.named_recall) == (1.0, 1.0)
    assert found.asked == found.undecidable


def test_each_set_has_400_columns_mostly_of_business() -> None:
    for tables in _sets():
        labels = [column.label for table in tables for column in table.columns]
        assert len(labels) >= 400
        assert 0.5 <= labels.count(NONE) / len(labels) <= 0.8
        assert UNDECIDABLE in labels


def test_the_sets_share_no_name_of_a_column() -> None:
    names = [
        {column.name.casefold().replace("_", "") for table in tables for column in table.columns} for tables in _sets()
    ]
    assert names[0] & names[1] == set()


def test_the_sets_share_no_language() -> None:
    spoken = {locale.split("_")[0] for locale in held.LOCALES} - {"en"}
    assert spoken & set(LANGUAGES) == set()
    assert "en_US" not in held.LOCALES


def test_the_sets_share_no_list_of_values() -> None:
    lists = [
        {value.casefold() for name, found in vars(module).items() if name.isupper() for value in _texts(found)}
        for module in (tuning_values, held)
    ]
    lists[1] |= {
        value.casefold()
        for name, found in vars(held_back_business).items()
        if name.isupper() and isinstance(found, tuple)
        for value in _texts(found)
    }
    assert lists[0] & lists[1] == set()


def _texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found] if "{" not in found else []
    if isinstance(found, dict):
        return [text for part in found.values() for text in _texts(part)]
    return [text for part in found for text in _texts(part)] if isinstance(found, tuple) else []


def _values(tables: list[LabelledTable], kind: str) -> set[str]:
    columns = [column for table in tables for column in table.columns if column.label == kind]
    return {value.casefold() for column in columns for value in column.values} - DICTATED


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_the_sets_share_hardly_a_value(kind: str) -> None:
    """Languages have some names in common; the sets do not draw from one list."""
    one, other = (_values(tables, kind) for tables in _sets())
    assert len(one & other) <= 0.1 * max(1, min(len(one), len(other)))


def test_the_sets_are_the_same_every_time() -> None:
    assert (tuning(), held_back()) == _sets()
