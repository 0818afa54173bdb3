"""What every agent is: a name, and a function from what is known to a typed plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from onboarding.spec.conf import Conf
from onboarding.spec.plans import DiscoveryPlan, MetadataPlan, QualityPlan, ReusedDecision, TransformationPlan
from onboarding.spec.profile import ColumnProfile, ProfileReport
from shared.operators.test_gate import FailedTest
from shared.pipeline.errors import DataOnboardingError

PlanT_co = TypeVar("PlanT_co", covariant=True)


class AgentError(DataOnboardingError):
    """An agent was asked for a plan that cannot be made from what it was given."""

    code = "agent"


@dataclass(frozen=True)
class AgentContext:
    """Everything an agent may look at; what it does not need may be absent.

    :ivar reused: what people decided about columns of the same name in other workloads.
    :ivar failures: failed tests of the attempt before; the agent answers them with documented fallbacks.
    """

    conf: Conf
    discovery: DiscoveryPlan | None = None
    profile: ProfileReport | None = None
    metadata: MetadataPlan | None = None
    transformation: TransformationPlan | None = None
    quality: QualityPlan | None = None
    reused: list[ReusedDecision] = field(default_factory=list)
    failures: list[FailedTest] = field(default_factory=list)

    def reused_mask(self, column: str) -> ReusedDecision | None:
        """How people mask a column of this name in another workload."""
        return next((one for one in self.reused if one.kind == "masking" and one.column == column), None)

    def need_discovery(self) -> DiscoveryPlan:
        """The discovery plan.

        :raises AgentError: there is none.
        """
        if self.discovery is None:
            raise _missing("discovery")
        return self.discovery

    def need_profile(self) -> ProfileReport:
        """The profile report.

        :raises AgentError: there is none.
        """
        if self.profile is None:
            raise _missing("profile")
        return self.profile

    def need_metadata(self) -> MetadataPlan:
        """The metadata plan.

        :raises AgentError: there is none.
        """
        if self.metadata is None:
            raise _missing("metadata")
        return self.metadata

    def need_transformation(self) -> TransformationPlan:
        """The transformation plan.

        :raises AgentError: there is none.
        """
        if self.transformation is None:
            raise _missing("transformation")
        return self.transformation

    def need_quality(self) -> QualityPlan:
        """The quality plan.

        :raises AgentError: there is none.
        """
        if self.quality is None:
            raise _missing("quality")
        return self.quality

    def column_name(self, given: str, where: str) -> str:
        """SQL name of a column that a person names as in the source or as in SQL.

        :param where: key of the conf, for the error.
        :raises AgentError: the source has no such column.
        """
        columns = self.need_profile().columns
        for column in columns:
            if given in (column.name, column.source_name):
                return column.name
        raise AgentError(
            "the conf names a column that the source does not have",
            where=where,
            expected=f"one of: {', '.join(column.name for column in columns)}"[:500],
            given=given,
            remedy="correct the name",
        )


class Agent(Protocol[PlanT_co]):
    """An agent. Same context, same plan."""

    @property
    def name(self) -> str:
        """Which agent it is: ``metadata``, ``transformation``, ``quality``, ``dag``."""
        ...

    def propose(self, context: AgentContext) -> PlanT_co:
        """The plan, with every decision and its reason.

        :raises AgentError: something it needs is not there, or the conf contradicts the source.
        """
        ...


def present(column: ColumnProfile, rows: int) -> int:
    """Rows in which the column has a value."""
    return max(rows - column.missing_count, 0)


def _missing(what: str) -> AgentError:
    return AgentError(
        f"the agent needs the {what} plan",
        where="agents",
        expected=what,
        given="nothing",
        remedy="run the agents in their order: metadata, transformation, quality, dag",
    )
