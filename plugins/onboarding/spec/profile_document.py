"""The report of ``onboard profile``: all keys always present; its schema is ``docs/profile.schema.json``."""

from __future__ import annotations

from pydantic import Field

from onboarding.spec.conf import Format, Masking, Role, Strict
from onboarding.spec.plans import CleaningOperation, Decision, QualityRule
from onboarding.spec.profile import (
    ColumnProfile,
    FunctionalHint,
    KeyCandidate,
    PossibleIdentifier,
    ReadOptions,
    SourceFile,
)
from onboarding.spec.report import PersonalColumn

PROFILE_SCHEMA_VERSION = "1"


class ProfiledColumn(ColumnProfile):
    """What was measured of a column, and what is proposed for it. ``missing_share``: of the profiled rows."""

    role: Role
    masking: Masking
    in_key: bool
    missing_share: float


class ProposedCleaning(CleaningOperation):
    """A proposed operation. ``rows``: values that it changes, or cannot read; null where that was not counted."""

    rows: int | None = None


class ProposedRule(QualityRule):
    """A proposed rule of Silver or Gold, and what it finds in the source after the proposed cleaning.

    ``applicable_rows`` and ``violating_rows`` are null where it was not tried.
    """

    applicable_rows: int | None = None
    violating_rows: int | None = None


class Trial(Strict):
    """What the proposed cleaning and Silver's rules do with every row of the source.

    ``rows`` = ``duplicates`` + ``quarantined`` + ``published`` where the gate passes; nothing is published otherwise.
    """

    rows: int
    duplicates: int
    quarantined: int
    published: int
    score: float
    threshold: float
    passed: bool


class ProfileDocument(Strict):
    """Profile and proposals of one source.

    ``profiled_rows`` is less than ``rows`` where a share of them was asked for; counts and shares are of the profiled
    ones then, but for duplicates, keys and the values of columns with few of them, which are those of all. ``trial`` is
    null where nothing was tried.
    ``please_look``: the decisions that a person should look at; they are in ``decisions`` as well.
    """

    schema_version: str = PROFILE_SCHEMA_VERSION
    source: str
    format: Format
    read_options: ReadOptions
    files: list[SourceFile]
    rows: int
    profiled_rows: int
    unreadable_rows: int
    duplicate_rows: int
    columns: list[ProfiledColumn]
    primary_key: list[str]
    technical_key: bool
    key_candidates: list[KeyCandidate]
    pii: list[PersonalColumn]
    possible_identifiers: list[PossibleIdentifier]
    hints: list[FunctionalHint]
    please_look: list[Decision]
    cleaning: list[ProposedCleaning]
    quality_rules: list[ProposedRule]
    trial: Trial | None
    decisions: list[Decision] = Field(default_factory=list)

    @property
    def bytes(self) -> int:
        """Size of the source's files."""
        return sum(file.bytes for file in self.files)
