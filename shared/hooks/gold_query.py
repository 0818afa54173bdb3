"""Read-only questions to the published Gold tables of a workload, on the embedded engine."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline.engine import connection
from shared.pipeline.errors import DataOnboardingError
from shared.pipeline.tables import bring_tables, create_view
from shared.pipeline.zones import Lake, published_files, read_pointer

#: A question that takes longer costs more than an answer is worth.
MOST_SECONDS = 120.0


class GoldQuestionError(DataOnboardingError):
    """Gold cannot answer: nothing is published, or the question does not fit or takes too long."""

    code = "gold_question"


@dataclass(frozen=True)
class GoldAnswer:
    """Columns and rows of an answer; values as text, null as None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def ask_gold(lake_uri: str, workload: str, sql: str, tables: Iterable[str]) -> GoldAnswer:
    """Run a SELECT over published Gold tables.

    :param sql: checked by the caller (an allow-list of its tree) and limited; the tables are named as in the workload.
    :param tables: those that it reads.
    :raises GoldQuestionError: a table was never published, or the question does not fit it or takes over two minutes.
    :raises DataOnboardingError: as :func:`shared.pipeline.engine.connection`.
    """
    import duckdb

    lake = Lake(lake_uri, workload)
    with tempfile.TemporaryDirectory(prefix="gold-query-") as scratch, connection() as con:
        for table in sorted(tables):
            folder = Path(scratch) / table
            folder.mkdir()
            create_view(con, table, bring_tables(_published(lake, table), folder))
        watch = threading.Timer(MOST_SECONDS, con.interrupt)
        watch.start()
        try:
            result = con.execute(sql)
            columns = tuple(str(column[0]) for column in result.description)
            rows = tuple(tuple(_text(value) for value in row) for row in result.fetchall())
        except duckdb.InterruptException as error:
            raise GoldQuestionError(
                "the question takes too long",
                where=f"gold of {workload}",
                expected=f"an answer within {MOST_SECONDS:.0f} s",
                given="none",
                remedy="ask for less: filter, or group by fewer columns",
            ) from error
        except duckdb.BinderException as error:
            raise GoldQuestionError(
                "the question does not fit the tables",
                where=f"gold of {workload}",
                expected="columns and functions that go together",
                given=str(error).splitlines()[0][:300],
                remedy="correct the query",
            ) from error
        finally:
            watch.cancel()
    return GoldAnswer(columns, rows)


def _published(lake: Lake, table: str) -> list[str]:
    published = read_pointer(lake, "gold", table)
    if published is None:
        raise GoldQuestionError(
            f"`{table}` was never published",
            where=lake.pointer("gold", table),
            expected="a published version of the table",
            given="none",
            remedy=f"run the pipeline {lake.workload} once",
        )
    return published_files(lake, "gold", table, published)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
