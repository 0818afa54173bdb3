"""What discovery asks a person, and what became of what it asked in earlier runs of the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from onboarding.discovery.questions import Question, location_question
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.route import name_request
from onboarding.spec.conf import Conf
from onboarding.spec.names import workload_name
from onboarding.spec.plans import Assumption
from onboarding.workspace.chain import handover_entry
from onboarding.workspace.store import Store, canonical_json
from shared.operators.pipeline_steps import without_connection

QUESTIONS_FILE = "questions.json"
GATE = "answer_discovery"
#: What an onboarding without a source is called until it has one.
UNNAMED = "unnamed_source"
_MOST_PLACES = 200


@dataclass(frozen=True)
class AskedBefore:
    """What earlier runs of the chain asked for.

    :ivar answered: keys of the conf that are not asked for again.
    :ivar assumptions: the defaults among the answers, each as the assumption of the person who took it.
    """

    answered: frozenset[str]
    assumptions: list[Assumption]


def ask(context: StepContext, questions: Sequence[Question]) -> StepResult:
    """The questions, for the gate that asks them."""
    asked = {question.key: question.default for question in questions}
    context.record.write(_entry(context.run.iteration), asked)
    return StepResult(
        files={QUESTIONS_FILE: canonical_json([asdict(question) for question in questions])},
        summary={"questions": sorted(asked)},
        branch=f"phase_1_discovery.{GATE}",
    )


def ask_for_source(context: StepContext, conf: Conf) -> StepResult:
    """The question which source is meant: what lies in the landing zone, what fits the words first."""
    question = location_question(conf, _landed(context.settings.landing_uri))
    named = workload_name(question.default) if question.default else UNNAMED
    name_request(context, conf.workload or named)
    return ask(context, [question])


def asked_before(context: StepContext) -> AskedBefore:
    """What this onboarding was asked before, and what became of it; a question without an answer is asked again."""
    answered: dict[str, Assumption | None] = {}
    for iteration in range(1, context.run.iteration):
        asked = context.record.read(_entry(iteration)) or {}
        answer = context.record.read(handover_entry(iteration + 1)) or {}
        if answer.get("gate") != GATE or answer.get("problem"):
            continue
        chosen = {text.partition("=")[0].strip() for text in answer.get("chosen") or ()}
        for key, default in asked.items():
            if key in chosen:
                answered[key] = None
            elif default:
                reason = f"the default that {GATE} showed, taken by {answer['by']}"
                answered[key] = Assumption(key=key, value=str(default), reason=reason)
    return AskedBefore(frozenset(answered), [found for found in answered.values() if found is not None])


def _entry(iteration: int) -> str:
    """Name of the record's entry with what was asked in a run of a chain: key -> the default that was shown."""
    return f"questions-{iteration:02d}"


def _landed(landing_uri: str) -> list[str]:
    """URIs of what lies right below the landing zone; a folder's ends with a slash."""
    landing, shown = Store(landing_uri), without_connection(landing_uri).rstrip("/")
    names = [name for name in landing.children() if not name.startswith((".", "_"))]
    return [f"{shown}/{name}{'/' if landing.children(name) else ''}" for name in names[:_MOST_PLACES]]
