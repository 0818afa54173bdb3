"""What is counted on a second connection is what one connection counts, and an error is nobody's but the asker's."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any

import pytest

from shared.pipeline.engine import connection
from shared.pipeline.profile import measure_view
from shared.pipeline.profile.beside import asking
from shared.pipeline.profile.table import EXACT_DISTINCT_ROWS, load_table

ROWS = EXACT_DISTINCT_ROWS + 5_000
COLUMNS = [("id", "VARCHAR"), ("kind", "VARCHAR"), ("amount", "DOUBLE"), ("day", "DATE")]


def create_view(con: Any) -> None:
    """Rows of which the first ten come twice."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW made AS SELECT 'K' || n AS id, 'of ' || (n % 7) AS kind, n::DOUBLE / 4 AS amount,"
        " DATE '2024-01-01' + (n % 300)::INTEGER AS day, row_number + 1 AS _source_row"
        f" FROM (SELECT row_number, row_number % {ROWS - 10} AS n FROM range({ROWS}) AS made(row_number))"
    )


@pytest.mark.parametrize("share", [1.0, 0.99])
def test_two_connections_say_what_one_says(share: float) -> None:
    reports = []
    for beside in (create_view, None):
        with connection() as con:
            create_view(con)
            measured = measure_view(con, "made", COLUMNS, share=share, create_view=beside)
            reports.append((measured.report(), measured.count_distinct([0])))
    assert reports[0] == reports[1]
    report, distinct = reports[0]
    if share == 1.0:
        assert (report["rows"], report["distinct_rows"], distinct) == (ROWS, ROWS - 10, (ROWS - 10, 0))


def test_an_error_beside_reaches_who_wants_the_answer() -> None:
    with connection() as con:
        create_view(con)
        table = load_table(con, "made", COLUMNS, [])
        with asking(table, create_view) as ask:
            right, wrong = ask("SELECT count(*) FROM all_rows"), ask("SELECT error('no such luck')")
            assert right() == (ROWS,)
            with pytest.raises(Exception, match="no such luck"):
                wrong()


def test_after_an_error_nothing_more_is_counted() -> None:
    asked = []
    with connection() as con:
        create_view(con)
        table = load_table(con, "made", COLUMNS, [])
        with pytest.raises(ValueError, match="stop"), asking(table, create_view) as ask:
            asked += [ask("SELECT count(DISTINCT hash(r0, r1)) FROM all_rows") for _ in range(200)]
            raise ValueError("stop")
        assert table.one("SELECT count(*) FROM all_rows") == (ROWS,)
    with pytest.raises(CancelledError):
        asked[-1]()
