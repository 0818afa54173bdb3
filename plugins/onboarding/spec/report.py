"""The JSON report of ``onboard run``: all keys always present; its schema is ``docs/report.schema.json``."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from onboarding.spec.conf import Strict
from onboarding.spec.plans import Assumption

REPORT_SCHEMA_VERSION = "1"
RunStatus = Literal["succeeded", "succeeded_with_gaps", "waiting", "rejected", "blocked", "failed"]
EXIT_CODES: dict[RunStatus, int] = {
    "succeeded": 0,
    "failed": 1,
    "succeeded_with_gaps": 2,
    "waiting": 3,
    "rejected": 4,
    "blocked": 5,
}


#: How the record names the end of a run that answered a question about a deployed workload.
ANSWERED = "answered"


class PhaseReport(Strict):
    """One task group of the meta-DAG, or ``pipeline`` for the generated DAG's run."""

    phase: str
    status: str
    seconds: float


class ProfileSize(Strict):
    """Size of the profiled source."""

    rows: int = 0
    columns: int = 0


class PersonalColumn(Strict):
    """A column with personal data."""

    column: str
    type: str
    sensitivity: str
    confidence: float


class TestCounts(Strict):
    """Tests of one level; parametrised cases of one function count once."""

    __test__ = False
    passed: int = 0
    failed: int = 0


class FailedTestReport(Strict):
    """A failed test: where it is, and what it said (what it expected, what it got)."""

    name: str
    message: str


class TestGateReport(Strict):
    """Test gate of one agent: its last attempt.

    ``failures``: failed tests of that attempt. ``fallbacks``: what the second attempt decided anew. ``produced``: files
    of the draft, when its tests failed.
    """

    __test__ = False
    agent: str
    attempts: int
    unit: TestCounts
    integration: TestCounts
    failures: list[FailedTestReport] = Field(default_factory=list)
    fallbacks: list[str] = Field(default_factory=list)
    produced: list[str] = Field(default_factory=list)


class ApprovalReport(Strict):
    """One answered gate; ``report_sha256`` is the digest of exactly what was shown."""

    gate: str
    option: str
    by: str
    at: str
    how: str
    report_sha256: str


class RowsReport(Strict):
    """Rows of the pipeline's run. ``quarantined`` and ``duplicates``: all rows held back on the way to Gold."""

    source: int = 0
    bronze: int = 0
    silver: int = 0
    quarantined: int = 0
    duplicates: int = 0
    gold: dict[str, int] = Field(default_factory=dict)


class GateScore(Strict):
    """Verdict of one zone's quality gate; ``score`` is None when it was not reached."""

    score: float | None = None
    passed: bool = False


class QualityReport(Strict):
    """Verdicts of both gates."""

    silver: GateScore = Field(default_factory=GateScore)
    gold: GateScore = Field(default_factory=GateScore)


class ClaudeAgentReport(Strict):
    """What became of Claude's part in an agent's proposal, in its last attempt.

    ``outcome``: ``amended``, ``agreed`` (nothing to change), ``rules`` (no usable answer; ``why`` says so), or
    ``not_configured``.
    """

    agent: str
    outcome: str
    why: str = ""
    model: str = ""
    prompt: str = ""
    amendments: int = 0


class ClaudeReport(Strict):
    """Claude in this onboarding: calls, tokens and cost over all tasks and retries.

    ``reserved_tokens``: of calls of which nobody knows whether they were paid for. ``cost_usd`` includes them, by the
    list prices of ``prices_as_of``; it is None when a model has no known price.
    """

    agents: list[ClaudeAgentReport] = Field(default_factory=list)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    reserved_tokens: int = 0
    seconds: float = 0.0
    cost_usd: Decimal | None = Decimal(0)
    prices_as_of: str = ""
    unpriced_models: list[str] = Field(default_factory=list)


class AnswerReport(Strict):
    """What a workload's Gold answered; values as text, in the order of the columns."""

    sql: str
    columns: list[str]
    rows: list[list[str | None]]


class KeptAnswer(Strict):
    """The same as the run that asked keeps it.

    :ivar question: what was asked, in words or as SQL.
    :ivar rows: how many there are.
    """

    workload: str
    question: str
    sql: str
    rows: int
    columns: list[str]
    values: list[list[str | None]]


class RunReport(Strict):
    """What ``onboard run --json`` writes. ``seconds`` is wall-clock time of the whole command."""

    schema_version: str = REPORT_SCHEMA_VERSION
    workload: str = ""
    source_uri: str = ""
    status: RunStatus = "failed"
    reason: str = ""
    seconds: float = 0.0
    phases: list[PhaseReport] = Field(default_factory=list)
    assumptions: list[Assumption] = Field(default_factory=list)
    profile: ProfileSize = Field(default_factory=ProfileSize)
    pii: list[PersonalColumn] = Field(default_factory=list)
    claude: ClaudeReport = Field(default_factory=ClaudeReport)
    test_gates: list[TestGateReport] = Field(default_factory=list)
    approvals: list[ApprovalReport] = Field(default_factory=list)
    gaps: list[str] = Field(default_factory=list)
    run_ids: list[str] = Field(default_factory=list)
    rows: RowsReport = Field(default_factory=RowsReport)
    quality: QualityReport = Field(default_factory=QualityReport)
    deployed: list[str] = Field(default_factory=list)
    answer: AnswerReport | None = None
    dag_id: str = ""
    dag_run_state: str = ""
    workload_dir: str = ""
    gold_dir: str = ""

    @property
    def exit_code(self) -> int:
        """Exit code of the command."""
        return EXIT_CODES[self.status]
