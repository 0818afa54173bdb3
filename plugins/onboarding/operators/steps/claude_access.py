"""Claude as one onboarding may use it: the connection, the models, and what is left of its budget."""

from __future__ import annotations

from onboarding.agents.claude.dialogue import Claude
from onboarding.operators.step import StepContext
from onboarding.spec.claude_prices import price_table
from onboarding.workspace.claude_calls import ClaudeCalls, Limits
from shared.hooks.claude import find_connection

NO_CONNECTION = "no Claude: rules"


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
        call_seconds=float(settings.number("claude_timeout_seconds")),
        total_seconds=float(settings.number("claude_deadline_seconds")),
        tokens=int(settings.number("claude_token_budget")),
        cost_usd=settings.number("claude_cost_budget_usd"),
    )
    calls = ClaudeCalls(context.store, context.run.root_run_id, limits, price_table())
    return Claude(connection, calls, settings.claude_models)
