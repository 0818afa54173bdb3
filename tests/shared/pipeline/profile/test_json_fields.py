"""Fields of JSON texts: their places, what their values pass, and what is no field."""

from __future__ import annotations

import json
from typing import Any

from shared.pipeline.profile.json_fields import json_fields


def _fields(*documents: Any, times: int = 10) -> dict[str, dict[str, Any]]:
    values = [(json.dumps(document), times) for document in documents]
    return {found["source_name"]: found for found in json_fields(values)}


def test_places_and_kinds() -> None:
    fields = _fields(
        {"a": {"n": 5}, "b": [{"c": "x"}, {"c": " y "}], "d": 1.25, "e": "2024-02-03T10:00:00Z", "f": True}
    )
    assert {path: found["kind"] for path, found in fields.items()} == {
        "a.n": "integer", "b.c": "text", "d": "decimal", "e": "date",
    }  # fmt: skip
    assert (fields["b.c"]["rows"], fields["b.c"]["distinct_count"]) == (20, 2)
    assert (fields["d"]["minimum"], fields["d"]["decimal_scale"]) == ("1.25", 2)
    assert fields["e"]["minimum"] == "2024-02-03"


def test_a_key_that_is_no_name_is_a_value() -> None:
    fields = _fields({"by": {"a@mail.example.org": {"n": 1}}}, {"by": {"b@mail.example.org": {"n": 2}}})
    assert sorted(fields) == ["by.*.n", "keys of by"]
    assert fields["keys of by"]["validator_matches"]["email"] == 20


def test_other_texts_have_no_fields() -> None:
    assert json_fields([("a", 5), ("{b", 5)]) == []
    assert json_fields([]) == []
    assert _fields("text", 5, None) == {}


def test_what_is_no_json_or_too_deep_is_left_out() -> None:
    deep: Any = "bottom"
    for _ in range(40):
        deep = {"x": deep}
    values = [("{broken", 3), (json.dumps(deep), 20), (json.dumps({"a": "b"}), 20), ("[" * 100_000, 1)]
    assert [found["source_name"] for found in json_fields(values)] == ["a"]


def test_a_field_of_few_rows_is_left_out() -> None:
    """A key may be a value itself: a name that is in few rows is not told."""
    assert _fields({"a": "b"}, times=9) == {}
