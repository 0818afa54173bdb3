"""A question to Gold as SQL: one SELECT over named tables, held against an allow-list, written again and limited by us.

Nothing in it can read a file, another table, the network or the clock, or change anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onboarding.spec.expressions import DIALECT, EXPRESSION_NODES, MAXIMUM_LENGTH
from shared.pipeline.errors import DataOnboardingError

if TYPE_CHECKING:
    from sqlglot import exp

#: Rows that an answer has at most.
MOST_ROWS = 1_000
_MOST_NODES = 1_000
_QUERY = {
    "Select", "From", "Table", "TableAlias", "Join", "Where", "Group", "Having", "Order", "Ordered", "Limit", "Offset",
    "Alias", "Star", "Distinct", "With", "CTE", "Subquery", "Union", "Except", "Intersect", "Aliases",
}  # fmt: skip
_AGGREGATES = {
    "Count", "Sum", "Avg", "Min", "Max", "Median", "StddevSamp", "Stddev", "Quantile", "Filter", "Window",
    "WindowSpec", "RowNumber", "Rank", "DenseRank", "Lag", "Lead", "ApproxDistinct", "CountIf",
}  # fmt: skip
_ALLOWED = EXPRESSION_NODES | _QUERY | _AGGREGATES
_FOR_PEOPLE = "one SELECT over the workload's Gold tables, with joins, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT"


class GoldQueryError(DataOnboardingError):
    """A question to Gold cannot be asked like this."""

    code = "gold_query"


@dataclass(frozen=True)
class CheckedQuery:
    """A query that may run.

    :ivar sql: written by us from its tree, in DuckDB's dialect, with a LIMIT.
    :ivar tables: Gold tables that it reads, sorted.
    """

    sql: str
    tables: tuple[str, ...]


def is_sql(question: str) -> bool:
    """Whether a question is meant as SQL: it starts with SELECT or WITH."""
    return question.lstrip().partition(" ")[0].strip("(").lower() in ("select", "with")


def check_query(text: str, tables: Mapping[str, Sequence[str]], *, where: str) -> CheckedQuery:
    """Parse, check and write a query again.

    :param tables: Gold table -> its columns.
    :raises GoldQueryError: it is no single SELECT, or has a part, a table or a column that is not on the list.
    """
    from sqlglot import exp

    tree = _parse(text, where)
    names = {table.lower(): table for table in tables}
    for number, node in enumerate(tree.walk(), start=1):
        node.comments = None
        if number > _MOST_NODES:
            raise _error(text, where, f"at most {_MOST_NODES} parts", "more")
        kind = type(node).__name__
        if kind not in _ALLOWED:
            raise _error(text, where, _FOR_PEOPLE, f"{node.name}(...)" if kind == "Anonymous" else kind.upper())
    ours = {str(cte.alias).lower() for cte in tree.find_all(exp.CTE)}
    read = set()
    for table in tree.find_all(exp.Table):
        known = isinstance(table.this, exp.Identifier) and not table.args.get("db") and not table.args.get("catalog")
        name = table.name.lower()
        if not known or (name not in names and name not in ours):
            raise _error(text, where, f"a Gold table: {', '.join(sorted(tables))}", table.sql(DIALECT))
        if name not in ours:
            read.add(names[name])
    if not read:
        raise _error(text, where, f"a query that reads {' or '.join(sorted(tables))}", text)
    _check_columns(tree, tables, text, where)
    return CheckedQuery(_limited(tree).sql(dialect=DIALECT), tuple(sorted(read)))


def _parse(text: str, where: str) -> exp.Query:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, TokenError

    if len(text) > MAXIMUM_LENGTH:
        raise _error(text[:60], where, f"at most {MAXIMUM_LENGTH} characters", f"{len(text)} characters")
    try:
        trees = sqlglot.parse(text, dialect=DIALECT)
    except (ParseError, TokenError, RecursionError):
        raise _error(text, where, "a complete SELECT", text) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise _error(text, where, _FOR_PEOPLE, "something else, or several statements")
    return trees[0]


def _check_columns(tree: exp.Query, tables: Mapping[str, Sequence[str]], text: str, where: str) -> None:
    """Every column is one of the tables', or a name that the query itself gives."""
    from sqlglot import exp

    own = {str(alias.alias).lower() for alias in tree.find_all(exp.Alias)}
    own |= {str(column.name).lower() for alias in tree.find_all(exp.TableAlias) for column in alias.columns}
    known = {column.lower() for columns in tables.values() for column in columns}
    for column in tree.find_all(exp.Column):
        if not isinstance(column.this, exp.Star) and column.name.lower() not in known | own:
            listed = sorted({name for names in tables.values() for name in names})
            raise _error(text, where, f"a column of {', '.join(listed)}"[:500], column.name)


def _limited(tree: exp.Query) -> exp.Query:
    limit: Any = tree.args.get("limit")
    written = limit.expression.name if limit is not None else ""
    most = min(int(written), MOST_ROWS) if written.isdigit() else MOST_ROWS
    return tree.limit(most)


def _error(text: str, where: str, expected: str, given: str) -> GoldQueryError:
    return GoldQueryError(
        "the question cannot be asked of Gold like this",
        where=where,
        expected=expected,
        given=given[:300],
        remedy="for example `question: SELECT region, sum(amount) AS amount FROM orders GROUP BY region`",
    )
