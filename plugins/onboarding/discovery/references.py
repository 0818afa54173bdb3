"""Columns that refer to a known workload's key: its name says so, and its values are there."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from onboarding.discovery.functional_hints import HOLDS, LEAST_ROWS
from onboarding.discovery.known_keys import KnownKey
from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import ColumnProfile, FunctionalHint
from shared.pipeline.errors import SourceError
from shared.pipeline.profile import Measurement
from shared.pipeline.profile.dependencies import rows_found_in
from shared.pipeline.profile.words import name_words, word_set
from shared.pipeline.tables import bring_tables
from shared.pipeline.zones import Lake, published_files, read_pointer

#: Tables with more rows are not read for a hint.
MOST_ROWS = 5_000_000
#: Words that say "identifier" and not of what.
_GENERIC = word_set("id key code no nr num number uuid guid identifier ref reference pk fk sk row hash")


def find_references(
    columns: list[ColumnProfile],
    hidden: Collection[str],
    keys: Sequence[KnownKey],
    lake_uri: str,
    measurement: Measurement,
) -> list[FunctionalHint]:
    """The columns of which nearly every sampled value is a key of a known workload, in their order.

    :param hidden: names of columns that no hint speaks of.
    :param lake_uri: where the workloads' Gold is; a table that was never published is no reference, and one that
        cannot be read is none either: a broken workload is no reason to refuse another.
    """
    named = [
        (column, key)
        for column in columns
        if column.name not in hidden and column.type in (ColumnType.TEXT, ColumnType.INTEGER)
        for key in keys
        if name_says(column.source_name, key)
    ]
    return list(_found(named, lake_uri, measurement))


def name_says(name: str, key: KnownKey) -> bool:
    """Whether a column's name names this key: all its words, or those of its table where the key is just an "id".

    >>> name_says("sold_to_customer_id", KnownKey("crm", "customers", "customer_id"))
    True
    >>> name_says("order_id", KnownKey("crm", "customers", "customer_id"))
    False
    """
    words = {_singular(word) for word in name_words(name)}
    of_key = {_singular(word) for word in name_words(key.column)}
    if of_key - _GENERIC:
        return of_key - _GENERIC <= words and bool(words & _GENERIC)
    of_table = {_singular(word) for word in (*name_words(key.table), *name_words(key.workload))}
    return bool((words - _GENERIC) & of_table) and bool(words & _GENERIC)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _found(
    named: list[tuple[ColumnProfile, KnownKey]], lake_uri: str, measurement: Measurement
) -> Iterator[FunctionalHint]:
    for column, key in named:
        try:
            rows, found = _counted(column, key, lake_uri, measurement)
        except SourceError:
            continue
        if rows >= LEAST_ROWS and found >= HOLDS * rows:
            yield FunctionalHint(kind="refers_to", columns=[column.name], values=[key.text], rows=rows, holds=found)


def _counted(column: ColumnProfile, key: KnownKey, lake_uri: str, measurement: Measurement) -> tuple[int, int]:
    """Rows of the sample with a value, and with one of the key's; none where nothing is published, or too much."""
    lake = Lake(lake_uri, key.workload)
    published = read_pointer(lake, "gold", key.table)
    if published is None or not 0 < published.rows <= MOST_ROWS:
        return 0, 0
    with tempfile.TemporaryDirectory(prefix="onboarding_references_") as folder:
        paths = bring_tables(published_files(lake, "gold", key.table, published), Path(folder))
        return rows_found_in(measurement.table, column.position, paths, key.column)
