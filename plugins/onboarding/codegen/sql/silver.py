"""The Silver statement: one SELECT over the view ``bronze``, in stages that a person can read one by one."""

from __future__ import annotations

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen import schema
from onboarding.codegen.sql.cleaning import clean_column, failed_name, native_text, text_name
from onboarding.codegen.sql.concat_sources import check_sources
from onboarding.codegen.sql.engines import (
    Engine,
    call,
    case,
    chain,
    column,
    concat,
    data_type,
    is_null,
    number,
    text,
    to_text,
    try_cast,
)
from onboarding.codegen.sql.masking import mask
from onboarding.codegen.sql.portable import portable
from onboarding.spec.conf import Masking
from onboarding.spec.plans import ColumnPlan, MetadataPlan, TransformationPlan


class SilverStatement:
    """Builds the statement of one workload for one engine.

    Its stages: trimmed -> prepared -> read -> typed -> ranked -> masked -> result.
    """

    def __init__(self, metadata: MetadataPlan, transformation: TransformationPlan, engine: Engine) -> None:
        self._metadata, self._plan, self._engine = metadata, transformation, engine
        dropped = schema.dropped_columns(metadata, transformation)
        check_sources(metadata, transformation)
        self._columns = [plan for plan in metadata.columns if plan.name not in dropped]
        operations = transformation.operations_by_column()
        self._cleaned = {
            plan.name: clean_column(plan, operations.get(plan.name, []), engine, of=len(self._columns))
            for plan in self._columns
        }
        self._hashed = schema.needs_row_hash(metadata, transformation)

    def sql(self) -> str:
        """The whole statement, without a semicolon."""
        select = self._result().from_("masked", copy=False)
        stages = (
            ("trimmed", self._trimmed().from_("bronze", copy=False)),
            ("prepared", self._prepared().from_("trimmed", copy=False)),
            ("read", self._read().from_("prepared", copy=False)),
            ("typed", self._typed().from_("read", copy=False)),
            ("ranked", self._ranked().from_("typed", copy=False)),
            ("masked", self._masked().from_("ranked", copy=False)),
        )
        for name, stage in stages:
            select = select.with_(name, as_=stage, copy=False)
        return self._engine.render(select)

    def _trimmed(self) -> exp.Expression:
        """Columns under their plan names, without blanks at their ends where the plan says so."""
        selected = [_alias(cleaned.trimmed, name) for name, cleaned in self._cleaned.items()]
        if self._hashed:
            selected.append(_alias(self._row_hash(), schema.ROW_HASH))
        return _select(selected + _origin())

    def _prepared(self) -> exp.Expression:
        """Text cleaned, still text; where an operation on it can fail, whether it did."""
        selected = [_alias(cleaned.prepared, name) for name, cleaned in self._cleaned.items()]
        failed = [_alias(_any(item.failed), failed_name(name)) for name, item in self._cleaned.items() if item.failed]
        return _select(selected + failed + self._hash_column() + _origin())

    def _read(self) -> exp.Expression:
        """Text read as its type; the text goes along to tell what could not be read."""
        selected = [_alias(cleaned.read, name) for name, cleaned in self._cleaned.items()]
        texts = [_alias(column(name), text_name(name)) for name, item in self._cleaned.items() if item.unreadable]
        failed = [column(failed_name(name)) for name, item in self._cleaned.items() if item.failed]
        return _select(selected + texts + failed + self._hash_column() + _origin())

    def _typed(self) -> exp.Expression:
        """Values after the operations behind the cast; the columns that could not be read are named."""
        selected = [_alias(cleaned.typed, name) for name, cleaned in self._cleaned.items()]
        marks = [
            case((_any(cleaned.unreadable), text(f"{name},")), default=text(""))
            for name, cleaned in self._cleaned.items()
            if cleaned.unreadable
        ]
        unparsed = _alias(concat(*marks) if marks else text(""), "_unparsed")
        return _select([*selected, *self._hash_column(), *_origin(), unparsed])

    def _hash_column(self) -> list[exp.Expression]:
        return [column(schema.ROW_HASH)] if self._hashed else []

    def _ranked(self) -> exp.Expression:
        """Duplicates: numbered when they go, flagged when they stay."""
        selected = [column(plan.name) for plan in self._columns] + self._hash_column()
        rank: exp.Expression = number(1)
        if self._plan.deduplication.mode == "flag":
            repeated = exp.GT(this=_row_number([column(schema.ROW_HASH)], _arrival()), expression=number(1))
            selected.append(_alias(repeated, schema.EXACT_DUPLICATE))
        else:
            rank = self._rank()
        marks = case(
            (exp.EQ(this=column("_unparsed"), expression=text("")), text("")),
            default=concat(text(","), column("_unparsed")),
        )
        as_integer = exp.Cast(this=rank, to=exp.DataType.build("INT"))
        return _select(selected + _origin() + [_alias(marks, "_unparsed"), _alias(as_integer, "_duplicate_rank")])

    def _masked(self) -> exp.Expression:
        """Personal values replaced; from here on nobody can see them."""
        shown = self._metadata.technical_key or self._plan.row_hash
        selected = [column(schema.ROW_HASH)] if shown else []
        selected += [_alias(self._mask(plan), plan.name) for plan in self._columns]
        if self._plan.deduplication.mode == "flag":
            selected.append(column(schema.EXACT_DUPLICATE))
        return _select(selected + _origin() + [column(name) for name in schema.CONTROL_COLUMNS])

    def _result(self) -> exp.Expression:
        """All columns in their order, with the derived ones, computed from masked values."""
        columns = schema.silver_columns(self._metadata, self._plan)
        stored = {item.name: item.type for item in columns if item.origin != "derived"}
        earlier: dict[str, str] = {}
        selected = []
        for item in columns:
            if item.origin != "derived":
                selected.append(column(item.name))
                continue
            derived = next(plan for plan in self._plan.derived if plan.name == item.name)
            where = f"transformation.derived.{item.name}"
            value = portable(derived.expression, self._engine, where=where, columns=stored, inline=earlier)
            selected.append(_alias(try_cast(value, data_type(derived.type)), item.name))
            earlier[item.name] = derived.expression
        return _select(selected + _origin() + [column(name) for name in schema.CONTROL_COLUMNS])

    def _mask(self, plan: ColumnPlan) -> exp.Expression:
        how = self._plan.masking.get(plan.name, Masking.KEEP)
        return mask(plan, how, self._engine)

    def _row_hash(self) -> exp.Expression:
        """Hash over length and text of every Bronze column: no two different rows can run together.

        Keyed as soon as a column is masked: a plain hash would let people test guesses of a masked value.
        """
        parts = []
        for plan in self._columns:
            value = native_text(column(plan.source_name), plan.physical_type, self._engine)
            sized = concat(to_text(call("LENGTH", value)), text(":"), value.copy(), text(";"))
            parts.append(call("COALESCE", sized, text("-;")))
        row = concat(*parts)
        keyed = schema.needs_masking_key(self._metadata, self._plan)
        return self._engine.keyed_hash(row) if keyed else self._engine.sha256(row)

    def _rank(self) -> exp.Expression:
        """1 for the row of a key that stays; a row without its key has no duplicates."""
        deduplication = self._plan.deduplication
        keys = [column(name) for name in deduplication.keys]
        order = _arrival()
        if deduplication.keep == "last":
            order = [exp.Ordered(this=item.this, desc=True, nulls_first=False) for item in order]
        if deduplication.order_by:
            stored = {plan.name: plan.type for plan in self._columns}
            where = "transformation.deduplication.order_by"
            first = portable(deduplication.order_by, self._engine, where=where, columns=stored)
            last = deduplication.keep == "last"
            order.insert(0, exp.Ordered(this=first, desc=last, nulls_first=False))
        without_key = _any([is_null(key.copy()) for key in keys])
        return case((without_key, number(1)), default=_row_number(keys, order))


def silver_sql(metadata: MetadataPlan, transformation: TransformationPlan, engine: Engine) -> str:
    """Text of the Silver statement for one engine."""
    return SilverStatement(metadata, transformation, engine).sql()


def _select(expressions: list[exp.Expression]) -> exp.Expression:
    return exp.Select(expressions=expressions)


def _alias(value: exp.Expression, name: str) -> exp.Expression:
    if isinstance(value, exp.Column) and value.name == name:
        return value
    return exp.alias_(value, name, quoted=True)


def _origin() -> list[exp.Expression]:
    return [column(name) for name in schema.ORIGIN_COLUMNS]


def _arrival() -> list[exp.Expression]:
    """The order in which rows came: load ids begin with the run's date."""
    return [exp.Ordered(this=column(name), desc=False, nulls_first=False) for name in ("_load_id", "_source_row")]


def _row_number(keys: list[exp.Expression], order: list[exp.Expression]) -> exp.Expression:
    return exp.Window(
        this=exp.RowNumber(), partition_by=[key.copy() for key in keys], order=exp.Order(expressions=order)
    )


def _any(conditions: list[exp.Expression]) -> exp.Expression:
    return chain(exp.Or, conditions)
