"""Show a gate's card in the terminal, and let the person there choose."""

from __future__ import annotations

import typer

from onboarding.cli.airflow_client import WaitingGate
from onboarding.cli.console import say
from onboarding.cli.follow import Reply
from onboarding.gates.card import plain
from onboarding.gates.corrections import parsed_changes
from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.spec.conf_errors import ConfError
from shared.pipeline.errors import DataOnboardingError

#: Changes that the terminal names.
_EXAMPLES = 3


class AnswerError(DataOnboardingError):
    """The gate does not wait, or cannot be answered like this."""

    code = "answer"


def show(gate: WaitingGate) -> None:
    """Print the card and where it can be answered."""
    say("")
    say(gate.subject)
    say(plain(gate.body))
    examples = list(gate.choices)[:_EXAMPLES]
    if examples:
        say(f"changes: --set KEY=VALUE, such as {'; '.join(examples)} ({len(gate.choices)} in the browser's list)")
    say(f"options: {', '.join(gate.options)}")
    say(f"in the browser: {gate.url}")


def ask_in_terminal(gate: WaitingGate) -> Reply | None:
    """What the person answers; None to leave the gate waiting (empty answer).

    Who wants a change is asked for the changes, one by one.
    """
    show(gate)
    while True:
        answer = str(typer.prompt("your answer (empty: leave it)", default="", show_default=False)).strip()
        if not answer:
            return None
        if answer in gate.options:
            known = GATE_BY_NAME.get(gate.gate)
            wants_change = known is not None and known.verdict(answer) == "change"
            return Reply(answer, _ask_for_changes(gate) if wants_change else [])
        say(f"`{answer}` is not one of: {', '.join(gate.options)}")


def _ask_for_changes(gate: WaitingGate) -> list[str]:
    given: list[str] = []
    while True:
        text = str(typer.prompt("change KEY = VALUE (empty: no more)", default="", show_default=False)).strip()
        if not text:
            return given
        try:
            parsed_changes(gate.gate, [*given, text])
            given.append(text)
        except ConfError as error:
            say(error.text())
