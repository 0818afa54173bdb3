"""The card of ``resolve``: an agent's tests failed twice, and a person says how it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.gates.card import Card, CardChoice, CardItem, NextRun
from onboarding.operators.card_choices import deploy_choices, profile_choices
from onboarding.operators.cards import report_links
from onboarding.operators.step import StepContext
from onboarding.operators.steps.discovery import discovery_of
from onboarding.operators.steps.planning import agent_context, workload_plan
from onboarding.spec.regulations import controls_of
from onboarding.workspace.record import attempt_entry, failures_of

AGENTS = ("profiling", "metadata", "transformation", "quality", "dag")
RETRY, SKIP, STOP = "fix and retry", "skip", "stop"


def resolve_card(context: StepContext) -> Card | None:
    """Which tests failed twice, what they said, and what may be done; None where no test failed twice.

    Skipping is not offered of the DAG (a pipeline that Airflow cannot run is none), where the tests did not run at all,
    and where a regulation forbids it.
    """
    found = _failed_twice(context)
    if found is None:
        return None
    agent, entry = str(found["agent"]), found
    failures = failures_of(entry)
    forbidden = _why_not_skipped(context, agent, entry)
    names = [str(failure["name"]) for failure in failures]
    again = NextRun(from_phase=3 if agent == "profiling" else 4)
    following = {RETRY: again}
    if not forbidden:
        following[SKIP] = again.model_copy(update={"gaps": {agent: names}})
    return Card(
        gate="resolve",
        workload=discovery_of(context).workload,
        first_option=RETRY,
        effect=f"starts the {agent} agent again with the changes that you choose below; nothing is deployed yet.",
        items=[_item(failure) for failure in failures],
        numbers=[
            f"Agent: {agent}; {entry['unit']['failed']} unit and {entry['integration']['failed']} integration tests "
            f"failed in both attempts, {entry['unit']['passed'] + entry['integration']['passed']} passed",
            f"Produced: {len(entry.get('produced') or [])} files, none of them deployed",
            *_answers(entry),
            f"skip is not offered: {forbidden}"
            if forbidden
            else "skip goes on with the files as they are; the failed tests are named in README, card and report",
        ],
        links=report_links(context),
        choices=_choices(context, agent),
        options=[RETRY, *([] if forbidden else [SKIP]), STOP],
        following=following,
    )


def _failed_twice(context: StepContext) -> dict[str, Any] | None:
    """What the tests of the first agent that failed twice in this run said last."""
    for agent in AGENTS:
        entry = context.record.read(attempt_entry(agent, context.run.iteration, attempt=2))
        if entry and failures_of(entry) and not entry.get("gap"):
            return entry
    return None


def _why_not_skipped(context: StepContext, agent: str, entry: Mapping[str, Any]) -> str:
    if agent == "dag":
        return "a pipeline whose DAG does not pass its tests would not run"
    if not entry["unit"]["passed"] + entry["integration"]["passed"]:
        return "none of the tests ran through"
    source = controls_of(discovery_of(context).regulations).requires("no_skipping")
    return f"{source} forbids it" if source else ""


def _item(failure: Mapping[str, Any]) -> CardItem:
    lines = [line.strip() for line in str(failure["message"]).splitlines() if line.strip()]
    compared = [line for line in lines[1:] if line.startswith(("E ", "assert ", "AssertionError"))]
    return CardItem(
        title=str(failure["name"]).rsplit("::", maxsplit=1)[-1],
        evidence="; ".join([*lines[:1], *compared[:1]]),
        proposed="change what the test names, or look into the full report",
        cost_of_error="",
    )


def _answers(entry: Mapping[str, Any]) -> list[str]:
    """What the second attempt had tried."""
    tried = [f"{decision['subject']} = {decision['value']}" for decision in entry.get("fallbacks") or []]
    return [f"The second attempt changed: {'; '.join(tried) or 'nothing, since what the tests name was given'}"]


def _choices(context: StepContext, agent: str) -> list[CardChoice]:
    known = agent_context(context)
    if agent in ("profiling", "metadata"):
        plan = known.metadata or workload_plan(context).metadata
        return profile_choices(plan)
    return deploy_choices(workload_plan(context))
