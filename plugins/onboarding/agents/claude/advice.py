"""An agent's proposal with Claude's amendments in it, or the rules' proposal with a mark that says why it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from onboarding.agents.base import Agent, AgentContext
from onboarding.agents.claude.amendments import ANSWERS, Amendments
from onboarding.agents.claude.apply import Reclassify, apply_all
from onboarding.agents.claude.dialogue import Claude, Told
from onboarding.agents.claude.evidence import evidence, failed_tests, proposal
from onboarding.agents.claude.prompts import Prompt, render_prompt
from onboarding.agents.masking import DEFAULT_MASKING
from onboarding.spec.cleaning import OPERATIONS, arguments_schema
from onboarding.spec.plans import Decision

PlanT = TypeVar("PlanT", bound=Any)


@dataclass(frozen=True)
class Advice(Generic[PlanT]):
    """A plan and how it came about.

    :ivar outcome: ``amended``, ``agreed`` (nothing to change) or ``rules`` (there was no usable answer).
    :ivar amendments: as Claude wrote them; also those that were not applied.
    """

    plan: PlanT
    outcome: str
    kind: str
    why: str
    model: str
    prompt: str
    amendments: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    repaired: str = ""

    def entry(self) -> dict[str, Any]:
        """What the record says."""
        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "why": self.why,
            "model": self.model,
            "prompt": self.prompt,
            "amendments": [dict(amendment) for amendment in self.amendments],
            "repaired": self.repaired,
        }


def advise(
    claude: Claude,
    agent: Agent[PlanT],
    context: AgentContext,
    *,
    reclassify: Reclassify,
    check: Callable[[PlanT], None],
    earlier: Sequence[Mapping[str, Any]] = (),
) -> Advice[PlanT]:
    """What the rules propose, amended by Claude.

    :param reclassify: the column as it is profiled when it holds a kind of personal data.
    :param check: refuses a plan from which no workload can be made; its error goes back to Claude once.
    :param earlier: amendments of an attempt whose tests failed; the context has the failures.
    :returns: the rules' proposal, marked, when Claude gave no usable answer.
    """
    proposed = agent.propose(context)
    prompt = prompt_for(agent.name, context, proposed, earlier)

    def accept(answer: Amendments) -> PlanT:
        if not answer.amendments:
            return proposed
        plan = apply_all(agent, context, proposed, answer.amendments, reclassify)
        check(plan)
        return plan

    told: Told[PlanT] = claude.ask(agent.name, prompt, ANSWERS[agent.name], accept)
    return _advice(agent.name, proposed, told)


def prompt_for(agent: str, context: AgentContext, proposed: Any, earlier: Sequence[Mapping[str, Any]] = ()) -> Prompt:
    """The prompt of an agent: what is known, what the rules propose, and what failed before."""
    data = evidence(context, agent) | {"proposal": proposal(agent, proposed)}
    if context.failures:
        data |= {"failed_tests": failed_tests(context.failures), "earlier_amendments": [dict(item) for item in earlier]}
    values: dict[str, Any] = {"repeated": bool(context.failures)}
    if agent == "metadata":
        values["kinds"] = ", ".join(sorted(DEFAULT_MASKING))
    if agent == "transformation":
        values["operations"] = _operations()
    return render_prompt(agent, data, **values)


def _operations() -> str:
    """Operations that amendments may add, with their arguments."""
    usable = (operation for operation in OPERATIONS.values() if operation.place != "type")
    return "; ".join(
        f"{operation.name} {json.dumps(sorted(arguments_schema(operation)['properties']))}" for operation in usable
    )


def _advice(agent: str, proposed: Any, told: Told[Any]) -> Advice[Any]:
    amendments = list(told.content.get("amendments") or []) if isinstance(told.content, Mapping) else []
    kept = [dict(amendment) for amendment in amendments if isinstance(amendment, Mapping)]
    if told.result is not None:
        outcome = "amended" if kept else "agreed"
        return Advice(told.result, outcome, told.kind, "", told.model, told.prompt, kept, told.repaired)
    plan = marked(proposed, agent, told.why)
    return Advice(plan, "rules", told.kind, told.why, told.model, told.prompt, kept, told.repaired)


def marked(plan: PlanT, agent: str, why: str) -> PlanT:
    """The rules' plan with a decision that says that Claude had no part in it, and why."""
    decision = Decision(
        subject=f"claude.{agent}",
        value="the rules' proposal stands",
        reason=why,
        needs_eyes=True,
        cost_of_error="what a model might have seen is not in it",
    )
    marked_plan: PlanT = plan.model_copy(update={"decisions": [*plan.decisions, decision]})
    return marked_plan
