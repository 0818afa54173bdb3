"""Takes one person out of the lake: Bronze of all loads, what was held back, and, once it is rebuilt, Silver and Gold.

The order makes every step repeatable: the list of erasures first (from then on no extract brings the person back),
then what is found through Bronze, then Bronze, then the books. Silver and Gold are functions of Bronze: the tasks
after this one build and publish them as always, and :func:`finish` removes the versions from before.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared.pipeline import engine, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.erasure_list import (
    DONE,
    PENDING,
    Erasure,
    ErasureError,
    is_person_sql,
    read_erasures,
    set_rows,
    write_erasure,
)
from shared.pipeline.retention import KINDS
from shared.pipeline.secrets import masking_key
from shared.pipeline.storage import join
from shared.pipeline.tables import PART, bring_tables, columns_of, parquet_files, scan, write_parquet
from shared.pipeline.zones import Lake, published_files, read_pointer

LOAD_FOLDER = "load_id="
VERSION_FOLDER = "version="
# Gold has no columns that say where a row came from: what it held back is removed as a whole.
WITHOUT_ORIGIN = "gold"


@dataclass(frozen=True)
class Person:
    """Whom to erase.

    :ivar columns: key columns by their names in Bronze.
    :ivar digest: of their values (:func:`shared.pipeline.erasure_list.digest_of`).
    """

    columns: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Found:
    """Rows of a person.

    :ivar loads: load of Bronze -> rows.
    :ivar silver: rows of the published Silver.
    :ivar quarantine: kind -> rows that are removed; of ``gold`` all that are held back.
    :ivar not_searched: loads without the key columns.
    """

    loads: Mapping[str, int]
    silver: int
    quarantine: Mapping[str, int]
    not_searched: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """Rows of Bronze."""
        return sum(self.loads.values())


def find(lake: Lake, table: str, person: Person) -> Found:
    """Count what an erasure would remove; nothing is changed.

    :param table: of Bronze and Silver.
    """
    with _search(lake, table, person) as search:
        return search.found()


def erase(
    lake: Lake, table: str, gold_tables: Sequence[str], person: Person, arguments: RunArguments, run_id: str
) -> Erasure:
    """Write the erasure down, then remove the person from what was held back and from Bronze.

    The same run again, after it was killed anywhere, finishes what it began.

    :param run_id: id of the run in Airflow.
    :returns: what was removed.
    :raises ErasureError: nobody has this key.
    """
    with _search(lake, table, person) as search:
        begun = [other for other in read_erasures(lake) if other.load_id == arguments.load_id]
        if begun:
            erasure = begun[0]
        else:
            erasure = write_erasure(lake, _planned(lake, table, gold_tables, person, arguments, run_id, search.found()))
        search.remove_held_back()
        _remove_candidates(lake)
        search.remove_from_bronze()
    set_rows(lake, erasure)
    return erasure


def finish(lake: Lake) -> list[Erasure]:
    """Remove every version of Silver and Gold from before an erasure, as soon as all tables are published anew.

    :returns: the erasures that are done by now and were not before.
    """
    finished = []
    for erasure in read_erasures(lake):
        if erasure.state == PENDING and all(_published_anew(lake, *item) for item in erasure.versions.items()):
            old = {place: _old_versions(lake, place) for place in erasure.versions}
            # What a try before has removed already stays in the books.
            removed = {place: sorted({*old[place], *erasure.removed.get(place, ())}) for place in old}
            begun = write_erasure(lake, replace(erasure, removed=removed))
            for place, versions in old.items():
                _remove_versions(lake, place, versions)
            finished.append(write_erasure(lake, replace(begun, state=DONE)))
    return finished


def _planned(
    lake: Lake,
    table: str,
    gold_tables: Sequence[str],
    person: Person,
    arguments: RunArguments,
    run_id: str,
    found: Found,
) -> Erasure:
    if not found.rows and person.digest not in {other.digest for other in read_erasures(lake)}:
        raise ErasureError(
            "Nobody has this key.",
            where=f"bronze of {lake.workload}, column {', '.join(person.columns)}",
            expected="a value that a row of Bronze has",
            given="a value that none has (not shown)",
            remedy="Check the value as the source writes it; blanks at its ends and letter case do not matter.",
        )
    rows = {load.load_id: load.rows for load in state.read_loads(lake)}
    pointers = {
        f"{zone}/{name}": read_pointer(lake, zone, name)
        for zone, name in (("silver", table), *(("gold", name) for name in gold_tables))
    }
    return Erasure(
        columns=person.columns,
        digest=person.digest,
        run_date=arguments.run_date,
        load_id=arguments.load_id,
        run_id=run_id,
        loads={
            load_id: {"before": rows[load_id], "erased": count}
            for load_id, count in found.loads.items()
            if load_id in rows
        },
        quarantine=dict(found.quarantine),
        silver=found.silver,
        versions={place: pointer.version for place, pointer in pointers.items() if pointer is not None},
    )


class _search:
    """Where the person's rows are, found once; a context manager, for it keeps files on this machine."""

    def __init__(self, lake: Lake, table: str, person: Person) -> None:
        self._lake, self._table, self._person = lake, table, person
        self._parameters = {"digest": person.digest, "masking_key": masking_key(lake.workload)}
        self._loads: dict[str, int] = {}
        # File of Bronze -> the condition by which its rows are the person's, and its parameters.
        self._files: dict[str, tuple[str, dict[str, str]]] = {}
        self._not_searched: list[str] = []
        self._number = 0

    def __enter__(self) -> _search:
        self._scratch = tempfile.TemporaryDirectory(prefix="onboarding_erase_")
        self._connection = engine.connection()
        self._con = self._connection.__enter__()
        self._con.execute("CREATE TEMP TABLE erased (load_id VARCHAR, source_row BIGINT)")
        self._con.execute("CREATE TEMP TABLE known (load_id VARCHAR)")
        for uri in parquet_files(self._lake.table("bronze", self._table)):
            self._look(uri)
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            self._connection.__exit__(*exception)
        finally:
            self._scratch.cleanup()

    def _look(self, uri: str) -> None:
        load_id = next(part for part in uri.split("/") if part.startswith(LOAD_FOLDER)).removeprefix(LOAD_FOLDER)
        every = self._brought(uri)
        self._con.execute("INSERT INTO known VALUES (?)", [load_id])
        types = dict(columns_of(self._con, f"FROM {every}"))
        if not set(self._person.columns) <= set(types):
            self._not_searched.append(load_id)
            return
        match, own = is_person_sql(self._con, self._person.columns, types, "digest")
        parameters = {**self._parameters, **own}
        before = self._one("SELECT count(*) FROM erased")
        self._con.execute(
            f"INSERT INTO erased SELECT _load_id, _source_row FROM {every} WHERE {match}",  # noqa: S608
            parameters,
        )
        count = self._one("SELECT count(*) FROM erased") - before
        if count:
            self._loads[load_id] = self._loads.get(load_id, 0) + count
            self._files[uri] = match, parameters

    def found(self) -> Found:
        """All counts."""
        pointer = read_pointer(self._lake, "silver", self._table)
        files = published_files(self._lake, "silver", self._table, pointer) if pointer else []
        silver = sum(self._one(f"SELECT count(*) FROM {self._brought(uri)} WHERE {_OF_PERSON}") for uri in files)  # noqa: S608
        held = {kind: sum(rows for _, rows in self._held_back(kind)) for kind in KINDS}
        return Found(dict(self._loads), silver, held, tuple(self._not_searched))

    def _held_back(self, kind: str) -> Iterator[tuple[str, int]]:
        """Files of the quarantine with rows to remove, and how many."""
        for uri in parquet_files(self._lake.quarantine_kind(kind)):
            condition = "true" if kind == WITHOUT_ORIGIN else _HELD_OF_PERSON
            rows = self._one(f"SELECT count(*) FROM {self._brought(uri)} WHERE {condition}")  # noqa: S608
            if rows:
                yield uri, rows

    def remove_held_back(self) -> None:
        """Rewrite what was held back without the person; a file of which nothing is left goes."""
        for kind in KINDS:
            for uri, rows in list(self._held_back(kind)):
                every = self._brought(uri)
                if rows == self._one(f"SELECT count(*) FROM {every}"):  # noqa: S608
                    storage.delete_file(uri)
                else:
                    self._rewrite(uri, f"SELECT * FROM {every} WHERE NOT ({_HELD_OF_PERSON})", None)  # noqa: S608

    def remove_from_bronze(self) -> None:
        """Rewrite the files of Bronze that have rows of the person, each in one step."""
        for uri, (match, parameters) in self._files.items():
            query = f"SELECT * FROM {self._brought(uri)} WHERE NOT {match}"  # noqa: S608
            self._rewrite(uri, query, parameters)

    def _rewrite(self, uri: str, query: str, parameters: dict[str, str] | None) -> None:
        with tempfile.TemporaryDirectory(dir=self._scratch.name) as folder:
            write_parquet(self._con, query, Path(folder), parameters=parameters)
            storage.upload(Path(folder) / PART, uri)

    def _brought(self, uri: str) -> str:
        """SQL of one file of the lake; on this machine it takes the place of the one before."""
        # A name of its own: the engine may remember what a file of this name had in it.
        shutil.rmtree(Path(self._scratch.name, str(self._number)), ignore_errors=True)
        self._number += 1
        return scan(bring_tables([uri], Path(self._scratch.name, str(self._number))))

    def _one(self, query: str) -> int:
        return int(self._con.execute(query).fetchall()[0][0])


_OF_PERSON = "(_load_id, _source_row) IN (SELECT (load_id, source_row) FROM erased)"
# Of a load that Bronze does not keep any more nobody can tell whose the rows are.
_HELD_OF_PERSON = f"({_OF_PERSON} OR _load_id NOT IN (SELECT load_id FROM known))"  # noqa: S608


def _remove_candidates(lake: Lake) -> None:
    """What transforms of earlier runs left for their checks; a run that is cleared writes it again."""
    storage.delete_tree(lake.state("candidates"))


def _published_anew(lake: Lake, place: str, version: str) -> bool:
    zone, _, table = place.partition("/")
    pointer = read_pointer(lake, zone, table)
    return pointer is not None and pointer.version != version


def _old_versions(lake: Lake, place: str) -> list[str]:
    """The versions of a table that are not the published one."""
    zone, _, table = place.partition("/")
    pointer = read_pointer(lake, zone, table)
    folder = lake.table(zone, table)
    names = {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}
    versions = {name.removeprefix(VERSION_FOLDER) for name in names if name.startswith(VERSION_FOLDER)}
    return sorted(versions - ({pointer.version} if pointer else set()))


def _remove_versions(lake: Lake, place: str, versions: Sequence[str]) -> None:
    """Remove versions, and let the pointer say that there is none before it."""
    zone, _, table = place.partition("/")
    pointer = read_pointer(lake, zone, table)
    if pointer is not None and pointer.previous:
        storage.write_json(lake.pointer(zone, table), replace(pointer, previous="").as_dict())
    for version in versions:
        storage.delete_tree(join(lake.table(zone, table), f"{VERSION_FOLDER}{version}"))
