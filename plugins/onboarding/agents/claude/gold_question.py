"""A question in words becomes one SELECT over a workload's Gold tables; it is checked like one that a person wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from onboarding.agents.claude.dialogue import Claude, Told
from onboarding.agents.claude.prompts import render_prompt
from onboarding.spec.gold_query import CheckedQuery, check_query


class QueryAnswer(BaseModel):
    """One SELECT that answers the question, in DuckDB's SQL."""

    model_config = ConfigDict(extra="forbid")

    sql: Annotated[str, StringConstraints(min_length=6, max_length=4000)]


def write_query(
    claude: Claude, question: str, workload: str, tables: Mapping[str, Sequence[str]], about: Mapping[str, Any]
) -> Told[CheckedQuery]:
    """The query that answers a question; names and descriptions are all that Claude is told of the tables.

    :param tables: Gold table -> its columns.
    :param about: what the workload's manifest says of it.
    """
    described = {name: list(columns) for name, columns in sorted(tables.items())}
    data = {"question": question, "workload": workload, "tables": described, "about": about.get("description", "")}

    def accept(answer: QueryAnswer) -> CheckedQuery:
        return check_query(answer.sql, tables, where="Claude's query")

    return claude.ask("query", render_prompt("query", data), QueryAnswer, accept)
