"""Statements over all rows on a second connection, while this thread does what keeps one core busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from shared.pipeline.engine import another
from shared.pipeline.profile.table import SAMPLE_ROWS, TextTable

#: Gives the only row of a statement, once it is there.
Answer = Callable[[], tuple[Any, ...]]
#: Takes a statement over ``all_rows``; it is run at once, or when its answer is wanted.
Ask = Callable[[str], Answer]


@contextmanager
def asking(table: TextTable, create_view: Callable[[Any], None] | None) -> Iterator[Ask]:
    """What takes statements, one after the other; answers are given inside the block.

    :param create_view: makes the view of the source on another connection. Without it, and where all rows are in the
        sample, statements are run on the table's own connection, when their answer is wanted.
    """
    if create_view is None or table.everything == SAMPLE_ROWS:
        yield lambda statement: lambda: table.one(statement)
        return
    other, thread = another(table.connection), ThreadPoolExecutor(1)

    def ask(statement: str) -> Answer:
        return thread.submit(lambda: tuple(other.execute(statement).fetchall()[0])).result

    try:
        create_view(other)
        for statement in table.views:
            other.execute(statement)
        yield ask
    finally:
        # After an error nobody wants the answers that are still to come.
        thread.shutdown(cancel_futures=True)
        other.close()
