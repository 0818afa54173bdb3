"""What every generated script is called with."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from shared.pipeline.errors import ArgumentsError

_LOAD_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[A-Za-z0-9][A-Za-z0-9_-]*")
ENGINES = ("local", "aws")


@dataclass(frozen=True)
class RunArguments:
    """One call of a script.

    :ivar workload_uri: directory of the deployed workload, ``file://`` or ``s3://``.
    :ivar run_date: date of the run, ``YYYY-MM-DD``; the ``ingestion_date`` of what it loads.
    :ivar load_id: names the load; the same run has the same one on every retry. It begins with ``run_date``.
    :ivar engine: ``local`` (DuckDB) or ``aws`` (Glue Spark).
    :ivar lake_uri: root of the lake, ``file://`` or ``s3://``.
    """

    workload_uri: str
    run_date: str
    load_id: str
    engine: str
    lake_uri: str

    def __post_init__(self) -> None:
        _check_date(self.run_date)
        # Rules that ask for the day of a row's load read it from the load id.
        if not _LOAD_ID.fullmatch(self.load_id) or not self.load_id.startswith(self.run_date):
            raise _wrong("--load-id", f"{self.run_date}-<letters, digits, - or _>", self.load_id)
        if self.engine not in ENGINES:
            raise _wrong("--engine", " or ".join(ENGINES), self.engine)
        for name, uri in (("--workload-uri", self.workload_uri), ("--lake-uri", self.lake_uri)):
            if not uri.startswith(("file:///", "s3://")):
                raise _wrong(name, "file:///... or s3://...", uri)

    def as_argv(self) -> list[str]:
        """The command line that :func:`parse_arguments` reads back."""
        return [
            *("--workload-uri", self.workload_uri),
            *("--run-date", self.run_date),
            *("--load-id", self.load_id),
            *("--engine", self.engine),
            *("--lake-uri", self.lake_uri),
        ]


def parse_arguments(argv: list[str]) -> RunArguments:
    """Read the command line of a generated script.

    :raises ArgumentsError: an argument is missing, unknown or wrong.
    """
    parser = _Parser(add_help=True, allow_abbrev=False)
    for name in ("--workload-uri", "--run-date", "--load-id", "--engine", "--lake-uri"):
        parser.add_argument(name, required=True)
    given = parser.parse_args(argv)
    return RunArguments(given.workload_uri, given.run_date, given.load_id, given.engine, given.lake_uri)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(
            "The script was called with wrong arguments.",
            expected="--workload-uri --run-date --load-id --engine --lake-uri, each with a value",
            given=message,
            remedy="Call it as the DAG does.",
        )


def _check_date(text: str) -> None:
    try:
        valid = date.fromisoformat(text).isoformat() == text
    except ValueError:
        valid = False
    if not valid:
        raise _wrong("--run-date", "YYYY-MM-DD", text)


def _wrong(name: str, expected: str, given: str) -> ArgumentsError:
    return ArgumentsError(
        f"The argument {name} is wrong.", expected=expected, given=given, remedy="Correct the argument."
    )
