"""``onboard quality``: what it reads, what it says, and how it ends."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from onboarding.cli.quality_command import QualityReportError, read_quality
from onboarding.cli.quality_page import chart, html_page, text_page
from onboarding.spec.quality_report import TrendPoint, WorkloadQuality
from onboarding.workspace.store import StorageError, Store
from shared.pipeline import state
from shared.pipeline.scoring import Rule, RuleResult, Verdict
from shared.pipeline.zones import Lake

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "docs" / "quality.schema.json"
WORKLOAD = "sales_orders"
FINDING = {
    "kind": "new_category", "column": "region", "metric": "", "found": "<b>West</b>", "usual": 4,
    "text": "region: '<b>West</b>' is new, in 12 rows",
}  # fmt: skip


class Places:
    """A deployed workload and a lake, in folders."""

    def __init__(self, folder: Path) -> None:
        version = "0123456789ab"
        target = folder / "dags" / "workloads" / WORKLOAD
        shutil.copytree(ROOT / "workloads" / WORKLOAD, target / version)
        (target / f"{WORKLOAD}_dag.py").write_text(f'VERSION = "{version}"\n')
        self.rules = target / version / "config" / "quality_rules.yaml"
        self.dags, self.lake = Store((folder / "dags").as_uri()), Store((folder / "lake").as_uri())
        (folder / "lake").mkdir()

    def check(self, zone: str, day: str, kept: int, **more: Any) -> None:
        """Record a check of a hundred rows with two rules, of which the second is kept by so many rows."""
        results = (
            RuleResult(0, Rule(f"{zone}_row_count", "completeness", "critical", "block", 1.0), 1, 1),
            RuleResult(1, Rule("order_date_not_null", "completeness", min_pass_rate=0.9), 100, kept),
        )
        verdict = Verdict(100, kept, kept / 100, 0.0 if zone == "bronze" else 0.8, results)
        names = {"run_date": day, "load_id": f"{day}-aaaa1111", "table": WORKLOAD}
        state.record_quality(Lake(self.lake.uri, WORKLOAD), zone, {**names, **verdict.as_dict(), **more})

    def read(self, zone: Any = None) -> WorkloadQuality:
        return read_quality(self.dags, self.lake, WORKLOAD, zone)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_the_last_check_of_each_table(places):
    for zone in ("bronze", "silver", "gold"):
        places.check(zone, "2026-03-01", 100)
    places.check("silver", "2026-03-02", 95)

    report = places.read()

    assert [(table.zone, table.load_id, table.verdict) for table in report.tables] == [
        ("bronze", "2026-03-01-aaaa1111", "informs"),
        ("silver", "2026-03-02-aaaa1111", "passed"),
        ("gold", "2026-03-01-aaaa1111", "passed"),
    ]
    assert report.passed
    assert [point.score for point in report.tables[1].trend] == [1.0, 0.95]
    (dimension,) = report.tables[1].dimensions
    assert (dimension.name, dimension.score, dimension.rules) == ("completeness", 0.975, 2)


def test_failed_rules_come_first_with_what_they_need(places):
    places.check("silver", "2026-03-01", 85)

    first, second = places.read().tables[0].rules

    assert (first.id, first.failed, first.check, first.columns) == (
        "order_date_not_null",
        True,
        "not_null",
        ["order_date"],
    )
    assert (first.pass_rate, first.min_pass_rate) == (0.85, 0.9)
    assert not second.failed


def test_a_failed_check_is_not_passed_and_a_zone_decides_alone(places):
    for zone in ("bronze", "silver", "gold"):
        places.check(zone, "2026-03-01", 100 if zone == "gold" else 50)

    assert not places.read().passed
    assert not places.read("silver").passed
    assert places.read("gold").passed
    assert places.read("bronze").passed, "Bronze only informs"


def test_a_failed_load_that_was_corrected_is_passed(places):
    places.check("silver", "2026-03-01", 50)
    places.check("silver", "2026-03-01", 99)

    report = places.read()

    assert report.passed
    assert [point.verdict for point in report.tables[0].trend] == ["passed"], "the same load again replaces its line"


def test_a_rule_that_is_not_deployed_any_more(places):
    config = yaml.safe_load(places.rules.read_text())
    config["rules"] = [rule for rule in config["rules"] if rule["id"] != "order_date_not_null"]
    places.rules.write_text(yaml.safe_dump(config))
    places.check("silver", "2026-03-01", 85)

    rule = places.read().tables[0].rules[0]

    assert (rule.id, rule.check, rule.columns, rule.min_pass_rate) == ("order_date_not_null", None, [], None)


def test_baselines_are_told(places):
    places.check("silver", "2026-03-01", 100)
    unusual = {"compared_with": ["2026-03-01"], "total": 1, "findings": [FINDING]}
    places.check("silver", "2026-03-02", 100, baseline=unusual)

    table = places.read().tables[0]

    assert (table.compared_with, table.findings_total, table.findings[0].found) == (["2026-03-01"], 1, "<b>West</b>")
    assert [point.findings for point in table.trend] == [None, 1]


def test_nothing_was_checked_yet(places):
    with pytest.raises(QualityReportError, match="no load of `sales_orders` was checked yet"):
        places.read()


def test_a_workload_that_is_not_deployed(places):
    with pytest.raises(StorageError, match="is not deployed"):
        read_quality(places.dags, places.lake, "unknown")


def test_the_schema_in_docs_is_the_models(places):
    """Write it again with: python -m tools.reference."""
    schema = json.loads(SCHEMA.read_text())
    assert schema == WorkloadQuality.model_json_schema(mode="serialization")
    places.check("silver", "2026-03-01", 85)
    jsonschema.validate(places.read().model_dump(mode="json"), schema)


def test_the_page_for_a_terminal(places):
    places.check("bronze", "2026-03-01", 100)
    places.check("silver", "2026-03-01", 100)
    unusual = {"compared_with": ["2026-03-01"], "total": 1, "findings": [{**FINDING, "text": "30 rows, -70%"}]}
    places.check("silver", "2026-03-02", 75, baseline=unusual)

    assert text_page(places.read()).splitlines() == [
        "sales_orders (version 0123456789ab): FAILED",
        "",
        "  zone    table                    load                        rows  score   needs   verdict",
        "  bronze  sales_orders             2026-03-01-aaaa1111          100  1.0000  -       informs",
        "  silver  sales_orders             2026-03-02-aaaa1111          100  0.7500  0.8000  FAILED",
        "",
        "  bronze sales_orders",
        "    completeness 1.0000",
        "    2 rules are kept by every row",
        "    scores, oldest first: 1.000",
        "",
        "  silver sales_orders",
        "    completeness 0.8750",
        "    FAILED order_date_not_null 75.00% of 100, needs 90.00% (warning, flag)",
        "    1 rule is kept by every row",
        "    unusual: 30 rows, -70%",
        "    scores, oldest first: 1.000 0.750!",
    ]


class Elements(HTMLParser):
    """Every element of a page with its attributes, and what is left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_page_needs_nothing_beside_it_and_runs_nothing(places):
    unusual = {"compared_with": ["2026-03-01"], "total": 1, "findings": [FINDING]}
    places.check("silver", "2026-03-02", 75, baseline=unusual)

    text = html_page(places.read())

    elements = Elements(text)
    assert elements.open == []
    assert "script" not in {tag for tag, _ in elements.found}
    names = {name for _, attributes in elements.found for name in attributes}
    assert not names & {"src", "srcset", "data", "action", "xlink:href"}
    assert not [name for name in names if name.startswith("on")]
    links = [attributes["href"] for tag, attributes in elements.found if tag in ("a", "link")]
    assert links == ["#t1"]
    assert "http:" not in text and "https:" not in text and "url(" not in text
    assert "<b>" not in text and "&lt;b&gt;West&lt;/b&gt;" in text
    assert text == html_page(places.read())


def test_a_trend_is_drawn_from_left_to_right_with_one_at_the_top():
    first = TrendPoint(run_date="2026-03-01", load_id="a", rows=1, score=1.0, verdict="passed", findings=None)
    last = first.model_copy(update={"score": 0.5})

    drawn = chart([first, last], 0.8)

    assert drawn.line == "12.0,12.0 628.0,60.0"
    assert drawn.threshold == 31.2
    assert chart([first], 0.8).line == "12.0,12.0"


def test_a_page_is_short_enough_to_be_read_in_two_minutes(places):
    rules = tuple(
        RuleResult(n, replace(Rule(f"rule_{n}", "validity"), min_pass_rate=1.0), 100, 100 - n) for n in range(60)
    )
    verdict = Verdict(100, 90, 0.9, 0.8, rules)
    for day in range(1, 29):
        names = {"run_date": f"2026-02-{day:02d}", "load_id": f"2026-02-{day:02d}-a", "table": WORKLOAD}
        state.record_quality(Lake(places.lake.uri, WORKLOAD), "silver", {**names, **verdict.as_dict()})

    lines = text_page(places.read()).splitlines()

    assert len(lines) <= 20
    assert "    and 49 more rules that rows violate" in lines
