"""Baselines: what earlier loads were like, and what is unusual about this one. Findings inform, they decide nothing.

A load's measurements (:mod:`shared.pipeline.measures`) become a baseline when its run publishes Silver: one entry a
date, that of the last run, for the last :data:`KEPT` dates. So the baselines are a function of the loads, whatever the
order of runs and re-runs. A load is compared with entries of earlier dates and of the same way of loading only.
docs/quality.md has the rules and an example.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from shared.pipeline import measures, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.zones import Lake

BASELINES = "baselines.json"
KEPT = 30
ROW_CHANGE = 0.20
MISSING_RISE = 0.10
DEVIATIONS = 3.0
# Fewer loads have no deviation that says anything.
LEAST_LOADS = 5
MOST_FINDINGS = 50
# What changes less than this is never unusual, however constant it was before: one in a hundred.
_SMALLEST = 0.01
_DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Finding:
    """Something unusual about a load.

    :ivar kind: ``row_count``, ``missing``, ``deviation`` or ``new_category``.
    :ivar column: empty for ``row_count``.
    :ivar metric: ``rows``, ``missing``, ``mean`` or ``deviation``; empty for ``new_category``.
    :ivar found: of this load; for ``new_category`` the value.
    :ivar usual: of the loads before; for ``new_category`` how many values they have.
    :ivar text: one line for people.
    """

    kind: str
    column: str
    metric: str
    found: float | str
    usual: float
    text: str


def compare_load(lake: Lake, arguments: RunArguments) -> dict[str, Any] | None:
    """Compare the load of this run with the baselines.

    :returns: ``compared_with`` (dates of the entries, ascending), ``total`` (how many findings there are) and
        ``findings`` (the first fifty, as mappings, the most telling kinds first); ``None`` when this run measured no
        load: a replay, or a workload whose plan measures nothing.
    """
    measured = state.read_summary(lake, arguments.load_id, measures.STEP)
    if measured is None:
        return None
    loads = {load.load_id: load for load in state.read_loads(lake)}
    history = [
        entry
        for entry in read_baselines(lake).values()
        if entry["run_date"] < arguments.run_date and entry["mode"] == loads[arguments.load_id].mode
    ]
    whole = _load_ids_of_everything(loads.values())
    same_size = [entry for entry in history if (entry["load_id"] in whole) == (arguments.load_id in whole)]
    findings = find_unusual({**measured, "run_date": arguments.run_date}, history, same_size)
    return {
        "compared_with": [entry["run_date"] for entry in history],
        "total": len(findings),
        "findings": [asdict(finding) for finding in findings[:MOST_FINDINGS]],
    }


def record_load(lake: Lake, arguments: RunArguments) -> None:
    """Make the measurements of this run's load the baseline of its date; nothing when it measured none."""
    measured = state.read_summary(lake, arguments.load_id, measures.STEP)
    if measured is None:
        return
    mode = next(load.mode for load in state.read_loads(lake) if load.load_id == arguments.load_id)
    entry = {
        "load_id": arguments.load_id,
        "mode": mode,
        "rows": measured["rows"],
        "columns": measured["columns"],
    }
    document = {**storage.read_json(lake.state(BASELINES), {}), arguments.run_date: entry}
    kept = {run_date: document[run_date] for run_date in sorted(document)[-KEPT:]}
    storage.write_json(lake.state(BASELINES), kept)


def read_baselines(lake: Lake) -> dict[str, dict[str, Any]]:
    """Date -> its entry (``run_date``, ``load_id``, ``mode``, ``rows``, ``columns``), by date."""
    document: dict[str, dict[str, Any]] = storage.read_json(lake.state(BASELINES), {})
    return {run_date: {"run_date": run_date, **document[run_date]} for run_date in sorted(document)}


def find_unusual(
    load: Mapping[str, Any], history: Sequence[Mapping[str, Any]], same_size: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """What is unusual about a load.

    :param load: ``run_date``, ``rows`` and ``columns``.
    :param history: entries of earlier dates, ascending.
    :param same_size: those of them whose number of rows can be compared with that of this load.
    """
    return [
        *_row_count(load, same_size),
        *_missing(load, history),
        *_deviations(load, history, same_size),
        *_new_categories(load, history),
    ]


def unusual_texts(summary: Mapping[str, Any], most: int) -> list[str]:
    """The findings in a verdict of Silver, a line each: the first ``most``, and how many there are besides."""
    baseline = summary.get("baseline") or {"total": 0, "findings": []}
    texts = [str(finding["text"]) for finding in baseline["findings"][:most]]
    more = baseline["total"] - len(texts)
    return [*texts, *([f"and {more} more"] if more else [])]


def _load_ids_of_everything(loads: Any) -> set[str]:
    """Loads that bring all there is though their mode brings what is new: the first of each mode.

    Their rows are never compared with those of the loads behind them.
    """
    found = {load.load_id for load in loads if load.mode == "watermark" and not load.low}
    by_files = [load for load in loads if load.mode == "new_files"]
    first = min((load.run_date for load in by_files), default="")
    return found | {load.load_id for load in by_files if load.run_date == first}


def _references(load: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The load before, and that of the same day a week before: a Monday looks like Mondays."""
    week_ago = (date.fromisoformat(load["run_date"]) - timedelta(days=_DAYS_OF_WEEK)).isoformat()
    return [*history[-1:], *(entry for entry in history[:-1] if entry["run_date"] == week_ago)]


def _row_count(load: Mapping[str, Any], same_size: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """More than 20 % off both references."""
    rows, before = load["rows"], _references(load, same_size)
    if before and all(abs(rows - entry["rows"]) > ROW_CHANGE * entry["rows"] for entry in before):
        usual = before[0]["rows"]
        change = f"{(rows - usual) / usual:+.0%}" if usual else "from none"
        text = f"{rows:,} rows, {change} against {usual:,} on {before[0]['run_date']}"
        yield Finding("row_count", "", "rows", rows, usual, text)


def _missing(load: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """A share of missing values more than 10 percentage points above both references."""
    for name in load["columns"]:
        found = _metric(load, name, "missing")
        before = [(entry, _metric(entry, name, "missing")) for entry in _references(load, history)]
        known = [(entry, share) for entry, share in before if share is not None]
        # Shares are quotients: what is a rise of exactly ten points must not depend on their last bit.
        if found is None or not known or any(found - share <= MISSING_RISE + 1e-9 for _, share in known):
            continue
        entry, usual = known[0]
        text = f"{name}: {found:.1%} missing, {usual:.1%} on {entry['run_date']}"
        yield Finding("missing", name, "missing", round(found, 6), round(usual, 6), text)


def _deviations(
    load: Mapping[str, Any], history: Sequence[Mapping[str, Any]], same_size: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """More than three standard deviations off the mean of the loads before; only what the limits have not said."""
    said = {(finding.column, finding.metric) for finding in [*_row_count(load, same_size), *_missing(load, history)]}
    names = [("", "rows"), *((name, metric) for name in load["columns"] for metric in ("missing", "mean", "deviation"))]
    for name, metric in names:
        found = _metric(load, name, metric)
        entries = same_size if metric == "rows" else history
        values = [value for entry in entries if (value := _metric(entry, name, metric)) is not None]
        if found is None or len(values) < LEAST_LOADS or (name, metric) in said:
            continue
        usual, spread = _mean_and_spread(values, metric)
        if abs(found - usual) > DEVIATIONS * spread:
            where = f"{name}: " if name else ""
            text = (
                f"{where}{metric} {_shown(found, metric)}, {abs(found - usual) / spread:.1f} deviations from the mean "
                f"{_shown(usual, metric)} of {len(values)} loads"
            )
            yield Finding("deviation", name, metric, found, usual, text)


def _mean_and_spread(values: Sequence[float], metric: str) -> tuple[float, float]:
    """Mean and standard deviation of a metric's history; the deviation never below one in a hundred."""
    usual = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - usual) ** 2 for value in values) / (len(values) - 1))
    smallest = _SMALLEST if metric == "missing" else _SMALLEST * abs(usual)
    return usual, max(spread, smallest, 1e-12)


def _new_categories(load: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Values that occur often enough to be kept, in a column whose kept values of all loads before lack them.

    Earlier loads that were too small to have shown the value tell nothing about it.
    """
    for name, measured in load["columns"].items():
        before = [entry for entry in history if "categories" in entry["columns"].get(name, {})]
        known = {category for entry in before for category in entry["columns"][name]["categories"]}
        largest = max((entry["rows"] for entry in before), default=0)
        for category, rows in measured.get("categories", {}).items():
            if category not in known and rows / load["rows"] * largest >= measures.LEAST_ROWS / 2:
                text = f"{name}: {category!r} is new, in {rows:,} rows"
                yield Finding("new_category", name, "", category, len(known), text)


def _metric(entry: Mapping[str, Any], name: str, metric: str) -> float | None:
    """A figure of a load: of missing values their share; ``None`` when it was not measured."""
    if metric == "rows":
        return float(entry["rows"])
    value = entry["columns"].get(name, {}).get(metric)
    if value is None or (metric == "missing" and not entry["rows"]):
        return None
    return float(value / entry["rows"] if metric == "missing" else value)


def _shown(value: float, metric: str) -> str:
    return {"rows": f"{value:,.0f}", "missing": f"{value:.1%}"}.get(metric, f"{value:.6g}")
