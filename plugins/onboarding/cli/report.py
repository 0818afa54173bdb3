"""Put the report of a run together from Airflow, the run's record, and the lake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.cli.claude_report import claude_report, claude_text
from onboarding.cli.follow import phases_of
from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.spec.report import (
    AnswerReport,
    ApprovalReport,
    FailedTestReport,
    GateScore,
    PersonalColumn,
    PhaseReport,
    ProfileSize,
    QualityReport,
    RowsReport,
    RunReport,
    TestCounts,
    TestGateReport,
)
from onboarding.workspace.deployed import dag_file_key
from onboarding.workspace.outputs import safe_segment
from onboarding.workspace.record import RunRecord, failures_of, gap_text, gaps_of, last_attempts
from onboarding.workspace.store import Store
from shared.operators.pipeline_steps import without_connection

#: Columns with personal data that the report for a person names.
COLUMNS_SHOWN = 12
#: Rows of an answer that it shows.
ROWS_SHOWN = 20


def local_path(uri: str) -> str:
    """The path of a ``file://`` URI; any other URI as it is."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri


def onboarding_report(client: AirflowClient, workspace: Store, chain: list[str]) -> RunReport:
    """What an onboarding says: phases, assumptions, profile, personal data, tests, approvals, files.

    :param chain: run ids of its meta runs, the first first; the phases are those of the last.
    """
    record = RunRecord(workspace, chain[0]).entries()
    tasks = client.tasks(META_DAG, chain[-1])
    request, plan = record.get("request", {}), record.get("plan", {})
    deployment, profile = record.get("deployment", {}), record.get("profile", {})
    return RunReport.model_validate(
        {
            "workload": request.get("workload", ""),
            "source_uri": request.get("conf", {}).get("source", {}).get("location", ""),
            "phases": [PhaseReport.model_validate(phase) for phase in phases_of(tasks)],
            "assumptions": plan.get("assumptions", []),
            "profile": ProfileSize(rows=profile.get("rows", 0), columns=profile.get("columns", 0)),
            "pii": [PersonalColumn.model_validate(column) for column in profile.get("pii", [])],
            "claude": claude_report(workspace, chain[0], record),
            "test_gates": _test_gates(record),
            "gaps": [gap_text(agent, tests) for agent, tests in sorted(gaps_of(record).items())],
            "approvals": _approvals(record),
            "run_ids": list(chain),
            "deployed": [without_connection(uri) for uri in deployment.get("files", [])],
            "answer": _answer(workspace, chain[0]) if "gold-answer" in record else None,
            "workload_dir": local_path(deployment.get("workload_uri", "")),
        }
    )


def _answer(workspace: Store, root_run_id: str) -> AnswerReport:
    """What Gold answered: in the output of the task that asked it."""
    outputs = f"runs/{safe_segment(root_run_id)}/outputs/route.query_gold"
    last = [key for key in workspace.find(outputs) if key.endswith("/answer.json")][-1]
    content = workspace.read_json(last)
    return AnswerReport(sql=content["sql"], columns=content["columns"], rows=content["values"])


def _answer_lines(report: RunReport) -> list[str]:
    """The answer as a small table."""
    if report.answer is None:
        return []
    shown = [[value or "" for value in row] for row in report.answer.rows[:ROWS_SHOWN]]
    table = [report.answer.columns, *shown]
    widths = [max(len(row[index]) for row in table) for index in range(len(report.answer.columns))]
    lines = ["  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in table]
    left = len(report.answer.rows) - len(shown)
    more = [f"({left} more rows; --json has all of them)"] if left else []
    return ["", f"  {report.answer.sql}", "", *(f"  {line}" for line in [*lines, *more])]


def _entries(record: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    return [entry for name, entry in record.items() if name.startswith(prefix)]


_AGENTS = ("profiling", "metadata", "transformation", "quality", "dag")


def _test_gates(record: Mapping[str, Any]) -> list[TestGateReport]:
    found = [
        TestGateReport(
            agent=entry["agent"],
            attempts=entry["attempts"],
            unit=TestCounts(passed=entry["unit"]["passed"], failed=entry["unit"]["failed"]),
            integration=TestCounts(passed=entry["integration"]["passed"], failed=entry["integration"]["failed"]),
            failures=[FailedTestReport.model_validate(failure) for failure in failures_of(entry)],
            fallbacks=[f"{item['subject']}: {item['value']} ({item['reason']})" for item in entry.get("fallbacks", [])],
            produced=entry.get("produced", []),
        )
        for entry in last_attempts(record)
    ]
    return sorted(found, key=lambda gate: _AGENTS.index(gate.agent))


def _approvals(record: Mapping[str, Any]) -> list[ApprovalReport]:
    names = ("gate", "option", "by", "at", "how", "report_sha256")
    found = [
        ApprovalReport.model_validate({name: entry[name] for name in names}) for entry in _entries(record, "gate-")
    ]
    order = list(GATE_BY_NAME)
    return sorted(found, key=lambda approval: order.index(approval.gate))


def pipeline_numbers(lake: Store, workload: str, load_id: str) -> tuple[RowsReport, QualityReport]:
    """Rows and scores of one load, from the summaries that its steps left in the lake's state."""
    steps = {
        key.rsplit("/", maxsplit=1)[-1].removesuffix(".json"): lake.read_json(key)
        for key in lake.find(f"_state/{workload}/runs/{load_id}")
        if key.endswith(".json")
    }
    return _rows(steps), _quality(steps)


def _rows(steps: Mapping[str, dict[str, Any]]) -> RowsReport:
    silver, gold = (steps.get(name, {}) for name in ("check_silver", "check_gold"))
    extract = steps.get("extract") or steps.get("replay", {})
    return RowsReport(
        source=extract.get("source", 0),
        bronze=extract.get("bronze", 0),
        silver=silver.get("published", 0),
        quarantined=silver.get("quarantined", 0) + gold.get("quarantined", 0),
        duplicates=steps.get("transform_silver", {}).get("duplicates", 0),
        gold=dict(gold.get("published_tables", {})),
    )


def _quality(steps: Mapping[str, dict[str, Any]]) -> QualityReport:
    def score(name: str) -> GateScore:
        step = steps.get(name, {})
        return GateScore(score=step.get("score"), passed=bool(step.get("passed", False)))

    return QualityReport(silver=score("check_silver"), gold=score("check_gold"))


def _personal_data(report: RunReport) -> str:
    """The first columns; the JSON report and the report tab have all of them."""
    names = [f"{column.column} ({column.type})" for column in report.pii]
    more = len(names) - COLUMNS_SHOWN
    return ", ".join([*names[:COLUMNS_SHOWN], *([f"{more} more"] if more > 0 else [])]) or "none found"


def text_report(report: RunReport, api_url: str) -> str:
    """The report for a person."""
    rows, quality = report.rows, report.quality
    gold = ", ".join(f"{table} {count:,}" for table, count in sorted(report.rows.gold.items())) or "nothing"
    lines = [
        "",
        f"{report.workload or 'onboarding'}: {report.status}" + (f" ({report.reason})" if report.reason else ""),
        "",
        *[f"  {phase.phase:<20} {phase.status:<10} {phase.seconds:>6.1f} s" for phase in report.phases],
        "",
        f"  profile     {report.profile.rows:,} rows, {report.profile.columns} columns; personal data: "
        + _personal_data(report),
        f"  rows        source {rows.source:,} -> bronze {rows.bronze:,} -> silver {rows.silver:,} -> gold {gold}",
        f"              quarantined {rows.quarantined:,}, duplicates {rows.duplicates:,}",
        f"  quality     silver {score_text(quality.silver)}, gold {score_text(quality.gold)}",
        f"  claude      {claude_text(report.claude)}",
        f"  tests       {_tests(report)}",
        *_test_details(report),
        f"  approvals   {'; '.join(f'{a.gate} {a.option} by {a.by}' for a in report.approvals) or 'none'}",
        f"  deployed    {_deployed(report)}",
        f"  pipeline    {report.dag_id or 'not run'} {report.dag_run_state}",
        f"  gold        {report.gold_dir or 'nothing'}",
        f"  Airflow UI  {api_url}",
    ]
    return "\n".join([*lines, *_answer_lines(report)])


def score_text(gate: GateScore) -> str:
    """Score and verdict of a gate for a person."""
    return "not reached" if gate.score is None else f"{gate.score:.3f} {'passed' if gate.passed else 'FAILED'}"


def _tests(report: RunReport) -> str:
    unit = sum(gate.unit.passed for gate in report.test_gates)
    integration = sum(gate.integration.passed for gate in report.test_gates)
    failed = sum(gate.unit.failed + gate.integration.failed for gate in report.test_gates)
    return f"{unit} unit, {integration} integration passed, {failed} failed"


def _deployed(report: RunReport) -> str:
    """How many files, and where the one is that Airflow parses."""
    dag_files = [uri for uri in report.deployed if uri.endswith(f"/{dag_file_key(report.workload)}")]
    return ", ".join([f"{len(report.deployed)} files", *dag_files])


def _test_details(report: RunReport) -> list[str]:
    """What second attempts changed; of agents that failed, each failed test, expected and actual, and the draft."""
    lines = []
    for gate in report.test_gates:
        lines += [f"              {gate.agent}, second attempt: {fallback}" for fallback in gate.fallbacks]
        for failure in gate.failures:
            lines.append(f"              {gate.agent}, attempt {gate.attempts}, failed: {failure.name}")
            lines += [f"                {line}" for line in failure.message.splitlines()[:12]]
        if gate.produced:
            lines.append(f"              {gate.agent}: {len(gate.produced)} files were produced, none was deployed")
    return lines


def copy_tree(store: Store, prefix: str, folder: Path) -> int:
    """Copy everything below a prefix into a folder; returns the number of files."""
    return sum(1 for _ in store.download(prefix, folder))
