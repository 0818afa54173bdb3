"""``onboard quality`` for people: lines for a terminal, and one HTML file that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onboarding.spec.quality_report import RuleQuality, TableQuality, TrendPoint, WorkloadQuality

TEMPLATES = Path(__file__).parent / "templates"
#: Size of a trend in pixels; scores from 0 to 1.
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 640, 120, 12
RULES_IN_TEXT = 10
SCORES_IN_TEXT = 10


def text_page(report: WorkloadQuality) -> str:
    """The report in lines: verdicts, what failed, what is not perfect, what is unusual, how it went."""
    lines = [f"{report.workload} (version {report.version}): {'passed' if report.passed else 'FAILED'}", ""]
    lines += [f"  {'zone':<7} {'table':<24} {'load':<20} {'rows':>11}  {'score':<6}  {'needs':<6}  verdict"]
    for table in report.tables:
        needs = "-" if table.verdict == "informs" else f"{table.threshold:.4f}"
        verdict = "FAILED" if table.verdict == "failed" else table.verdict
        lines.append(
            f"  {table.zone:<7} {table.table:<24} {table.load_id:<20} {table.rows:>11,}  {table.score:.4f}  "
            f"{needs:<6}  {verdict}"
        )
    for table in report.tables:
        lines += ["", f"  {table.zone} {table.table}"]
        lines += [f"    {line}" for line in _table_lines(table)]
    return "\n".join(lines)


def _table_lines(table: TableQuality) -> list[str]:
    lines = [", ".join(f"{dimension.name} {dimension.score:.4f}" for dimension in table.dimensions) or "no rules"]
    imperfect = [rule for rule in table.rules if rule.failed or rule.pass_rate < 1]
    lines += [_rule_line(rule) for rule in imperfect[:RULES_IN_TEXT]]
    if len(imperfect) > RULES_IN_TEXT:
        lines.append(f"and {len(imperfect) - RULES_IN_TEXT} more rules that rows violate")
    perfect = len(table.rules) - len(imperfect)
    lines.append(f"{perfect} {'rule is' if perfect == 1 else 'rules are'} kept by every row")
    lines += [f"unusual: {finding.text}" for finding in table.findings[:RULES_IN_TEXT]]
    if table.findings_total > RULES_IN_TEXT:
        lines.append(f"and {table.findings_total - RULES_IN_TEXT} more that are unusual")
    if table.compared_with and not table.findings_total:
        lines.append(f"nothing unusual against {len(table.compared_with)} earlier loads")
    scores = " ".join(_score(point) for point in table.trend[-SCORES_IN_TEXT:])
    return [*lines, f"scores, oldest first: {scores}"]


def _rule_line(rule: RuleQuality) -> str:
    mark = "FAILED" if rule.failed else "      "
    needs = "" if rule.min_pass_rate is None else f", needs {rule.min_pass_rate:.2%}"
    return f"{mark} {rule.id} {rule.pass_rate:.2%} of {rule.applicable_rows:,}{needs} ({rule.severity}, {rule.on_fail})"


def _score(point: TrendPoint) -> str:
    return f"{point.score:.3f}{'!' if point.verdict == 'failed' else ''}"


@dataclass(frozen=True)
class ChartPoint:
    """A check in a trend's drawing: where it is, and what it says."""

    x: float
    y: float
    point: TrendPoint


@dataclass(frozen=True)
class Chart:
    """A trend, ready to be drawn. ``line``: points of a polyline; ``threshold``: its height."""

    width: int
    height: int
    line: str
    points: list[ChartPoint]
    threshold: float


def chart(trend: Sequence[TrendPoint], threshold: float) -> Chart:
    """The drawing of a trend, from left to right, 1 at the top and 0 at the bottom."""
    step = (CHART_WIDTH - 2 * CHART_MARGIN) / max(len(trend) - 1, 1)
    points = [
        ChartPoint(round(CHART_MARGIN + index * step, 1), _height(point.score), point)
        for index, point in enumerate(trend)
    ]
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return Chart(CHART_WIDTH, CHART_HEIGHT, line, points, _height(threshold))


def _height(score: float) -> float:
    return round(CHART_MARGIN + (1 - score) * (CHART_HEIGHT - 2 * CHART_MARGIN), 1)


def html_page(report: WorkloadQuality) -> str:
    """One HTML file: no script, nothing that is loaded from elsewhere, every text escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    charts = [chart(table.trend, table.threshold) for table in report.tables]
    tables = list(zip(report.tables, charts, strict=True))
    return environment.get_template("quality.html.j2").render(report=report, tables=tables)
