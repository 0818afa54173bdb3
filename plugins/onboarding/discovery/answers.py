"""What a person gave, in the words of the profile: column names of the source or of SQL are both understood."""

from __future__ import annotations

import difflib
from typing import Any

from onboarding.discovery.errors import DiscoveryError
from onboarding.spec.conf import Conf
from onboarding.spec.profile import ColumnProfile


def given_names(given: list[str], columns: list[ColumnProfile], where: str) -> list[str]:
    """SQL names of columns that a person names as in the source or as in SQL.

    :param where: key of the conf, for the error.
    :raises DiscoveryError: there is no such column.
    """
    known = {column.source_name: column.name for column in columns} | {column.name: column.name for column in columns}
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise DiscoveryError(
                "the conf names a column that the source does not have",
                where=where,
                expected=f"one of: {', '.join(column.name for column in columns)}"[:500],
                given=name,
                remedy=f"did you mean {close[0]}?" if close else "correct the name",
            )
    return [known[name] for name in given]


def read_options(conf: Conf) -> dict[str, Any]:
    """The read options that a person gave; what is absent is detected from the bytes."""
    return conf.source.options.model_dump(exclude_none=True)
