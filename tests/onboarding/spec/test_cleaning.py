"""The typed cleaning operations: their arguments, and one clear error when these are wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onboarding.spec.cleaning import OPERATIONS, ArgumentsError, Operation, read_arguments, written_example
from onboarding.spec.cleaning_arguments import Clip, MapValues, Multiply, json_steps


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_its_own_example_can_be_used(operation: Operation) -> None:
    read_arguments(operation.name, operation.example.arguments)
    assert written_example(operation).startswith(f"{{column: <column>, op: {operation.name}")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_an_unknown_argument_names_those_that_there_are(operation: Operation) -> None:
    with pytest.raises(ArgumentsError) as raised:
        read_arguments(operation.name, {**operation.example.arguments, "no_such_argument": 1})
    assert raised.value.key == "no_such_argument"
    known = list(operation.arguments.model_fields)
    assert all(name in raised.value.expected for name in known) if known else raised.value.expected == "no arguments"
    assert f"op: {operation.name}" in raised.value.remedy


@pytest.mark.parametrize(
    ("name", "arguments", "key", "expected"),
    [
        ("split", {"separator": "-"}, "part", "the argument `part`"),
        ("split", {"separator": "-", "part": 0}, "", "`part` from 1"),
        ("split", {"separator": "", "part": 1}, "separator", "at least 1 character"),
        ("substring", {"start": 0}, "start", "greater than or equal to 1"),
        ("pad", {"length": 5, "fill": "ab"}, "fill", "at most 1 character"),
        ("pad", {"length": 5, "side": "middle"}, "side", "'left' or 'right'"),
        ("map_values", {"mapping": {}}, "mapping", "at least 1 item"),
        ("map_values", {"mapping": ["a"]}, "mapping", "valid dictionary"),
        ("nullify", {"values": []}, "values", "at least 1 item"),
        ("replace", {}, "", "either `old` and `new`"),
        ("replace", {"old": "a", "pattern": "b"}, "", "either `old` and `new`"),
        ("cast", {"type": "number"}, "type", "'text', 'integer', 'decimal'"),
        ("cast", {"type": "decimal", "precision": 39}, "precision", "less than or equal to 38"),
        ("cast", {"type": "decimal", "precision": 4, "scale": 6}, "", "not above the precision"),
        ("cast", {"decimal_separator": ",", "thousands_separator": ","}, "", "two different characters"),
        ("parse_date", {"format": "%Y", "formats": ["%d.%m.%Y"]}, "format", "not all there"),
        ("parse_date", {"format": "%d.%m.%Y", "formats": ["%d.%m.%Y"]}, "", "either `format` or `formats`"),
        ("parse_boolean", {"true_values": ["Ja"], "false_values": ["ja"]}, "", "not both: ja"),
        ("parse_percent", {"unit": "percent"}, "unit", "'number' or 'fraction'"),
        ("phone_e164", {"country_code": "+49"}, "country_code", "pattern"),
        ("round", {"scale": -1}, "scale", "greater than or equal to 0"),
        ("clip", {}, "", "`minimum`, `maximum` or both"),
        ("clip", {"minimum": "2024-02-01", "maximum": "2024-01-01"}, "", "not above the maximum"),
        ("clip", {"minimum": "soon"}, "", "two numbers, or two dates"),
        ("multiply", {"factor": "twice"}, "factor", "valid decimal"),
        ("multiply", {"factor": float("nan")}, "factor", "finite"),
        ("json_field", {"path": "a..b"}, "path", "items[0].name"),
        ("concat", {"columns": "other"}, "columns", "valid list"),
    ],
)
def test_wrong_arguments_say_what_would_be_right(name: str, arguments: dict[str, Any], key: str, expected: str) -> None:
    with pytest.raises(ArgumentsError) as raised:
        read_arguments(name, arguments)
    assert raised.value.key == key
    assert expected in raised.value.expected
    assert f"op: {name}" in raised.value.remedy


def test_an_unknown_operation_is_told_its_neighbour() -> None:
    with pytest.raises(ArgumentsError) as raised:
        read_arguments("upercase", {})
    assert raised.value.remedy == "did you mean `upper`?"


def test_values_are_read_as_they_are_written_in_yaml() -> None:
    mapped = read_arguments("map_values", {"mapping": {7: "seven", True: 2, "x": None}, "default": 0})
    assert isinstance(mapped, MapValues)
    assert (mapped.mapping, mapped.default) == ({"7": "seven", "true": "2", "x": None}, "0")
    clip = read_arguments("clip", {"minimum": 0.1, "maximum": "5"})
    assert isinstance(clip, Clip)
    assert (clip.minimum, clip.maximum) == (Decimal("0.1"), Decimal(5))
    factor = read_arguments("multiply", {"factor": 0.01})
    assert isinstance(factor, Multiply)
    assert factor.factor == Decimal("0.01")


def test_json_paths() -> None:
    assert json_steps("a.b_1[0][12].c") == ["a", "b_1", 0, 12, "c"]
    assert json_steps("[3]") == [3]
    for path in ("", ".a", "a.", "a b", "a[-1]", "a[x]", "$.a", "a[0"):
        with pytest.raises(ValueError, match="items"):
            json_steps(path)
