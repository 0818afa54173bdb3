"""Show a gate's card in the terminal, and let the person there choose."""

from __future__ import annotations

import html
import re
from typing import Any

import typer

from onboarding.cli.airflow_client import WaitingGate
from onboarding.cli.console import say
from onboarding.cli.follow import Reply
from onboarding.gates.definitions import GATE_BY_NAME
from shared.pipeline.errors import DataOnboardingError


class AnswerError(DataOnboardingError):
    """The gate does not wait, or cannot be answered like this."""

    code = "answer"


def plain(body: str) -> str:
    """A card's markdown as plain text."""
    without_escapes = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~])", r"\1", body)
    return html.unescape(without_escapes).replace("**", "").replace("`", "")


def show(gate: WaitingGate) -> None:
    """Print the card and where it can be answered."""
    say("")
    say(gate.subject)
    say(plain(gate.body))
    for name, schema in gate.fields.items():
        say(f"field {name}: {schema.get('title', '')} (preset: {schema.get('default')!s})")
    say(f"options: {', '.join(gate.options)}")
    say(f"in the browser: {gate.url}")


def ask_in_terminal(gate: WaitingGate) -> Reply | None:
    """What the person answers; None to leave the gate waiting (empty answer).

    Who wants a change is asked for each field of the form, preset with what is proposed.
    """
    show(gate)
    while True:
        answer = str(typer.prompt("your answer (empty: leave it)", default="", show_default=False)).strip()
        if not answer:
            return None
        if answer in gate.options:
            known = GATE_BY_NAME.get(gate.gate)
            wants_change = known is not None and known.verdict(answer) == "change"
            return Reply(answer, _ask_for_fields(gate) if wants_change else {})
        say(f"`{answer}` is not one of: {', '.join(gate.options)}")


def _ask_for_fields(gate: WaitingGate) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, schema in gate.fields.items():
        preset = schema.get("default")
        while name not in given:
            text = str(typer.prompt(f"{schema.get('title', name)} [{name}]", default=str(preset)))
            try:
                given[name] = field_value(gate, name, text)
            except AnswerError as error:
                say(error.text())
    return given


def field_value(gate: WaitingGate, name: str, text: str) -> Any:
    """A field's value as its schema wants it.

    :raises AnswerError: there is no such field, or it does not take this value.
    """
    schema = gate.fields.get(name)
    if schema is None:
        raise AnswerError(
            f"the card of {gate.gate} has no field `{name}`",
            where=gate.url,
            expected=f"one of: {', '.join(gate.fields) or '(it has none)'}",
            given=f"`{name}`",
            remedy="`onboard answer` without --option shows the card and its fields",
        )
    choices = schema.get("enum")
    if choices is not None and text not in choices:
        raise _unfit(gate, name, f"one of: {', '.join(map(repr, choices))}"[:500], text)
    if schema.get("type") != "number":
        return text
    try:
        number = float(text)
    except ValueError:
        raise _unfit(gate, name, "a number", text) from None
    if not schema.get("minimum", number) <= number <= schema.get("maximum", number):
        raise _unfit(gate, name, f"{schema.get('minimum')} to {schema.get('maximum')}", text)
    return number


def _unfit(gate: WaitingGate, name: str, expected: str, given: str) -> AnswerError:
    return AnswerError(
        f"the field `{name}` of {gate.gate} does not take this value",
        where=gate.url,
        expected=expected,
        given=f"`{given}`",
        remedy="give another value",
    )
