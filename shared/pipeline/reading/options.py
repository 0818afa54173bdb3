"""How a source is read: what was given, and what was detected for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shared.pipeline.errors import SourceError

FORMATS = ("csv", "json", "jsonl", "parquet")
# The format of a table of a database: no file has it.
TABLE = "table"
OPTION_NAMES = ("delimiter", "quote", "escape", "header", "encoding", "null_values")
# An empty CSV cell says that there is no value; every other spelling of "nothing" is a decision.
CSV_NULL_VALUES = ("",)


@dataclass(frozen=True)
class ReadOptions:
    """The options in force; ``delimiter``, ``quote`` and ``escape`` are ``None`` for formats without them.

    :ivar null_values: cells of text that are read as NULL.
    """

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool = True
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The options as a JSON-serialisable mapping."""
        return {**asdict(self), "null_values": list(self.null_values)}


def check_options(given: Mapping[str, Any] | None, where: str) -> dict[str, Any]:
    """The options that were given, without those that are ``None``.

    :raises SourceError: an unknown option, or a value that cannot be.
    """
    options = {name: value for name, value in (given or {}).items() if value is not None}
    for name, value in options.items():
        if name not in OPTION_NAMES:
            raise _bad(where, name, value, f"one of {', '.join(OPTION_NAMES)}")
        if name == "header" and not isinstance(value, bool):
            raise _bad(where, name, value, "true or false")
        if name == "delimiter" and (not isinstance(value, str) or len(value) != 1):
            raise _bad(where, name, value, "one character")
        if name in ("quote", "escape") and (not isinstance(value, str) or len(value) > 1):
            raise _bad(where, name, value, "one character, or nothing")
    return options


def _bad(where: str, name: str, value: object, expected: str) -> SourceError:
    return SourceError(
        "A read option is not valid.",
        where=f"{where} (source.options.{name})",
        expected=expected,
        given=repr(value),
        remedy="Correct source.options, or leave it out: what is absent is detected.",
    )
