"""Columns of the zone tables, as they follow from a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onboarding.codegen.errors import CodegenError
from onboarding.spec.conf import ColumnType, Masking
from onboarding.spec.plans import ColumnPlan, MetadataPlan, TransformationPlan

ROW_HASH = "row_hash"
EXACT_DUPLICATE = "is_exact_duplicate"
ORIGIN_COLUMNS = ("_source_file", "_source_row", "_load_id")
CONTROL_COLUMNS = ("_unparsed", "_duplicate_rank")
_TEXT_MASKS = (Masking.HASH, Masking.LAST4, Masking.EMAIL, Masking.PARTIAL, Masking.REDACT)


@dataclass(frozen=True)
class TableColumn:
    """One column of a zone table. ``masking`` is how its values were changed on the way to Silver.

    ``bronze`` is set for columns of Bronze only, whose ``type`` is what the text will become.
    """

    name: str
    type: ColumnType
    precision: int | None = None
    scale: int | None = None
    origin: Literal["source", "derived", "technical", "measure"] = "source"
    masking: Masking = Masking.KEEP
    description: str = ""
    bronze: ColumnPlan | None = None


def dropped_columns(metadata: MetadataPlan, transformation: TransformationPlan | None) -> tuple[str, ...]:
    """Names of the columns that never reach Bronze, sorted."""
    masks = transformation.masking if transformation else {}
    masked = {name for name, how in masks.items() if how is Masking.DROP}
    return tuple(sorted(masked | set(metadata.dropped_columns)))


def bronze_columns(metadata: MetadataPlan, transformation: TransformationPlan | None) -> dict[str, TableColumn]:
    """The columns of Bronze by the name that plans use; :attr:`TableColumn.name` is the source's own."""
    dropped = dropped_columns(metadata, transformation)
    return {
        plan.name: TableColumn(plan.source_name, plan.type, plan.precision, plan.scale, bronze=plan)
        for plan in metadata.columns
        if plan.name not in dropped
    }


def silver_columns(metadata: MetadataPlan, transformation: TransformationPlan) -> list[TableColumn]:
    """The columns of Silver that people see, in order; without the origin and control columns."""
    dropped = dropped_columns(metadata, transformation)
    columns = []
    if metadata.technical_key or transformation.row_hash:
        purpose = "the technical key of a source without one" if metadata.technical_key else "it tells a changed record"
        text = f"Hash of the whole source row: {purpose}."
        columns.append(TableColumn(ROW_HASH, ColumnType.TEXT, origin="technical", description=text))
    for plan in metadata.columns:
        if plan.name in dropped:
            continue
        how = transformation.masking.get(plan.name, Masking.KEEP)
        kind = _masked_type(plan.type, how, plan.name)
        precision, scale = (plan.precision, plan.scale) if kind is ColumnType.DECIMAL else (None, None)
        columns.append(TableColumn(plan.name, kind, precision, scale, "source", how, plan.description))
    for derived in transformation.derived:
        text = f"Computed: {derived.expression}"
        columns.append(TableColumn(derived.name, derived.type, origin="derived", description=text))
    if transformation.deduplication.mode == "flag":
        text = "True when an earlier row of the source is the same in every column."
        columns.append(TableColumn(EXACT_DUPLICATE, ColumnType.BOOLEAN, origin="technical", description=text))
    _refuse_clashes(columns)
    return columns


def needs_masking_key(metadata: MetadataPlan, transformation: TransformationPlan) -> bool:
    """Whether the Silver statement has the bound parameter ``masking_key``."""
    dropped = dropped_columns(metadata, transformation)
    masks = [how for name, how in transformation.masking.items() if name not in dropped]
    hashed = Masking.HASH in masks
    return hashed or (needs_row_hash(metadata, transformation) and any(how is not Masking.KEEP for how in masks))


def needs_row_hash(metadata: MetadataPlan, transformation: TransformationPlan) -> bool:
    """Whether a hash of the whole row is computed: as the technical key, to be shown, or to find exact duplicates."""
    return metadata.technical_key or transformation.row_hash or transformation.deduplication.mode == "flag"


def _masked_type(kind: ColumnType, how: Masking, name: str) -> ColumnType:
    if how in _TEXT_MASKS:
        return ColumnType.TEXT
    if how is Masking.YEAR:
        if kind not in (ColumnType.DATE, ColumnType.TIMESTAMP):
            raise CodegenError(
                f"the column {name!r} cannot be masked to its year",
                where=f"transformation.masking.{name}",
                expected="a column of type date or timestamp",
                given=kind.value,
                remedy="give the column the type date, or mask it another way (redact, hash)",
            )
        return ColumnType.INTEGER
    return kind


def _refuse_clashes(columns: list[TableColumn]) -> None:
    names = [column.name for column in columns] + [*ORIGIN_COLUMNS, *CONTROL_COLUMNS]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise CodegenError(
            f"two Silver columns would have the same name: {', '.join(double)}",
            where="metadata.columns, transformation.derived",
            expected="names that are unique and none of the technical ones",
            given=", ".join(double),
            remedy="rename the derived column, or the column of the source",
        )
