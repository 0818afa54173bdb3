"""Steps of an onboarding beside a loopback Claude: amended, agreed, repaired, or the rules' proposal with its mark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents import DagAgent, MetadataAgent, QualityAgent, TransformationAgent
from onboarding.operators.step import StepContext
from onboarding.operators.steps.planning import agent_context
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from tests.claude_server import ClaudeServer, Received, Reply, claude_server, error, filled
from tests.onboarding.operators.meta_run import Run, write_tickets

KNOWN = ("conf", "discovery", "profile")
CONNECTION = "AIRFLOW_CONN_ANTHROPIC_DEFAULT"
ROLE = {"kind": "role", "column": "note", "role": "dimension", "reason": "people group by it"}
UNKNOWN_COLUMN = {"kind": "role", "column": "colour", "role": "dimension", "reason": "nice"}


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with claude_server() as running:
        yield running


@pytest.fixture
def run(record: RunRecord, server: ClaudeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A profiled source, and a connection to the loopback Claude."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    monkeypatch.setenv(CONNECTION, server.connection())
    load_settings.cache_clear()
    made = Run(write_tickets(tmp_path))
    made.to_profile()
    return made


def option(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{name.upper()}", value)
    load_settings.cache_clear()


def amendments(*given: dict[str, Any]) -> Reply:
    return filled({"amendments": list(given)})


def propose(run: Run) -> dict[str, Any]:
    run.step("metadata", "profile:propose", *KNOWN)
    return run.plan("metadata")


def said(run: Run, agent: str = "metadata") -> dict[str, Any]:
    entry = run.record.read(f"claude-{agent}-01")
    assert entry is not None
    return entry


def rules_plan(run: Run) -> dict[str, Any]:
    known = agent_context(StepContext(run.store, load_settings(), run.run, {key: run.outputs[key] for key in KNOWN}))
    plan: dict[str, Any] = json.loads(MetadataAgent().propose(known).model_dump_json())
    return plan


def column(plan: dict[str, Any], name: str) -> dict[str, Any]:
    return next(found for found in plan["columns"] if found["name"] == name)


def claudes(plan: dict[str, Any]) -> dict[str, str]:
    return {item["subject"]: item["reason"] for item in plan["decisions"] if item["source"] == "claude"}


def mark(plan: dict[str, Any], agent: str = "metadata") -> str:
    """Why the rules' proposal stands; empty when it is not marked."""
    found = [item for item in plan["decisions"] if item["subject"] == f"claude.{agent}"]
    assert all(item["needs_eyes"] for item in found)
    return found[0]["reason"] if found else ""


def test_without_a_connection_the_rules_propose_and_the_record_says_so(
    run: Run, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONNECTION)
    assert propose(run) == rules_plan(run)
    assert said(run) == {"agent": "metadata", "outcome": "not_configured", "why": "no Claude: rules"}
    assert server.received == []


def test_an_amendment_is_applied_with_its_reason(run: Run, server: ClaudeServer) -> None:
    description = {"kind": "description", "column": "minutes", "description": "Length of the call.", "reason": "clear"}
    server.script = [amendments(ROLE, description)]
    plan = propose(run)
    assert (column(plan, "note")["role"], column(plan, "minutes")["description"]) == (
        "dimension",
        "Length of the call.",
    )
    assert claudes(plan) == {"columns.note.role": "people group by it", "columns.minutes.description": "clear"}
    assert mark(plan) == ""
    assert (said(run)["outcome"], said(run)["prompt"].split(" ")[0]) == ("amended", "metadata@1")


def test_nothing_to_amend_is_the_rules_plan(run: Run, server: ClaudeServer) -> None:
    server.script = [amendments()]
    assert propose(run) == rules_plan(run)
    assert said(run)["outcome"] == "agreed"


@pytest.mark.parametrize(
    "first",
    [
        amendments(UNKNOWN_COLUMN),
        amendments({"kind": "colour", "column": "note", "reason": "?"}),
        filled({"amendments": "none"}),
        filled(None, stop_reason="end_turn"),
        amendments({"kind": "primary_key", "columns": ["channel"], "reason": "short"}),
        amendments({"kind": "personal_data", "column": "note", "type": "SHOE_SIZE", "reason": "?"}),
    ],
    ids=["column", "kind", "form", "no tool", "key", "personal data"],
)
def test_an_invalid_answer_is_repaired_once(run: Run, server: ClaudeServer, first: Reply) -> None:
    server.script = [first, amendments(ROLE)]
    assert claudes(propose(run)) == {"columns.note.role": "people group by it"}
    assert said(run)["repaired"]
    last = server.received[1].body["messages"][-1]["content"]
    assert "cannot be used" in json.dumps(last)
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("replies", "kind", "calls"),
    [
        ([amendments(UNKNOWN_COLUMN)], "invalid", 2),
        ([filled(None, stop_reason="refusal")], "refusal", 1),
        ([filled({"amendments": [ROLE]}, stop_reason="max_tokens")], "truncated", 1),
        ([error(429, "rate_limit_error", retry_after="60")], "rate_limited", 1),
        ([error(529, "overloaded_error")], "overloaded", 3),
        ([Reply({}, wait_seconds=3)], "timeout", 1),
        ([Reply(b"not json")], "unreadable", 1),
        ([amendments(UNKNOWN_COLUMN), error(400, "invalid_request_error")], "refused", 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_failure_leaves_the_rules_proposal_with_a_mark(
    run: Run, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch, replies: Sequence[Reply], kind: str, calls: int
) -> None:
    option(monkeypatch, "claude_timeout_seconds", "1" if kind == "timeout" else "10")
    server.script = replies
    plan = propose(run)
    assert mark(plan)
    plan["decisions"] = [item for item in plan["decisions"] if item["subject"] != "claude.metadata"]
    assert plan == rules_plan(run)
    assert (said(run)["outcome"], said(run)["kind"], len(server.received)) == ("rules", kind, calls)


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"extra": {}}, {}, "name a model"),
        ({"conn_type": "http"}, {}, "cannot be used"),
        ({}, {"claude_token_budget": "5000"}, "budget"),
        ({}, {"claude_cost_budget_usd": "0.01"}, "budget"),
        ({}, {"claude_deadline_seconds": "0"}, "budget"),
    ],
    ids=["no model", "type", "tokens", "cost", "time"],
)
def test_what_is_not_sent_is_said(
    run: Run,
    server: ClaudeServer,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    options: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setenv(CONNECTION, server.connection(**changes))
    for name, value in options.items():
        option(monkeypatch, name, value)
    assert words in mark(propose(run))
    assert server.received == []


def test_a_model_for_each_agent(run: Run, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"model": "general", "agent_models": {"metadata": "of-the-connection"}}
    monkeypatch.setenv(CONNECTION, server.connection(extra=extra))
    server.script = [amendments()]
    propose(run)
    option(monkeypatch, "claude_agent_models", "metadata=of-the-options")
    run.step("metadata", "profile:propose", *KNOWN)
    assert [request.body["model"] for request in server.received] == ["of-the-connection", "of-the-options"]


def test_a_killed_task_finds_its_answer(run: Run, server: ClaudeServer) -> None:
    server.script = [amendments(ROLE), error(500, "api_error")]
    first = propose(run)
    run.store.delete_tree(run.outputs["metadata"].key)
    assert propose(run) == first
    assert len(server.received) == 1


def test_what_a_person_gave_is_not_amended(record: RunRecord, run: Run, server: ClaudeServer, tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), **{"domain.columns": {"note": {"role": "attribute"}}})
    run.to_profile()
    server.script = [amendments(ROLE)]
    plan = propose(run)
    assert "a person gave this" in mark(plan)
    assert column(plan, "note")["role"] == "attribute"


def by_tool(answers: dict[str, list[dict[str, Any]]]) -> Any:
    """A script that answers each agent by what its prompt is about."""

    def script(request: Received) -> Reply:
        text = request.body["messages"][0]["content"]
        marks = {"transformation": "from Bronze to Silver", "quality": "the quality rules", "dag": "when the pipeline"}
        agent = next((name for name, words in marks.items() if words in text), "metadata")
        return filled({"amendments": answers.get(agent, [])})

    return script


def test_every_agent_is_amended_and_the_workload_passes_its_tests(run: Run, server: ClaudeServer) -> None:
    server.script = by_tool(
        {
            "metadata": [ROLE],
            "transformation": [
                {"kind": "cleaning", "column": "channel", "operation": "upper", "reason": "one spelling"},
                {"kind": "derived", "name": "hours", "expression": "minutes / 60.0", "reason": "asked for"},
                {"kind": "masking", "column": "note", "masking": "redact", "reason": "may name people"},
            ],
            "quality": [
                {
                    "kind": "add_rule", "id": "minutes_not_negative", "zone": "silver", "columns": ["minutes"],
                    "dimension": "validity", "check": "expression", "arguments_json": '{"expression": "minutes < 600"}',
                    "severity": "warning", "on_fail": "flag", "min_pass_rate": 0.9, "reason": "a working day",
                }
            ],
            "dag": [{"kind": "schedule", "cron": "0 6 * * 1", "timezone": "Europe/Berlin", "reason": "weekly"}],
        }
    )  # fmt: skip
    run.profiling()
    run.build()
    outcomes = {name: entry["outcome"] for name, entry in run.record.entries().items() if name.startswith("claude-")}
    assert outcomes == {f"claude-{agent}-01": "amended" for agent in ("dag", "metadata", "quality", "transformation")}
    assert set(claudes(run.plan("transformation"))) == {"columns.channel.cleaning", "derived.hours", "masking.note"}
    assert claudes(run.plan("quality")) == {"quality.minutes_not_negative": "a working day"}
    assert claudes(run.plan("dag")) == {"dag.schedule": "weekly", "dag.timezone": "weekly"}
    tests = [entry for name, entry in run.record.entries().items() if name.startswith("tests-")]
    assert all(entry["passed"] and entry["attempts"] == 1 for entry in tests)


def test_failed_tests_go_back_to_claude_and_then_the_rules_stand(run: Run, server: ClaudeServer) -> None:
    hard = {
        "kind": "add_rule", "id": "channel_unique", "zone": "silver", "columns": ["channel"],
        "dimension": "uniqueness", "check": "unique", "severity": "critical", "on_fail": "quarantine",
        "min_pass_rate": 0.99, "reason": "seems unique",
    }  # fmt: skip
    server.script = by_tool({"quality": [hard]})
    propose(run)
    known: tuple[str, ...] = (*KNOWN, "metadata")
    drafts: tuple[str, ...] = ("structure",)
    run.step("structure", "build:structure", *known)
    for agent in ("metadata", "transformation"):
        run.step(agent, f"build:propose_{agent}", *known)
        known = tuple(dict.fromkeys([*known, agent]))
        run.step(f"{agent}_files", f"build:render_{agent}", *known, *drafts)
        drafts = (*drafts, f"{agent}_files")
    run.agent("quality", ("transformation",))
    second = next(request for request in server.received if "failed_tests" in request.data)
    assert second.data["earlier_amendments"] == [hard]
    assert [item for item in second.data["failed_tests"] if "channel_unique" in item["message"] + item["test"]]
    assert "its tests failed" in mark(run.plan("quality"), "quality")
    assert claudes(run.plan("quality")) == {}
    entry = run.record.read("claude-quality-01-second")
    assert entry is not None
    assert (entry["outcome"], entry["kind"]) == ("rules", "tests")
    tests = run.record.read("tests-quality-01-second")
    assert tests is not None
    assert tests["passed"]


def test_the_agents_are_those_of_the_forms() -> None:
    from onboarding.agents.claude.amendments import ANSWERS

    assert list(ANSWERS) == [agent.name for agent in (MetadataAgent, TransformationAgent, QualityAgent, DagAgent)]
