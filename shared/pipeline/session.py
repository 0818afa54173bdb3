"""What the data plane asks of an engine other than the embedded one.

The steps of a pipeline hold one connection, ``con``. Of DuckDB it is DuckDB's own; of another engine it is a
:class:`Session`. The functions of :mod:`shared.pipeline.tables` take either, so that a step is written once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

DUCKDB = "duckdb"


class Rows(Protocol):
    """What a statement gives."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows; of a small result only."""


class Session(ABC):
    """A connection to an engine that runs SQL over Parquet files.

    Paths name what the step has written or brought, whether or not it lies on this machine.

    :cvar name: key of its texts in a workload: ``spark``.
    """

    name: str

    @abstractmethod
    def execute(self, statement: str, parameters: Mapping[str, str] | None = None) -> Rows:
        """Run a statement.

        :param parameters: what :func:`parameter` names.
        """

    @abstractmethod
    def columns(self, query: str) -> list[tuple[str, str]]:
        """Name and type of each column of a query; the types under DuckDB's names, as the state of a lake has them."""

    @abstractmethod
    def relation(self, paths: Sequence[Path]) -> str:
        """The SQL that reads these files as one table."""

    @abstractmethod
    def create_view(self, name: str, paths: Sequence[Path]) -> None:
        """A temporary view over the files."""

    @abstractmethod
    def write(
        self,
        query: str,
        target: Path,
        *,
        partition_by: Sequence[str] = (),
        parameters: Mapping[str, str] | None = None,
        one_file: bool = False,
    ) -> None:
        """Write a query as Parquet files below ``target``; an empty one has its columns all the same."""

    @abstractmethod
    def row_counts(self, paths: Sequence[Path]) -> list[int]:
        """Rows of each file, or of all files below a folder that :meth:`write` wrote."""

    @abstractmethod
    def bring(self, uris: Sequence[str], folder: Path) -> list[Path]:
        """Make files of the lake readable; ``folder`` is scratch of this step."""

    @abstractmethod
    def replace(self, folder: Path, uri: str) -> list[tuple[str, int]]:
        """Put what :meth:`write` wrote in place of what is below ``uri``.

        :returns: path below ``uri`` and rows of each file, sorted.
        """

    @abstractmethod
    def put_file(self, folder: Path, uri: str) -> None:
        """Put the one file that :meth:`write` wrote at ``uri``."""

    @abstractmethod
    def quote(self, name: str) -> str:
        """``name`` as an identifier."""

    @abstractmethod
    def type_name(self, duckdb_type: str) -> str:
        """A type in SQL text."""

    @abstractmethod
    def normalised(self, value: str, kind: str) -> str:
        """SQL of a value's text as :func:`shared.pipeline.normal_form.normalised` gives it.

        :param kind: type of the value, under DuckDB's name.
        :raises TypeError: the engine writes values of this type in another way than the embedded one.
        """

    @abstractmethod
    def without_nulls(self, items: Sequence[str]) -> str:
        """SQL of the list of those ``items`` (SQL of texts) that are not NULL."""

    @abstractmethod
    def each_of(self, text: str) -> str:
        """SQL of one row for each part of a text between its commas; those at its ends do not count."""

    @abstractmethod
    def shape_of(self, text: str) -> str:
        """SQL of a text with 9 for its digits, A and a for its letters, as :mod:`shared.pipeline.profile.shapes`."""


def parameter(con: Any, name: str) -> str:
    """A parameter as a statement of the connection's engine names it."""
    return f":{name}" if isinstance(con, Session) else f"${name}"


def engine_of(con: Any) -> str:
    """Key of the texts of a connection's engine: ``duckdb`` or ``spark``."""
    return con.name if isinstance(con, Session) else DUCKDB
