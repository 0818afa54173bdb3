"""All mutations, and their page: ``python -m tests.mutations.catalogue`` writes ``docs/generated-tests.md``."""

from __future__ import annotations

from pathlib import Path

from tests.mutations.mutation import GATES, Mutation
from tests.mutations.of_dag import DAGS
from tests.mutations.of_metadata import METADATA, PROFILING
from tests.mutations.of_other import OTHERS
from tests.mutations.of_quality import QUALITY
from tests.mutations.of_transformation import TRANSFORMATION

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generated-tests.md"
MUTATIONS: tuple[Mutation, ...] = (*PROFILING, *METADATA, *TRANSFORMATION, *QUALITY, *DAGS, *OTHERS)
_INTRODUCTION = """# Tests of generated workloads

Each agent's part of a workload has tests of its own, unit and integration, which are rendered with it and run as its
test gate. They state the facts of the plan once more and run the generated statements, scripts and DAG on synthetic
rows: rows that look like the profile, with bad values planted in places of their own, so that a rule or a column that
reacts to another one's bad value is found. Statements and conditions for Spark are translated for the embedded engine
and must give the same on rows of all kinds. A failed test names the column or the rule that is at fault.

What these tests are worth is measured by changing workloads on purpose. Each of the {count} changes below makes the
named gate red; the page is written from the list in `tests/mutations/` by `python -m tests.mutations.catalogue`, and
`tests/mutations/test_mutations.py` applies every change (those marked `quick` in `make test`, all in `make test-full`).
On an empty workload, with nothing but its tests, every one of them fails (`tests/mutations/test_empty_workload.py`).

`{example}` is the worked example; `readings` is JSON lines without a key; `shop_orders` has a derived column, a filter,
partitions, a dropped column and an aggregate.
"""


def page() -> str:
    """The page: a table for each gate."""
    lines = [_INTRODUCTION.format(count=len(MUTATIONS), example="sales_orders")]
    for agent in GATES:
        lines += [
            f"## {agent.capitalize()}",
            "",
            "| change | workload | file | named by the failure |",
            "|---|---|---|---|",
        ]
        lines += [_row(mutation) for mutation in MUTATIONS if mutation.agent == agent]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(mutation: Mutation) -> str:
    files = ", ".join(sorted({f"`{edit.path}`" for edit in mutation.edits}))
    blames = f"`{mutation.blames}`" if mutation.blames else ""
    return f"| {mutation.name} | {mutation.workload} | {files} | {blames} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
