"""Typed plans: what the agents propose, and all that templates and SQL trees are rendered from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onboarding.spec.conf import (
    ColumnType,
    DimensionName,
    Format,
    Masking,
    Relationship,
    Role,
    Strict,
)
from onboarding.spec.profile import PersonalData, ReadOptions

DecisionSource = Literal["human", "claude", "rules"]
Zone = Literal["bronze", "silver", "gold"]
PlanCheckName = Literal[
    "not_null", "unique", "in_set", "range", "regex", "date", "luhn", "expression", "foreign_key", "row_count",
    "freshness", "parsed",
]  # fmt: skip


class Decision(Strict):
    """One decision: what it is about (``columns.email.type``), what was decided, why, and by whom.

    ``needs_eyes`` puts it on the card; ``cost_of_error`` says in a clause what a wrong decision costs. ``fallback``:
    decided anew because the agent's own tests failed.
    """

    subject: str
    value: str
    reason: str
    source: DecisionSource = "rules"
    needs_eyes: bool = False
    fallback: bool = False
    alternatives: list[str] = Field(default_factory=list)
    cost_of_error: str = ""


class Assumption(Strict):
    """What the system filled in for a leaf of the conf that was left empty."""

    key: str
    value: str
    reason: str


class SourcePlan(Strict):
    """The source as phase 1 resolved it."""

    location: str
    format: Format
    read_options: ReadOptions
    filter: str = ""
    load: Literal["full", "new_files", "watermark"] = "full"
    watermark_column: str = ""


class ReusedDecision(Strict):
    """What a person decided about a column of the same name in a deployed workload."""

    column: str
    kind: Literal["personal_data", "masking"]
    value: str
    workload: str

    @property
    def text(self) -> str:
        """In a line."""
        what = "is" if self.kind == "personal_data" else "masked as"
        return f"{self.column} {what} {self.value}, as in {self.workload}"


class DiscoveryPlan(Strict):
    """Phase 1: the conf with nothing open, and every assumption that closed it.

    ``regulation_decisions``: where regulations contradict each other, or a person asks for less than they do.
    ``gaps``: agent -> its failed tests that a person decided to leave as they are.
    ``edited``: paths of files that are not as they were rendered, but as a person edited and confirmed them.
    """

    workload: str
    description: str
    owner: str
    source: SourcePlan
    gold_use_case: Literal["reporting", "adhoc", "ml", "api", "metrics"] = "adhoc"
    gold_format: Literal["flat", "aggregate", "star"] = "flat"
    silver_threshold: float = 0.80
    gold_threshold: float = 0.95
    regulations: list[str] = Field(default_factory=list)
    regulation_decisions: list[Decision] = Field(default_factory=list)
    engine: Literal["local", "aws"] = "local"
    bronze_retention_days: int | None = None
    quarantine_retention_days: int = 90
    assumptions: list[Assumption] = Field(default_factory=list)
    gaps: dict[str, list[str]] = Field(default_factory=dict)
    edited: list[str] = Field(default_factory=list)


class ColumnPlan(Strict):
    """One Silver column: ``name`` in SQL, ``source_name`` as in the source.

    ``physical_type`` is the DuckDB type that Bronze has for it (VARCHAR for CSV and JSON).
    """

    name: str
    source_name: str
    position: int
    physical_type: str = "VARCHAR"
    type: ColumnType
    precision: int | None = None
    scale: int | None = None
    date_format: str | None = None
    role: Role
    nullable: bool
    description: str
    personal_data: PersonalData


class MetadataPlan(Strict):
    """Schema, key and classification (metadata agent, phases 3 and 4.2).

    ``primary_key`` is never empty: without a usable key it is ``["row_hash"]`` and ``technical_key`` is True.
    ``dropped_columns`` never reach Bronze; columns that the transformation plan masks ``drop`` are added to them.
    """

    table: str
    columns: list[ColumnPlan]
    primary_key: list[str]
    technical_key: bool
    dropped_columns: list[str] = Field(default_factory=list)
    relationships: list[Relationship] = Field(default_factory=list)
    decisions: list[Decision] = Field(default_factory=list)

    def column(self, name: str) -> ColumnPlan:
        """The column with this name.

        :raises KeyError: there is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class CleaningOperation(Strict):
    """One operation on one column, in order; ``arguments`` as the operation's emitter documents them."""

    column: str
    operation: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class DerivedColumn(Strict):
    """A column computed in Silver; ``expression`` is canonical SQL that passed the allow-list."""

    name: str
    expression: str
    type: ColumnType


class DeduplicationPlan(Strict):
    """``remove``: one row per key stays. ``flag``: exact duplicates stay and are counted in a column."""

    mode: Literal["remove", "flag"]
    keys: list[str]
    order_by: str = ""
    keep: Literal["first", "last"] = "last"


class GoldMeasure(Strict):
    """A metric of an aggregate table."""

    name: str
    aggregation: Literal["sum", "avg", "min", "max", "count", "count_distinct"]
    expression: str


#: Surrogate key of the row of a dimension to which facts without their business key refer.
UNKNOWN_MEMBER = "unknown"
GoldTableKind = Literal["flat", "aggregate", "fact", "dimension"]


def surrogate_key(dimension: str) -> str:
    """Name of a dimension's surrogate key, in the dimension and in the facts that refer to it."""
    return f"{dimension.removeprefix('dim_')}_key"


class GoldTablePlan(Strict):
    """One Gold table.

    Flat: ``columns``. Aggregate: ``grain`` and ``measures``. Dimension: ``grain`` is its business key, ``columns`` its
    attributes. Fact: ``grain`` is what tells its rows apart, ``columns`` its own columns, ``dimensions`` the business
    key by which it refers to each of its dimensions.
    """

    name: str
    kind: GoldTableKind
    columns: list[str] = Field(default_factory=list)
    grain: list[str] = Field(default_factory=list)
    dimensions: dict[str, list[str]] = Field(default_factory=dict)
    measures: list[GoldMeasure] = Field(default_factory=list)
    description: str = ""


class TransformationPlan(Strict):
    """Bronze -> Silver -> Gold (transformation agent).

    ``row_hash``: Silver shows a hash of each source row, by which a change of a record is told.
    """

    cleaning: list[CleaningOperation]
    masking: dict[str, Masking]
    deduplication: DeduplicationPlan
    row_hash: bool = False
    derived: list[DerivedColumn] = Field(default_factory=list)
    gold_filters: list[str] = Field(default_factory=list)
    silver_partition_columns: list[str] = Field(default_factory=list)
    gold_tables: list[GoldTablePlan]
    decisions: list[Decision] = Field(default_factory=list)

    def operations_by_column(self) -> dict[str, list[CleaningOperation]]:
        """The cleaning of each column that has one, in the order of the plan."""
        found: dict[str, list[CleaningOperation]] = {}
        for operation in self.cleaning:
            found.setdefault(operation.column, []).append(operation)
        return found


class QualityRule(Strict):
    """One rule. ``parsed``: every value that was there could be read as the column's type and format."""

    id: str
    zone: Zone
    table: str
    columns: list[str]
    dimension: DimensionName
    check: PlanCheckName
    arguments: dict[str, Any] = Field(default_factory=dict)
    severity: Literal["critical", "warning"] = "warning"
    on_fail: Literal["quarantine", "flag", "block"] = "flag"
    min_pass_rate: float = 0.0
    reason: str = ""

    @property
    def only_informs(self) -> bool:
        """Whether nothing follows from a broken rule but a note and a lower score."""
        return (self.severity, self.on_fail, self.min_pass_rate) == ("warning", "flag", 0.0)


class QualityPlan(Strict):
    """Rules, thresholds and baselines (quality agent)."""

    rules: list[QualityRule]
    silver_threshold: float
    gold_threshold: float
    dimension_weights: dict[DimensionName, float]
    baselines: dict[str, Any] = Field(default_factory=dict)
    decisions: list[Decision] = Field(default_factory=list)


class DagPlan(Strict):
    """The generated DAG (DAG agent); ``cron`` is empty when it runs on other workloads' Gold assets."""

    dag_id: str
    description: str
    owner: str
    cron: str
    timezone: str
    start_date: str | None
    depends_on: list[str]
    retries: int
    retry_delay_seconds: int
    execution_timeout_minutes: int
    deadline_minutes: int
    paused: bool
    engine: Literal["local", "aws"]
    tags: list[str]
    decisions: list[Decision] = Field(default_factory=list)


class WorkloadPlan(Strict):
    """All plans of one workload: the only input of the generator."""

    discovery: DiscoveryPlan
    metadata: MetadataPlan
    transformation: TransformationPlan
    quality: QualityPlan
    dag: DagPlan

    @property
    def workload(self) -> str:
        """Name of the workload."""
        return self.discovery.workload

    @property
    def decisions(self) -> list[Decision]:
        """Every decision of every agent, in the order of the phases."""
        return [
            *self.metadata.decisions,
            *self.transformation.decisions,
            *self.quality.decisions,
            *self.dag.decisions,
        ]


class DraftPlan(Strict):
    """A workload in the making: what the agents so far have proposed. A :class:`WorkloadPlan` has all of it."""

    discovery: DiscoveryPlan
    metadata: MetadataPlan
    transformation: TransformationPlan | None = None
    quality: QualityPlan | None = None
    dag: DagPlan | None = None

    @property
    def workload(self) -> str:
        """Name of the workload."""
        return self.discovery.workload
