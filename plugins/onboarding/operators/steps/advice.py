"""Where agents propose: by rules, with Claude's amendments where there is a connection; the record says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from onboarding.agents import Agent, AgentContext
from onboarding.agents.claude.advice import Advice, advise, marked
from onboarding.codegen import render as render_workload
from onboarding.discovery.profiling import as_planned, reclassified
from onboarding.operators.step import StepContext
from onboarding.operators.steps.claude_access import NO_CONNECTION, claude_of
from onboarding.operators.steps.planning import complete_plan
from onboarding.spec.plans import MetadataPlan
from onboarding.spec.profile import ColumnProfile
from onboarding.workspace.record import claude_entry
from shared.hooks.claude import ClaudeError

PlanT = TypeVar("PlanT", bound=Any)


def advised(context: StepContext, agent: Agent[PlanT], known: AgentContext, *, attempt: int = 1) -> PlanT:
    """An agent's plan, amended by Claude where there is a connection.

    :param known: what the agent may look at; the failures of its tests in a second attempt.
    :param attempt: 1 or 2.
    :returns: the rules' plan without a connection; the rules' plan with a mark where Claude gave no usable answer.
    """
    name = claude_entry(agent.name, context.run.iteration, attempt=attempt)
    try:
        claude = claude_of(context)
    except ClaudeError as error:
        plan = marked(agent.propose(known), agent.name, error.what)
        context.record.write(name, {"agent": agent.name, "outcome": "rules", "kind": error.kind, "why": error.what})
        return plan
    if claude is None:
        context.record.write(name, {"agent": agent.name, "outcome": "not_configured", "why": NO_CONNECTION})
        return agent.propose(known)
    advice: Advice[PlanT] = advise(
        claude,
        agent,
        known,
        reclassify=_reclassified,
        check=_renders(agent.name, known),
        earlier=_earlier(context, agent.name) if attempt > 1 else (),
    )
    context.record.write(name, {"agent": agent.name, **advice.entry()})
    return advice.plan


def fell_to_tests(context: StepContext, agent: str, why: str) -> None:
    """The record says that the plan of a second attempt that Claude amended failed its tests: the rules' stands."""
    name = claude_entry(agent, context.run.iteration, attempt=2)
    entry = context.record.read(name) or {"agent": agent}
    context.record.write(name, {**entry, "outcome": "rules", "kind": "tests", "why": why})


def _reclassified(column: ColumnProfile, kind: str, reason: str) -> ColumnProfile:
    return reclassified(column, kind, f"Claude says: {reason}")


def _renders(agent: str, known: AgentContext) -> Callable[[Any], None]:
    """Refuses a plan that no workload can be rendered from, those of the agents after it made by the rules."""

    def check(plan: Any) -> None:
        made: dict[str, Any] = {"dag": plan} if agent == "dag" else {}
        context = known if made else replace(known, **{agent: plan})
        profile = known.need_profile()
        if isinstance(plan, MetadataPlan):
            profile = as_planned(profile, plan)
        render_workload(complete_plan(context, **made), profile)

    return check


def _earlier(context: StepContext, agent: str) -> Sequence[Mapping[str, Any]]:
    entry = context.record.read(claude_entry(agent, context.run.iteration, attempt=1))
    return list((entry or {}).get("amendments", []))
