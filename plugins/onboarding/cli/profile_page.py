"""``onboard profile`` for people: lines for a terminal, and one HTML file that needs nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onboarding.spec.cleaning import TYPING
from onboarding.spec.plans import Decision
from onboarding.spec.profile import FunctionalHint
from onboarding.spec.profile_document import ProfiledColumn, ProfileDocument, ProposedCleaning, ProposedRule

TEMPLATES = Path(__file__).parent / "templates"
#: Size of a column's chart in pixels.
CHART_WIDTH, CHART_HEIGHT = 240, 14
VALUES_SHOWN = 8
LINES_SHOWN = 12
#: Operations of every text column; shown only where they change something.
_ALWAYS = ("trim", "nullify")


def text_page(document: ProfileDocument) -> str:
    """The report in lines: what it is, columns, key, personal data, what to look at, cleaning, rules, the trial."""
    lines = [f"{document.source}: {size_text(document)}", *_key_lines(document), ""]
    lines += _column_lines(document)
    lines += _section("personal data", _personal_lines(document))
    lines += _section("what columns say of each other", [hint_line(hint) for hint in document.hints])
    lines += _section("please look", [_decision_line(decision) for decision in document.please_look])
    lines += _section("proposed cleaning", [cleaning_line(item) for item in shown_cleaning(document)])
    rules = [rule_line(rule) for rule in shown_rules(document)]
    lines += _section("proposed quality rules that rows violate" if document.trial else "proposed quality rules", rules)
    if document.trial is not None:
        lines += ["", f"  {trial_line(document)}"]
    return "\n".join(lines)


def hint_line(hint: FunctionalHint) -> str:
    """A hint, and in how many rows of the sample it holds, of those that it can be asked of."""
    return f"{hint.text}: {hint.holds:,} of {hint.rows:,} sampled rows"


def size_text(document: ProfileDocument) -> str:
    """Size and kind of the source in a line."""
    size = f"{document.bytes / 1e6:,.1f} MB in {len(document.files)} file(s)"
    parts = [
        f"{document.rows:,} rows, {len(document.columns)} columns ({document.format.value}, {size})",
        f"{document.duplicate_rows:,} exact duplicates",
        f"{document.unreadable_rows:,} unreadable rows",
    ]
    if document.profiled_rows < document.rows:
        parts.insert(1, f"{document.profiled_rows:,} of them measured")
    return ", ".join(parts)


def key_text(document: ProfileDocument) -> str:
    """The proposed key."""
    return "no usable key: a hash of the row" if document.technical_key else ", ".join(document.primary_key)


def _key_lines(document: ProfileDocument) -> list[str]:
    reason = next((found.reason for found in document.decisions if found.subject == "primary_key"), "")
    return [f"  primary key: {key_text(document)} ({reason})"]


def _column_lines(document: ProfileDocument) -> list[str]:
    width = min(32, max(6, *(len(column.name) for column in document.columns)))
    lines = [f"  {'column':<{width}}  {'type':<10} {'role':<11} {'missing':>8} {'distinct':>11}  personal data"]
    for column in document.columns:
        distinct = f"{'' if column.distinct_exact else '~'}{column.distinct_count:,}"
        lines.append(
            f"  {column.name:<{width}}  {column.type.value:<10} {column.role.value:<11} {column.missing_share:>8.2%} "
            f"{distinct:>11}  {_personal_text(column)}"
        )
    return lines


def _personal_text(column: ProfiledColumn) -> str:
    found = column.personal_data
    if not column.is_personal:
        return "-"
    return f"{found.type} ({found.sensitivity}, {found.confidence:.0%}), masked: {column.masking.value}"


def _personal_lines(document: ProfileDocument) -> list[str]:
    lines = [
        f"{column.name}: {column.personal_data.type}, because {'; '.join(column.personal_data.evidence[:3])}"
        for column in document.columns
        if column.is_personal
    ]
    possible = [
        f"{found.column}: possible identifier, please decide: {found.reason}" for found in document.possible_identifiers
    ]
    return [*lines, *possible] or ["none found"]


def _decision_line(decision: Decision) -> str:
    cost = f"; if wrong: {decision.cost_of_error}" if decision.cost_of_error else ""
    return f"{decision.subject}: {decision.value}, because {decision.reason}{cost}"


def shown_cleaning(document: ProfileDocument) -> list[ProposedCleaning]:
    """The operations that say something: trimming and words for "no value" only where they change rows."""
    return [item for item in document.cleaning if item.operation not in _ALWAYS or item.rows]


def cleaning_line(item: ProposedCleaning) -> str:
    """An operation with its arguments and its effect."""
    arguments = ", ".join(f"{name}: {_short(value)}" for name, value in sorted(item.arguments.items()))
    return f"{item.column}: {item.operation}{f' ({arguments})' if arguments else ''}{cleaning_effect(item)}"


def cleaning_effect(item: ProposedCleaning) -> str:
    """What an operation does, as far as it was counted."""
    if item.rows is None:
        return ""
    if item.operation in TYPING:
        return f": {item.rows:,} values cannot be read" if item.rows else ": reads every value"
    return f": changes {item.rows:,} rows"


def shown_rules(document: ProfileDocument) -> list[ProposedRule]:
    """The rules that rows violate, or all where nothing was tried."""
    if document.trial is None:
        return document.quality_rules
    return [rule for rule in document.quality_rules if rule.violating_rows]


def rule_line(rule: ProposedRule) -> str:
    """A rule with what it does and what it found."""
    found = ""
    if rule.violating_rows is not None:
        found = f": {rule.violating_rows:,} of {rule.applicable_rows or 0:,} rows violate it"
    return f"{rule.id} ({rule.check}, {rule.severity}, {rule.on_fail}){found}"


def trial_line(document: ProfileDocument) -> str:
    """What the pipeline would do with the source, in a line."""
    trial = document.trial
    if trial is None:
        return ""
    verdict = "the quality gate of Silver passes" if trial.passed else "the quality gate of Silver FAILS"
    return (
        f"tried on all {trial.rows:,} rows: {trial.duplicates:,} duplicates left out, {trial.quarantined:,} "
        f"quarantined, {trial.published:,} published; {verdict}: {trial.score:.4f}, needs {trial.threshold:.2f}"
    )


def _section(title: str, lines: list[str]) -> list[str]:
    shown = lines[:LINES_SHOWN]
    more = [f"    and {len(lines) - len(shown)} more in the JSON and HTML reports"] if len(lines) > len(shown) else []
    return ["", f"  {title}", *[f"    {line}" for line in shown or ["nothing"]], *more]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its label, how wide it is in pixels, and what it stands for."""

    label: str
    width: float
    count: int


@dataclass(frozen=True)
class ColumnChart:
    """What is drawn of a column: its most frequent values, or its spread (quantiles, in pixels from the left)."""

    bars: list[Bar]
    spread: dict[str, float]


def column_chart(column: ProfiledColumn) -> ColumnChart:
    """The chart of a column; empty for personal columns, whose values are not known here."""
    most = max((entry.count for entry in column.top_values), default=0)
    bars = [
        Bar(entry.value, round(CHART_WIDTH * entry.count / most, 1), entry.count)
        for entry in column.top_values[:VALUES_SHOWN]
    ]
    if not column.quantiles or column.distinct_count <= VALUES_SHOWN:
        return ColumnChart(bars, {})
    low, high = column.quantiles["p01"], column.quantiles["p99"]
    scale = CHART_WIDTH / (high - low) if high > low else 0.0
    return ColumnChart([], {name: round((value - low) * scale, 1) for name, value in column.quantiles.items()})


def html_page(document: ProfileDocument) -> str:
    """One HTML file: no script, nothing that is loaded from elsewhere, every text escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template("profile.html.j2").render(
        document=document,
        size=size_text(document),
        key=key_text(document),
        hints=[hint_line(hint) for hint in document.hints],
        trial=trial_line(document),
        columns=[(column, column_chart(column)) for column in document.columns],
        rules=sorted(document.quality_rules, key=lambda rule: -(rule.violating_rows or 0)),
        cleaning=[(item, cleaning_effect(item)) for item in shown_cleaning(document)],
        chart_width=CHART_WIDTH,
        chart_height=CHART_HEIGHT,
    )
