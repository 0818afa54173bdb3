"""Show a gate's card in the terminal, and let the person there choose."""

from __future__ import annotations

import html
import re

import typer

from onboarding.cli.airflow_client import WaitingGate
from onboarding.cli.console import say


def plain(body: str) -> str:
    """A card's markdown as plain text."""
    without_escapes = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~])", r"\1", body)
    return html.unescape(without_escapes).replace("**", "").replace("`", "")


def show(gate: WaitingGate) -> None:
    """Print the card and where it can be answered."""
    say("")
    say(gate.subject)
    say(plain(gate.body))
    say(f"options: {', '.join(gate.options)}")
    say(f"in the browser: {gate.url}")


def ask_in_terminal(gate: WaitingGate) -> str | None:
    """The option that the person chooses; None to leave the gate waiting (empty answer)."""
    show(gate)
    while True:
        answer = str(typer.prompt("your answer (empty: leave it)", default="", show_default=False)).strip()
        if not answer:
            return None
        if answer in gate.options:
            return answer
        say(f"`{answer}` is not one of: {', '.join(gate.options)}")
