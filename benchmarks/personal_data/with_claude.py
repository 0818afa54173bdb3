"""``make eval-claude``: personal data that the rules find, and the rules with Claude's amendments, on labelled sets.

Each table is profiled as a file of its own; then the metadata agent proposes, alone and with Claude, over the real
Anthropic connection. Needs ``AIRFLOW_CONN_ANTHROPIC_DEFAULT``, or ``ANTHROPIC_API_KEY`` and ``--model``. Answers are
kept in a journal, so that a second run pays only for what the first did not get.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.personal_data.held_back import held_back
from benchmarks.personal_data.labelled import LabelledTable
from benchmarks.personal_data.scores import Scores, Verdict, scores
from benchmarks.personal_data.tuning import tuning
from onboarding.agents import AgentContext, MetadataAgent
from onboarding.agents.claude.advice import Advice, advise
from onboarding.agents.claude.dialogue import Claude
from onboarding.codegen import render
from onboarding.discovery import look_at_source, resolve
from onboarding.discovery.profiling import as_planned, reclassified
from onboarding.operators.steps.planning import complete_plan
from onboarding.spec.claude_prices import price_table
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import MetadataPlan
from onboarding.spec.profile import ColumnProfile
from onboarding.workspace.claude_calls import ClaudeCalls, Limits, spent_by
from onboarding.workspace.store import Store
from shared.hooks.claude import find_connection

SETS = {"tuning": tuning, "held-back": held_back}
CONNECTION = "anthropic_default"
_VARIABLE = "AIRFLOW_CONN_ANTHROPIC_DEFAULT"
_JOURNAL = Path(".onboarding/eval-claude")
#: Of each table, as of an onboarding.
_SECONDS, _TOKENS = 120.0, 300_000
_MEASURES = ("precision", "recall", "f1", "right_type", "provable_recall", "named_recall")


@dataclass(frozen=True)
class Compared:
    """The columns of a set as the rules see them and as they are planned with Claude; how each question ended."""

    rules: list[Verdict]
    with_claude: list[Verdict]
    outcomes: Counter[str]


def main() -> int:
    """Compare and print; 2 without a key, 1 where a table got no usable answer."""
    parser = argparse.ArgumentParser(prog="benchmarks.personal_data.with_claude", description=__doc__)
    parser.add_argument("--only", choices=tuple(SETS), help="one set")
    parser.add_argument("--tables", type=int, help="at most so many tables of each set")
    parser.add_argument("--model", default="", help="the model to ask; else the one that the connection names")
    parser.add_argument("--cost-usd", type=Decimal, default=Decimal(2), help="most that one table may cost (default 2)")
    parser.add_argument("--journal", type=Path, default=_JOURNAL, help=f"folder of the answers (default {_JOURNAL})")
    given = parser.parse_args()
    if not _is_connected(given.model):
        sys.stderr.write(
            "eval-claude: there is no key, so nothing was asked and nothing is compared.\n"
            f"  Set {_VARIABLE} (docs/claude.md), or ANTHROPIC_API_KEY and --model NAME, and run it again.\n"
        )
        return 2
    # Every call would be a line in what is printed.
    logging.disable(logging.INFO)
    journal = Store(given.journal.resolve().as_uri())
    ended: Counter[str] = Counter()
    for name in [given.only] if given.only else list(SETS):
        compared = compare(SETS[name]()[: given.tables], name, journal, given.model, given.cost_usd)
        ended += compared.outcomes
        sys.stdout.write(_report(name, compared) + "\n\n")
    sys.stdout.write(_spent_text(journal, given.only) + "\n")
    return 1 if any(outcome.startswith("rules") for outcome in ended) else 0


def _is_connected(model: str) -> bool:
    """Whether a connection is set, made of the API's own variable where it is set and a model is named."""
    key = os.environ.get("ANTHROPIC_API_KEY")
    if not os.environ.get(_VARIABLE) and key and model:
        os.environ[_VARIABLE] = json.dumps({"conn_type": "anthropic", "password": key, "extra": {"model": model}})
    return bool(os.environ.get(_VARIABLE))


def compare(tables: list[LabelledTable], name: str, journal: Store, model: str, cost_usd: Decimal) -> Compared:
    """Both ways on every table of a set."""
    rules: list[Verdict] = []
    amended: list[Verdict] = []
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="labelled-") as folder:
        for table in tables:
            known = _known(table.write(Path(folder)))
            claude = _claude(journal, f"{name}-{table.name}", model, cost_usd)
            advice = advise(claude, MetadataAgent(), known, reclassify=_reclassified, check=_renders(known))
            rules += _verdicts(table, MetadataAgent().propose(known), known)
            amended += _verdicts(table, advice.plan, known)
            outcomes[_outcome(advice)] += 1
    return Compared(rules, amended, outcomes)


def _known(path: Path) -> AgentContext:
    conf = parse_conf({"source.location": path.as_uri()}, where="eval-claude")
    profile = look_at_source(conf)
    return AgentContext(conf=conf, discovery=resolve(conf, profile.look()), profile=profile)


def _claude(journal: Store, root: str, model: str, cost_usd: Decimal) -> Claude:
    connection = find_connection(CONNECTION)
    if connection is None:
        raise SystemExit(f"{_VARIABLE} is set and holds no connection")
    calls = ClaudeCalls(journal, root, Limits(_SECONDS, 5 * _SECONDS, _TOKENS, cost_usd), price_table())
    return Claude(connection, calls, {"metadata": model} if model else {})


def _reclassified(column: ColumnProfile, kind: str, reason: str) -> ColumnProfile:
    return reclassified(column, kind, f"Claude says: {reason}")


def _renders(known: AgentContext) -> Any:
    """Refuses a plan that no workload can be rendered from, as an onboarding does."""

    def check(plan: MetadataPlan) -> None:
        planned = replace(known, metadata=plan)
        render(complete_plan(planned), as_planned(known.need_profile(), plan))

    return check


def _verdicts(table: LabelledTable, plan: MetadataPlan, known: AgentContext) -> list[Verdict]:
    listed = {found.column for found in known.need_profile().possible_identifiers}
    return [
        Verdict(
            table.name, labelled.name, labelled.honest, labelled.label, column.personal_data.type,
            column.personal_data.confidence, column.name in listed, tuple(column.personal_data.evidence),
        )
        for labelled, column in zip(table.columns, plan.columns, strict=True)
    ]  # fmt: skip


def _outcome(advice: Advice[MetadataPlan]) -> str:
    return advice.outcome if advice.outcome != "rules" else f"rules ({advice.kind})"


def _report(name: str, compared: Compared) -> str:
    """Both scores side by side, how the questions ended, and every column that Claude changed."""
    rules, amended = scores(compared.rules), scores(compared.with_claude)
    lines = [f"{name}: {rules.columns} columns", f"  {'measure':<18}{'rules':>8}{'with Claude':>14}"]
    lines += [
        f"  {measure:<18}{_value(rules, measure):>8.3f}{_value(amended, measure):>14.3f}" for measure in _MEASURES
    ]
    lines.append(f"  {'put before people':<18}{rules.asked:>8}{amended.asked:>14} of {rules.undecidable}")
    ended = ", ".join(f"{outcome} {times}" for outcome, times in sorted(compared.outcomes.items()))
    lines.append(f"  tables: {ended}")
    for before, after in zip(compared.rules, compared.with_claude, strict=True):
        if before.found != after.found:
            judged = "right" if after.found == after.label else f"it is {after.label}"
            lines.append(f"    {after.table}.{after.column}: {before.found} -> {after.found} ({judged})")
    return "\n".join(lines)


def _value(found: Scores, measure: str) -> float:
    return float(getattr(found, measure))


def _spent_text(journal: Store, only: str | None) -> str:
    roots = [root for root in journal.children("runs") if not only or root.startswith(f"{only}-")]
    spent = [spent_by(journal, root, price_table()) for root in roots]
    cost = sum((one.cost_usd for one in spent if one.cost_usd is not None), Decimal(0))
    unpriced = sorted({model for one in spent for model in one.unpriced_models})
    tokens = sum(one.tokens for one in spent)
    text = f"journal: {sum(one.calls for one in spent)} calls, {tokens:,} tokens, {cost:.4f} USD by list prices"
    return f"{text}; without a price: {', '.join(unpriced)}" if unpriced else text


if __name__ == "__main__":
    sys.exit(main())
