"""Values into Python, YAML and Markdown; synthetic rows."""

from __future__ import annotations

import ast
from typing import Any

import pytest
import yaml

from onboarding.codegen.configs import source_config
from onboarding.codegen.literals import python_literal
from onboarding.codegen.templating import markdown_text
from onboarding.spec.config_files import ConfigFileError, SourceConfig, read_config, write_config
from shared.testing.synthetic import SyntheticColumn, luhn_number, make_rows
from tests.onboarding.codegen.sales import sales_plan


@pytest.mark.parametrize(
    "value",
    [
        None, True, -3, 1.5, "", "plain", "it's", 'say "x"', "both ' and \"",
        "a\\b\n\t\r\0", "{{ x }} {% y %}", "\u202e\u2028é😀",
        (), ("one",), [1, [2]], {"a": {"b": ("c" * 90, "d" * 90)}}, ['"""', "'''"],
    ],
)  # fmt: skip
def test_literals_are_read_back_as_they_were(value: Any) -> None:
    text = python_literal(value)
    assert ast.literal_eval(text) == value
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"x"])
def test_what_has_no_literal_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        python_literal(value)


def test_markdown_is_one_line_without_markup() -> None:
    assert markdown_text("a | b\n# c <x>") == "a \\| b \\# c \\<x\\>"


def test_configs_are_written_for_people() -> None:
    plan = sales_plan()
    text = write_config(source_config(plan.discovery, plan.metadata)).decode()
    assert text.startswith("# config/source.yaml: ")
    assert list(yaml.safe_load(text))[:3] == ["workload", "description", "owner"]
    assert "PII_Type: EMAIL" in text


@pytest.mark.parametrize(
    ("text", "where"), [("a: [1", "x.yaml, line 1"), ("workload: 1\n", "x.yaml: workload"), ("[]", "x.yaml: ")]
)
def test_a_wrong_config_names_its_place(text: str, where: str) -> None:
    with pytest.raises(ConfigFileError) as raised:
        read_config(text, SourceConfig, where="x.yaml")
    assert raised.value.where.startswith(where)


def test_synthetic_rows_are_the_same_every_time_and_their_keys_differ() -> None:
    columns = [
        SyntheticColumn("id", "ID", "text", unique=True, shape="AA-999"),
        SyntheticColumn("n", "n", "integer", minimum="5", maximum="7"),
        SyntheticColumn("d", "d", "date", date_format="%d.%m.%Y", minimum="2024-01-01", maximum="2024-01-02"),
        SyntheticColumn("s", "s", "text", values=("x", "y")),
    ]
    rows = make_rows(columns, 40)
    assert rows == make_rows(columns, 40)
    assert len({row["ID"] for row in rows}) == 40
    assert {row["n"] for row in rows} == {"5", "6", "7"}
    assert rows[1] == {"ID": "AA-001", "n": "6", "d": "02.01.2024", "s": "y"}


def test_synthetic_cards_pass_the_check_and_differ() -> None:
    numbers = [luhn_number(number) for number in range(50)]
    assert len(set(numbers)) == 50
    for digits in numbers:
        doubled = [int(d) * (2 if at % 2 else 1) for at, d in enumerate(reversed(digits))]
        assert sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
