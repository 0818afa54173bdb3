"""Agents: from what is known of a source to typed plans, by rules, each decision with its reason."""

from onboarding.agents.base import Agent, AgentContext, AgentError
from onboarding.agents.dag import DagAgent
from onboarding.agents.metadata import MetadataAgent
from onboarding.agents.quality import QualityAgent
from onboarding.agents.transformation import TransformationAgent
from shared.operators.test_gate import FailedTest

__all__ = [
    "Agent",
    "AgentContext",
    "AgentError",
    "DagAgent",
    "FailedTest",
    "MetadataAgent",
    "QualityAgent",
    "TransformationAgent",
    "propose_all",
]


def propose_all(context: AgentContext) -> AgentContext:
    """The context with the metadata, transformation and quality plans, each agent on the plans before it.

    :param context: with conf, discovery and profile.
    """
    from dataclasses import replace

    context = replace(context, metadata=MetadataAgent().propose(context))
    context = replace(context, transformation=TransformationAgent().propose(context))
    return replace(context, quality=QualityAgent().propose(context))
