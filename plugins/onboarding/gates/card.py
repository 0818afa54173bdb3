"""The one card that a person sees in every gate: at most 25 lines, worst first, values from data escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from onboarding.gates.corrections import CHANGES, LONGEST_CHANGE, MOST_CHANGES
from onboarding.spec.conf import Strict
from onboarding.spec.plans import Decision

MAXIMUM_LINES = 25
MAXIMUM_ITEMS = 5
# Measured in Airflow 3.3's UI at 1280x800: so many rows of so many characters leave the buttons on the screen.
VISIBLE_ROWS = 15
# Of these the form takes some.
ROWS_OF_THE_FORM = 5
ROW_CHARACTERS = 100
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")


class CardItem(Strict):
    """One thing that needs eyes: evidence in a line, the proposed default, and the cost of being wrong."""

    level: Literal["STOP", "LOOK"] = "LOOK"
    title: str
    evidence: str
    proposed: str
    cost_of_error: str = ""


class CardChoice(Strict):
    """A change that a person may choose: what it is for the conf (``KEY = VALUE``), and in words."""

    change: str
    label: str


class NextRun(Strict):
    """What the run is given that an option hands on to, beside the changes that a person chose in the form.

    :ivar conf: keys of the conf and what they become.
    :ivar instead: change that a person may choose in the form -> keys of the conf and what they become then.
    :ivar root_run_id: the onboarding that goes on; empty: the one that asks.
    :ivar from_phase: the phase (1 to 4) that it goes on from; None: the gate's.
    :ivar gaps: agent -> names of its failed tests that are left as they are.
    :ivar edits: agent -> digest of its files as a person edited them, which this card shows; empty: as rendered.
    :ivar mcp_mode: ``LOCAL`` or ``GATEWAY``, where MCP servers are looked for from now on; empty: as before.
    """

    conf: dict[str, Any] = Field(default_factory=dict)
    instead: dict[str, dict[str, Any]] = Field(default_factory=dict)
    root_run_id: str = ""
    from_phase: int | None = None
    gaps: dict[str, list[str]] = Field(default_factory=dict)
    edits: dict[str, str] = Field(default_factory=dict)
    mcp_mode: str = ""

    def chosen(self, changes: Sequence[str]) -> tuple[NextRun, list[str]]:
        """What it is after a person's choice, and the changes that are left to make.

        Two choices at once are none: they stay changes, which contradict each other.
        """
        picked = sorted({text for text in changes if text in self.instead})
        if len(picked) != 1:
            return self, list(changes)
        left = [text for text in changes if text != picked[0]]
        return self.model_copy(update={"conf": self.instead[picked[0]]}), left


class Card(Strict):
    """What a gate shows; :meth:`markdown` is exactly what is digested and shown, beside the form.

    :ivar options: the gate's buttons that are offered here; empty: all.
    :ivar following: option -> what the run that it hands on to is given.
    """

    gate: str
    workload: str
    first_option: str
    effect: str
    items: list[CardItem] = Field(default_factory=list)
    nothing_unusual: str = ""
    changed: list[str] = Field(default_factory=list)
    round: int = 1
    numbers: list[str] = Field(default_factory=list)
    links: list[str] = Field(default_factory=list)
    choices: list[CardChoice] = Field(default_factory=list)
    options: list[str] = Field(default_factory=list)
    following: dict[str, NextRun] = Field(default_factory=dict)

    def form(self) -> list[dict[str, Any]]:
        """The one field of the form, a list of changes with search; none where nothing can be changed."""
        if not self.choices:
            return []
        found: dict[str, Any] = {"name": CHANGES, "title": "Changes (type to search)", "default": []}
        # Null too: it is what Airflow's form makes of a list whose last entry was taken out again.
        found |= {"type": ["array", "null"], "maxItems": MOST_CHANGES}
        found["items"] = {"type": "string", "maxLength": LONGEST_CHANGE}
        found["examples"] = [choice.change for choice in self.choices]
        found["values_display"] = {choice.change: choice.label for choice in self.choices}
        return [found]

    @property
    def level(self) -> Literal["OK", "LOOK", "STOP"]:
        """Worst level of the items."""
        if any(item.level == "STOP" for item in self.items):
            return "STOP"
        return "LOOK" if self.items else "OK"

    @property
    def subject(self) -> str:
        """Headline of the approval; the list of Required Actions has nothing else to tell two rounds apart."""
        name = self.workload if self.round == 1 else f"{self.workload}, round {self.round}"
        return f"{self.gate}: {name} ({self.level})"

    def markdown(self) -> str:
        """The card's text, at most :data:`MAXIMUM_LINES` lines."""
        lines = [f"**{self.level}**: `{self.first_option}` {self.effect}", ""]
        for number, item in enumerate(self._shown_items(), start=1):
            lines.append(f"{number}. **{item.level}** {escape(item.title)}: {escape(item.evidence)}")
            cost = f" If wrong: {escape(item.cost_of_error)}." if item.cost_of_error else ""
            lines.append(f"    Proposed: {escape(item.proposed)}.{cost}")
        if not self.items:
            lines.append(f"Nothing unusual: {escape(self.nothing_unusual)}")
        hidden = len(self.items) - MAXIMUM_ITEMS
        if hidden > 0:
            lines.append(f"{hidden} more in the full report.")
        for text in self.changed[:2]:
            lines += ["", f"Changed: {escape(text)}"]
        lines.append("")
        lines += self._shown_numbers(lines)
        lines += [f"- {link}" for link in self.links]
        return "\n".join(lines[:MAXIMUM_LINES])

    def _shown_numbers(self, above: list[str]) -> list[str]:
        """As many numbers as leave the buttons visible, three at least: their order is their weight.

        A last line says how many there are besides.
        """
        shown: list[str] = []
        rows = sum(_rows(line) for line in above) + len(self.links) + (ROWS_OF_THE_FORM if self.choices else 0)
        room = MAXIMUM_LINES - len(above) - len(self.links)
        for number, text in enumerate(self.numbers, start=1):
            rows += _rows(text)
            note = 0 if number == len(self.numbers) else 1
            if len(shown) >= 3 and (rows + note > VISIBLE_ROWS or len(shown) + note >= room):
                break
            shown.append(f"- {escape(text)}")
        left = len(self.numbers) - len(shown)
        return [*shown, f"- {left} more in the full report"] if left else shown

    def _shown_items(self) -> list[CardItem]:
        ranked = sorted(self.items, key=lambda item: 0 if item.level == "STOP" else 1)
        return ranked[:MAXIMUM_ITEMS]


def plain(body: str) -> str:
    """A card's markdown as plain text, for a terminal or a message."""
    without_escapes = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~])", r"\1", body)
    return html.unescape(without_escapes).replace("**", "").replace("`", "")


def _rows(line: str) -> int:
    """Rows that a line takes on the screen; an empty one is only a gap."""
    return -(-len(line) // ROW_CHARACTERS)


def escape(text: str) -> str:
    """Text from data or people: no markup, no line break, at most 160 characters."""
    flat = " ".join(text.split())
    short = flat if len(flat) <= 160 else f"{flat[:157]}..."
    return _MARKDOWN.sub(r"\\\1", html.escape(short, quote=False).replace("&lt;", "‹").replace("&gt;", "›"))


def items_of(decisions: list[Decision]) -> list[CardItem]:
    """Card items of the decisions that need eyes, in their order."""
    return [
        CardItem(
            title=decision.subject,
            evidence=decision.reason,
            proposed=decision.value,
            cost_of_error=decision.cost_of_error,
        )
        for decision in decisions
        if decision.needs_eyes
    ]
