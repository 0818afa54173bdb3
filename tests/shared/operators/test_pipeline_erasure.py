"""The conf of a run that erases a person."""

from __future__ import annotations

from typing import Any

import pytest

from shared.operators.pipeline_erasure import person_of
from shared.operators.pipeline_replay import ReplayConfError
from shared.pipeline.erasure import Person

DIGEST = "ab" * 32


def test_a_run_without_the_conf_erases_nobody() -> None:
    assert person_of(None) is None
    assert person_of({"replay": True}) is None


def test_the_conf_names_columns_and_a_digest() -> None:
    assert person_of({"erase": {"columns": ["b", "a"], "digest": DIGEST}}) == Person(("a", "b"), DIGEST)


@pytest.mark.parametrize(
    "given",
    [
        True, "ann@example.com", [], {}, {"columns": ["a"]}, {"columns": [], "digest": DIGEST},
        {"columns": "a", "digest": DIGEST}, {"columns": ["a"], "digest": "ann@example.com"},
        {"columns": [1], "digest": DIGEST}, {"columns": ["a"], "digest": DIGEST.upper()},
    ],
)  # fmt: skip
def test_another_conf_is_refused_and_not_shown(given: Any) -> None:
    with pytest.raises(ReplayConfError, match="cannot be read") as caught:
        person_of({"erase": given})
    assert "ann@" not in caught.value.text()
