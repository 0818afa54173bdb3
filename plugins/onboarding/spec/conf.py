"""The conf of an onboarding: one schema for the trigger form, REST, the command line and answers files.

Every leaf is nullable: ``None`` means "decide for me", and what it becomes is a recorded assumption.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from onboarding.spec.cleaning import OPERATIONS, arguments_schema
from onboarding.spec.column_types import ColumnType as ColumnType
from onboarding.spec.names import WORKLOAD_PATTERN

GATE_NAMES = (
    "answer_discovery",
    "choose_found",
    "choose_partial",
    "fix_environment",
    "approve_plan",
    "approve_overlap",
    "confirm_profile",
    "resolve",
    "approve_deploy",
)


class Strict(BaseModel):
    """Base of every model that people write: an unknown key is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Intent(StrEnum):
    """What the person wants of this run."""

    ONBOARD = "onboard"
    MODIFY = "modify"
    COMPLETE = "complete"
    RESTART = "restart"
    CHECK_QUALITY = "check_quality"
    QUERY_GOLD = "query_gold"


class Mode(StrEnum):
    """Whether discovery may ask."""

    INTERACTIVE = "interactive"
    ASSUME_DEFAULTS = "assume_defaults"


class Format(StrEnum):
    """Format of a source."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    TABLE = "table"


class Role(StrEnum):
    """What a column is for."""

    IDENTIFIER = "identifier"
    MEASURE = "measure"
    DIMENSION = "dimension"
    TEMPORAL = "temporal"
    ATTRIBUTE = "attribute"


class Masking(StrEnum):
    """What happens to a column's values on the way to Silver (``drop``: before Bronze)."""

    HASH = "hash"
    LAST4 = "last4"
    EMAIL = "email"
    PARTIAL = "partial"
    REDACT = "redact"
    YEAR = "year"
    DROP = "drop"
    KEEP = "keep"


class SourceOptions(Strict):
    """How the bytes of the source are read; None is detected from the bytes."""

    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="Field delimiter of CSV; detected when empty.", examples=[","]
    )
    header: bool | None = Field(None, description="Whether the first row has the column names; detected when empty.")
    encoding: str | None = Field(None, description="Encoding of text; detected when empty.", examples=["utf-8"])
    null_values: list[str] | None = Field(
        None, description="Texts that mean null; looked for in the data when empty.", examples=[["", "NULL", "N/A"]]
    )


class Source(Strict):
    """Where the data is."""

    location: str | None = Field(
        None,
        min_length=1,
        description="s3:// key or prefix, file:///, or a PostgreSQL table as db://<connection>/<schema>.<table>; "
        "a folder is one source with all of its files.",
        examples=["s3://onboarding-landing/sales/"],
    )
    format: Format | None = Field(
        None, description="Format of the source; detected when empty. table: only of a database."
    )
    options: SourceOptions = Field(default_factory=SourceOptions)
    filter: str | None = Field(None, description="SQL predicate over the source; part of its identity.")
    load: Literal["full", "new_files", "watermark"] | None = Field(
        None,
        description="full: each delivery is a snapshot; new_files: files that were not loaded before are added; "
        "watermark: rows above the highest value of watermark_column are added.",
    )
    watermark_column: str | None = Field(
        None,
        description="Number, date or timestamp that grows with every new or changed row; for load watermark.",
        examples=["updated_at"],
    )


class GoldTable(Strict):
    """One table of Gold, as a person declares it.

    ``grain``: of an aggregate the columns to group by, of a dimension its business key, of a fact what tells its rows
    apart (the primary key when empty).
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
    kind: Literal["flat", "aggregate", "fact", "dimension"] = "flat"
    grain: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)


class GoldDestination(Strict):
    """What Gold is for."""

    use_case: Literal["reporting", "adhoc", "ml", "api", "metrics"] | None = Field(
        None, description="What Gold is for; adhoc when empty."
    )
    format: Literal["flat", "aggregate", "star"] | None = Field(
        None,
        description="flat: a row for each Silver row; aggregate: metrics by a grain; star: the facts and dimensions "
        "of destination.gold.tables. From the use case when empty.",
    )
    tables: list[GoldTable] = Field(
        default_factory=list,
        description="Gold tables, each with name, kind (flat, aggregate, fact, dimension), grain and columns; of a "
        "dimension the grain is its business key.",
    )


class Destination(Strict):
    """Where the data goes."""

    zones: list[Literal["bronze", "silver", "gold"]] | None = Field(None, description="Always all three.")
    gold: GoldDestination = Field(default_factory=GoldDestination)


class ColumnAnswer(Strict):
    """What a person says about one column."""

    role: Role | None = None
    description: str | None = None
    pii: str | None = Field(None, description="none or a personal-data type such as EMAIL")
    type: ColumnType | None = None


class Measure(Strict):
    """A metric over one column or expression."""

    aggregation: Literal["sum", "avg", "min", "max", "count", "count_distinct"] = "sum"
    expression: str | None = None


class Relationship(Strict):
    """A foreign key to a column of another workload."""

    column: str
    references: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[A-Za-z_][\w]*$")]
    on_orphan: Literal["quarantine", "keep"] = "quarantine"


class Domain(Strict):
    """What the data means."""

    description: str | None = Field(None, description="What a row is.")
    owner: str | None = Field(None, description="Team or person that answers for the data.")
    primary_key: list[str] | None = Field(None, description="Columns; proposed when empty.", examples=[["order_id"]])
    columns: dict[str, ColumnAnswer] = Field(
        default_factory=dict, description="Column name -> role, description, pii (none or a type), type."
    )
    measures: dict[str, Measure] = Field(default_factory=dict, description="Metric name -> aggregation, expression.")
    dimensions: list[str] | None = Field(None, description="Columns to group by; proposed when empty.")
    relationships: list[Relationship] = Field(
        default_factory=list, description="Foreign keys: column, references (workload.table.column), on_orphan."
    )


CleaningOperationName = Literal[
    "trim", "collapse_blanks", "lower", "upper", "title", "remove_accents", "replace", "map_values", "nullify",
    "default", "split", "substring", "pad", "concat", "json_field", "phone_e164", "email", "require_format", "cast",
    "parse_date", "parse_timestamp", "parse_currency", "parse_percent", "parse_boolean", "round", "clip", "multiply",
]  # fmt: skip


def _with_arguments(schema: dict[str, Any]) -> None:
    """Add the arguments of each operation to the schema of a step."""
    schema["allOf"] = [
        {"if": {"properties": {"op": {"const": name}}}, "then": arguments_schema(operation)}
        for name, operation in OPERATIONS.items()
    ]


class CleaningStep(Strict):
    """One cleaning operation on one column, with the operation's arguments (docs/cleaning.md) beside ``op``."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_with_arguments)

    column: str
    op: CleaningOperationName

    @property
    def arguments(self) -> dict[str, Any]:
        """The operation's arguments as they were given."""
        return dict(self.model_extra or {})


class Deduplicate(Strict):
    """How duplicate rows are recognised and which one stays."""

    keys: list[str] | None = Field(None, description="Rows with the same values are duplicates; the key when empty.")
    order_by: str | None = Field(None, description="Column that orders duplicates; the row's place when empty.")
    keep: Literal["first", "last"] | None = Field(None, description="Which duplicate stays; last when empty.")


class Derived(Strict):
    """A new column computed from others."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    expression: str


class Transformations(Strict):
    """What happens between Bronze and Gold."""

    cleaning: list[CleaningStep] = Field(
        default_factory=list,
        description="Operations of docs/cleaning.md: column, op, arguments; added to those that are proposed.",
    )
    deduplicate: Deduplicate = Field(default_factory=Deduplicate)
    derived: list[Derived] = Field(default_factory=list, description="New columns: name, expression (SQL).")
    filters: list[str] = Field(default_factory=list, description="SQL predicates that a row needs to be in Gold.")
    masking: dict[str, Masking] = Field(default_factory=dict, description="Column -> hash, last4, email, partial, ...")


CheckName = Literal[
    "not_null", "unique", "in_set", "range", "regex", "date", "luhn", "expression", "foreign_key", "row_count",
    "freshness",
]  # fmt: skip
DimensionName = Literal["completeness", "accuracy", "consistency", "validity", "uniqueness"]


class QualityRuleAnswer(Strict):
    """A quality rule that a person gives."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,80}$")]
    zone: Literal["bronze", "silver", "gold"] = "silver"
    column: str | None = None
    columns: list[str] | None = None
    dimension: DimensionName
    check: CheckName
    args: dict[str, Any] = Field(default_factory=dict)
    severity: Literal["critical", "warning"] = "warning"
    on_fail: Literal["quarantine", "flag", "block"] = "flag"
    min_pass_rate: float | None = Field(None, ge=0, le=1)


class Quality(Strict):
    """Thresholds, rules and regulations."""

    silver_threshold: float | None = Field(None, ge=0, le=1, description="Score that Silver needs; 0.80 when empty.")
    gold_threshold: float | None = Field(None, ge=0, le=1, description="Score that Gold needs; 0.95 when empty.")
    rules: list[QualityRuleAnswer] = Field(default_factory=list, description="Rules, added to those that are proposed.")
    informing_rules: list[str] = Field(
        default_factory=list, description="Ids of proposed rules that only inform: no row is held back, no gate fails."
    )
    regulations: list[Literal["GDPR", "CCPA", "HIPAA", "SOX", "PCI_DSS"]] = Field(
        default_factory=list, description="Regulations whose controls apply."
    )


class Schedule(Strict):
    """When the pipeline runs."""

    cron: str | None = Field(None, description="Cron expression; daily at 2 when empty.", examples=["0 2 * * *"])
    timezone: str | None = Field(None, description="IANA time zone; UTC when empty.", examples=["Europe/Berlin"])
    start_date: str | None = Field(
        None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="First day, YYYY-MM-DD.", json_schema_extra={"format": "date"}
    )
    retries: int | None = Field(None, ge=0, le=10, description="Retries of a task; 3 when empty.")
    depends_on: list[str] = Field(default_factory=list, description="Workloads whose Gold starts this one.")
    deadline_minutes: int | None = Field(None, ge=1, le=10080, description="An alert goes out then; 120 when empty.")
    paused: bool | None = Field(None, description="Deploy with the schedule off; no when empty.")


class Deployment(Strict):
    """Where the pipeline runs."""

    engine: Literal["auto", "local", "aws"] | None = Field(
        None, description="local: DuckDB on the worker; aws: Glue; auto: by size against the worker's memory."
    )
    topology: Literal["single", "multi"] | None = Field(None, description="Catalog and jobs in one or two accounts.")
    catalog_account_id: str | None = Field(None, pattern=r"^\d{12}$", description="Account of the catalog.")
    jobs_account_id: str | None = Field(None, pattern=r"^\d{12}$", description="Account of the jobs.")
    catalog_assume_role_arn: str | None = Field(None, description="Role to assume for the catalog.")
    catalog_external_id: str | None = Field(None, description="External id for that role.")
    region: str | None = Field(None, description="AWS region; the connection's when empty.")


class Retention(Strict):
    """How long data is kept, in days; None for Bronze: for ever."""

    bronze_days: int | None = Field(
        None,
        ge=1,
        description="Days that replaced loads of Bronze are kept (with source.load: full); for ever when empty.",
    )
    quarantine_days: int | None = Field(None, ge=1, description="Days that quarantine is kept; 90 when empty.")


class Ontology(Strict):
    """Optional hand-off to a semantic layer."""

    enabled: bool | None = Field(None, description="Emit an ontology and mappings for a semantic layer.")
    namespace: str | None = Field(None, description="Namespace of the ontology.")


class Resume(Strict):
    """Written by the system only: where a run of a chain goes on."""

    from_phase: int | None = Field(None, ge=1, le=4)
    root_run_id: str | None = None
    iteration: int | None = Field(None, ge=1)
    corrections: dict[str, Any] = Field(default_factory=dict)
    gaps: dict[str, list[str]] = Field(
        default_factory=dict, description="Agent -> its failed tests that a person left as they are."
    )
    edits: dict[str, str] = Field(
        default_factory=dict, description="Agent -> digest of its files as a person edited and confirmed them."
    )
    mcp_mode: Literal["", "LOCAL", "GATEWAY"] = Field("", description="Where MCP servers are looked for.")


class Conf(Strict):
    """The whole conf; see ``docs/conf.md`` for every key."""

    intent: Intent | None = Field(None, description="What this run is for; onboard when empty.")
    mode: Mode | None = Field(
        None,
        description="assume_defaults: ask nothing, record every assumption in the plan. interactive: ask for all that "
        "the source does not tell. Only what has no sensible default is asked when empty.",
    )
    workload: str | None = Field(
        None,
        pattern=WORKLOAD_PATTERN,
        description="Name; derived from the source when empty.",
        examples=["ecommerce_orders"],
    )
    request: str | None = Field(
        None,
        description="What you want, in your own words. Claude turns it into settings where a connection exists; an "
        "address of the source in it is read without.",
        examples=["Daily at 5 in Berlin, e-mail addresses hashed, one row per order_id."],
    )
    question: str | None = Field(None, description="For intent query_gold.")
    source: Source = Field(default_factory=Source)
    destination: Destination = Field(default_factory=Destination)
    domain: Domain = Field(default_factory=Domain)
    transformations: Transformations = Field(default_factory=Transformations)
    quality: Quality = Field(default_factory=Quality)
    schedule: Schedule = Field(default_factory=Schedule)
    deployment: Deployment = Field(default_factory=Deployment)
    retention: Retention = Field(default_factory=Retention)
    reviewers: dict[str, list[str]] = Field(default_factory=dict, description="Gate -> users who may answer it.")
    ontology: Ontology = Field(default_factory=Ontology)
    resume: Resume = Field(default_factory=Resume)
