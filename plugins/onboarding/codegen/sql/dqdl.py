"""Quality rules as a ruleset of AWS Glue Data Quality (DQDL), for people who keep their rules there.

The pipeline does not read it: its own gate judges candidates, DQDL judges a table. A rule is written with a rule type
of DQDL where that means exactly the same, otherwise as ``CustomSql`` over the rule's Spark predicates; what DQDL cannot
say is listed in comments, with the reason.

DQDL knows no escapes in the texts of ``CustomSql`` and in column names, and in lists ``\\\\`` alone is read alike
everywhere: what has a double quote in it is not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlglot import exp  # noqa: TID253 - leaf: only rendering imports this package

from onboarding.codegen.schema import TableColumn
from onboarding.codegen.sql.cleaning import is_text
from onboarding.codegen.sql.engines import Engine, call, case, column, number
from onboarding.codegen.sql.rules import rule_conditions, rule_kind
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import QualityRule

# DQDL reads quoted dates and times of day as such, also among texts.
_DATE_OR_TIME = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}( [AP]M)?")
# The name that CustomSql has for the table, a keyword that is never quoted.
_PRIMARY = exp.Table(this=exp.Var(this="primary"))
_UNPARSED = "asks how the source's text was read, which no published table says"
_QUOTE = "has a double quote in its names or values, which DQDL cannot quote there"


class _NotSaid(Exception):
    """DQDL cannot say this rule; the text says why."""


def dqdl_ruleset(
    zone: str, table: str, rules: Sequence[QualityRule], columns: Mapping[str, TableColumn], engine: Engine
) -> str:
    """The ruleset of one table.

    :param rules: those of this zone and table.
    :param columns: of the table as the rules name them; see :func:`onboarding.codegen.sql.rules.rule_conditions`.
    :param engine: Spark's, which Glue runs ``CustomSql`` on.
    :raises CodegenError: a rule cannot be rendered for any engine.
    """
    said, unsaid = [], []
    for rule in rules:
        try:
            said.append((rule, _rule(rule, columns, engine)))
        except _NotSaid as reason:
            unsaid.append(f"#   {rule.id}: {reason}")
    lines = [
        f"# AWS Glue Data Quality ruleset for the table {table} of {zone}, from config/quality_rules.yaml.",
        "# The pipeline does not read it: its gate judges every candidate row before anything is published, with",
        "# scores, severities and quarantine, which DQDL does not know. What was held back is not in the table.",
        "Rules = [",
    ]
    for index, (rule, text) in enumerate(said):
        lines.append(f"    # {rule.id}: {rule.dimension}, {rule.severity}, {rule.on_fail}")
        lines.append(f"    {text}{',' if index < len(said) - 1 else ''}")
    lines.append("]")
    if unsaid:
        lines += ["# Not said here:", *unsaid]
    return "\n".join(lines) + "\n"


def _rule(rule: QualityRule, columns: Mapping[str, TableColumn], engine: Engine) -> str:
    applies, satisfied = rule_conditions(rule, columns, engine)
    if rule.check == "parsed" and rule.zone != "bronze":
        raise _NotSaid(_UNPARSED)
    native = _native(rule, [columns[name] for name in rule.columns])
    if native is not None:
        return native
    if rule_kind(rule) == "table":
        kept = case((call("COALESCE", satisfied, exp.false()), number(1)), default=number(0))
        return f"CustomSql {_quoted(_select(kept, engine))} = 1"
    return f"CustomSql {_quoted(_pass_rate(applies, satisfied, engine))} >= {_needed_rate(rule)}"


def _native(rule: QualityRule, columns: Sequence[TableColumn]) -> str | None:
    """The rule with a rule type of DQDL; ``None`` where none means the same.

    ``between`` leaves out its ends, and the rules of a composite are judged one by one, each over the whole table:
    so a range of two ends, and a rule over several columns, is ``CustomSql``.
    """
    rate = _needed_rate(rule)
    if rule.check == "row_count":
        return _row_count(rule)
    if len(columns) != 1:
        return None
    name = _quoted(columns[0].name)
    if rule.check == "not_null":
        return f"IsComplete {name}" if rate == "1.0" else f"Completeness {name} >= {rate}"
    if rule.check == "unique":
        return f"IsUnique {name}" if rate == "1.0" else f"Uniqueness {name} >= {rate}"
    if rule.check == "in_set" and _holds_text(columns[0]):
        return _in_set(rule, columns[0], rate)
    return None


def _row_count(rule: QualityRule) -> str:
    low = int(rule.arguments.get("minimum") or 0)
    high = rule.arguments.get("maximum")
    if high is None:
        return f"RowCount >= {low}"
    return f"(RowCount >= {low}) and (RowCount <= {int(high)})"


def _holds_text(item: TableColumn) -> bool:
    return item.type is ColumnType.TEXT and (item.bronze is None or is_text(item.bronze.physical_type))


def _in_set(rule: QualityRule, item: TableColumn, rate: str) -> str | None:
    """``None`` where DQDL would read a value as something else than a text."""
    values = [str(value) for value in rule.arguments.get("values", [])]
    if not values or any(_DATE_OR_TIME.fullmatch(value) for value in values) or "`" in item.name:
        return None
    listed = ", ".join(_quoted(value.replace("\\", "\\\\")) for value in values)
    # A missing value is no value outside the list.
    there = _quoted(f"`{item.name}` IS NOT NULL")
    return f"ColumnValues {_quoted(item.name)} in [{listed}] where {there} with threshold >= {rate}"


def _needed_rate(rule: QualityRule) -> str:
    """The share of rows that must keep the rule; a blocking one fails with the first row that violates it."""
    rate = Decimal(1) if rule.on_fail == "block" else Decimal(str(rule.min_pass_rate))
    text = format(rate, "f")
    return text if "." in text else f"{text}.0"


def _pass_rate(applies: exp.Expression, satisfied: exp.Expression, engine: Engine) -> str:
    """Rows that keep the rule / rows that it applies to; 1 when it applies to none.

    The conditions stand in the select list of an inner query, where window functions may.
    """
    judged = exp.Select(
        expressions=[
            exp.alias_(exp.Paren(this=applies), "applies", quoted=True),
            exp.alias_(exp.Paren(this=satisfied), "keeps", quoted=True),
        ]
    ).from_(_PRIMARY)
    kept = exp.And(this=column("applies"), expression=column("keeps"))
    # Of integers: the mean of decimals is rounded.
    rate = exp.Avg(this=case((kept, number(1)), default=number(0)))
    outer = exp.Select(expressions=[call("COALESCE", rate, number(1))])
    return engine.inline(outer.from_(judged.subquery("judged")).where(column("applies")))


def _select(value: exp.Expression, engine: Engine) -> str:
    return engine.inline(exp.Select(expressions=[value]).from_(_PRIMARY))


def _quoted(value: str) -> str:
    """A text of DQDL.

    :raises _NotSaid: it has a double quote in it, or ends in half an escape.
    """
    if '"' in value:
        raise _NotSaid(_QUOTE)
    if len(value) - len(value.rstrip("\\")) & 1:
        raise _NotSaid("ends in a backslash, which would be read as an escape")
    return f'"{value}"'
