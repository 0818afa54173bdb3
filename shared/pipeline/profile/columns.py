"""One column's measures, put together as the mapping that the profile report takes."""

from __future__ import annotations

import datetime
from typing import Any

from shared.pipeline.profile import contents
from shared.pipeline.profile.aggregates import Measures
from shared.pipeline.profile.formats import SCALAR_SHAPES
from shared.pipeline.profile.predicates import WRITTEN_NUMBERS
from shared.pipeline.profile.sample import SampleLook
from shared.pipeline.profile.shapes import of_other_form
from shared.pipeline.profile.table import EXACT_DISTINCT_ROWS, TextTable

#: From this share of distinct values on, a column may be a key: its distinct values are counted exactly.
KEY_CANDIDATE_SHARE = 0.8
#: Types whose share decides whether the remaining texts are junk.
_READABLE = ("double", "grouped", "decimal_comma", "percent", "currency", "currency_comma", "boolean")
#: From this share of words for true and false on, the words themselves are looked at.
_OF_TRUTH = 0.95


def column_report(
    table: TextTable, i: int, measures: Measures, look: SampleLook, quantiles: dict[str, float]
) -> dict[str, Any]:
    """Everything measured on column ``i`` but its SQL name, its type and what it says about persons."""
    name, physical = table.columns[i]
    words = table.rows - int(measures["nulls"]) - int(measures["empty"]) - int(measures["values"])
    matches = {key: int(measures[key]) for key in measures if key in SCALAR_SHAPES}
    matches |= {key: int(value) for key, value in measures.items() if key.startswith(("date:", "timestamp:"))}
    of_nobody = _says_nothing_of_persons(matches, int(measures["values"]))
    report = {
        "source_name": name,
        "position": i,
        "physical_type": physical,
        "null_count": int(measures["nulls"]),
        "empty_count": int(measures["empty"]),
        "null_word_count": words,
        "null_words": _counts(contents.null_words(table, i)) if words else [],
        "padded_count": int(measures["padded"]),
        "leading_zero_count": int(measures.get("leading_zeros") or 0),
        "negative_count": int(measures.get("negative") or 0),
        "type_matches": {key: count for key, count in sorted(matches.items()) if count},
        "minimum_length": measures["shortest"],
        "maximum_length": measures["longest"],
        "average_length": _rounded(measures["average_length"]),
        "decimal_scale": int(measures["scale"]) if measures.get("scale") is not None else None,
        "shapes": _counts([found for found in look.shapes.counts[:20] if found[1] >= contents.MINIMUM_OCCURRENCES]),
        "sampled_count": look.shapes.values,
        "other_form_count": of_other_form(look.shapes),
        "validator_sample": look.validated,
        "validator_matches": {} if of_nobody else look.validator_matches,
        "json_fields": look.json_fields,
    }
    if matches.get("boolean", 0) and matches["boolean"] >= _OF_TRUTH * int(measures["values"]):
        report["truth_words"] = contents.truth_words(table, i)
    report |= _distinct(table, i, measures)
    report |= _extent(report["type_matches"], measures, quantiles)
    report["unreadable_distinct_count"] = _unreadable(table, i, report["type_matches"], int(measures["values"]))
    return report


def _says_nothing_of_persons(matches: dict[str, int], values: int) -> bool:
    """Dates, fractions, truth values and UUIDs: what passes a validator does so by chance."""
    whole = matches.get("integer", 0)
    kinds = [count for key, count in matches.items() if ":" in key or key in ("uuid", "boolean")]
    fractions = matches.get("double", 0) - whole
    return values > 0 and max([*kinds, fractions], default=0) >= 0.99 * values


def _distinct(table: TextTable, i: int, measures: Measures) -> dict[str, Any]:
    values = int(measures["values"])
    distinct = min(int(measures["distinct"]), values)
    exact = table.rows <= EXACT_DISTINCT_ROWS
    result: dict[str, Any] = {"distinct_exact": True, "top_values": []}
    if distinct <= contents.SMALL_SET:
        small = contents.small_set(table, i)
        result |= {
            "folded_distinct_count": small["folded"],
            "rare_value_count": small["rare"],
            "case_matches": small["case"],
            "top_values": _counts(contents.top_values(table, i)),
            "misspellings": contents.misspellings(table, i) if _is_of_words(measures, values) else [],
        }
        distinct = small["distinct"]
    elif not exact and distinct >= KEY_CANDIDATE_SHARE * values:
        distinct, _ = table.exact_distinct([i])
    else:
        result["distinct_exact"] = exact
        if exact:
            result["top_values"] = _counts(contents.top_values(table, i))
    return result | {"distinct_count": distinct}


def _is_of_words(measures: Measures, values: int) -> bool:
    """Few values, in many rows each, that are no numbers and no dates: misspelt ones stand out."""
    typed = max(
        (int(measures[key]) for key in measures if key == "double" or key.startswith(("date:", "time"))), default=0
    )
    few = 1 < int(measures["distinct"]) <= contents.WORDS_COMPARED
    return few and typed < 0.5 * values and int(measures["longest"] or 0) >= contents.SHORTEST_WORD


def _extent(matches: dict[str, int], measures: Measures, quantiles: dict[str, float]) -> dict[str, Any]:
    """Smallest and largest value of the kind that most values can be read as; texts have none."""
    temporal = max((key for key in matches if ":" in key), key=lambda key: (matches[key], key), default=None)
    numeric = max(matches.get(kind, 0) for kind in ("double", *WRITTEN_NUMBERS))
    if temporal and matches[temporal] >= numeric and not matches.get("integer", 0) >= matches[temporal]:
        return {
            "minimum": _moment(measures[f"minimum {temporal}"]),
            "maximum": _moment(measures[f"maximum {temporal}"]),
            "far_date_count": int(measures[f"far {temporal}"]),
        }
    if not numeric:
        return {}
    whole = matches.get("integer", 0) == numeric
    low, high = (measures["integer_minimum"], measures["integer_maximum"]) if whole else (None, None)
    return {
        "minimum": str(low if low is not None else measures["minimum"]),
        "maximum": str(high if high is not None else measures["maximum"]),
        "mean": _rounded(measures["mean"]),
        "standard_deviation": _rounded(measures["deviation"]),
        "quantiles": quantiles,
    }


def _unreadable(table: TextTable, i: int, matches: dict[str, int], values: int) -> int:
    """Counted only where most values, but not all, can be read as some type."""
    kinds = [key for key in matches if ":" in key] or [key for key in _READABLE if key in matches]
    best = max((matches[key] for key in kinds), default=0)
    if not 0.5 * values <= best < values:
        return 0
    return contents.unreadable_distinct(table, i, kinds)


def _moment(value: datetime.datetime | None) -> str | None:
    if value is None:
        return None
    text = value.isoformat(sep=" ")
    return text.removesuffix(" 00:00:00")


def _rounded(value: float | None) -> float | None:
    """Nine significant digits: sums of floating-point numbers depend on the order of the threads beyond that."""
    return None if value is None else float(f"{float(value):.9g}")


def _counts(pairs: list[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in pairs]
