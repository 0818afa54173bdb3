"""Who was erased: keyed digests that every later extract compares its rows with, so that nobody comes back unseen.

A person is named by the values of one or more key columns. Two values are the same when they differ in blanks at
their ends, in letter case or in how accents are encoded only. The values themselves are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from shared.pipeline import state, storage
from shared.pipeline.errors import DataOnboardingError
from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.reading.tables import UNCAST_COLUMN
from shared.pipeline.secrets import masking_key
from shared.pipeline.session import Session
from shared.pipeline.tables import PART, columns_of, count_rows, scan, write_parquet
from shared.pipeline.zones import Lake

ERASURES = "erasures.json"
PENDING, DONE = "pending", "done"
_BLANKS = " \t\r\n\u00a0"


class ErasureError(DataOnboardingError):
    """A person cannot be erased, or an erased person could come back."""

    code = "erasure"


@dataclass(frozen=True)
class Erasure:
    """One erasure, as the lake's state keeps it.

    :ivar columns: key columns by their names in Bronze, sorted.
    :ivar digest: keyed digest of their values.
    :ivar load_id: of the run that erases.
    :ivar run_id: id of that run in Airflow, whose audit log knows who asked for it.
    :ivar state: ``pending`` until Silver and Gold are published without the person and older versions are gone.
    :ivar loads: load of Bronze -> ``before`` (its rows) and ``erased``.
    :ivar quarantine: kind -> rows that were removed.
    :ivar silver: rows of the person in the Silver that was published.
    :ivar versions: ``<zone>/<table>`` -> the version that was published before.
    :ivar removed: ``<zone>/<table>`` -> the older versions that were removed.
    """

    columns: tuple[str, ...]
    digest: str
    run_date: str
    load_id: str
    run_id: str = ""
    state: str = PENDING
    loads: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quarantine: Mapping[str, int] = field(default_factory=dict)
    silver: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of Bronze that were erased."""
        return sum(load["erased"] for load in self.loads.values())


def read_erasures(lake: Lake) -> list[Erasure]:
    """Every erasure of a workload, oldest first."""
    entries: list[dict[str, Any]] = storage.read_json(lake.state(ERASURES), [])
    return [replace(Erasure(**entry), columns=tuple(entry["columns"])) for entry in entries]


def write_erasure(lake: Lake, erasure: Erasure) -> Erasure:
    """Add an erasure to the list, or replace the one of the same run."""
    others = [erasure if other.load_id == erasure.load_id else other for other in read_erasures(lake)]
    if erasure not in others:
        others.append(erasure)
    storage.write_json(lake.state(ERASURES), [asdict(other) for other in others])
    return erasure


def is_person_sql(columns: Sequence[str], present: Collection[str], parameter: str) -> str:
    """SQL that is true for the rows of a person, and false for all others.

    :param columns: key columns.
    :param present: columns of the table; with ``_uncast`` among them, a key that does not fit its column's type is
        looked for there.
    :param parameter: name of the parameter with the person's digest.
    """
    return f"coalesce({digest_sql(columns, uncast=UNCAST_COLUMN in present)} = ${parameter}, false)"


def digest_sql(columns: Sequence[str], *, uncast: bool = False) -> str:
    """SQL of a row's digest over key columns; NULL where one has no value. It has the parameter ``$masking_key``.

    :param uncast: a column without a value may have its text in the map ``_uncast``.
    """
    parts, values = [], []
    for name in sorted(columns):
        text = f"CAST({quote_identifier(name)} AS VARCHAR)"
        if uncast:
            text = f"coalesce({text}, {UNCAST_COLUMN}[{quote_literal(name)}])"
        value = f"lower(nfc_normalize(trim({text}, {quote_literal(_BLANKS)})))"
        values.append(value)
        parts.append(f"{quote_literal(f'{len(name)}:{name};')} || length({value}) || ':' || {value} || ';'")
    inner = f"sha256($masking_key || ':erase;' || {' || '.join(parts)})"
    missing = " OR ".join(f"coalesce({value}, '') = ''" for value in values)
    return f"CASE WHEN {missing} THEN NULL ELSE sha256($masking_key || ':' || {inner}) END"


def digest_of(con: Any, workload: str, values: Mapping[str, str]) -> str:
    """The digest of a person.

    :param values: column of Bronze -> value.
    :raises ErasureError: a value is empty.
    :raises MaskingKeyError: the key for keyed hashes is missing or too short.
    """
    names = sorted(values)
    row = ", ".join(f"$value_{number} AS {quote_identifier(name)}" for number, name in enumerate(names))
    parameters = {f"value_{number}": values[name] for number, name in enumerate(names)}
    statement = f"SELECT {digest_sql(names)} FROM (SELECT {row})"  # noqa: S608
    digest = con.execute(statement, {**parameters, "masking_key": masking_key(workload)}).fetchall()[0][0]
    if digest is None:
        raise ErasureError(
            "A key without a value names nobody.",
            where=", ".join(names),
            expected="a value for every key column",
            given="an empty value",
            remedy="Give the value that the source has.",
        )
    return str(digest)


def leave_out(con: Any, lake: Lake, candidate: Path) -> tuple[Path, int]:
    """What an extract has read, without the rows of persons who were erased.

    :param candidate: folder of the rows as they would go to Bronze.
    :returns: folder of the rows that stay, and how many were left out.
    :raises ErasureError: a column that persons were erased by is not there.
    """
    listed = read_erasures(lake)
    if not listed:
        return candidate, 0
    if isinstance(con, Session):
        raise _cannot_on_spark(lake)
    every = scan([candidate / PART])
    present = {name for name, _ in columns_of(con, f"FROM {every}")}
    parameters = {"masking_key": masking_key(lake.workload)}
    conditions = []
    for number, erasure in enumerate(listed):
        _check_present(lake, erasure, present)
        parameters[f"digest_{number}"] = erasure.digest
        conditions.append(is_person_sql(erasure.columns, present, f"digest_{number}"))
    target = candidate.parent / "without_erased"
    query = f"SELECT * FROM {every} WHERE NOT ({' OR '.join(conditions)})"  # noqa: S608
    write_parquet(con, query, target, parameters=parameters)
    return target, count_rows(con, [candidate / PART]) - count_rows(con, [target / PART])


def _cannot_on_spark(lake: Lake) -> ErasureError:
    return ErasureError(
        "The engine aws cannot leave out rows of persons who were erased: they could come back unseen.",
        where=lake.state(ERASURES),
        expected="a workload of which nobody was erased",
        remedy="Onboard the workload with deployment.engine local.",
    )


def _check_present(lake: Lake, erasure: Erasure, present: set[str]) -> None:
    missing = sorted(set(erasure.columns) - present)
    if missing:
        raise ErasureError(
            "Persons were erased by a column that this delivery does not have: they could come back unseen.",
            where=lake.state(ERASURES),
            expected=f"the columns {', '.join(erasure.columns)}",
            given=f"missing: {', '.join(missing)}",
            remedy="Load the column again, or erase the persons by another key and take the old entry out of the list.",
        )


def set_rows(lake: Lake, erasure: Erasure) -> None:
    """Let the list of loads and their summaries say what is left in Bronze; repeating it changes nothing."""
    for load in state.read_loads(lake):
        counted = erasure.loads.get(load.load_id)
        if counted is None:
            continue
        rows = counted["before"] - counted["erased"]
        if load.rows != rows:
            state.change_rows(lake, load, rows)
        summary = state.read_summary(lake, load.load_id, "extract")
        if summary is not None and summary["bronze"] != rows:
            erased = summary["source"] - summary["unreadable"] - rows
            changed = {**summary, "bronze": rows, "rows": rows, "erased": erased}
            storage.write_json(lake.state("runs", load.load_id, "extract.json"), changed)
