"""A mutation: one change of a generated workload that its own tests must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

EXAMPLE = "sales_orders"
#: Agent -> its test file and, where it shares the file with another, its class; in the order of the phases.
GATES = {
    "profiling": ("test_metadata.py", "TestProfile"),
    "metadata": ("test_metadata.py", "TestMetadata"),
    "transformation": ("test_transformations.py", ""),
    "quality": ("test_quality.py", ""),
    "dag": ("test_dag.py", ""),
}


@dataclass(frozen=True)
class Edit:
    """``old``, which stands in the file exactly once, becomes ``new``."""

    path: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Change the file.

        :raises AssertionError: the old text is not there exactly once.
        """
        file = folder / self.path
        text = file.read_text("utf-8")
        assert text.count(self.old) == 1, (self.path, self.old, text.count(self.old))
        file.write_text(text.replace(self.old, self.new), "utf-8")


@dataclass(frozen=True)
class Mutation:
    """A change that a workload's tests must notice.

    :ivar agent: whose test gate must be red; the owner of the files, or a later one.
    :ivar blames: the column, rule, task or table at fault: a whole word of the failures' messages; empty: there is
        no single one.
    :ivar workload: key of ``folders.WORKLOADS``.
    :ivar quick: part of ``make test``; the others are in ``make test-full``.
    """

    name: str
    agent: str
    edits: tuple[Edit, ...]
    blames: str = ""
    workload: str = EXAMPLE
    quick: bool = False


def mutate(agent: str, path: str, name: str, old: str, new: str, blames: str = "", *, quick: bool = False) -> Mutation:
    """A change of one file of the worked example."""
    return Mutation(name, agent, (Edit(path, old, new),), blames, quick=quick)


def on_both_engines(path: str, old: str, new: str) -> tuple[Edit, Edit]:
    """The same change of ``<path>.duckdb.sql`` and ``<path>.sql``, whose names stand in other quotes."""
    spark = Edit(f"{path}.sql", old.replace('"', "`"), new.replace('"', "`"))
    return Edit(f"{path}.duckdb.sql", old, new), spark
