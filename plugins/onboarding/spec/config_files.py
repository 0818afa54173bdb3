"""The files below ``config/`` of a workload: one pydantic model each, written and read here.

They are for people, for duplicate detection, for the catalog and for tools; the scripts carry their own literals.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from onboarding.spec.conf import ColumnType, Format, Masking, Relationship, Role, Strict
from onboarding.spec.plans import (
    CleaningOperation,
    DeduplicationPlan,
    DerivedColumn,
    GoldTableKind,
    QualityRule,
    Zone,
)
from onboarding.spec.profile import ReadOptions, Sensitivity
from shared.pipeline.errors import DataOnboardingError

LINE_WIDTH = 110


class ConfigFileError(DataOnboardingError):
    """A file below ``config/`` is not YAML, or not what its model says."""

    code = "config_file"


class Classification(Strict):
    """Personal data in a column, with the evidence for it."""

    type: str
    sensitivity: Sensitivity
    confidence: float
    evidence: list[str] = Field(default_factory=list)


class SourceColumn(Strict):
    """A column of the source; ``name`` is its name from Silver on."""

    name: str
    source_name: str
    description: str
    type: ColumnType
    precision: int | None = None
    scale: int | None = None
    date_format: str | None = None
    role: Role
    nullable: bool
    classification: Classification
    lf_tags: dict[str, str]


class SourceLocation(Strict):
    """Where the data is and how it is read; part of the source's identity."""

    location: str
    format: Format
    options: ReadOptions
    filter: str = ""
    load: Literal["full", "new_files", "watermark"] = "full"
    watermark_column: str = ""


class SourceConfig(Strict):
    """``config/source.yaml``: source, schema, key and classification."""

    workload: str
    description: str
    owner: str
    source: SourceLocation
    table: str
    primary_key: list[str]
    technical_key: bool
    relationships: list[Relationship] = Field(default_factory=list)
    columns: list[SourceColumn]


class GoldTableConfig(Strict):
    """One Gold table: where its rows come from and its statement."""

    name: str
    kind: GoldTableKind
    description: str = ""
    columns: list[str] = Field(default_factory=list)
    grain: list[str] = Field(default_factory=list)
    dimensions: dict[str, list[str]] = Field(default_factory=dict)
    measures: dict[str, str] = Field(default_factory=dict)
    sql: str


class TransformationsConfig(Strict):
    """``config/transformations.yaml``: everything that happens between Bronze and Gold."""

    workload: str
    cleaning: list[CleaningOperation]
    masking: dict[str, Masking]
    deduplication: DeduplicationPlan
    derived: list[DerivedColumn] = Field(default_factory=list)
    silver_partition_columns: list[str] = Field(default_factory=list)
    gold_filters: list[str] = Field(default_factory=list)
    gold_tables: list[GoldTableConfig]


class QualityRulesConfig(Strict):
    """``config/quality_rules.yaml``: thresholds, weights, rules and baselines."""

    workload: str
    thresholds: dict[Zone, float]
    dimension_weights: dict[str, float]
    rules: list[QualityRule]
    baselines: dict[str, Any] = Field(default_factory=dict)


class ScheduleConfig(Strict):
    """``config/schedule.yaml``: when the pipeline runs and what happens when it does not."""

    workload: str
    dag_id: str
    cron: str
    timezone: str
    start_date: str | None = None
    depends_on: list[str] = Field(default_factory=list)
    catchup: bool = False
    max_active_runs: int = 1
    retries: int
    retry_delay_seconds: int
    execution_timeout_minutes: int
    deadline_minutes: int
    paused: bool


class SemanticColumn(Strict):
    """What a Gold column means."""

    name: str
    type: ColumnType
    role: Role
    description: str
    aggregation: str | None = None
    expression: str | None = None
    masking: Masking | None = None
    lf_tags: dict[str, str] = Field(default_factory=dict)


class SemanticTable(Strict):
    """What a Gold table means: one row for each of ``grain``.

    ``references``: column of a fact -> ``<dimension>.<column>`` to which it refers.
    """

    name: str
    kind: GoldTableKind
    description: str
    grain: list[str]
    references: dict[str, str] = Field(default_factory=dict)
    columns: list[SemanticColumn]


class SemanticConfig(Strict):
    """``config/semantic.yaml``: Gold in business terms, for query agents and the ontology."""

    workload: str
    description: str
    owner: str
    tables: list[SemanticTable]


class DeploymentConfig(Strict):
    """``config/deployment.yaml``: engine, retention and regulations."""

    workload: str
    engine: Literal["local", "aws"]
    runtime_version: str
    zones: list[Zone]
    regulations: list[str] = Field(default_factory=list)
    retention_days: dict[Literal["bronze", "quarantine"], int | None]


CONFIG_MODELS: dict[str, type[BaseModel]] = {
    "config/source.yaml": SourceConfig,
    "config/transformations.yaml": TransformationsConfig,
    "config/quality_rules.yaml": QualityRulesConfig,
    "config/schedule.yaml": ScheduleConfig,
    "config/semantic.yaml": SemanticConfig,
    "config/deployment.yaml": DeploymentConfig,
}

_Config = TypeVar("_Config", bound=BaseModel)


def write_config(config: BaseModel) -> bytes:
    """YAML of a config: its model's first line as a comment, keys in the model's order, a blank line between parts."""
    title = (type(config).__doc__ or "").strip().splitlines()[0].replace("``", "")
    content = config.model_dump(mode="json", exclude_none=True)
    parts = [
        yaml.dump({key: value}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE_WIDTH)
        for key, value in content.items()
    ]
    return "\n".join([f"# {title}\n", *parts]).encode()


def read_config(text: str | bytes, model: type[_Config], *, where: str) -> _Config:
    """The config in a YAML text.

    :param where: the file, for the error.
    :raises ConfigFileError: names the line or the key.
    """
    try:
        content = yaml.safe_load(text)
        return model.model_validate(content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigFileError(
            "the file is not YAML",
            where=f"{where}{line}",
            given=str(getattr(error, "problem", error)),
            remedy="correct this line, or render the workload again",
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigFileError(
            "the file does not fit its schema",
            where=f"{where}: {'.'.join(str(part) for part in first['loc'])}",
            expected=first["msg"],
            given=repr(first.get("input"))[:200],
            remedy="correct this key, or render the workload again",
        ) from None


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, and no aliases: the same part twice is written twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True
