"""Calls of one onboarding to Claude: the journal that answers a repeated question, and the budget that all share.

One file for each question below ``runs/<root run>/claude/``, named after the question's digest. It is written before
the call, with what the call may cost at most, and again with the answer. A task that is killed in between leaves the
reservation: it counts as spent, since nobody knows whether the call was paid for. A task that runs again finds the
answers that it had, and pays for none of them twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from onboarding.spec.claude_prices import PriceTable
from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.store import Store
from shared.hooks.claude import Answer, ClaudeConnection, ClaudeError, Question, Usage

#: Characters of a request per token, on the safe side: English text has about four.
CHARACTERS_PER_TOKEN = 3
#: With less time left no call is begun.
LEAST_SECONDS = 1.0


class ClaudeBudgetError(ClaudeError):
    """The onboarding has no time, tokens or money left for another call."""

    code = "claude_budget"


@dataclass(frozen=True)
class Limits:
    """What one onboarding may spend on Claude, over all its tasks and their retries.

    :ivar call_seconds: longest wait for one answer, attempts included.
    :ivar total_seconds: time spent waiting for Claude, all calls together; waiting for people does not count.
    :ivar tokens: tokens of every kind.
    :ivar cost_usd: by the price table; a model without a price is limited by its tokens only.
    """

    call_seconds: float
    total_seconds: float
    tokens: int
    cost_usd: Decimal


@dataclass(frozen=True)
class Spent:
    """What was spent so far; ``cost_usd`` is None as soon as one answer has no known price."""

    calls: int = 0
    answers: int = 0
    failures: int = 0
    usage: Usage = field(default_factory=Usage)
    reserved_tokens: int = 0
    seconds: float = 0.0
    cost_usd: Decimal | None = Decimal(0)
    limited_cost_usd: Decimal = Decimal(0)
    unpriced_models: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Tokens of answers, and those reserved by calls of which nobody knows how they ended."""
        return self.usage.tokens + self.reserved_tokens


class ClaudeCalls:
    """Asks Claude on behalf of one onboarding.

    :param workspace: the workspace.
    :param root_run_id: first run of the chain; all runs of the chain share journal and budget.
    """

    def __init__(self, workspace: Store, root_run_id: str, limits: Limits, prices: PriceTable) -> None:
        self._store = _journal(workspace, root_run_id)
        self._limits, self._prices = limits, prices

    def ask(self, connection: ClaudeConnection, question: Question, label: Mapping[str, str]) -> Answer:
        """The journal's answer to the question, or a new one.

        :param label: for whom it is asked and with which prompt; kept beside the answer.
        :raises ClaudeBudgetError: the call does not fit into what is left; nothing was sent.
        :raises ClaudeError: no answer.
        """
        key = f"{question.digest()}.json"
        entry = self._store.find_json(key)
        if entry is not None and entry["state"] == "answered":
            return Answer.from_dict(entry["answer"])
        reserved = self._reservation(question)
        seconds_left = self._admit(reserved, question.model)
        entry = self._sent(entry, question, reserved, label)
        self._store.write_json(key, entry)
        started = time.monotonic()
        try:
            answer = connection.ask(question, timeout_seconds=min(self._limits.call_seconds, seconds_left))
        except ClaudeError as error:
            failed = {**entry, "state": "failed", "kind": error.kind, "failures": entry["failures"] + 1}
            # What was sent and never answered in time may have been worked on, and so be paid for.
            lost = entry["lost"] + (1 if error.kind == "timeout" else 0)
            self._store.write_json(key, {**failed, "lost": lost, "seconds": _seconds(entry, started)})
            raise
        answered = {**entry, "state": "answered", "answer": answer.as_dict(), "seconds": _seconds(entry, started)}
        self._store.write_json(key, answered)
        return answer

    def spent(self) -> Spent:
        """What was spent so far, from the journal."""
        return spent_of(_entries(self._store), self._prices)

    def _reservation(self, question: Question) -> Usage:
        """The most that one call may use: all of its text uncached, and as long an answer as is allowed."""
        return Usage(
            cache_write_tokens=-(-len(question.body()) // CHARACTERS_PER_TOKEN), output_tokens=question.max_tokens
        )

    def _admit(self, reserved: Usage, model: str) -> float:
        """Seconds that are left.

        :raises ClaudeBudgetError: one of the limits would be passed.
        """
        spent, limits = self.spent(), self._limits
        cost = self._prices.cost_usd(model, reserved) or Decimal(0)
        seconds_left = limits.total_seconds - spent.seconds
        if spent.tokens + reserved.tokens > limits.tokens:
            raise _over(f"{spent.tokens} of {limits.tokens} tokens", f"a call of up to {reserved.tokens}")
        if spent.limited_cost_usd + cost > limits.cost_usd:
            raise _over(f"{spent.limited_cost_usd} of {limits.cost_usd} USD", f"a call of up to {cost} USD")
        if seconds_left < LEAST_SECONDS:
            raise _over(f"{spent.seconds:.0f} of {limits.total_seconds:.0f} seconds", "another call")
        return seconds_left

    def _sent(
        self, entry: Mapping[str, Any] | None, question: Question, reserved: Usage, label: Mapping[str, str]
    ) -> dict[str, Any]:
        """The entry before the call; one that is found as ``sent`` was lost with the task that sent it."""
        before = entry or {"attempts": 0, "failures": 0, "lost": 0, "seconds": 0.0, "state": "new"}
        return {
            "state": "sent",
            "label": dict(label),
            "model": question.model,
            "request": question.parameters(),
            "reserved": vars(reserved).copy(),
            "attempts": before["attempts"] + 1,
            "failures": before["failures"],
            "lost": before["lost"] + (1 if before["state"] == "sent" else 0),
            "seconds": before["seconds"],
        }


def spent_by(workspace: Store, root_run_id: str, prices: PriceTable) -> Spent:
    """What an onboarding spent so far."""
    return spent_of(_entries(_journal(workspace, root_run_id)), prices)


def _journal(workspace: Store, root_run_id: str) -> Store:
    return workspace.below(f"runs/{safe_segment(root_run_id)}/claude")


def _entries(journal: Store) -> list[dict[str, Any]]:
    return [journal.read_json(key) for key in journal.find()]


def spent_of(entries: list[dict[str, Any]], prices: PriceTable) -> Spent:
    """What the entries of a journal add up to.

    A call that was sent and has no answer counts with its reservation.
    """
    usage = Usage()
    reserved, seconds, cost, unpriced = 0, 0.0, Decimal(0), set()
    for entry in entries:
        model = str(entry["model"])
        lost = entry["lost"] + (1 if entry["state"] == "sent" else 0)
        parts = [Usage(**entry["reserved"])] * lost
        reserved += sum(part.tokens for part in parts)
        if entry["state"] == "answered":
            used = Usage(**entry["answer"]["usage"])
            usage = Usage(**{name: value + getattr(used, name) for name, value in vars(usage).items()})
            parts = [*parts, used]
        costs = [prices.cost_usd(model, part) for part in parts]
        cost += sum((part for part in costs if part is not None), Decimal(0))
        unpriced |= {model} if None in costs else set()
        seconds += entry["seconds"]
    return Spent(
        calls=sum(entry["attempts"] for entry in entries),
        answers=sum(entry["state"] == "answered" for entry in entries),
        failures=sum(entry["failures"] for entry in entries),
        usage=usage,
        reserved_tokens=reserved,
        seconds=round(seconds, 3),
        cost_usd=None if unpriced else cost,
        limited_cost_usd=cost,
        unpriced_models=tuple(sorted(unpriced)),
    )


def _seconds(entry: Mapping[str, Any], started: float) -> float:
    return round(float(entry["seconds"]) + time.monotonic() - started, 3)


def _over(spent: str, needed: str) -> ClaudeBudgetError:
    return ClaudeBudgetError(
        "this onboarding's budget for Claude does not allow another call",
        kind="budget",
        where="airflow.cfg [onboarding] claude_*",
        expected="room for the most that the call may use",
        given=f"{spent} are spent, and {needed} is next",
        remedy="raise claude_token_budget, claude_cost_budget_usd or claude_deadline_seconds",
    )
