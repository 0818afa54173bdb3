"""Whether the engine can compute the filter of a source with the types that its columns are read with."""

from __future__ import annotations

from collections.abc import Sequence

from onboarding.discovery.errors import DiscoveryError
from onboarding.spec.expressions import check_predicate
from shared.pipeline.engine import connection
from shared.pipeline.literals import quote_identifier
from shared.pipeline.reading.tables import SourceColumn

WHERE = "source.filter"


def check_filter(text: str, columns: Sequence[SourceColumn]) -> str:
    """The filter as we write it, after the engine has taken it for an empty table of these columns.

    :raises ExpressionError: it is no condition over these columns.
    :raises DiscoveryError: it mixes types, such as the text of a CSV file with a number.
    """
    import duckdb

    condition = check_predicate(text, where=WHERE, columns=[column.name for column in columns]).sql
    table = ", ".join(f"{quote_identifier(column.name)} {column.physical_type}" for column in columns)
    with connection() as con:
        con.execute(f"CREATE TEMPORARY TABLE source ({table})")
        try:
            con.execute(f"EXPLAIN SELECT 1 FROM source WHERE ({condition})")  # noqa: S608
        except duckdb.BinderException as error:
            raise DiscoveryError(
                "the filter does not fit the types that the columns are read with",
                where=WHERE,
                expected="a condition whose two sides have one type; files of text have columns of text",
                given=f"{text}: {str(error).splitlines()[0]}",
                remedy="cast the column, for example TRY_CAST(amount AS DOUBLE) > 100",
            ) from None
    return condition
