"""The cards of what is asked before a plan: what is there already, and what the source cannot tell."""

from __future__ import annotations

from typing import Any

from onboarding.discovery.questions import Question
from onboarding.discovery.workload_search import Found
from onboarding.gates.card import Card, CardChoice, CardItem, NextRun
from onboarding.gates.corrections import change
from onboarding.operators.step import StepContext
from onboarding.operators.steps.asking import QUESTIONS_FILE, UNNAMED
from onboarding.operators.steps.existing import DRAFT_FILE, FOUND_FILE, completed
from onboarding.spec.choices import NO_ENTRY, REGULATIONS
from onboarding.spec.conf import Conf, Intent
from onboarding.workspace.drafts import Draft


def found_card(context: StepContext) -> Card:
    """``choose_found``: the workloads that fit what was said, the best first."""
    found = [Found.model_validate(entry) for entry in context.json("found", FOUND_FILE)]
    best, others = found[0], found[1:]
    question = str(context.run.conf.get("question") or context.run.conf.get("request") or "")
    said = {Intent.MODIFY: {}, Intent.CHECK_QUALITY: {}, Intent.QUERY_GOLD: {"question": question or None}}
    following = {
        label: NextRun(conf={"intent": intent.value, "workload": best.workload, **said[intent]})
        for label, intent in (
            ("modify", Intent.MODIFY), ("check quality", Intent.CHECK_QUALITY), ("query Gold", Intent.QUERY_GOLD),
        )
    }  # fmt: skip
    return Card(
        gate="choose_found",
        workload=best.workload,
        first_option="modify",
        effect=f"shows what {best.workload} is made with, and lets you change it; nothing changes before that.",
        items=[
            CardItem(
                title="more than one workload fits",
                evidence="; ".join(f"{other.workload} ({other.reason})" for other in others),
                proposed=best.workload,
                cost_of_error="another workload is asked or changed",
            )
        ]
        if others
        else [],
        nothing_unusual=f"{best.workload} fits: {best.reason}",
        numbers=[
            f"Deployed: {best.workload}, version {best.version}: {best.description}",
            f"Source: {best.location}",
            f"Columns: {', '.join(best.columns)}",
            f"Found by: {best.reason}",
        ],
        choices=[CardChoice(change=change("workload", other.workload), label=other.workload) for other in others],
        following=following,
    )


def questions_card(context: StepContext) -> Card:
    """``answer_discovery``: what neither the source nor the conf tells, each with what is taken otherwise."""
    questions = [Question(**entry) for entry in context.json("discovery", QUESTIONS_FILE)]
    request = context.record.read("request") or {}
    location = context.model("conf", "conf.json", Conf).source.location or "not known yet"
    defaults = {question.key: _value(question.key, question.default) for question in questions if question.default}
    return Card(
        gate="answer_discovery",
        workload=str(request.get("workload") or UNNAMED),
        first_option="submit answers",
        effect="goes on with what is proposed below, or with what you choose instead in the form.",
        items=[
            CardItem(
                title=question.asks,
                evidence=question.evidence,
                proposed=question.default or "choose it in the form; without an answer it is asked again",
                cost_of_error=question.cost_of_error,
            )
            for question in questions
        ],
        numbers=[f"Source: {location}", "What is not asked here is on the card of approve_plan, and may be changed"],
        choices=[
            CardChoice(change=change(question.key, value), label=label)
            for question in questions
            for value, label in question.others.items()
        ],
        following={"submit answers": NextRun(conf=defaults, from_phase=1)},
    )


def _value(key: str, default: str) -> Any:
    """A default as the conf takes it."""
    if key != REGULATIONS:
        return default
    return [] if default == NO_ENTRY else default.split(", ")


def partial_card(context: StepContext) -> Card:
    """``choose_partial``: how far an earlier onboarding of this workload came."""
    content: dict[str, Any] = context.json("found", DRAFT_FILE)
    draft = Draft(**{**content, "approved": tuple(content["approved"])})
    following = completed(context, draft)
    next_gate = {1: "approve_plan", 3: "confirm_profile", 4: "approve_deploy"}[following.from_phase or 1]
    return Card(
        gate="choose_partial",
        workload=draft.workload,
        first_option="complete",
        effect="goes on with the earlier onboarding where it stopped; what was approved there and is the same "
        "stays approved.",
        items=[
            CardItem(
                title="begun before",
                evidence=draft.ended,
                proposed="complete",
                cost_of_error="start fresh asks and measures everything again",
            )
        ],
        numbers=[
            f"Earlier run: {draft.root_run_id}, last heard of {draft.last_entry[:16].replace('T', ' ')} UTC",
            f"Approved there: {', '.join(draft.approved) or 'nothing'}; profiled rows: {draft.rows:,}",
            f"complete asks next: {next_gate}",
        ],
        following={"complete": following},
    )
