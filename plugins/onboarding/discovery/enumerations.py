"""Columns with few values in a measured share: all of their values, counted over every row."""

from __future__ import annotations

from onboarding.spec.profile import ColumnProfile, ValueCount
from shared.pipeline.profile import Measurement
from shared.pipeline.profile.contents import MINIMUM_OCCURRENCES, TOP_VALUES

#: Columns with more different values in the share are no enumerations.
MOST_VALUES = 300


def with_every_value(column: ColumnProfile, measurement: Measurement) -> ColumnProfile:
    """The column with the values that it has anywhere in the source, their rows in the measure of the share.

    A value that the share lacks is there, with one row at least; ``distinct_count``, the folded count and the rare
    rows follow. A column of which the source has more values than the share let expect is no enumeration: its count is
    no longer exact, and it lists nothing.

    :param column: not personal and not masked.
    """
    if not 1 <= column.distinct_count <= MOST_VALUES or not column.distinct_exact:
        return column
    counted = measurement.whole.value_counts(column.position, MOST_VALUES)
    if counted is None:
        return column.model_copy(update={"distinct_exact": False, "top_values": [], "rare_value_count": None})
    share = measurement.rows / measurement.source_rows
    rare = sum(rows for rows in counted.values() if rows < MINIMUM_OCCURRENCES)
    shown = sorted(
        ((value, rows) for value, rows in counted.items() if rows >= MINIMUM_OCCURRENCES),
        key=lambda found: (-found[1], found[0]),
    )
    return column.model_copy(
        update={
            "distinct_count": len(counted),
            "folded_distinct_count": len({value.lower() for value in counted}),
            "rare_value_count": round(rare * share),
            "top_values": [
                ValueCount(value=value, count=max(1, round(rows * share))) for value, rows in shown[:TOP_VALUES]
            ],
        }
    )
