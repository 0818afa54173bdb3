"""Where agents propose: by rules, with Claude's amendments where there is a connection; the record says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from onboarding.agents import Agent, AgentContext
from onboarding.agents.claude.advice import Advice, advise, marked
from onboarding.agents.claude.dialogue import Claude
from onboarding.codegen import render as render_workload
from onboarding.discovery.profiling import as_planned, reclassified
from onboarding.operators.step import StepContext
from onboarding.operators.steps.planning import complete_plan
from onboarding.spec.claude_prices import price_table
from onboarding.spec.plans import MetadataPlan
from onboarding.spec.profile import ColumnProfile
from onboarding.workspace.claude_calls import ClaudeCalls, Limits
from onboarding.workspace.record import claude_entry
from shared.hooks.claude import ClaudeError, find_connection

PlanT = TypeVar("PlanT", bound=Any)
NO_CONNECTION = "no Claude: rules"


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


def claude_of(context: StepContext) -> Claude | None:
    """Claude with what this onboarding may still spend, or None without a connection.

    :raises ClaudeError: the connection cannot be used.
    :raises SettingsError: an option is wrong.
    """
    settings = context.settings
    connection = find_connection(settings.claude_conn_id)
    if connection is None:
        return None
    limits = Limits(
        call_seconds=float(settings.claude_limit("claude_timeout_seconds")),
        total_seconds=float(settings.claude_limit("claude_deadline_seconds")),
        tokens=int(settings.claude_limit("claude_token_budget")),
        cost_usd=settings.claude_limit("claude_cost_budget_usd"),
    )
    calls = ClaudeCalls(context.store, context.run.root_run_id, limits, price_table())
    return Claude(connection, calls, settings.claude_models)


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
