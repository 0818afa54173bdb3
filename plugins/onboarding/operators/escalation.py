"""The card of ``resolve``: an agent's tests failed twice, and a person says how it goes on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from onboarding.gates.card import Card, CardChoice, CardItem, NextRun
from onboarding.gates.corrections import FILTERS, change
from onboarding.operators.card_choices import deploy_choices, profile_choices
from onboarding.operators.cards import report_links
from onboarding.operators.step import StepContext
from onboarding.operators.steps.discovery import discovery_of
from onboarding.operators.steps.edits import PLANS, EditedFile, changed_files, folder_to_edit, keep_edits
from onboarding.operators.steps.planning import agent_context, workload_plan
from onboarding.spec.regulations import controls_of
from onboarding.workspace.record import attempt_entry, edits_entry, failures_of

AGENTS = ("profiling", "metadata", "transformation", "quality", "dag")
RETRY, EDITED, SKIP, STOP = "fix and retry", "I edited the files", "skip", "stop"
#: Characters of a difference that the record keeps.
LONGEST_DIFF = 20_000
RUN_TESTS, EDIT_AGAIN = "run the tests", "edit again"


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
    again, edits = _again(agent), agent in PLANS
    following = {RETRY: again}
    if not forbidden:
        following[SKIP] = again.model_copy(update={"gaps": {agent: names}})
    return Card(
        gate="resolve",
        workload=discovery_of(context).workload,
        first_option=RETRY,
        effect=f"starts the {agent} agent again with the changes that you choose below; nothing is deployed yet.",
        items=[_item(failure, _proposed(context, agent)) for failure in failures],
        numbers=[
            f"Agent: {agent}; {entry['unit']['failed']} unit and {entry['integration']['failed']} integration tests "
            f"failed in both attempts, {entry['unit']['passed'] + entry['integration']['passed']} passed",
            f"Produced: {len(entry.get('produced') or [])} files, none of them deployed",
            *_answers(entry),
            f"After editing choose `{EDITED}` and no change below, which would render the files anew; the "
            "difference is shown before anything runs"
            if edits
            else "Its files are rendered again in phase 4, so they are not edited here",
            f"skip is not offered: {forbidden}"
            if forbidden
            else "skip goes on with the files as they are; the failed tests are named in README, card and report",
        ],
        links=[*_folder(context, agent), *report_links(context)],
        choices=_choices(context, agent),
        options=[RETRY, *([EDITED] if edits else []), *([] if forbidden else [SKIP]), STOP],
        following=following,
    )


def edits_card(context: StepContext) -> Card | None:
    """``confirm_edits``: what a person made of the files, before any of it runs; None where no test failed twice.

    What is shown is kept: exactly that is tested and becomes part of the workload, whatever is edited afterwards.
    """
    found = _failed_twice(context)
    if found is None:
        return None
    agent = str(found["agent"])
    changed = changed_files(context, agent) if agent in PLANS else []
    usable = not any(file.problems for file in changed)
    again = _again(agent)
    following = {EDIT_AGAIN: again}
    digest = keep_edits(context, agent, changed) if usable and changed else ""
    if usable:
        # Empty where nothing differs: what was edited in an earlier round may have been taken back.
        following[RUN_TESTS] = again.model_copy(update={"edits": {agent: digest}})
    context.record.write(
        edits_entry(agent, context.run.iteration),
        {"agent": agent, "digest": digest, "files": [_shown(file) for file in changed], "diff": _diff(changed)},
    )
    return Card(
        gate="confirm_edits",
        workload=discovery_of(context).workload,
        first_option=RUN_TESTS if usable else EDIT_AGAIN,
        effect=f"runs the tests of the {agent} agent on exactly these files; nothing is deployed yet."
        if usable
        else "asks once more, with the files as they are; nothing was run.",
        items=[_edited_item(file) for file in sorted(changed, key=_rank)],
        nothing_unusual="no file was changed; the tests run again on the files as they are",
        numbers=[
            f"Digest of the edited files: {digest or 'none'}",
            f"{len(changed)} files changed, {sum(_counts(file)[0] for file in changed)} lines added, "
            f"{sum(_counts(file)[1] for file in changed)} removed; the whole difference is in the full report",
            f"Failed before: {'; '.join(str(failure['name']).rsplit('::')[-1] for failure in failures_of(found))}",
        ],
        links=report_links(context),
        options=[*([RUN_TESTS] if usable else []), EDIT_AGAIN, STOP],
        following=following,
    )


def _folder(context: StepContext, agent: str) -> list[str]:
    """Where the files to edit are; every part of the address is an option or made by us."""
    return [f"Files to edit: `{context.store.uri_of(folder_to_edit(context, agent))}`"] if agent in PLANS else []


def _again(agent: str) -> NextRun:
    return NextRun(from_phase=3 if agent == "profiling" else 4)


def _rank(file: EditedFile) -> tuple[bool, bool, str]:
    """Worst first: what cannot be run, then what judges, then what is judged."""
    return not file.problems, not file.path.startswith("tests/"), file.path


def _edited_item(file: EditedFile) -> CardItem:
    if file.problems:
        return CardItem(
            level="STOP",
            title=file.path,
            evidence="; ".join(file.problems),
            proposed="edit it again; it is not run like this",
            cost_of_error="",
        )
    added, removed = _counts(file)
    lines = [line for line in _lines(file) if line[:1] in "+-" and line[1:].strip()]
    is_test = file.path.startswith("tests/")
    return CardItem(
        title=f"{file.path} (a test)" if is_test else file.path,
        evidence=f"{added} lines added, {removed} removed: {' '.join(' '.join(line.split()) for line in lines[:2])}",
        proposed="run the tests on it",
        cost_of_error="a test that cannot fail any more" if is_test else "what it does with the rows reaches Gold",
    )


def _shown(file: EditedFile) -> dict[str, Any]:
    added, removed = _counts(file)
    return {"path": file.path, "added": added, "removed": removed, "problems": list(file.problems)}


def _counts(file: EditedFile) -> tuple[int, int]:
    lines = _lines(file)
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)


def _lines(file: EditedFile) -> list[str]:
    """The difference line by line, without its head."""
    before, after = (((data or b"").decode(errors="replace")).splitlines() for data in (file.rendered, file.edited))
    return list(difflib.unified_diff(before, after, "rendered", "edited", lineterm="", n=1))[2:]


def _diff(changed: list[EditedFile]) -> str:
    text = "\n".join(line for file in changed for line in (f"{file.path}", *_lines(file)))
    return text if len(text) <= LONGEST_DIFF else f"{text[:LONGEST_DIFF]}\n... the rest is in the workspace"


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


def _proposed(context: StepContext, agent: str) -> str:
    """What to do about a failed test. Of rows that a filter takes away only a person knows whether they are wanted."""
    usual = "change what the test names, or look into the full report"
    filtered = agent not in ("profiling", "metadata") and agent_context(context).conf.transformations.filters
    return f"take the filter out below where it keeps too little; else {usual}" if filtered else usual


def _item(failure: Mapping[str, Any], proposed: str) -> CardItem:
    lines = [line.strip() for line in str(failure["message"]).splitlines() if line.strip()]
    compared = [line for line in lines[1:] if line.startswith(("E ", "assert ", "AssertionError"))]
    return CardItem(
        title=str(failure["name"]).rsplit("::", maxsplit=1)[-1],
        evidence="; ".join([*lines[:1], *compared[:1]]),
        proposed=proposed,
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
    # A filter that keeps no row is why tests fail that put right rows in and look for them in Gold.
    filtered = [CardChoice(change=change(FILTERS, []), label="no filter: every row of Silver goes on to Gold")]
    return [*(filtered if known.conf.transformations.filters else []), *deploy_choices(workload_plan(context))]
