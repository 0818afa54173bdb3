"""The transformation agent: cleaning, masking, deduplication, derived columns, filters and Gold tables."""

from __future__ import annotations

from onboarding.agents.base import AgentContext, AgentError
from onboarding.agents.cleaning import clean
from onboarding.agents.derived import plan_derived, plan_filters
from onboarding.agents.fallbacks import transformation_plain
from onboarding.agents.gold import as_expression, plan_gold
from onboarding.agents.keys import ROW_HASH
from onboarding.agents.masking import plan_masking
from onboarding.spec.conf import ColumnType, Masking, Role
from onboarding.spec.plans import CleaningOperation, Decision, DeduplicationPlan, MetadataPlan, TransformationPlan
from onboarding.spec.regulations import controls_of
from shared.pipeline.profile.words import name_words, word_set

#: Below this number of rows one folder is read faster than many.
PARTITION_ROWS = 1_000_000
PARTITION_VALUES = (2, 50)
_NEWEST_WORDS = word_set("updated modified changed version revision loaded")


class TransformationAgent:
    """Proposes the transformation plan by rules."""

    name = "transformation"

    def propose(self, context: AgentContext) -> TransformationPlan:
        """Bronze -> Silver -> Gold for the columns of the metadata plan."""
        plan = self._plan(context)
        if not context.failures:
            return plan
        columns = [(column.name, column.source_name) for column in context.need_metadata().columns]
        return transformation_plain(plan, context.failures, context.conf, columns)

    def _plan(self, context: AgentContext) -> TransformationPlan:
        profile, metadata = context.need_profile(), context.need_metadata()
        for step in context.conf.transformations.cleaning:
            context.column_name(step.column, "transformations.cleaning")
        masking, decisions = plan_masking(context, metadata)
        _keep_watermark(context, masking)
        dropped = {name for name, how in masking.items() if how is Masking.DROP} | set(metadata.dropped_columns)
        cleaning: list[CleaningOperation] = []
        for column in metadata.columns:
            if column.name in dropped:
                continue
            operations, made = clean(context, column, profile.column(column.name))
            cleaning += operations
            decisions += made
        deduplication, decision = _deduplication(context, metadata)
        decisions.append(decision)
        kept = [column for column in metadata.columns if column.name not in dropped]
        derived = plan_derived(context, kept)
        tables, made = plan_gold(context, metadata, derived, masking)
        partitions, decision = _partitions(context, metadata, masking)
        shown = controls_of(context.need_discovery().regulations).requires("row_hash")
        if shown and not metadata.technical_key:
            made = [*made, Decision(subject="row_hash", value="a column of Silver", reason=shown)]
        return TransformationPlan(
            cleaning=cleaning,
            masking=dict(sorted(masking.items())),
            deduplication=deduplication,
            row_hash=bool(shown),
            derived=derived,
            gold_filters=plan_filters(context, kept, derived),
            silver_partition_columns=partitions,
            gold_tables=tables,
            decisions=[*decisions, *made, decision],
        )


def _deduplication(context: AgentContext, metadata: MetadataPlan) -> tuple[DeduplicationPlan, Decision]:
    given = context.conf.transformations.deduplicate
    where = "transformations.deduplicate"
    keys = [context.column_name(name, f"{where}.keys") for name in given.keys or []]
    profile = context.need_profile()
    duplicates = profile.duplicate_rows
    if metadata.technical_key and not keys:
        return DeduplicationPlan(mode="flag", keys=[ROW_HASH]), Decision(
            subject="deduplication",
            value="flag",
            reason=f"without a key an exact duplicate may be a real second event; {duplicates} are flagged and stay",
            cost_of_error="duplicates count twice",
        )
    order_by = context.column_name(given.order_by, f"{where}.order_by") if given.order_by else ""
    order_by = order_by or context.need_discovery().source.watermark_column or _newest(metadata)
    plan = DeduplicationPlan(
        mode="remove",
        keys=keys or metadata.primary_key,
        order_by=as_expression(order_by) if order_by else "",
        keep=given.keep or "last",
    )
    ordered = f", the {plan.keep} by {order_by}" if order_by else f", the {plan.keep} of the load"
    return plan, Decision(
        subject="deduplication",
        value=f"remove by {', '.join(plan.keys)}",
        reason=f"one row per key stays{ordered}; the source has {duplicates} exact duplicates",
        source="human" if keys else "rules",
        cost_of_error="rows that share a key by mistake are held back as duplicates",
    )


def _keep_watermark(context: AgentContext, masking: dict[str, Masking]) -> None:
    """Refuse to drop the column that says which rows are new.

    :raises AgentError: it is dropped.
    """
    name = context.need_discovery().source.watermark_column
    if masking.get(name) is Masking.DROP:
        raise AgentError(
            "the watermark column is dropped before Bronze",
            where=f"transformations.masking.{name}",
            expected="another masking, such as redact: loads compare its values in Bronze",
            given="drop",
            remedy="mask it another way, or take another watermark column",
        )


def _newest(metadata: MetadataPlan) -> str:
    """A timestamp or date that says when a row was changed; empty when there is none."""
    for column in metadata.columns:
        words = set(name_words(column.source_name))
        if column.type in (ColumnType.TIMESTAMP, ColumnType.DATE) and words & _NEWEST_WORDS:
            return column.name
    return ""


def _partitions(
    context: AgentContext, metadata: MetadataPlan, masking: dict[str, Masking]
) -> tuple[list[str], Decision]:
    profile = context.need_profile()
    subject = "silver_partition_columns"
    if profile.all_rows < PARTITION_ROWS:
        reason = f"{profile.all_rows} rows are read fastest from one folder"
        return [], Decision(subject=subject, value="none", reason=reason)
    low, high = PARTITION_VALUES
    usable = [
        profile.column(column.name)
        for column in metadata.columns
        if column.role is Role.DIMENSION
        and column.name not in masking
        and not column.nullable
        and low <= profile.column(column.name).distinct_count <= high
    ]
    if not usable:
        return [], Decision(subject=subject, value="none", reason="no dimension without gaps has 2 to 50 values")
    best = min(usable, key=lambda column: (-column.distinct_count, column.name))
    reason = f"{best.distinct_count} values in {profile.all_rows} rows, never empty"
    return [best.name], Decision(subject=subject, value=best.name, reason=reason)
