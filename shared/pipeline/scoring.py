"""Rules over rows: which apply, which are kept, what score follows.

Pass rate of a rule = rows that keep it / rows it applies to (1.0 when it applies to none). Score = mean of
the dimensions' means, weighted, dimensions without a rule left out; but never more than the share of sound
rows, those that keep every rule that matters for them. The gate passes when the score reaches the threshold,
no critical rule is below its minimum, and no blocking rule is violated at all. docs/quality.md has examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.pipeline.literals import quote_literal
from shared.pipeline.session import Session, engine_of
from shared.pipeline.tables import PART, relation, write_parquet

WORST_RULES = 5
# Row rules of one statement; more take memory by the gigabyte, so their flags are written down first.
MOST_AT_ONCE = 100
FLAGGED_VIEW = "flagged"


@dataclass(frozen=True)
class Rule:
    """One rule. ``applies`` and ``satisfied``: engine -> SQL over the candidate's columns, from the plan.

    :ivar on_fail: ``quarantine`` (violating rows are held back), ``flag`` (counted), ``block``.
    :ivar min_pass_rate: below it the rule has failed.
    :ivar kind: ``row``; ``table``: ``satisfied`` is one aggregate condition over all rows.
    """

    id: str
    dimension: str
    severity: str = "warning"
    on_fail: str = "flag"
    min_pass_rate: float = 0.0
    applies: Mapping[str, str] = field(default_factory=dict)
    satisfied: Mapping[str, str] = field(default_factory=dict)
    kind: str = "row"

    @property
    def spoils(self) -> bool:
        """Whether a row that violates it is a bad one: of critical, blocking and quarantine rules."""
        return self.kind == "row" and (self.severity == "critical" or self.on_fail in ("quarantine", "block"))


@dataclass(frozen=True)
class RuleResult:
    """What a rule found; ``number`` is its place among the rules."""

    number: int
    rule: Rule
    applicable: int
    satisfied: int

    @property
    def pass_rate(self) -> float:
        """Share of the rows that keep the rule, of those it applies to."""
        return self.satisfied / self.applicable if self.applicable else 1.0

    @property
    def violated(self) -> bool:
        """Whether there is a row that violates it."""
        return self.satisfied < self.applicable

    @property
    def failed(self) -> bool:
        """Below its minimum; a blocking rule: violated at all."""
        return self.pass_rate < self.rule.min_pass_rate or (self.rule.on_fail == "block" and self.violated)

    @property
    def stops(self) -> bool:
        """Whether the gate cannot pass because of this rule."""
        return self.failed and (self.rule.severity == "critical" or self.rule.on_fail == "block")

    def as_dict(self) -> dict[str, Any]:
        """The result as a JSON-serialisable mapping."""
        return {
            "id": self.rule.id,
            "dimension": self.rule.dimension,
            "severity": self.rule.severity,
            "on_fail": self.rule.on_fail,
            "applicable": self.applicable,
            "satisfied": self.satisfied,
            "pass_rate": round(self.pass_rate, 6),
            "failed": self.failed,
        }


@dataclass(frozen=True)
class Verdict:
    """The judgement of one table.

    :ivar sound_rows: rows that violate no critical, blocking or quarantine rule.
    """

    rows: int
    sound_rows: int
    score: float
    threshold: float
    results: tuple[RuleResult, ...]

    @property
    def passed(self) -> bool:
        """Whether the gate passes."""
        return self.score >= self.threshold and not any(result.stops for result in self.results)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as a JSON-serialisable mapping."""
        return {
            "rows": self.rows,
            "sound_rows": self.sound_rows,
            "score": round(self.score, 6),
            "threshold": self.threshold,
            "passed": self.passed,
            "rules": [result.as_dict() for result in self.results],
        }

    def worst(self) -> list[str]:
        """The rules that pulled the score down, those that stop the gate first; a line each."""
        bad = [result for result in self.results if result.failed or result.pass_rate < 1]
        bad.sort(key=lambda result: (not result.stops, result.pass_rate, result.rule.id))
        return [
            f"{result.rule.id} {result.pass_rate:.2%} ({result.applicable - result.satisfied} of "
            f"{result.applicable} rows)"
            for result in bad[:WORST_RULES]
        ]

    def held_back(self) -> str:
        """SQL condition over flagged rows: those that are not published.

        When the gate passes, the rows that violate a rule of quarantine; when it fails, also those that
        violate a critical or a blocking one, for somebody will look for them.
        """
        kept_apart = {"quarantine"} if self.passed else {"quarantine", "block"}
        severities = set() if self.passed else {"critical"}
        numbers = [
            result.number
            for result in self.results
            if result.rule.kind == "row"
            and result.violated
            and (result.rule.on_fail in kept_apart or result.rule.severity in severities)
        ]
        return " OR ".join(_violated(number) for number in numbers) or "false"

    def reasons(self, con: Any) -> str:
        """SQL list of the ids of all rules that a row violates."""
        cases = [
            f"CASE WHEN {_violated(result.number)} THEN {quote_literal(result.rule.id)} END"
            for result in self.results
            if result.rule.kind == "row" and result.violated
        ]
        if isinstance(con, Session):
            return con.without_nulls(cases)
        return f"list_filter([{', '.join(cases)}], lambda reason: reason IS NOT NULL)"


def flag_rows(con: Any, source: str, rules: Sequence[Rule], target: Path) -> str:
    """The rows of ``source`` with two boolean columns for each row rule, as SQL that stands after FROM.

    The conditions stand in the select list, where window functions (``unique``) may. Nothing is computed before
    somebody asks: a judgement is one pass over the rows, and what is read of them later costs the flags it needs.

    :param source: ``FROM ...``.
    :param target: folder for the flags of many rules.
    """
    engine = engine_of(con)
    flags = [
        f"coalesce(({rule.applies[engine]}), false) AS _applies_{number}, "
        f"coalesce(({rule.satisfied[engine]}), false) AS _keeps_{number}"
        for number, rule in enumerate(rules)
        if rule.kind == "row"
    ]
    query = f"SELECT {', '.join(['*', *flags])} {source}"
    if len(flags) <= MOST_AT_ONCE:
        con.execute(f"CREATE OR REPLACE TEMP VIEW {FLAGGED_VIEW} AS {query}")
        return FLAGGED_VIEW
    write_parquet(con, query, target)
    return relation(con, [target / PART])


def judge(con: Any, flagged: str, rules: Sequence[Rule], threshold: float, weights: Mapping[str, float]) -> Verdict:
    """Count every rule over the flagged rows and derive the verdict."""
    bad = " OR ".join(_violated(number) for number, rule in enumerate(rules) if rule.spoils) or "false"
    # Not FILTER: DuckDB gives every filter a buffer as wide as all aggregates, gigabytes with a thousand rules.
    measures = ["count(*)", f"count(CASE WHEN NOT ({bad}) THEN 1 END)"]
    for number, rule in enumerate(rules):
        if rule.kind == "table":
            measures += ["1", f"CASE WHEN coalesce(({rule.satisfied[engine_of(con)]}), false) THEN 1 ELSE 0 END"]
        else:
            measures.append(f"count(CASE WHEN _applies_{number} THEN 1 END)")
            measures.append(f"count(CASE WHEN _applies_{number} AND _keeps_{number} THEN 1 END)")
    counted = con.execute(f"SELECT {', '.join(measures)} FROM {flagged}").fetchall()[0]  # noqa: S608
    results = tuple(
        RuleResult(number, rule, int(counted[2 + 2 * number]), int(counted[3 + 2 * number]))
        for number, rule in enumerate(rules)
    )
    rows, sound = int(counted[0]), int(counted[1])
    return Verdict(rows, sound, score_of(results, weights, rows, sound), threshold, results)


def score_of(results: Sequence[RuleResult], weights: Mapping[str, float], rows: int, sound_rows: int) -> float:
    """The weighted mean of the dimensions' mean pass rates (1.0 without a rule), at most the share of sound rows.

    Means over many rules hide what is bad: with three bad rows in ten, each in one of twenty columns, every
    rule keeps more than 0.98. The share of sound rows does not depend on how many columns and rules there are.

    A dimension that has no weight counts as 1, so that a new dimension is never silently worth nothing.
    """
    rates: dict[str, list[float]] = {}
    for result in results:
        rates.setdefault(result.rule.dimension, []).append(result.pass_rate)
    total = sum(weights.get(dimension, 1.0) for dimension in rates)
    parts = (weights.get(name, 1.0) * sum(values) / len(values) for name, values in sorted(rates.items()))
    mean = sum(parts) / total if total else 1.0
    return min(mean, sound_rows / rows) if rows else mean


def _violated(number: int) -> str:
    return f"(_applies_{number} AND NOT _keeps_{number})"
