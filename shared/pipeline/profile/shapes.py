"""Shapes of values (digits -> 9, letters -> A or a) of the sample, and the types they make worth counting."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shared.pipeline.profile.formats import SCALAR_SHAPES, TEMPORAL_FORMATS, shape_matches
from shared.pipeline.profile.predicates import WRITTEN_NUMBERS

#: A type is counted over all rows when at least this share of the sampled values has a shape of it.
CANDIDATE_SHARE = 0.02
SHAPES_READ = 2_000
_NEARLY_ALL = 0.99
_FRACTION = r"[+-]?(9+\.9+|\.9+)([Aa][+-]?9+)?"
_OF_NOBODY = (_FRACTION, SCALAR_SHAPES["uuid"])
_MOMENTS = tuple(found.shape for found in TEMPORAL_FORMATS if found.shape != "99999999")
#: A date or a timestamp has a day and a year, and is no longer than this.
_DIGITS_OF_MOMENTS, _LONGEST_MOMENT = 3, 40
#: Shapes are cut here: longer texts are free text.
SHAPE_LENGTH = 60


@dataclass(frozen=True)
class Shapes:
    """Shapes of one column, most frequent first, and how many values the sample had."""

    counts: list[tuple[str, int]]
    values: int


class _ShapeOfCharacters(dict[int, str]):
    """Code point -> the character that stands for it in a shape, as ``str.translate`` takes it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = unicodedata.category(character)
        shape = "A" if kind == "Lu" else "a" if kind in ("Ll", "Lo", "Lm", "Lt") else character
        self[code] = "9" if character in "0123456789" else shape
        return self[code]


_CHARACTERS = _ShapeOfCharacters()


def shape_of(text: str) -> str:
    """SQL of the shape of a text: digits are 9, letters A or a, cut after :data:`SHAPE_LENGTH` characters."""
    return (
        f"regexp_replace(regexp_replace(regexp_replace(left({text}, {SHAPE_LENGTH}), '[0-9]', '9', 'g'),"
        r" '\p{Lu}', 'A', 'g'), '[\p{Ll}\p{Lo}\p{Lm}\p{Lt}]', 'a', 'g')"
    )


def shape_of_text(text: str) -> str:
    """The shape of a text: digits are 9, letters A or a, cut after :data:`SHAPE_LENGTH` characters."""
    return text[:SHAPE_LENGTH].translate(_CHARACTERS)


def shapes_of(values: list[tuple[str, int]]) -> Shapes:
    """Count the shapes of (value, rows that have it) pairs."""
    counted: dict[str, int] = {}
    for value, times in values:
        shape = shape_of_text(value)
        counted[shape] = counted.get(shape, 0) + times
    ordered = sorted(counted.items(), key=lambda found: (-found[1], found[0]))
    return Shapes(ordered[:SHAPES_READ], sum(counted.values()))


def of_other_form(shapes: Shapes) -> int:
    """How many values are not of the most frequent form, where runs of digits may be of any length.

    ``A-9+`` for ``A-1`` and ``A-123``; letters count one by one.
    """
    merged: dict[str, int] = {}
    for shape, count in shapes.counts:
        form = re.sub("9+", "9+", shape)
        merged[form] = merged.get(form, 0) + count
    return shapes.values - max(merged.values(), default=shapes.values)


def say_nothing_of_persons(shapes: Shapes) -> bool:
    """Whether the values look like dates with marks between their parts, like fractions, or like UUIDs.

    None of the validators asks for such; eight digits alone may be a number of somebody.
    """
    plain = sum(count for shape, count in shapes.counts if _is_of_nobody(shape))
    return shapes.values > 0 and plain >= _NEARLY_ALL * shapes.values


def _is_of_nobody(shape: str) -> bool:
    patterns = (*_OF_NOBODY, *_MOMENTS) if _may_be_moment(shape) else _OF_NOBODY
    return any(shape_matches(pattern, shape) for pattern in patterns)


def _may_be_moment(shape: str) -> bool:
    """Whether a look at the patterns of dates and timestamps is worth its time."""
    return len(shape) <= _LONGEST_MOMENT and shape.count("9") >= _DIGITS_OF_MOMENTS


def candidates(shapes: Shapes, physical_type: str) -> list[str]:
    """Measures worth counting over all rows: scalar names and ``date:<format>`` / ``timestamp:<format>``."""
    if shapes.values == 0:
        return []
    dated = [found for found in shapes.counts if _may_be_moment(found[0])]
    patterns = [(key, pattern, shapes.counts) for key, pattern in SCALAR_SHAPES.items()]
    patterns += [(found.key, found.shape, dated) for found in TEMPORAL_FORMATS]
    result = []
    for key, pattern, counts in patterns:
        matching = sum(count for shape, count in counts if shape_matches(pattern, shape))
        if matching >= CANDIDATE_SHARE * shapes.values:
            result.append(key)
    if "grouped" in result and not any(set(",$€£") & set(shape) for shape, _ in shapes.counts):
        result.remove("grouped")
    for kind in WRITTEN_NUMBERS:
        if kind in result and not _is_written(kind, shapes):
            result.remove(kind)
    if physical_type in ("DATE", "BOOLEAN") or physical_type.startswith("TIMESTAMP"):
        return [key for key in result if ":" in key or key == "boolean"]
    return result


def _is_written(kind: str, shapes: Shapes) -> bool:
    """Whether some values are amounts of this kind and no plainer numbers: only then is the kind worth a pass."""
    plainer = [SCALAR_SHAPES[name] for name in ("double", "grouped", "decimal_comma")]
    return any(
        shape_matches(SCALAR_SHAPES[kind], shape) and not any(shape_matches(pattern, shape) for pattern in plainer)
        for shape, _ in shapes.counts
    )
