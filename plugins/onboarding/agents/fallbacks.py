"""What the agents do about their own failed tests: documented fallbacks, each a recorded decision.

========================  =====================================  ================================================
agent                     what the failed tests name             fallback
========================  =====================================  ================================================
metadata (phase 3 and 4)  a measured column that the plan lacks  it comes back, as text
metadata (phase 3 and 4)  a column with a type                   its type becomes text
transformation            a column whose text is rewritten       only trimming, words for no value and its type stay
transformation            a masked column, in a test of masks    it is shown as ``[REDACTED]``
quality                   a rule                                 it only informs: warning, flag, no minimum
dag                       anything                               the documented defaults
========================  =====================================  ================================================

What a person gave is never changed: such a column or rule stays as it is, and the tests say so again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from onboarding.spec.conf import ColumnType, Conf, Masking, Role
from onboarding.spec.plans import (
    ColumnPlan,
    Decision,
    MetadataPlan,
    QualityPlan,
    TransformationPlan,
)
from shared.operators.test_gate import FailedTest

_PLAIN = ("trim", "nullify", "cast", "parse_date", "parse_timestamp", "round", "default")
_REASON_CHARACTERS = 200
#: A message that names more of the names than this share compares whole lists: it says nothing of a single one.
_TELLING_SHARE = 0.5


def named(failures: Iterable[FailedTest], names: Sequence[str]) -> dict[str, FailedTest]:
    """The names (of columns or rules) that failed tests speak of, each with the first test that does.

    The first line of a message is what the test itself says is at fault. Only where that names nothing the rest
    counts, and only when it names no more than half of all.
    """
    found: dict[str, FailedTest] = {}
    for failure in failures:
        first, _, rest = failure.message.partition("\n")
        parameters = failure.name.partition("[")[2]
        spoken = _mentioned(f"{parameters} {first}", names)
        if not spoken or len(spoken) > max(1, _TELLING_SHARE * len(names)):
            spoken = _mentioned(rest, names)
        if len(spoken) <= max(1, _TELLING_SHARE * len(names)):
            for name in spoken:
                found.setdefault(name, failure)
    return {name: found[name] for name in names if name in found}


def _mentioned(text: str, names: Sequence[str]) -> list[str]:
    words = set(re.findall(r"[A-Za-z0-9_]+", text))
    return [name for name in names if name in words]


def metadata_as_text(plan: MetadataPlan, failures: Sequence[FailedTest]) -> MetadataPlan:
    """Columns that failed tests name become text."""
    given = {decision.subject for decision in plan.decisions if decision.source == "human"}
    columns, made = list(plan.columns), []
    for name, failure in named(failures, [column.name for column in columns]).items():
        number = next(number for number, column in enumerate(columns) if column.name == name)
        column = columns[number]
        subject = f"columns.{name}.type"
        if column.type is ColumnType.TEXT or subject in given:
            continue
        columns[number] = as_text(column)
        made.append(
            fallback_decision(subject, "text", failure, before=column.type.value, cost="no sums, no filters by date")
        )
    return plan.model_copy(update={"columns": columns, "decisions": replaced(plan.decisions, made)})


def as_text(column: ColumnPlan) -> ColumnPlan:
    """The column as text; a role that needs a number or a date goes with the type."""
    role = Role.ATTRIBUTE if column.role in (Role.MEASURE, Role.TEMPORAL) else column.role
    change = {"type": ColumnType.TEXT, "precision": None, "scale": None, "date_format": None, "role": role}
    return column.model_copy(update=change)


def transformation_plain(
    plan: TransformationPlan, failures: Sequence[FailedTest], conf: Conf, columns: Sequence[tuple[str, str]]
) -> TransformationPlan:
    """Columns that failed tests name are read plainly; masked ones are hidden whole when a test of masks names them.

    :param columns: name in SQL and name in the source.
    """
    by_people = {step.column for step in conf.transformations.cleaning} | set(conf.transformations.masking)
    given = {name for name, source_name in columns if {name, source_name} & by_people}
    cleaning, masking = list(plan.cleaning), dict(plan.masking)
    made = []
    for name, failure in named(failures, [name for name, _ in columns]).items():
        if name in given:
            continue
        rewriting = [item for item in cleaning if item.column == name and item.operation not in _PLAIN]
        if rewriting:
            cleaning = [item for item in cleaning if item not in rewriting]
            before = ", ".join(item.operation for item in rewriting)
            made.append(
                fallback_decision(
                    f"columns.{name}.cleaning", "plain", failure, before=before, cost="values stay as written"
                )
            )
        elif "mask" in failure.name.lower() and masking.get(name) not in (None, Masking.KEEP, Masking.DROP):
            before = masking[name].value
            masking[name] = Masking.REDACT
            made.append(
                fallback_decision(
                    f"columns.{name}.masking", "redact", failure, before=before, cost="nobody sees a part of it"
                )
            )
    return plan.model_copy(
        update={"cleaning": cleaning, "masking": masking, "decisions": replaced(plan.decisions, made)}
    )


def quality_informing(plan: QualityPlan, failures: Sequence[FailedTest]) -> QualityPlan:
    """Rules that failed tests name only inform."""
    given = {decision.subject for decision in plan.decisions if decision.source == "human"}
    rules, made = [], []
    faults = named(failures, [rule.id for rule in plan.rules])
    for rule in plan.rules:
        subject = f"quality.{rule.id}"
        if rule.id not in faults or subject in given or rule.only_informs:
            rules.append(rule)
            continue
        rules.append(rule.model_copy(update={"severity": "warning", "on_fail": "flag", "min_pass_rate": 0.0}))
        before = f"{rule.severity}, {rule.on_fail}, at least {rule.min_pass_rate:.0%}"
        made.append(
            fallback_decision(subject, "flag", faults[rule.id], before=before, cost="bad rows reach Silver, marked")
        )
    return plan.model_copy(update={"rules": rules, "decisions": replaced(plan.decisions, made)})


def fallback_decision(subject: str, value: str, failure: FailedTest, *, before: str, cost: str) -> Decision:
    """What was decided anew because of a failed test.

    :param before: what the first attempt had decided.
    :param cost: what it costs when the fallback is wrong.
    """
    said = failure.message.partition("\n")[0][:_REASON_CHARACTERS]
    test = failure.name.rsplit("::", maxsplit=1)[-1]
    return Decision(
        subject=subject,
        value=value,
        reason=f"its own test {test} failed with {before}: {said}",
        needs_eyes=True,
        fallback=True,
        alternatives=[before],
        cost_of_error=cost,
    )


def replaced(decisions: Iterable[Decision], made: Sequence[Decision]) -> list[Decision]:
    """The decisions with new ones in the place of those on the same subject, or at the end."""
    new = {decision.subject: decision for decision in made}
    kept = [new.pop(decision.subject, decision) for decision in decisions]
    return [*kept, *new.values()]
