"""Who was erased: keyed digests that every later extract compares its rows with, so that nobody comes back unseen.

A person is named by the values of one or more key columns. Two values are the same when they differ in blanks at
their ends, in letter case or in how accents are encoded only. The values themselves are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from shared.pipeline import state, storage
from shared.pipeline.errors import DataOnboardingError
from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.normal_form import BLANKS
from shared.pipeline.reading.tables import UNCAST_COLUMN
from shared.pipeline.secrets import masking_key
from shared.pipeline.session import Session, parameter
from shared.pipeline.tables import PART, columns_in, count_rows, relation, write_parquet
from shared.pipeline.zones import Lake

ERASURES = "erasures.json"
PENDING, DONE = "pending", "done"


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


def is_person_sql(con: Any, columns: Sequence[str], types: Mapping[str, str], name: str) -> tuple[str, dict[str, str]]:
    """SQL that is true for the rows of a person, and false for all others; and parameters that it has.

    The parameters ``masking_key`` and ``name`` are not among them.

    :param columns: key columns.
    :param types: column of the table -> its type, under DuckDB's name; with ``_uncast`` among them, a key that does not
        fit its column's type is looked for there.
    :param name: of the parameter with the person's digest.
    """
    digest, parameters = digest_sql(con, columns, types)
    return f"coalesce({digest} = {parameter(con, name)}, false)", parameters


def digest_sql(con: Any, columns: Sequence[str], types: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """SQL of a row's digest over key columns, NULL where one has no value; and its parameters but ``masking_key``.

    :raises ErasureError: the engine writes a key's values in another way than the one that made the digests.
    """
    parts, values = [], []
    parameters: dict[str, str] = {}
    key = parameter(con, "masking_key")
    for name in sorted(columns):
        value = _key_text(con, name, types, parameters)
        values.append(value)
        named = _bound(con, parameters, f"{len(name)}:{name};")
        parts.append(f"{named} || CAST(length({value}) AS STRING) || ':' || {value} || ';'")
    missing = " OR ".join(f"coalesce({value}, '') = ''" for value in values)
    inner = _sha256(con, f"{key} || ':erase;' || {' || '.join(parts)}")
    outer = _sha256(con, f"{key} || ':' || {inner}")
    return f"CASE WHEN {missing} THEN NULL ELSE {outer} END", parameters


def _key_text(con: Any, name: str, types: Mapping[str, str], parameters: dict[str, str]) -> str:
    """The text of a key that is compared."""
    if isinstance(con, Session):
        try:
            return con.normalised(con.quote(name), types[name])
        except TypeError as error:
            raise ErasureError(
                "Persons were erased by a column whose values this engine writes in another way: they could come back "
                "unseen.",
                where=name,
                expected="a column of text, whole numbers, decimals or dates",
                given=str(error),
                remedy="Erase the persons by another key and take the old entry out of the list.",
            ) from None
    text = f"CAST({quote_identifier(name)} AS VARCHAR)"
    if UNCAST_COLUMN in types:
        text = f"coalesce({text}, {UNCAST_COLUMN}[{_bound(con, parameters, name)}])"
    return f"lower(nfc_normalize(trim({text}, {quote_literal(BLANKS)})))"


def _bound(con: Any, parameters: dict[str, str], value: str) -> str:
    """A text as a parameter: names of columns come from the source, and engines read quotes in different ways."""
    name = f"text_{value.encode().hex()}"
    parameters[name] = value
    return parameter(con, name)


def _sha256(con: Any, text: str) -> str:
    return f"sha2({text}, 256)" if isinstance(con, Session) else f"sha256({text})"


def digest_of(con: Any, workload: str, values: Mapping[str, str]) -> str:
    """The digest of a person.

    :param values: column of Bronze -> value.
    :raises ErasureError: a value is empty.
    :raises MaskingKeyError: the key for keyed hashes is missing or too short.
    """
    names = sorted(values)
    row = ", ".join(f"$value_{number} AS {quote_identifier(name)}" for number, name in enumerate(names))
    given = {f"value_{number}": values[name] for number, name in enumerate(names)}
    digest_of_row, parameters = digest_sql(con, names, dict.fromkeys(names, "VARCHAR"))
    statement = f"SELECT {digest_of_row} FROM (SELECT {row})"  # noqa: S608
    every = {**given, **parameters, "masking_key": masking_key(workload)}
    digest = con.execute(statement, every).fetchall()[0][0]
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
    every = relation(con, [candidate / PART])
    types = dict(columns_in(con, every))
    parameters = {"masking_key": masking_key(lake.workload)}
    conditions = []
    for number, erasure in enumerate(listed):
        _check_present(lake, erasure, set(types))
        condition, own = is_person_sql(con, erasure.columns, types, f"digest_{number}")
        parameters |= {f"digest_{number}": erasure.digest, **own}
        conditions.append(condition)
    target = candidate.parent / "without_erased"
    query = f"SELECT * FROM {every} WHERE NOT ({' OR '.join(conditions)})"  # noqa: S608
    write_parquet(con, query, target, parameters=parameters)
    return target, count_rows(con, [candidate / PART]) - count_rows(con, [target / PART])


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
