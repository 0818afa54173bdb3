"""What Claude may change in a proposal of the rules: typed amendments, one list for each agent.

An amendment names one decision, what it becomes, and why. There is none that makes a person's value readable: the
masking and the classification of personal data can be made stricter only.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from onboarding.spec.conf import CleaningOperationName, ColumnType, DimensionName, Role
from onboarding.spec.plans import PlanCheckName

#: Longer reasons are cut: a card shows a line of them.
REASON_CHARACTERS = 300
#: More amendments than this are no amendments but another plan.
MOST_AMENDMENTS = 40

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Amendment(BaseModel):
    """Base of all: the reason, for the person who reads the decision."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(min_length=1)]

    @field_validator("reason")
    @classmethod
    def _in_a_line(cls, value: str) -> str:
        return " ".join(value.split())[:REASON_CHARACTERS]


class AmendType(Amendment):
    """The type of a column."""

    kind: Literal["type"]
    column: str
    type: ColumnType


class AmendRole(Amendment):
    """What a column is for."""

    kind: Literal["role"]
    column: str
    role: Role


class AmendDescription(Amendment):
    """What a column means, in a sentence."""

    kind: Literal["description"]
    column: str
    description: ShortText


class AmendPersonalData(Amendment):
    """A column that the rules took for harmless holds personal data of this kind."""

    kind: Literal["personal_data"]
    column: str
    type: str


class AmendPrimaryKey(Amendment):
    """Another of the measured key candidates identifies a row."""

    kind: Literal["primary_key"]
    columns: list[str]


class AddCleaning(Amendment):
    """One more cleaning operation on a column; ``arguments_json`` is a JSON object with its arguments."""

    kind: Literal["cleaning"]
    column: str
    operation: CleaningOperationName
    arguments_json: str = "{}"


class AmendMasking(Amendment):
    """A stricter masking of a column."""

    kind: Literal["masking"]
    column: str
    masking: Literal["hash", "last4", "email", "partial", "redact", "year"]


class AmendNewestRow(Amendment):
    """Which of several rows with the same key stays."""

    kind: Literal["newest_row"]
    order_by: str
    keep: Literal["first", "last"]


class AddDerived(Amendment):
    """A new column of Silver, computed by a SQL expression over the others."""

    kind: Literal["derived"]
    name: str
    expression: ShortText


class AddRule(Amendment):
    """One more quality rule; ``arguments_json`` is a JSON object with the check's arguments."""

    kind: Literal["add_rule"]
    id: str
    zone: Literal["silver", "gold"]
    columns: list[str]
    dimension: DimensionName
    check: PlanCheckName
    arguments_json: str = "{}"
    severity: Literal["critical", "warning"]
    on_fail: Literal["quarantine", "flag", "block"]
    min_pass_rate: float = Field(ge=0, le=1)


class ChangeRule(Amendment):
    """How hard a proposed rule is; the rules of keys and row counts stay as they are."""

    kind: Literal["change_rule"]
    id: str
    severity: Literal["critical", "warning"]
    on_fail: Literal["quarantine", "flag", "block"]
    min_pass_rate: float = Field(ge=0, le=1)


class AmendSchedule(Amendment):
    """When the pipeline runs."""

    kind: Literal["schedule"]
    cron: str
    timezone: str


class AmendTimes(Amendment):
    """How often a task tries again, and after how many minutes somebody is told."""

    kind: Literal["times"]
    retries: int
    deadline_minutes: int


AnyAmendment = (
    AmendType | AmendRole | AmendDescription | AmendPersonalData | AmendPrimaryKey | AddCleaning | AmendMasking
    | AmendNewestRow | AddDerived | AddRule | ChangeRule | AmendSchedule | AmendTimes
)  # fmt: skip


class Amendments(BaseModel):
    """An answer: what to change, possibly nothing."""

    model_config = ConfigDict(extra="forbid")

    amendments: list[Any] = Field(max_length=MOST_AMENDMENTS)


class MetadataAmendments(Amendments):
    """What may change in the metadata plan."""

    amendments: list[AmendType | AmendRole | AmendDescription | AmendPersonalData | AmendPrimaryKey] = Field(
        max_length=MOST_AMENDMENTS
    )


class TransformationAmendments(Amendments):
    """What may change in the transformation plan."""

    amendments: list[AddCleaning | AmendMasking | AmendNewestRow | AddDerived] = Field(max_length=MOST_AMENDMENTS)


class QualityAmendments(Amendments):
    """What may change in the quality plan."""

    amendments: list[AddRule | ChangeRule] = Field(max_length=MOST_AMENDMENTS)


class DagAmendments(Amendments):
    """What may change in the DAG plan."""

    amendments: list[AmendSchedule | AmendTimes] = Field(max_length=MOST_AMENDMENTS)


#: Agent -> the form of its answer.
ANSWERS: dict[str, type[Amendments]] = {
    "metadata": MetadataAmendments,
    "transformation": TransformationAmendments,
    "quality": QualityAmendments,
    "dag": DagAmendments,
}
