"""Rows in = rows out: recounted from the Parquet files of the lake on every run, before anything is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.pipeline import state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import BalanceError
from shared.pipeline.storage import join
from shared.pipeline.tables import bring, count_stored, quoted, relation
from shared.pipeline.zones import Lake, Published, published_files, read_pointer


def check_silver(
    con: Any, lake: Lake, table: str, arguments: RunArguments, version: Published, folder: Path
) -> dict[str, int]:
    """source = bronze + unreadable + erased, and bronze = silver + quarantined + duplicates.

    :param version: the Silver version that is about to be published.
    :returns: the counts.
    :raises BalanceError: one of the two does not hold.
    """
    loads = state.current_loads(lake)
    bronze = 0
    for load in loads:
        found = count_stored(con, [lake.bronze_load(table, load.run_date, load.load_id)], folder)
        _compare(f"bronze load {load.load_id}", {"rows read": load.rows}, {"rows in Bronze": found})
        bronze += found
    counts = {
        "silver": count_stored(con, [join(lake.table("silver", table), version.path)], folder),
        "quarantined": count_stored(con, [lake.quarantine("silver", arguments)], folder),
        "duplicates": count_stored(con, [lake.quarantine("duplicates", arguments)], folder),
    }
    _compare(f"silver of {lake.workload}", {"bronze": bronze}, counts)
    source = state.read_summary(lake, arguments.load_id, "extract")
    if source is not None:
        read = {name: source.get(name, 0) for name in ("bronze", "unreadable", "erased")}
        _compare(f"bronze of {lake.workload}", {"source": source["source"]}, read)
    return {"bronze": bronze, **counts}


def check_gold(
    con: Any,
    lake: Lake,
    table: str,
    arguments: RunArguments,
    version: Published,
    summary: dict[str, Any],
    folder: Path,
) -> dict[str, int]:
    """silver = gold + filtered + quarantined, for a table with one row for each of Silver.

    :param summary: of the step ``transform_gold``.
    :raises BalanceError: it does not hold.
    """
    held = join(lake.quarantine("gold", arguments), f"{table}.parquet")
    counts = {
        "gold": count_stored(con, [join(lake.table("gold", table), version.path)], folder),
        "filtered": int(summary["tables"][table]["filtered"]),
        "quarantined": count_stored(con, [held], folder),
    }
    silver = sum(_rows_of(con, lake, place, folder) for place in summary["inputs"])
    # Over no rows at all a total without a grain is still one row.
    if counts["filtered"] < 0 and silver:
        raise _unbalanced(f"gold table {table}", {"silver": silver}, counts)
    _compare(f"gold table {table}", {"silver": silver}, counts)
    return {"silver": silver, **counts}


def check_reference(
    con: Any, lake: Lake, fact: tuple[str, Published], dimension: tuple[str, Published], column: str, folder: Path
) -> None:
    """Every value that a fact has in a column is one that its dimension has.

    :param fact: table and the version that is about to be published; ``dimension`` likewise.
    :raises BalanceError: some are not.
    """
    facts, members = (
        relation(con, bring(con, published_files(lake, "gold", table, version), folder / "references" / table))
        for table, version in (fact, dimension)
    )
    name = quoted(con, column)
    query = f"SELECT count(*) FROM {facts} WHERE {name} NOT IN (SELECT {name} FROM {members})"  # noqa: S608
    ((lost,),) = con.execute(query).fetchall()
    if lost:
        raise BalanceError(
            "Rows of a fact refer to members that their dimension does not have: nothing is published.",
            where=f"gold/{lake.workload}/{fact[0]}, column {column}",
            expected=f"values that {dimension[0]} has",
            given=f"{lost} rows with others",
            remedy=f"Look at the rows of {dimension[0]} in the quarantine of Gold: a rule holds members back. Make it "
            "a rule of Silver, or let it flag.",
        )


def _rows_of(con: Any, lake: Lake, place: str, folder: Path) -> int:
    zone, _, table = place.partition("/")
    published = read_pointer(lake, zone, table)
    if published is None:
        return 0
    return count_stored(con, [join(lake.table(zone, table), published.path)], folder)


def _compare(where: str, whole: dict[str, int], parts: dict[str, int]) -> None:
    if sum(whole.values()) != sum(parts.values()):
        raise _unbalanced(where, whole, parts)


def _unbalanced(where: str, whole: dict[str, int], parts: dict[str, int]) -> BalanceError:
    return BalanceError(
        "Rows in and rows out do not add up: nothing is published.",
        where=where,
        expected=" + ".join(f"{name} {count}" for name, count in whole.items()),
        given=" + ".join(f"{name} {count}" for name, count in parts.items()),
        remedy="Clear the run from its extract task; report it if it happens twice.",
    )
