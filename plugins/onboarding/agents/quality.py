"""The quality agent: rules from the evidence, rules of people, thresholds, weights and baselines."""

from __future__ import annotations

from typing import Any, get_args

from onboarding.agents import quality_checks as checks
from onboarding.agents.base import AgentContext, AgentError
from onboarding.agents.fallbacks import quality_informing
from onboarding.agents.hint_rules import from_hint
from onboarding.agents.star import MERGING_MASKS
from onboarding.spec.conf import DimensionName, Masking, QualityRuleAnswer
from onboarding.spec.plans import (
    ColumnPlan,
    Decision,
    GoldTablePlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    TransformationPlan,
    surrogate_key,
)
from onboarding.spec.regulations import controls_of

#: Weights of the dimensions; those without rules are left out of the score.
DIMENSION_WEIGHTS: dict[DimensionName, float] = {
    "completeness": 0.25,
    "accuracy": 0.20,
    "consistency": 0.15,
    "validity": 0.25,
    "uniqueness": 0.15,
}


class QualityAgent:
    """Proposes the quality plan by rules."""

    name = "quality"

    def propose(self, context: AgentContext) -> QualityPlan:
        """Rules for Bronze (which only inform), Silver and Gold; a person's rule replaces ours on the same check."""
        plan = self._plan(context)
        return quality_informing(plan, context.failures) if context.failures else plan

    def _plan(self, context: AgentContext) -> QualityPlan:
        discovery, metadata = context.need_discovery(), context.need_metadata()
        transformation = context.need_transformation()
        given = [_given(context, answer, metadata, transformation) for answer in context.conf.quality.rules]
        proposed = [
            *_bronze_rules(metadata, transformation),
            *_silver_rules(context, metadata, transformation),
            *_gold_rules(metadata, transformation),
        ]
        replaced = {(rule.zone, rule.check, tuple(rule.columns)) for rule in given}
        named = {rule.id for rule in given}
        informing = set(context.conf.quality.informing_rules)
        rules = [
            rule
            for rule in proposed
            if (rule.zone, rule.check, tuple(rule.columns)) not in replaced and rule.id not in named
        ]
        rules = _informing(context, rules)
        return QualityPlan(
            rules=[*rules, *given],
            silver_threshold=discovery.silver_threshold,
            gold_threshold=discovery.gold_threshold,
            dimension_weights=dict(DIMENSION_WEIGHTS),
            baselines=_baselines(context),
            decisions=[
                *(_decision(rule, "human" if rule.id in informing else "rules") for rule in rules),
                *(_decision(rule, "human") for rule in given),
            ],
        )


def _informing(context: AgentContext, rules: list[QualityRule]) -> list[QualityRule]:
    """The proposed rules; those that a person wants to inform only do no more than that.

    :raises AgentError: a person names a rule that is not proposed.
    """
    wanted = context.conf.quality.informing_rules
    unknown = sorted(set(wanted) - {rule.id for rule in rules})
    if unknown:
        raise AgentError(
            f"there is no proposed rule `{unknown[0]}`",
            where="quality.informing_rules",
            expected=f"one of: {', '.join(rule.id for rule in rules)}"[:500],
            given=unknown[0],
            remedy="take an id from the report of the run, or leave it out",
        )
    changed = {"severity": "warning", "on_fail": "flag", "min_pass_rate": 0.0}
    return [
        rule.model_copy(update={**changed, "reason": f"given: it only informs; {rule.reason}"})
        if rule.id in wanted
        else rule
        for rule in rules
    ]


def _decision(rule: QualityRule, source: str) -> Decision:
    return Decision.model_validate(
        {
            "subject": f"quality.{rule.id}",
            "value": f"{rule.check} ({rule.severity}, {rule.on_fail}, at least {rule.min_pass_rate:.0%})",
            "reason": rule.reason,
            "source": source,
        }
    )


def _bronze_rules(metadata: MetadataPlan, transformation: TransformationPlan) -> list[QualityRule]:
    table = metadata.table
    rules = [_row_count("bronze", table, "a delivery has rows")]
    dropped = {name for name, how in transformation.masking.items() if how is Masking.DROP}
    if not metadata.technical_key and not dropped.intersection(metadata.primary_key):
        rules.append(
            QualityRule(
                id="bronze_key_not_null",
                zone="bronze",
                table=table,
                columns=metadata.primary_key,
                dimension="completeness",
                check="not_null",
                min_pass_rate=checks.KEY_PASS_RATE,
                reason="Bronze only informs",
            )
        )
    return rules


def _silver_rules(
    context: AgentContext, metadata: MetadataPlan, transformation: TransformationPlan
) -> list[QualityRule]:
    table = metadata.table
    rules = [_row_count("silver", table, "an empty table is never published"), *_key_rules(metadata, transformation)]
    columns = [
        column
        for column in metadata.columns
        if transformation.masking.get(column.name) is not Masking.DROP and column.name not in metadata.dropped_columns
    ]
    profile = context.need_profile()
    measures = {column.name: column for column in profile.columns}
    cleaning = transformation.operations_by_column()
    complete = controls_of(context.need_discovery().regulations).requires("complete_measures")
    parsed: list[QualityRule] = []
    for column in columns:
        measured, operations = measures[column.name], cleaning.get(column.name, [])
        masking = transformation.masking.get(column.name)
        in_key = column.name in metadata.primary_key
        found = [
            None if in_key else checks.not_null(column, measured, profile.rows, table, complete),
            None
            if masking not in (None, Masking.KEEP)
            else checks.in_set(column, measured, operations, profile.rows, table),
            checks.value_range(column, measured, operations, masking, table),
        ]
        rule = checks.parsed(column, measured, operations, table)
        parsed += [rule] if rule else []
        rules += [rule for rule in found if rule is not None]
    kept = {column.name: (column, measures[column.name]) for column in columns if _as_it_is(column, transformation)}
    hints = [hint for hint in profile.hints if hint.columns[0] not in metadata.primary_key]
    rules += [rule for hint in hints if (rule := from_hint(hint, kept, table)) is not None]
    whole = checks.rows_parsed(parsed, table)
    return [*rules, *parsed, *([whole] if whole else [])]


def _as_it_is(column: ColumnPlan, transformation: TransformationPlan) -> bool:
    """Whether Silver has the column's values, and not masked ones."""
    return transformation.masking.get(column.name, Masking.KEEP) is Masking.KEEP


def _key_rules(metadata: MetadataPlan, transformation: TransformationPlan) -> list[QualityRule]:
    """A key has a value and is unique; nothing is asked of a row hash, whose duplicates are flagged."""
    if metadata.technical_key:
        return []
    rules = [
        QualityRule(
            id=checks.rule_id(name, "key_not_null"),
            zone="silver",
            table=metadata.table,
            columns=[name],
            dimension="completeness",
            check="not_null",
            severity="critical",
            on_fail="quarantine",
            min_pass_rate=checks.KEY_PASS_RATE,
            reason="a row without its key cannot be found again",
        )
        for name in metadata.primary_key
        if transformation.masking.get(name) is not Masking.DROP
    ]
    if not _key_merged(metadata, transformation):
        rules.append(
            QualityRule(
                id="key_unique",
                zone="silver",
                table=metadata.table,
                columns=metadata.primary_key,
                dimension="uniqueness",
                check="unique",
                severity="critical",
                on_fail="quarantine",
                min_pass_rate=0.99,
                reason="one row per key",
            )
        )
    return rules


def _key_merged(metadata: MetadataPlan, transformation: TransformationPlan) -> bool:
    return any(transformation.masking.get(name) in MERGING_MASKS for name in metadata.primary_key)


def _gold_rules(metadata: MetadataPlan, transformation: TransformationPlan) -> list[QualityRule]:
    rules: list[QualityRule] = []
    for table in transformation.gold_tables:
        prefix = table.name if len(transformation.gold_tables) > 1 else "gold"
        rules.append(_row_count("gold", table.name, "consumers never see an empty table", prefix))
        key = _gold_key(table, metadata, transformation)
        if not key:
            continue
        common: dict[str, Any] = {"zone": "gold", "table": table.name, "columns": key, "severity": "critical"}
        if table.kind != "aggregate":
            rules.append(
                QualityRule(
                    **common,
                    id=checks.rule_id(prefix, "key_not_null"),
                    dimension="completeness",
                    check="not_null",
                    on_fail="block",
                    min_pass_rate=1.0,
                    reason="every row of Gold has its key",
                )
            )
        rules.append(
            QualityRule(
                **common,
                id=checks.rule_id(prefix, "key_unique"),
                dimension="uniqueness",
                check="unique",
                on_fail="block",
                min_pass_rate=1.0,
                reason="one row per key, so that sums are right",
            )
        )
    return rules


def _gold_key(table: GoldTablePlan, metadata: MetadataPlan, transformation: TransformationPlan) -> list[str]:
    if table.kind == "dimension":
        return [surrogate_key(table.name)]
    key = table.grain if table.kind in ("aggregate", "fact") else metadata.primary_key
    if table.kind == "aggregate":
        return key
    if metadata.technical_key or _key_merged(metadata, transformation) or not set(key) <= set(table.columns):
        return []
    return key


def _row_count(zone: str, table: str, reason: str, prefix: str | None = None) -> QualityRule:
    return QualityRule.model_validate(
        {
            "id": checks.rule_id(prefix or zone, "row_count"),
            "zone": zone,
            "table": table,
            "columns": [],
            "dimension": "completeness",
            "check": "row_count",
            "arguments": {"minimum": 1},
            "severity": "critical",
            "on_fail": "block",
            "min_pass_rate": 1.0,
            "reason": reason,
        }
    )


def _given(
    context: AgentContext, answer: QualityRuleAnswer, metadata: MetadataPlan, transformation: TransformationPlan
) -> QualityRule:
    """A person's rule as it is, its columns by their SQL names."""
    names = list(dict.fromkeys([*([answer.column] if answer.column else []), *(answer.columns or [])]))
    known = {column.name for column in transformation.derived}
    known |= {measure.name for table in transformation.gold_tables for measure in table.measures}
    where = f"quality.rules.{answer.id}"
    columns = [name if name in known else context.column_name(name, where) for name in names]
    return QualityRule(
        id=answer.id,
        zone=answer.zone,
        table=_gold_table(columns, transformation) if answer.zone == "gold" else metadata.table,
        columns=columns,
        dimension=answer.dimension,
        check=answer.check,
        arguments=answer.args,
        severity=answer.severity,
        on_fail=answer.on_fail,
        min_pass_rate=_given_rate(answer),
        reason="given",
    )


def _gold_table(columns: list[str], transformation: TransformationPlan) -> str:
    """The first Gold table that has these columns; the first of all when none has."""
    tables = transformation.gold_tables
    having = (
        table.name
        for table in tables
        if set(columns) <= {*table.columns, *table.grain, *(measure.name for measure in table.measures)}
    )
    return next(having, tables[0].name)


def _given_rate(answer: QualityRuleAnswer) -> float:
    """A critical rule that quarantines stands for a few bad rows (5 %), any other critical one for none."""
    if answer.min_pass_rate is not None:
        return answer.min_pass_rate
    if answer.severity == "critical" or answer.on_fail == "block":
        return checks.KEY_PASS_RATE if answer.on_fail == "quarantine" else 1.0
    return checks.WARNING_PASS_RATE


def _baselines(context: AgentContext) -> dict[str, Any]:
    """What the first delivery looked like: later ones are compared with it. No value of a personal column."""
    profile = context.need_profile()
    columns: dict[str, dict[str, Any]] = {}
    for column in profile.columns:
        facts: dict[str, Any] = {
            "missing_share": round(column.missing_count / max(profile.rows, 1), 6),
            "distinct_count": column.distinct_count,
        }
        if column.mean is not None:
            facts["mean"] = column.mean
        columns[column.name] = facts
    return {"rows": profile.all_rows, "columns": columns}


assert set(DIMENSION_WEIGHTS) == set(get_args(DimensionName))
