"""Claude's part in an onboarding, for the report: what became of each agent's question, and what all of it cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.spec.claude_prices import price_table
from onboarding.spec.report import ClaudeAgentReport, ClaudeReport
from onboarding.spec.settings import CLAUDE_AGENTS
from onboarding.workspace.claude_calls import spent_by
from onboarding.workspace.store import Store


def claude_report(workspace: Store, root_run_id: str, record: Mapping[str, Any]) -> ClaudeReport:
    """From the record's entries and the journal of calls.

    :param record: entries of the onboarding's record by name.
    """
    prices = price_table()
    spent = spent_by(workspace, root_run_id, prices)
    return ClaudeReport(
        agents=_agents(record),
        calls=spent.calls,
        **vars(spent.usage),
        reserved_tokens=spent.reserved_tokens,
        seconds=spent.seconds,
        cost_usd=spent.cost_usd,
        prices_as_of=prices.as_of,
        unpriced_models=list(spent.unpriced_models),
    )


def claude_text(report: ClaudeReport) -> str:
    """A line for a person."""
    asked = [agent for agent in report.agents if agent.outcome != "not_configured"]
    if not asked:
        return "no connection: rules only"
    tokens = report.input_tokens + report.output_tokens + report.cache_write_tokens + report.cache_read_tokens
    cost = "cost unknown" if report.cost_usd is None else f"{report.cost_usd:.4f} USD"
    outcomes = ", ".join(f"{agent.agent} {_outcome(agent)}" for agent in asked)
    return f"{outcomes}; {report.calls} calls, {tokens + report.reserved_tokens:,} tokens, {cost}"


def _outcome(agent: ClaudeAgentReport) -> str:
    if agent.outcome == "amended":
        return f"amended ({agent.amendments})"
    return "left to the rules" if agent.outcome == "rules" else agent.outcome


def _agents(record: Mapping[str, Any]) -> list[ClaudeAgentReport]:
    """The last entry of each agent: a later iteration, or a second attempt, counts."""
    last: dict[str, Mapping[str, Any]] = {
        str(entry["agent"]): entry for name, entry in sorted(record.items()) if name.startswith("claude-")
    }
    return [
        ClaudeAgentReport(
            agent=agent,
            outcome=last[agent]["outcome"],
            why=last[agent].get("why", ""),
            model=last[agent].get("model", ""),
            prompt=last[agent].get("prompt", ""),
            amendments=len(last[agent].get("amendments", [])) if last[agent]["outcome"] == "amended" else 0,
        )
        for agent in CLAUDE_AGENTS
        if agent in last
    ]
