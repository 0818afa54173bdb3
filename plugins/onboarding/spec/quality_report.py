"""The report of ``onboard quality``: all keys always present; its schema is ``docs/quality.schema.json``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onboarding.spec.conf import Strict
from onboarding.spec.plans import Zone

QUALITY_SCHEMA_VERSION = "1"
Verdict = Literal["passed", "failed", "informs"]


class RuleQuality(Strict):
    """What a rule found in the last check; check, columns and minimum are null when the deployed rules lack it."""

    id: str
    dimension: str
    check: str | None
    columns: list[str]
    severity: str
    on_fail: str
    applicable_rows: int
    kept_rows: int
    pass_rate: float
    min_pass_rate: float | None
    failed: bool


class DimensionQuality(Strict):
    """Mean pass rate of a dimension's rules."""

    name: str
    score: float
    rules: int


class TrendPoint(Strict):
    """One check of a table; ``findings`` is null where nothing was compared with baselines."""

    run_date: str
    load_id: str
    rows: int
    score: float
    verdict: Verdict
    findings: int | None


class BaselineFinding(Strict):
    """Something unusual about the last load: it informs. The values of new categories say nothing about persons."""

    kind: str
    column: str
    metric: str
    found: float | str
    usual: float
    text: str


class TableQuality(Strict):
    """The last check of a table, and the checks before.

    ``rules``: failed ones first, then the lower pass rates. ``trend``: oldest first, the last one is this check.
    ``compared_with``: dates of the baselines, null where nothing was compared; ``findings_total`` counts also those
    that ``findings`` (at most fifty) leaves out.
    """

    zone: Zone
    table: str
    run_date: str
    load_id: str
    rows: int
    sound_rows: int
    score: float
    threshold: float
    verdict: Verdict
    dimensions: list[DimensionQuality]
    rules: list[RuleQuality]
    compared_with: list[str] | None
    findings_total: int
    findings: list[BaselineFinding]
    trend: list[TrendPoint]


class WorkloadQuality(Strict):
    """How good a workload's data are, as the last checks found. ``passed``: no table's last check failed."""

    schema_version: str = QUALITY_SCHEMA_VERSION
    workload: str
    version: str
    passed: bool
    tables: list[TableQuality] = Field(default_factory=list)
