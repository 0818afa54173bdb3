"""The journal and the budget: a repeated question is free, a killed call counts, nothing is sent beyond the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from onboarding.cli.claude_report import claude_report, claude_text
from onboarding.spec.claude_prices import price_table
from onboarding.workspace.claude_calls import ClaudeBudgetError, ClaudeCalls, Limits, spent_by
from onboarding.workspace.store import Store
from shared.hooks.claude import ClaudeConnection, ClaudeError, Question, Usage, find_connection
from tests.claude_server import ClaudeServer, Reply, claude_server, error, filled

LIMITS = Limits(call_seconds=20, total_seconds=60, tokens=20_000, cost_usd=Decimal("0.05"))
LABEL = {"agent": "metadata", "prompt": "metadata@1"}


def question(text: str = "a", model: str = "claude-sonnet-5-5") -> Question:
    messages = ({"role": "user", "content": text},)
    return Question(model, "s", messages, "amend", "d", {"type": "object"}, max_tokens=1000)


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with claude_server() as running:
        running.script = [filled({"a": 1})]
        yield running


@pytest.fixture
def connection(server: ClaudeServer, monkeypatch: pytest.MonkeyPatch) -> ClaudeConnection:
    monkeypatch.setenv("AIRFLOW_CONN_CLAUDE", server.connection())
    found = find_connection("claude")
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path.as_uri())


def calls(store: Store, limits: Limits = LIMITS) -> ClaudeCalls:
    return ClaudeCalls(store, "run-1", limits, price_table())


def test_the_same_question_is_paid_once(store: Store, server: ClaudeServer, connection: ClaudeConnection) -> None:
    first = calls(store).ask(connection, question(), LABEL)
    assert calls(store).ask(connection, question(), LABEL) == first
    assert len(server.received) == 1
    spent = calls(store).spent()
    assert (spent.calls, spent.usage, spent.cost_usd) == (1, Usage(1200, 300), Decimal("0.005400"))


def test_another_onboarding_has_its_own(store: Store, server: ClaudeServer, connection: ClaudeConnection) -> None:
    calls(store).ask(connection, question(), LABEL)
    ClaudeCalls(store, "run-2", LIMITS, price_table()).ask(connection, question(), LABEL)
    assert len(server.received) == 2


def test_a_killed_call_counts_as_spent(store: Store, server: ClaudeServer, connection: ClaudeConnection) -> None:
    killed = question("killed")
    calls(store).ask(connection, killed, LABEL)
    journal = store.below("runs/run-1/claude")
    (key,) = journal.find()
    entry = journal.read_json(key)
    journal.write_json(key, {name: value for name, value in entry.items() if name != "answer"} | {"state": "sent"})
    spent = calls(store).spent()
    assert (spent.usage.tokens, spent.reserved_tokens > 1000) == (0, True)
    calls(store).ask(connection, killed, LABEL)
    again = calls(store).spent()
    assert (again.calls, again.usage.tokens, again.reserved_tokens) == (2, 1500, spent.reserved_tokens)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(20, 60, 2_500, Decimal(1)),
        Limits(20, 60, 20_000, Decimal("0.012")),
        Limits(20, 0.5, 20_000, Decimal(1)),
    ],
    ids=["tokens", "cost", "time"],
)
def test_nothing_is_sent_beyond_a_limit(
    store: Store, server: ClaudeServer, connection: ClaudeConnection, limits: Limits
) -> None:
    calls(store).ask(connection, question("first"), LABEL)
    with pytest.raises(ClaudeBudgetError, match="budget"):
        calls(store, limits).ask(connection, question("second"), LABEL)
    assert len(server.received) == 1


def test_time_is_shared_and_a_time_out_may_have_been_paid(
    store: Store, server: ClaudeServer, connection: ClaudeConnection
) -> None:
    server.script = [Reply({}, wait_seconds=3)]
    with pytest.raises(ClaudeError):
        calls(store, replace(LIMITS, call_seconds=1)).ask(connection, question(), LABEL)
    spent = calls(store).spent()
    assert spent.seconds >= 1
    assert (spent.calls, spent.failures, spent.reserved_tokens > 0) == (1, 1, True)


def test_a_failure_is_asked_again_by_a_later_attempt(
    store: Store, server: ClaudeServer, connection: ClaudeConnection
) -> None:
    server.script = [error(400, "invalid_request_error"), filled({"a": 1})]
    with pytest.raises(ClaudeError):
        calls(store).ask(connection, question(), LABEL)
    assert calls(store).ask(connection, question(), LABEL).content == {"a": 1}
    assert (calls(store).spent().calls, calls(store).spent().reserved_tokens) == (2, 0)


def test_a_model_without_a_price_counts_in_tokens(
    store: Store, server: ClaudeServer, connection: ClaudeConnection
) -> None:
    calls(store).ask(connection, question(model="eu.anthropic.something"), LABEL)
    spent = spent_by(store, "run-1", price_table())
    assert (spent.usage.tokens, spent.cost_usd, spent.unpriced_models) == (1500, None, ("eu.anthropic.something",))


def test_the_report_says_what_it_cost(store: Store, server: ClaudeServer, connection: ClaudeConnection) -> None:
    calls(store).ask(connection, question(), LABEL)
    record = {
        "claude-metadata-01": {"agent": "metadata", "outcome": "amended", "amendments": [{}, {}], "model": "m"},
        "claude-quality-01": {"agent": "quality", "outcome": "amended", "amendments": [{}]},
        "claude-quality-01-second": {"agent": "quality", "outcome": "rules", "why": "its tests failed"},
    }
    report = claude_report(store, "run-1", record)
    assert report.model_dump(mode="json")["cost_usd"] == "0.005400"
    assert claude_text(report) == ("metadata amended (2), quality left to the rules; 1 calls, 1,500 tokens, 0.0054 USD")
    assert claude_text(claude_report(store, "nobody", {})) == "no connection: rules only"


def test_a_long_prompt_has_its_own_prices() -> None:
    prices = price_table().models["claude-haiku-5-5"]
    assert prices.cost_usd(Usage(100_000, 1_000)) == Decimal("0.010500")
    assert prices.cost_usd(Usage(100_100, 1_000)) == Decimal("0.052550")
