"""A delivery whose columns are not those that were onboarded: made to fit without losing a value, and reported.

A new column is added to Bronze as it is read; Silver does not have it before somebody has classified it. Where a column
that must not be stored is gone, a new one may be it under another name: it is not loaded. A column that is gone is
NULL. A column of another type is cast where that loses nothing; what does not fit is NULL, its text is kept in Bronze
(``_uncast``), and the row goes to quarantine. One without a value in any row has no type that could have changed: tools
that write Parquet guess there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from shared.pipeline import state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import SourceError
from shared.pipeline.literals import quote_identifier, quote_literal
from shared.pipeline.profile.shapes import shape_of
from shared.pipeline.reading.tables import FILE_COLUMN, ROW_COLUMN, UNCAST_COLUMN
from shared.pipeline.scoring import Rule
from shared.pipeline.session import Session
from shared.pipeline.tables import columns_in, quoted
from shared.pipeline.zones import Lake

#: The report of a load, beside the summaries of its steps.
REPORT = "schema_drift"
_UNPARSED = "_unparsed"
#: A text column counts as changed when at least this share of a load's values cannot be read as its type any more.
UNREADABLE_SHARE = 0.2
#: As of the rules for values that cannot be read: below it, the source changed rather than a few rows of it.
MIN_PASS_RATE = 0.95
HOW_TO_ACCEPT = (
    "onboard the source again with `intent: modify` and this `workload`: it is profiled with its new columns and types"
)
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Text that is certainly a value of the type: DuckDB's casts also take '12.5' for an integer and '2024' for a date.
_FORMS = (
    (_INTEGERS, "[+-]?[0-9]+"),
    (("FLOAT", "DOUBLE", "DECIMAL"), "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"),
    (("DATE",), _DAY),
    (("TIMESTAMP",), f"{_DAY}[ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"),
    (("BOOLEAN",), "(?i:true|false)"),
)


@dataclass(frozen=True)
class Finding:
    """One difference between a delivery and what was onboarded.

    :ivar change: ``added``, ``withheld`` (new, and not loaded), ``removed`` or ``type_changed``.
    :ivar expected: type that was onboarded; empty for a new column. Of a withheld one: the columns that it may be.
    :ivar got: type that was delivered; empty for a column that is gone.
    :ivar zone: where it was found: ``bronze`` (the types of the delivery) or ``silver`` (its texts).
    :ivar rows: rows whose value does not fit; they go to quarantine.
    :ivar example: shape of one value (digits are 9, letters a); never a value itself.
    """

    table: str
    column: str
    change: str
    expected: str
    got: str
    zone: str = "bronze"
    rows: int = 0
    example: str = ""

    def text(self) -> str:
        """The finding in a line."""
        if self.change == "added":
            return f"{self.table}.{self.column} is new ({self.got}): added to Bronze"
        if self.change == "withheld":
            return (
                f"{self.table}.{self.column} is new ({self.got}) and not loaded: it may be {self.expected}, "
                "which must not be stored and is gone"
            )
        if self.change == "removed":
            return f"{self.table}.{self.column} is gone: NULL"
        shaped = f", for example shaped like {self.example}" if self.example else ""
        return (
            f"{self.table}.{self.column} came as {self.got} instead of {self.expected}: "
            f"{self.rows} rows do not fit{shaped}"
        )


@dataclass(frozen=True)
class Delivery:
    """The columns of a delivery against those that were onboarded.

    :ivar known: name -> onboarded type, in the order of Bronze; the empty type: it was not kept, any will do.
    :ivar given: name -> delivered type, in the order of the source.
    :ivar dropped: onboarded columns that never reach Bronze, whatever their values.
    :ivar valueless: columns in which no row has a value, so that their delivered type says nothing.
    """

    table: str
    known: Mapping[str, str]
    given: Mapping[str, str]
    dropped: frozenset[str] = frozenset()
    valueless: frozenset[str] = frozenset()

    def with_values_counted(self, con: Any, delivered: str) -> Delivery:
        """The same, knowing which of the columns that came with another type have no value at all."""
        if not self.changed:
            return self
        counts = ", ".join(f"count({quoted(con, name)})" for name in self.changed)
        found = con.execute(f"SELECT {counts} FROM {delivered}").fetchall()[0]  # noqa: S608 (quoted names)
        return replace(self, valueless=frozenset(n for n, count in zip(self.changed, found, strict=True) if not count))

    @property
    def added(self) -> list[str]:
        """New columns that are loaded, in the order of the source."""
        return [] if self._gone_unstored else self._new

    @property
    def withheld(self) -> list[str]:
        """New columns that are not loaded: one that must not be stored is gone, and may have another name now."""
        return self._new if self._gone_unstored else []

    @property
    def _new(self) -> list[str]:
        return [name for name in self.given if name not in self.known]

    @property
    def _gone_unstored(self) -> list[str]:
        return [name for name in self.removed if name in self.dropped]

    @property
    def removed(self) -> list[str]:
        """Columns that are gone, in the order of Bronze."""
        return [name for name in self.known if name not in self.given]

    @property
    def changed(self) -> list[str]:
        """Columns that came with another type, in the order of Bronze."""
        return [
            name
            for name, kind in self.known.items()
            if kind and self.given.get(name, kind) != kind and name not in self.valueless
        ]

    @property
    def kept_as_text(self) -> list[str]:
        """The changed columns whose misfits Bronze keeps."""
        return [name for name in self.changed if name not in self.dropped]

    def types(self) -> dict[str, str]:
        """Name -> type of every column in Bronze."""
        onboarded = {name: kind or self.given.get(name, "VARCHAR") for name, kind in self.known.items()}
        return {**onboarded, **{name: self.given[name] for name in self.added}}

    def create_view(self, con: Any, delivered: str, view: str, *, carried: Sequence[str] = ()) -> None:
        """A temporary view ``view`` over ``delivered``: onboarded columns and types, then new columns.

        Where a column changed its type, ``_uncast`` has the texts of the values that do not fit, by column.

        :param carried: technical columns that go along beside those of the origin. With ``_uncast`` among them, a
            text that fits by now is the value of its column.
        :raises SourceError: a column changed its type, and the engine is not the embedded one.
        """
        if isinstance(con, Session) and self.changed:
            raise self._other_types()
        kept = UNCAST_COLUMN in carried
        cells = []
        for name, kind in self.types().items():
            cell = self._cell(con, name)
            if kept and name in self.known:
                cell = f"coalesce({cell}, {_text_as(f'{UNCAST_COLUMN}[{quote_literal(name)}]', kind)})"
            cells.append(f"{cell} AS {quoted(con, name)}")
        cells += [FILE_COLUMN, ROW_COLUMN, *(name for name in carried if name != UNCAST_COLUMN)]
        misfits = [*([self._still_uncast()] if kept else []), *([self._uncast()] if self.kept_as_text else [])]
        if misfits:
            merged = f"map_concat({', '.join(misfits)})" if len(misfits) > 1 else misfits[0]
            cells.append(f"CASE WHEN cardinality({merged}) > 0 THEN {merged} END AS {UNCAST_COLUMN}")
        con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {', '.join(cells)} FROM {delivered}")  # noqa: S608

    def _other_types(self) -> SourceError:
        return SourceError(
            "Columns of the source came with other types than those that were onboarded.",
            where=f"table {self.table}",
            expected=", ".join(f"{name} {self.known[name]}" for name in self.changed),
            given=", ".join(f"{name} {self.given[name]}" for name in self.changed),
            remedy="Ask the sender, onboard the change with intent modify, or set deployment.engine to local, "
            "which loads what fits and holds back the rest.",
        )

    def findings(self, con: Any, delivered: str) -> list[Finding]:
        """Every difference: types that changed first, then columns that are gone, then new ones."""
        found = [self._changed(con, delivered, name) for name in self.changed]
        found += [Finding(self.table, name, "removed", self.known[name] or "any type", "") for name in self.removed]
        for name in self.added:
            shaped = self._example(con, delivered, name, "true")
            found.append(Finding(self.table, name, "added", "", self.given[name], example=shaped))
        maybe = ", ".join(self._gone_unstored)
        found += [Finding(self.table, name, "withheld", maybe, self.given[name]) for name in self.withheld]
        return found

    def _changed(self, con: Any, delivered: str, name: str) -> Finding:
        misfit = self._misfit(name)
        counted = con.execute(f"SELECT count(CASE WHEN {misfit} THEN 1 END) FROM {delivered}")  # noqa: S608
        rows = int(counted.fetchall()[0][0])
        shaped = self._example(con, delivered, name, misfit) if rows else ""
        return Finding(self.table, name, "type_changed", self.known[name], self.given[name], rows=rows, example=shaped)

    def _example(self, con: Any, delivered: str, name: str, condition: str) -> str:
        text = f"CAST({quoted(con, name)} AS {_type_name(con, 'VARCHAR')})"
        shaped = con.execute(f"SELECT min({_shape_of(con, text)}) FROM {delivered} WHERE {condition}")  # noqa: S608
        return str(shaped.fetchall()[0][0] or "")

    def _cell(self, con: Any, name: str) -> str:
        cell, kind = quoted(con, name), self.types()[name]
        if name not in self.given or name in self.valueless:
            return f"CAST(NULL AS {_type_name(con, kind)})"
        return self._cast(name) if name in self.changed else cell

    def _cast(self, name: str) -> str:
        """The value as its onboarded type, NULL where that would change it."""
        cell, kind, given = quote_identifier(name), self.known[name], self.given[name]
        if given == "VARCHAR" or kind == "VARCHAR":
            return _text_as(f"CAST({cell} AS VARCHAR)", kind)
        if _is_nested(kind) or _is_nested(given):
            return f"CAST(NULL AS {kind})"
        value = f"TRY_CAST({cell} AS {kind})"
        return f"CASE WHEN TRY_CAST({value} AS {given}) = {cell} THEN {value} END"

    def _misfit(self, name: str) -> str:
        return f"({quote_identifier(name)} IS NOT NULL AND ({self._cast(name)}) IS NULL)"

    def _uncast(self) -> str:
        """A map of column -> text of what does not fit; empty when everything does."""
        entries = ", ".join(
            f"CASE WHEN {self._misfit(name)} THEN "
            f"{{'key': {quote_literal(name)}, 'value': CAST({quote_identifier(name)} AS VARCHAR)}} END"
            for name in self.kept_as_text
        )
        return f"map_from_entries(list_filter([{entries}], lambda entry: entry IS NOT NULL))"

    def _still_uncast(self) -> str:
        """Those entries of ``_uncast`` that do not fit the type that their column has by now."""
        fits = " ".join(
            f"WHEN entry.key = {quote_literal(name)} THEN ({_text_as('entry.value', kind)}) IS NULL"
            for name, kind in self.types().items()
        )
        kept = f"list_filter(map_entries({UNCAST_COLUMN}), lambda entry: CASE {fits} ELSE false END)"
        return f"map_from_entries(coalesce({kept}, []))"


def type_change_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    """Rules that hold back rows with a value that does not fit the onboarded type of its column.

    :param names: the columns, as the source names them.
    """
    fits = f"{UNCAST_COLUMN} IS NULL OR NOT list_contains({UNCAST_COLUMN}, "
    return tuple(
        Rule(
            id=f"{name}_type_changed",
            dimension="validity",
            severity="critical",
            on_fail="quarantine",
            min_pass_rate=MIN_PASS_RATE,
            applies={"duckdb": "true"},
            satisfied={"duckdb": f"{fits}{quote_literal(name)})"},
        )
        for name in names
    )


def unreadable_texts(
    con: Any, table: str, silver: str, bronze: str, load_id: str, source_names: Mapping[str, str]
) -> list[Finding]:
    """Columns of text whose values of a load can no longer be read as what they were onboarded as.

    :param silver: SQL that reads all rows of the Silver statement, with ``_unparsed``.
    :param bronze: name of the view of Bronze.
    :param source_names: name in Silver -> name in the source, where they differ.
    """
    # A load id has letters, digits and hyphens only: parameters are not written alike on every engine.
    load = quote_literal(load_id)
    loaded = f"FROM {silver} WHERE _load_id = {load}"
    counted = con.execute(
        f"SELECT name, count(*), (SELECT count(*) {loaded}) FROM "  # noqa: S608
        f"(SELECT {_each_of(con, _UNPARSED)} AS name {loaded} AND {_UNPARSED} <> '') AS named "
        f"GROUP BY name ORDER BY name"
    ).fetchall()
    types = dict(columns_in(con, silver))
    present = {name for name, _ in columns_in(con, bronze)}
    found = []
    for name, rows, every in counted:
        if rows < UNREADABLE_SHARE * every:
            continue
        column, kind = source_names.get(name, name), types[name]
        shaped = ""
        if column in present:
            text = f"CAST(bronze.{quoted(con, column)} AS {_type_name(con, 'VARCHAR')})"
            shaped = con.execute(
                f"SELECT min({_shape_of(con, text)}) FROM {bronze} AS bronze "  # noqa: S608
                f"JOIN {silver} AS silver USING (_load_id, {ROW_COLUMN}) "
                f"WHERE _load_id = {load} AND contains(silver.{_UNPARSED}, {quote_literal(f',{name},')})"
            ).fetchall()[0][0]
        expected = "text of the onboarded form" if kind == "VARCHAR" else kind
        found.append(Finding(table, column, "type_changed", expected, "other text", "silver", rows, str(shaped or "")))
    return found


def write_report(lake: Lake, arguments: RunArguments, zone: str, findings: Sequence[Finding]) -> None:
    """Keep what was found in a load in place of what was found before in this zone."""
    kept = [finding for finding in read_report(lake, arguments.load_id) if finding.zone != zone]
    every = sorted([*kept, *findings], key=lambda finding: finding.zone)
    if not every:
        state.forget_summary(lake, arguments.load_id, REPORT)
        return
    document = {"findings": [asdict(finding) for finding in every], "how_to_accept": HOW_TO_ACCEPT}
    state.write_summary(lake, arguments, REPORT, document)


def read_report(lake: Lake, load_id: str) -> list[Finding]:
    """What was found in a load; empty when its columns are those that were onboarded."""
    document = state.read_summary(lake, load_id, REPORT) or {"findings": []}
    return [Finding(**finding) for finding in document["findings"]]


def _text_as(text: str, kind: str) -> str:
    """Text as a value of a type, NULL where it is not certainly one."""
    if kind == "VARCHAR":
        return text
    if _is_nested(kind):
        return f"CAST(NULL AS {kind})"
    trimmed = f"trim({text})"
    value = f"TRY_CAST({trimmed} AS {kind})"
    form = next((form for kinds, form in _FORMS if kind.split("(")[0].split(" ")[0] in kinds), "")
    if not form:
        return f"CASE WHEN CAST({value} AS VARCHAR) = {trimmed} THEN {value} END"
    certain = f"regexp_full_match({trimmed}, {quote_literal(form)})"
    if kind.startswith("DECIMAL"):
        # A cast rounds what has more decimals than the type.
        certain += f" AND TRY_CAST({trimmed} AS DOUBLE) = CAST({value} AS DOUBLE)"
    return f"CASE WHEN {certain} THEN {value} END"


def _type_name(con: Any, kind: str) -> str:
    return con.type_name(kind) if isinstance(con, Session) else kind


def _shape_of(con: Any, text: str) -> str:
    return con.shape_of(text) if isinstance(con, Session) else shape_of(text)


def _each_of(con: Any, text: str) -> str:
    return con.each_of(text) if isinstance(con, Session) else f"unnest(string_split(trim({text}, ','), ','))"


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
