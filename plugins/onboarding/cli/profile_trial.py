"""What the proposed cleaning and rules do with the source, tried on every row of it while it is open.

The statement and the conditions are those of the pipeline, but for the masks: rules are judged on the values
themselves, and nothing but counts leaves the engine.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onboarding.agents import AgentContext
from onboarding.codegen.schema import silver_columns
from onboarding.codegen.sql.engines import DUCKDB
from onboarding.codegen.sql.rules import rule_kind, rule_predicates
from onboarding.codegen.sql.silver import silver_sql
from onboarding.spec.conf import Masking
from onboarding.spec.plans import QualityRule, TransformationPlan
from onboarding.spec.profile_document import Trial
from shared.pipeline.literals import quote_identifier
from shared.pipeline.scoring import Rule, Verdict, flag_rows, judge
from shared.pipeline.tables import PART, relation, write_parquet

_BRONZE = "bronze"
_LOAD_COLUMN = "_load_id"


@dataclass(frozen=True)
class TrialResult:
    """The counts of the whole, and of each rule: applicable rows and violating rows by the rule's id."""

    trial: Trial
    rules: dict[str, tuple[int, int]]


def try_proposal(connection: Any, source_view: str, known: AgentContext) -> TrialResult:
    """Clean every row of a view as proposed and judge Silver's rules on the result.

    :param connection: of the open measurement.
    :param source_view: the rows as read, with ``_source_file`` and ``_source_row``.
    :param known: with all plans but the DAG's.
    """
    metadata, quality = known.need_metadata(), known.need_quality()
    transformation = _unmasked(known.need_transformation())
    columns = {column.name: column for column in silver_columns(metadata, transformation)}
    rules = [rule for rule in quality.rules if rule.zone == "silver"]
    judged = [_executable(rule, columns) for rule in rules]
    weights = {str(name): weight for name, weight in quality.dimension_weights.items()}
    with tempfile.TemporaryDirectory(prefix="onboarding_trial_") as scratch:
        folder = Path(scratch)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {_BRONZE} AS SELECT *, '' AS {quote_identifier(_LOAD_COLUMN)}"  # noqa: S608
            f" FROM {quote_identifier(source_view)}"
        )
        write_parquet(connection, silver_sql(metadata, transformation, DUCKDB), folder / "silver")
        candidate = relation(connection, [folder / "silver" / PART])
        kept = f"FROM (SELECT * FROM {candidate} WHERE _duplicate_rank = 1)"  # noqa: S608
        flagged = flag_rows(connection, kept, judged, folder / "flagged")
        verdict = judge(connection, flagged, judged, quality.silver_threshold, weights)
        rows = _count(connection, candidate)
        held = _count(connection, f"{flagged} WHERE {verdict.held_back()}")
    counts = {result.rule.id: (result.applicable, result.applicable - result.satisfied) for result in verdict.results}
    return TrialResult(_trial(verdict, rows, held), counts)


def _unmasked(plan: TransformationPlan) -> TransformationPlan:
    """The plan without masks; what never reaches Bronze stays away."""
    masking = {name: how for name, how in plan.masking.items() if how is Masking.DROP}
    return plan.model_copy(update={"masking": masking})


def _executable(rule: QualityRule, columns: Any) -> Rule:
    predicates = rule_predicates(rule, columns, DUCKDB)
    return Rule(
        id=rule.id,
        dimension=rule.dimension,
        severity=rule.severity,
        on_fail=rule.on_fail,
        min_pass_rate=rule.min_pass_rate,
        applies={DUCKDB.name: predicates.applies},
        satisfied={DUCKDB.name: predicates.satisfied},
        kind=rule_kind(rule),
    )


def _trial(verdict: Verdict, rows: int, held: int) -> Trial:
    return Trial(
        rows=rows,
        duplicates=rows - verdict.rows,
        quarantined=held,
        published=verdict.rows - held if verdict.passed else 0,
        score=round(verdict.score, 6),
        threshold=verdict.threshold,
        passed=verdict.passed,
    )


def _count(connection: Any, relation_text: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation_text}").fetchall()[0][0])  # noqa: S608
