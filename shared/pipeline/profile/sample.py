"""What the sample says of a column before all rows are measured: its words for "no value", its shapes, its repeats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from shared.pipeline.profile.formats import NULL_WORDS
from shared.pipeline.profile.json_fields import json_fields
from shared.pipeline.profile.shapes import Shapes, say_nothing_of_persons, shapes_of
from shared.pipeline.profile.table import TextTable
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE, count_matches

#: Different values of a column that the validators are asked about: a share of 2 % of them is 80 to 120 values.
VALUES_VALIDATED = 5_000
#: From this share on, a column's values are written in one way: as codes, or with a capital first.
_ONE_WAY = 0.8
#: Values of a column that repeat less often than this stand for themselves: names of places, codes.
_SELDOM_REPEATED = 5
#: Different texts, from which on they are no short list of answers.
_MANY = 20
#: Columns whose sampled texts repeat at least so often, on average, are counted value by value.
_WORTH_COUNTING = 4
#: From this share of different texts on, a column may be a key.
_NEARLY_ALL = 0.999
_TWO_CAPITALS = re.compile("[A-Z]{2}")


@dataclass(frozen=True)
class SampleLook:
    """What the sample says of a column.

    :ivar repeats: its values are worth counting before they are measured.
    :ivar all_differ: hardly a sampled text occurs twice: the column may be a key.
    :ivar validated: rows of the sample whose values the validators were asked about, at most ``VALUES_VALIDATED``
        different ones, evenly spread over the sorted ones.
    :ivar validator_matches: validator -> rows that pass it; not asked where the shapes are those of dates, fractions
        or UUIDs.
    :ivar json_fields: see :func:`shared.pipeline.profile.json_fields.json_fields`.
    """

    shapes: Shapes
    repeats: bool
    all_differ: bool
    validated: int
    validator_matches: dict[str, int]
    json_fields: list[dict[str, Any]]


def look_at_sample(table: TextTable, position: int) -> SampleLook:
    """Look at the sampled texts of a column; its words for "no value" are set where none were given."""
    texts = table.sample_texts(position)
    if not table.null_words[position]:
        is_native = position in table.natives
        table.null_words[position] = ("nan",) if is_native else usual_null_words(texts)
    there = sum(texts.values())
    repeats = table.rows > VALIDATOR_SAMPLE and _WORTH_COUNTING * len(texts) <= there
    all_differ = len(texts) >= _NEARLY_ALL * there > 0
    values = _values(texts, table.null_words[position])
    shapes = shapes_of(values)
    asked = values[:: max(1, -(-len(values) // VALUES_VALIDATED))]
    matches = {} if say_nothing_of_persons(shapes) else count_matches(asked)
    documents = table.sample_documents(position) if position in table.nested else asked
    fields = json_fields(documents[:: max(1, -(-len(documents) // VALUES_VALIDATED))])
    return SampleLook(shapes, repeats, all_differ, sum(times for _, times in asked), matches, fields)


def _values(texts: dict[str, int], null_words: tuple[str, ...]) -> list[tuple[str, int]]:
    """The texts that are values, sorted."""
    words = set(null_words)
    return sorted((text, times) for text, times in texts.items() if text and text.lower() not in words)


def usual_null_words(texts: dict[str, int]) -> tuple[str, ...]:
    """The usual words for "no value", without those that are written as the column's own values are.

    "NA" stays where nine in ten values are two capital letters (country, region codes); "NAN" and "NAT" among codes and
    "Nan" and "Nat" among names, unless a tool's spelling (nan, NaN, NaT) is there as well; "None" and "Na" (sodium, a
    family name) among names that hardly repeat.

    :param texts: trimmed text -> rows that have it.
    """
    na, none = texts.get("NA", 0), texts.get("None", 0)
    others = codes = upper = titled = 0
    for text, times in texts.items():
        if text == "" or text == "NA":
            continue
        others += times
        codes += times if na and _TWO_CAPITALS.fullmatch(text) else 0
        upper += times if text[0].isalpha() and text == text.upper() else 0
        titled += times if text[0].isupper() and text[1:2].islower() else 0
    spelled = any(texts.get(word) for word in ("nan", "NaN", "nat", "NaT"))
    values: set[str] = set()
    if na and others and codes >= 0.9 * others:
        values.add("na")
    if others and not spelled and max(upper, titled) >= _ONE_WAY * others:
        values |= {"nan", "nat"}
    seldom = others <= _SELDOM_REPEATED * max(len(texts), 1)
    if others and titled >= _ONE_WAY * others and seldom and none <= _SELDOM_REPEATED:
        values.add("none")
    # In a short table of answers (Yes, No, Na) nothing repeats much either.
    if len(texts) > _MANY and titled >= _ONE_WAY * others and seldom and _only_titled(texts, "Na"):
        values.add("na")
    return tuple(word for word in NULL_WORDS if word not in values)


def _only_titled(texts: dict[str, int], word: str) -> bool:
    """Whether a word is there now and then, and in no other way of writing."""
    return 0 < texts.get(word, 0) <= _SELDOM_REPEATED and not texts.get(word.upper()) and not texts.get(word.lower())
