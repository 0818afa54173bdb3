"""Shapes of values (digits -> 9, letters -> A or a) of the sample, and the types they make worth counting."""

from __future__ import annotations

from dataclasses import dataclass

from shared.pipeline.profile.formats import SCALAR_SHAPES, TEMPORAL_FORMATS, shape_matches
from shared.pipeline.profile.predicates import WRITTEN_NUMBERS
from shared.pipeline.profile.table import TextTable

#: A type is counted over all rows when at least this share of the sampled values has a shape of it.
CANDIDATE_SHARE = 0.02
SHAPES_READ = 2_000
#: Shapes are cut here: longer texts are free text.
SHAPE_LENGTH = 60


@dataclass(frozen=True)
class Shapes:
    """Shapes of one column, most frequent first, and how many values the sample had."""

    counts: list[tuple[str, int]]
    values: int


def shape_of(text: str) -> str:
    """SQL of the shape of a text: digits are 9, letters A or a, cut after :data:`SHAPE_LENGTH` characters."""
    return (
        f"regexp_replace(regexp_replace(regexp_replace(left({text}, {SHAPE_LENGTH}), '[0-9]', '9', 'g'),"
        r" '\p{Lu}', 'A', 'g'), '[\p{Ll}\p{Lo}\p{Lm}\p{Lt}]', 'a', 'g')"
    )


def read_shapes(table: TextTable, position: int) -> Shapes:
    """Count the shapes of one column over the sample."""
    shape = shape_of(f"v{position}")
    counted = table.connection.execute(
        f"SELECT {shape} AS shape, count(*) AS times FROM {table.values('sample_rows', [position])}"  # noqa: S608 (own aliases)
        f" WHERE v{position} IS NOT NULL GROUP BY 1 ORDER BY times DESC, shape"
    ).fetchall()
    return Shapes([(text, int(times)) for text, times in counted[:SHAPES_READ]], sum(int(row[1]) for row in counted))


def candidates(shapes: Shapes, physical_type: str) -> list[str]:
    """Measures worth counting over all rows: scalar names and ``date:<format>`` / ``timestamp:<format>``."""
    if shapes.values == 0:
        return []
    patterns = dict(SCALAR_SHAPES) | {found.key: found.shape for found in TEMPORAL_FORMATS}
    result = []
    for key, pattern in patterns.items():
        matching = sum(count for shape, count in shapes.counts if shape_matches(pattern, shape))
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
