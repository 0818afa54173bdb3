"""What is measured of a load, and what is never kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.pipeline import engine
from shared.pipeline.measures import measure


@pytest.fixture
def con() -> Iterator[Any]:
    with engine.connection() as opened:
        yield opened


def measured(con: Any, values: str, **measures: tuple[str, ...]) -> dict[str, Any]:
    """The column ``c`` of ``values``, a SELECT."""
    con.execute(f"CREATE TABLE t AS {values}")
    return measure(con, "t", {"missing": ("c",), **measures})


def test_rows_and_missing_values_are_counted(con):
    found = measured(con, "SELECT CASE WHEN i % 4 > 0 THEN i END AS c FROM range(40) t(i)")

    assert found == {"rows": 40, "columns": {"c": {"missing": 10}}}


def test_numbers_have_mean_and_deviation(con):
    found = measured(con, "SELECT (i % 2 * 10)::DECIMAL(10, 2) AS c FROM range(100) t(i)", numbers=("c",))

    assert found["columns"]["c"] == {"missing": 0, "mean": 5.0, "deviation": 5.02518908}


def test_the_mean_of_a_few_values_is_not_kept(con):
    found = measured(con, "SELECT CASE WHEN i < 9 THEN i END AS c FROM range(100) t(i)", numbers=("c",))

    assert found["columns"]["c"] == {"missing": 91}


def test_values_that_no_sum_can_take_are_left_out(con):
    found = measured(
        con,
        "SELECT CASE i % 4 WHEN 0 THEN 'nan' WHEN 1 THEN 'inf' WHEN 2 THEN '1e300' ELSE '2' END::DOUBLE AS c "
        "FROM range(80) t(i)",
        numbers=("c",),
    )

    assert found["columns"]["c"] == {"missing": 0, "mean": 2.0, "deviation": 0.0}


def test_categories_occur_at_least_ten_times(con):
    found = measured(
        con,
        "SELECT CASE WHEN i < 10 THEN 'often' WHEN i < 19 THEN 'seldom' END AS c FROM range(30) t(i)",
        categories=("c",),
    )

    assert found["columns"]["c"] == {"missing": 11, "categories": {"often": 10}}


def test_names_of_columns_do_not_get_in_each_others_way(con):
    con.execute("CREATE TABLE t AS SELECT 'a' AS product, i AS category FROM range(20) t(i)")

    found = measure(con, "t", {"missing": ("product", "category"), "categories": ("product",)})

    assert found["columns"]["product"] == {"missing": 0, "categories": {"a": 20}}


def test_a_column_of_many_values_has_no_categories(con):
    found = measured(con, "SELECT 'v' || (i % 51) AS c FROM range(5100) t(i)", categories=("c",))

    assert found["columns"]["c"] == {"missing": 0}


def test_long_texts_are_no_categories(con):
    found = measured(con, "SELECT repeat('long ', 30) AS c FROM range(100) t(i)", categories=("c",))

    assert found["columns"]["c"] == {"missing": 0}


def test_the_order_of_rows_does_not_matter(con):
    con.execute("CREATE TABLE up AS SELECT sqrt(i) * 1e9 AS c FROM range(50000) t(i)")
    con.execute("CREATE TABLE down AS SELECT c FROM up ORDER BY hash(c)")
    measures = {"missing": ("c",), "numbers": ("c",)}

    assert measure(con, "up", measures) == measure(con, "down", measures)


def test_a_thousand_columns(con):
    names = tuple(f"c{n}" for n in range(1000))
    con.execute(f"CREATE TABLE t AS SELECT {', '.join(f'i AS {name}' for name in names)} FROM range(20) t(i)")

    found = measure(con, "t", {"missing": names, "numbers": names})

    assert found["columns"]["c999"] == {"missing": 0, "mean": 9.5, "deviation": 5.91607978}
