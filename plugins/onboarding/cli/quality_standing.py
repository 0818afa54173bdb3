"""The last check of every table of a workload, and the checks before, from the quality history in the lake."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from onboarding.spec.config_files import QualityRulesConfig
from onboarding.spec.plans import QualityRule, Zone
from onboarding.spec.quality_report import (
    BaselineFinding,
    DimensionQuality,
    RuleQuality,
    TableQuality,
    TrendPoint,
    Verdict,
    WorkloadQuality,
)
from onboarding.workspace.store import Store

ZONES: tuple[Zone, ...] = get_args(Zone)
TREND_LENGTH = 30


def quality_of(lake: Store, config: QualityRulesConfig, version: str, zones: Sequence[Zone] = ZONES) -> WorkloadQuality:
    """How good the data are.

    :param lake: the store of ``lake_uri``.
    :param config: the deployed ``config/quality_rules.yaml``.
    :param zones: those that are reported and decide whether all passed; Bronze only informs.
    """
    tables = [_table(zone, lines, config) for zone in zones for lines in _checks(lake, config, zone)]
    passed = all(table.verdict != "failed" for table in tables)
    return WorkloadQuality(workload=config.workload, version=version, passed=passed, tables=tables)


def _checks(lake: Store, config: QualityRulesConfig, zone: Zone) -> list[list[dict[str, Any]]]:
    """For each table the entries of its checks, oldest first; tables that the rules no longer name are left out."""
    try:
        content = lake.read(f"_state/{config.workload}/quality/{zone}.jsonl").decode()
    except FileNotFoundError:
        return []
    named = {rule.table for rule in config.rules if rule.zone == zone}
    tables: dict[str, list[dict[str, Any]]] = {}
    for line in content.splitlines():
        entry = json.loads(line)
        if entry["table"] in named or not named:
            tables.setdefault(entry["table"], []).append(entry)
    return [tables[name] for name in sorted(tables)]


def _table(zone: Zone, entries: list[dict[str, Any]], config: QualityRulesConfig) -> TableQuality:
    last = entries[-1]
    baseline = last.get("baseline") or {}
    return TableQuality(
        zone=zone,
        table=last["table"],
        run_date=last["run_date"],
        load_id=last["load_id"],
        rows=last["rows"],
        sound_rows=last["sound_rows"],
        score=last["score"],
        threshold=last["threshold"],
        verdict=_verdict(zone, last),
        dimensions=_dimensions(last["rules"]),
        rules=_rules(last["rules"], {rule.id: rule for rule in config.rules if rule.zone == zone}),
        compared_with=baseline.get("compared_with"),
        findings_total=baseline.get("total", 0),
        findings=[BaselineFinding(**finding) for finding in baseline.get("findings", [])],
        trend=[_point(zone, entry) for entry in entries[-TREND_LENGTH:]],
    )


def _verdict(zone: Zone, entry: Mapping[str, Any]) -> Verdict:
    if zone == "bronze":
        return "informs"
    return "passed" if entry["passed"] else "failed"


def _dimensions(rules: Sequence[Mapping[str, Any]]) -> list[DimensionQuality]:
    rates: dict[str, list[float]] = {}
    for rule in rules:
        rates.setdefault(rule["dimension"], []).append(rule["pass_rate"])
    return [
        DimensionQuality(name=name, score=round(sum(values) / len(values), 6), rules=len(values))
        for name, values in sorted(rates.items())
    ]


def _rules(results: Sequence[Mapping[str, Any]], known: Mapping[str, QualityRule]) -> list[RuleQuality]:
    found = []
    for result in results:
        rule = known.get(result["id"])
        found.append(
            RuleQuality(
                id=result["id"],
                dimension=result["dimension"],
                check=rule.check if rule else None,
                columns=rule.columns if rule else [],
                severity=result["severity"],
                on_fail=result["on_fail"],
                applicable_rows=result["applicable"],
                kept_rows=result["satisfied"],
                pass_rate=result["pass_rate"],
                min_pass_rate=rule.min_pass_rate if rule else None,
                failed=result["failed"],
            )
        )
    return sorted(found, key=lambda rule: (not rule.failed, rule.pass_rate, rule.id))


def _point(zone: Zone, entry: Mapping[str, Any]) -> TrendPoint:
    return TrendPoint(
        run_date=entry["run_date"],
        load_id=entry["load_id"],
        rows=entry["rows"],
        score=entry["score"],
        verdict=_verdict(zone, entry),
        findings=entry["baseline"]["total"] if "baseline" in entry else None,
    )
