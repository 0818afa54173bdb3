"""Measuring a source: everything the profile report holds but names, types and personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.pipeline.engine import connection
from shared.pipeline.profile import aggregates
from shared.pipeline.profile.beside import asking
from shared.pipeline.profile.columns import column_report
from shared.pipeline.profile.sample import look_at_sample
from shared.pipeline.profile.shapes import candidates
from shared.pipeline.profile.table import EXACT_DISTINCT_ROWS, TextTable, load_table
from shared.pipeline.profile.whole import EveryRow, WholeSource
from shared.pipeline.source import Source, open_source

#: View of the source's rows as they were read, for as long as :func:`measuring` is open.
SOURCE_VIEW = "source_rows"


@dataclass
class Measurement:
    """A measured source; open as long as exact counts of column combinations may be asked for.

    :ivar whole: every row of the source, where only a share of them is measured.
    :ivar facts: what is known of the source as a whole (location, format, read options, files, unreadable rows).
    :ivar columns: one mapping for each column, in the order of the source.
    """

    table: TextTable
    whole: WholeSource
    facts: dict[str, Any]
    columns: list[dict[str, Any]] = field(default_factory=list)
    distinct_rows: int = 0

    @property
    def rows(self) -> int:
        """Rows that were measured: those of the source that could be read, or a share of them."""
        return self.table.rows

    @property
    def is_share(self) -> bool:
        """Whether only a share of the rows was measured."""
        return self.rows < self.source_rows

    @property
    def source_rows(self) -> int:
        """Rows of the source that could be read."""
        return self.whole.rows

    def count_distinct(self, positions: list[int]) -> tuple[int, int]:
        """Exact number of distinct combinations of columns, and of rows where one of them has no value."""
        return self.table.exact_distinct(positions)

    def may_tell_rows_apart(self, positions: list[int]) -> bool:
        """False where rows of the sample differ, but not in these columns: no count over all rows is needed then."""
        return self.table.differ_in_sample(positions)

    def report(self) -> dict[str, Any]:
        """The measures as a mapping; ``columns`` lack ``name``, ``type`` and ``personal_data``."""
        return {
            **self.facts,
            "rows": self.rows,
            "distinct_rows": self.distinct_rows,
            "columns": self.columns,
            "key_candidates": [],
        }


def measure_view(
    connection: Any,
    view: str,
    columns: list[tuple[str, str]],
    *,
    null_values: list[str] | None = None,
    facts: dict[str, Any] | None = None,
    share: float = 1.0,
    create_view: Callable[[Any], None] | None = None,
) -> Measurement:
    """Measure all rows of a DuckDB view.

    :param connection: from ``shared.pipeline.engine.connect``.
    :param view: with ``_source_row`` beside the data columns; it is read again whenever more is asked.
    :param columns: (name, DuckDB type) of the data columns.
    :param null_values: words for "no value" that a person gave.
    :param share: part of the rows that is measured (see ``load_table``).
    :param create_view: makes the view on another connection: some of it is then measured at the same time.
    """
    table = load_table(connection, view, columns, null_values or [], share)
    positions = range(len(columns))
    with asking(table, create_view) as ask:
        different, distinct, looks = ask(table.different_rows_statement()) if columns else None, {}, []
        for i in positions:
            looks.append(look_at_sample(table, i))
            if looks[i].all_differ and table.rows > EXACT_DISTINCT_ROWS:
                distinct[i] = ask(table.distinct_statement([i]))
        wanted = {i: candidates(looks[i].shapes, columns[i][1]) for i in positions}
        of_rows = aggregates.of_rows(table, [i for i in positions if not looks[i].repeats], wanted, ask)
        if columns:
            table.keep_sample_values()
        for i in positions:
            if looks[i].repeats:
                table.count_values(i)
        measured = aggregates.of_counted(table, wanted)
        quantiles = aggregates.quantiles(table, wanted)
        measured |= of_rows()
        for i, counted in distinct.items():
            table.know_distinct(i, counted())
        distinct_rows = int(different()[0]) if different else 0
    result = Measurement(table, EveryRow(table), facts or {}, distinct_rows=distinct_rows)
    result.columns = [column_report(table, i, measured[i], look, quantiles.get(i, {})) for i, look in enumerate(looks)]
    return result


@contextmanager
def measuring(
    location: str, *, format: str | None = None, options: dict[str, Any] | None = None, share: float = 1.0
) -> Iterator[Measurement]:
    """Open and measure a source; exact counts may be asked for inside the block.

    :param location: ``file://`` or ``s3://`` file or prefix.
    :param format: as :func:`shared.pipeline.source.open_source`.
    :param options: read options; what is absent is detected.
    :param share: part of the rows that is measured (see ``load_table``).
    :raises SourceError: the source is missing, empty or unreadable.
    """
    with (
        open_source(location, format, options) as source,
        connection() as con,
    ):
        columns = [(column.name, column.physical_type) for column in source.columns]
        source.create_view(con, SOURCE_VIEW)
        null_values = list((options or {}).get("null_values") or [])
        facts = _facts(source)
        yield measure_view(
            con, SOURCE_VIEW, columns, null_values=null_values, facts=facts, share=share,
            create_view=lambda other: source.create_view(other, SOURCE_VIEW),
        )  # fmt: skip


def measure(location: str, *, format: str | None = None, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Measure a source; see :func:`measuring` for the parameters and :meth:`Measurement.report` for the result."""
    with measuring(location, format=format, options=options) as measurement:
        return measurement.report()


def _facts(source: Source) -> dict[str, Any]:
    options = source.options
    return {
        "location": source.location,
        "format": source.format,
        "read_options": {
            "delimiter": options.delimiter,
            "quote": options.quote,
            "escape": options.escape,
            "header": bool(options.header),
            "encoding": options.encoding,
            "null_values": list(options.null_values),
        },
        "files": [{"uri": file.uri, "bytes": file.bytes, "etag": file.etag} for file in source.files],
        "unreadable_rows": source.unreadable,
    }
