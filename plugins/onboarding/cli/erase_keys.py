"""``--key COLUMN=VALUE``: whom a person wants to erase, checked against the columns of the deployed workload."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.spec.conf import Masking, Role
from onboarding.spec.config_files import SourceColumn, SourceConfig
from shared.pipeline.erasure_list import ErasureError


def named_values(keys: Sequence[str], source: SourceConfig, masking: Mapping[str, Any]) -> dict[str, str]:
    """The key as the columns of Bronze have it.

    :param keys: ``COLUMN=VALUE``; COLUMN is the workload's name or the source's own.
    :param masking: column -> how it is masked (``config/transformations.yaml``).
    :returns: source name of the column -> value.
    :raises ErasureError: no key, a key without a value, a column twice, one that is unknown, never reaches Bronze, or
        identifies nobody. No value is shown.
    """
    if not keys:
        raise _wrong("No key is given.", "--key", "--key COLUMN=VALUE, for example --key customer_id=C-0042", "nothing")
    values: dict[str, str] = {}
    for key in keys:
        name, separator, value = key.partition("=")
        if not separator or not value.strip():
            raise _wrong("A key has no value.", f"--key {name.strip()[:60]}=", "COLUMN=VALUE", "no value")
        column = _column(name.strip(), source, masking)
        if column.source_name in values:
            raise _wrong("A column is given twice.", f"--key {column.name}", "each column once", "two values")
        values[column.source_name] = value
    return values


def _column(name: str, source: SourceConfig, masking: Mapping[str, Any]) -> SourceColumn:
    found = {column.name: column for column in source.columns} | {
        column.source_name: column for column in source.columns
    }
    usable = [column for column in source.columns if _identifies(column, source) and not _dropped(column, masking)]
    expected = ", ".join(column.name for column in usable) or "a column that identifies persons; there is none"
    column = found.get(name)
    if column is None:
        close = difflib.get_close_matches(name, found, n=1)
        hint = f"Did you mean {close[0]}?" if close else "Name a column of the workload."
        raise _wrong("There is no such column.", f"--key {name[:60]}", expected, name[:60], hint)
    if _dropped(column, masking):
        hint = "Take another key: the lake never had a value of this column."
        raise _wrong("The column never reaches the lake.", f"--key {name}", expected, f"{name} is masked drop", hint)
    if column not in usable:
        hint = "Take a key, an identifier or a column with personal data: others do not single out a person."
        raise _wrong("The column is no key.", f"--key {name}", expected, f"{name}, {column.role.value}", hint)
    return column


def _identifies(column: SourceColumn, source: SourceConfig) -> bool:
    personal = column.classification.type != "NONE"
    return column.name in source.primary_key or column.role is Role.IDENTIFIER or personal


def _dropped(column: SourceColumn, masking: Mapping[str, Any]) -> bool:
    return masking.get(column.name) == Masking.DROP.value


def _wrong(what: str, where: str, expected: str, given: str, remedy: str = "Correct the command.") -> ErasureError:
    return ErasureError(what, where=where, expected=expected, given=given, remedy=remedy)
