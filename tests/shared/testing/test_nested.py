"""Made values of nested types are read as such by the engine, and differ."""

from __future__ import annotations

import duckdb
import pytest

from shared.pipeline.profile.table import is_nested
from shared.testing.nested import nested_text

TYPES = [
    "VARCHAR[]",
    "INTEGER[3]",
    "DATE[][]",
    "MAP(VARCHAR, DOUBLE)",
    "STRUCT(email VARCHAR, n BIGINT, seen TIMESTAMP WITH TIME ZONE, tags VARCHAR[], u UUID)",
    'STRUCT("it\'s" STRUCT(x DECIMAL(9, 2))[], "back\\slash" BLOB, ok BOOLEAN)',
]


@pytest.mark.parametrize("kind", TYPES)
def test_a_made_value_is_of_its_type_and_of_its_number(kind: str) -> None:
    assert is_nested(kind)
    with duckdb.connect() as con:
        found = [con.execute(f"SELECT CAST(? AS {kind})", [nested_text(kind, number)]).fetchall() for number in (3, 4)]
    assert found[0] != found[1]
    assert None not in found[0][0]


@pytest.mark.parametrize("kind", ["VARCHAR", "DECIMAL(9,2)", "TIMESTAMP WITH TIME ZONE", "MAPS"])
def test_other_types_are_not_nested(kind: str) -> None:
    assert not is_nested(kind)
