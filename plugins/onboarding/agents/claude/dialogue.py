"""One question to Claude, at most one repair, and an ending for everything that can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from onboarding.agents.claude.apply import explained
from onboarding.agents.claude.prompts import Prompt
from onboarding.workspace.claude_calls import ClaudeCalls
from shared.hooks.claude import Answer, ClaudeConnection, ClaudeError, Question
from shared.pipeline.errors import DataOnboardingError

if TYPE_CHECKING:
    from collections.abc import Iterable

ResultT = TypeVar("ResultT")
FormT = TypeVar("FormT", bound=BaseModel)
#: The first answer, and one more that knows what was wrong with it.
ROUNDS = 2
_FAULTS_CHARACTERS = 2000
_TOOLS = {"request": "set_conf", "query": "write_query"}


@dataclass(frozen=True)
class Told(Generic[ResultT]):
    """How a question ended.

    :ivar result: what was accepted; None when nothing was.
    :ivar kind: ``answered``, or why there is no result: ``refusal``, ``truncated``, ``invalid``, ``budget``, or a
        ``kind`` of :class:`~shared.hooks.claude.ClaudeError`.
    :ivar why: the same for people.
    :ivar content: the last answer as it was given, for the record.
    :ivar repaired: what was wrong with the first answer, where a second one was asked for.
    """

    result: ResultT | None
    kind: str
    why: str
    model: str
    prompt: str
    content: Mapping[str, Any] = field(default_factory=dict)
    repaired: str = ""


@dataclass(frozen=True)
class Claude:
    """Claude as an onboarding may use it.

    :ivar models: agent -> model, of the options; they win over the connection's.
    """

    connection: ClaudeConnection
    calls: ClaudeCalls
    models: Mapping[str, str] = field(default_factory=dict)

    def model_for(self, agent: str) -> str:
        """The model that answers for an agent; empty when nobody named one."""
        return self.models.get(agent) or self.connection.agent_models.get(agent) or self.connection.model

    def ask(
        self,
        agent: str,
        prompt: Prompt,
        form: type[FormT],
        accept: Callable[[FormT], ResultT],
    ) -> Told[ResultT]:
        """Ask until an answer is accepted, at most :data:`ROUNDS` times.

        :param form: what an answer looks like; validated here, whatever the API promises.
        :param accept: makes the result of a well-formed answer; its errors go back to the model once.
        :returns: never raises for what Claude does or fails to do.
        """
        from anthropic import transform_schema

        model = self.model_for(agent)
        told = _Telling(model, prompt.version)
        if not model:
            return told.nothing("connection", "neither the connection nor the options name a model")
        question = Question(
            model=model,
            system=prompt.system,
            messages=({"role": "user", "content": prompt.message},),
            tool=_TOOLS.get(agent, "amend"),
            tool_description=(form.__doc__ or "").strip(),
            schema=transform_schema(form),
        )
        faults = ""
        for number in range(1, ROUNDS + 1):
            try:
                answer = self.calls.ask(
                    self.connection, question, {"agent": agent, "prompt": prompt.version, "round": str(number)}
                )
            except ClaudeError as error:
                return told.nothing(error.kind, f"{error.what} ({error.given})", repaired=faults)
            ended = _ended(answer)
            if ended:
                return told.nothing(*ended, repaired=faults)
            try:
                result = accept(form.model_validate(answer.content))
            except (ValidationError, DataOnboardingError) as error:
                problem = explained(error)[:_FAULTS_CHARACTERS]
                if number == ROUNDS:
                    return told.nothing("invalid", f"the answer is still invalid: {problem}", answer, repaired=faults)
                faults, question = problem, _repair(question, answer, problem)
                continue
            return Told(result, "answered", "", model, prompt.version, answer.content or {}, faults)
        raise AssertionError("the last round returns")


@dataclass(frozen=True)
class _Telling:
    model: str
    prompt: str

    def nothing(self, kind: str, why: str, answer: Answer | None = None, *, repaired: str = "") -> Told[Any]:
        content = (answer.content or {}) if answer else {}
        return Told(None, kind, why, self.model, self.prompt, content, repaired)


def _ended(answer: Answer) -> tuple[str, str] | None:
    """Kind and words of an answer that is none."""
    if answer.stop_reason == "refusal":
        return "refusal", "Claude declined to answer"
    if answer.stop_reason in ("max_tokens", "model_context_window_exceeded"):
        return "truncated", "the answer was cut off at its greatest length"
    return None


def _repair(question: Question, answer: Answer, problem: str) -> Question:
    """The question with the answer that it got, and what was wrong with it."""
    text = f"The answer cannot be used: {problem}. Give the whole answer again, corrected; leave out what cannot be."
    turns: Iterable[Mapping[str, Any]] = ({"role": "user", "content": text},)
    if answer.content is not None:
        use = {"type": "tool_use", "id": answer.tool_use_id, "name": question.tool, "input": dict(answer.content)}
        result = {"type": "tool_result", "tool_use_id": answer.tool_use_id, "is_error": True, "content": text}
        turns = ({"role": "assistant", "content": [use]}, {"role": "user", "content": [result]})
    return Question(**{**vars(question), "messages": (*question.messages, *turns)})
