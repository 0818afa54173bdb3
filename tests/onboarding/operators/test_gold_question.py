"""A question in words: Claude writes a SELECT that is held against the same list as a person's, or nothing is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from onboarding.operators.step import StepContext
from onboarding.operators.steps.existing import _query
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.settings import load_settings
from onboarding.workspace.deployed import DeployedWorkload
from onboarding.workspace.record import RunRecord
from tests.claude_server import ClaudeServer, Reply, claude_server, filled
from tests.onboarding.operators.meta_run import Run

CONNECTION = "AIRFLOW_CONN_ANTHROPIC_DEFAULT"
ABOUT = {"description": "Orders", "gold": {"orders": ["region", "amount"]}}
ORDERS = DeployedWorkload("orders", "abc", {"about": ABOUT})


@pytest.fixture
def server(record: RunRecord, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClaudeServer]:
    """A connection to the loopback Claude."""
    with claude_server() as running:
        monkeypatch.setenv(CONNECTION, running.connection())
        load_settings.cache_clear()
        yield running


def written(sql: str) -> Reply:
    return filled({"sql": sql}, tool="write_query")


def asked(question: str) -> str:
    run = Run("s3://landing/orders/")
    return _query(StepContext(run.store, load_settings(), run.run, {}), ORDERS, question).sql


def test_words_become_a_query_of_names_alone(server: ClaudeServer) -> None:
    server.script = [written("SELECT region, sum(amount) AS amount FROM orders GROUP BY region")]
    assert asked("How much per region?").endswith("GROUP BY region LIMIT 1000")
    assert len(server.received) == 1
    sent = server.received[0].data
    assert sent == {
        "question": "How much per region?", "workload": "orders", "about": "Orders",
        "tables": {"orders": ["region", "amount"]},
    }  # fmt: skip


def test_what_is_not_allowed_is_repaired_once(server: ClaudeServer) -> None:
    server.script = [written("SELECT * FROM read_csv('/etc/passwd')"), written("SELECT count(*) AS n FROM orders")]
    assert asked("How many?") == "SELECT COUNT(*) AS n FROM orders LIMIT 1000"
    assert "the question cannot be asked" in json.dumps(server.received[1].body)


def test_what_stays_wrong_is_not_asked(server: ClaudeServer) -> None:
    server.script = [written("DROP TABLE orders"), written("SELECT salary FROM orders")]
    with pytest.raises(ConfError, match="the question cannot be asked") as caught:
        asked("What do they earn?")
    assert "Claude made no query" in caught.value.given


def test_sql_needs_nobody(server: ClaudeServer) -> None:
    assert asked("SELECT region FROM orders") == "SELECT region FROM orders LIMIT 1000"
    assert server.received == []


def test_words_without_a_connection_say_so(record: RunRecord) -> None:
    with pytest.raises(ConfError) as caught:
        asked("How much per region?")
    assert "no connection to Claude" in caught.value.given
