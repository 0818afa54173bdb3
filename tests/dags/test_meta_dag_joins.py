"""Joins, rejections, blocks and faults of the meta-DAG on real Airflow (``dag.test()``), with stub steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OPTIONAL = {"phase_2_validate.find_reusable_assets": "skip", "phase_4_build.ontology.stage": "skip"}
REJECTIONS = {
    "approve_plan": ("phase_2_validate", ("phase_3_profile.measure", "phase_4_build.review", "phase_5_deploy.verify")),
    "confirm_profile": (
        "phase_3_profile",
        ("phase_4_build.structure", "phase_4_build.review", "phase_5_deploy.verify"),
    ),
    "approve_deploy": ("phase_4_build", ("phase_5_deploy.deploy", "phase_5_deploy.verify")),
}
RED_GATES = (
    "phase_3_profile.test_gate",
    *(f"phase_4_build.{agent}.test_gate" for agent in ("metadata", "transformation", "quality", "dag")),
)
#: Skipped when there is nothing to ask, and no gate asks for a change.
NOT_ASKED = {
    "hand_over",
    "route.check_quality",
    "route.query_gold",
    *(
        f"{gate}.{task}"
        for gate in (
            "route.choose_found", "route.choose_partial", "phase_0_health.fix_environment",
            "phase_1_discovery.answer_discovery",
            "phase_2_validate.approve_overlap", "phase_4_build.resolve",
            "phase_4_build.confirm_edits",
        )
        for task in ("request", "wait", "decision")
    ),
}  # fmt: skip
SECOND_ATTEMPTS = {gate.replace("test_gate", "second_attempt") for gate in RED_GATES}
RED_TWICE = dict.fromkeys(("phase_4_build.quality.test_gate", "phase_4_build.quality.second_attempt"), "fail")
SCENARIOS: tuple[dict[str, dict[str, Any]], ...] = (
    {
        "optional_skipped": {"steps": OPTIONAL},
        "reject_approve_plan": {"marks": {"approve_plan": "failed"}},
        "blocked": {"steps": {"phase_2_validate.detect_duplicates": "block"}},
        "red_then_green": {"steps": dict.fromkeys(RED_GATES, "fail")},
    },
    {
        "fault": {"steps": {"phase_5_deploy.deploy": "fail"}},
        "reject_confirm_profile": {"steps": OPTIONAL, "marks": {"confirm_profile": "failed"}},
        "reject_approve_deploy": {"marks": {"approve_deploy": "failed"}},
        "red_twice": {"steps": {**RED_TWICE, "phase_4_build.resolve": "none"}},
        "red_twice_stopped": {"steps": RED_TWICE, "marks": {"resolve": "failed"}},
        "partial_stopped": {"steps": {"route.find_workload": "branch route.choose_partial"}},
        "environment_gone_on": {
            "steps": {"phase_0_health.check_environment": "branch phase_0_health.fix_environment"},
            "marks": {"approve_plan": "failed"},
        },
        "discovery_cancelled": {
            "steps": {"phase_1_discovery.discover": "branch phase_1_discovery.answer_discovery"},
            "marks": {"answer_discovery": "failed"},
        },
        "overlap_rejected": {
            "steps": {"phase_2_validate.summarize_plan": "branch phase_2_validate.approve_overlap"},
            "marks": {"approve_overlap": "failed"},
        },
        "asked_of_gold": {
            "steps": {"route.find_workload": "branch route.query_gold", "route.query_gold": "block"},
        },
    },
)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "AWS_"))}
    options = {f"{name}_URI": (folder / name.lower()).as_uri() for name in ("WORKSPACE", "DAGS", "LAKE", "LANDING")}
    return {
        **kept,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        **{f"AIRFLOW__ONBOARDING__{name}": uri for name, uri in options.items()},
    }


def _start(folder: Path, scenarios: dict[str, dict[str, Any]]) -> subprocess.Popen[bytes]:
    (folder / "scenarios.json").write_text(json.dumps(scenarios))
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.dags.scenario_runner", str(folder)],
            cwd=Path(__file__).resolve().parents[2],
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """State, tasks and record of each scenario's run. Most of the time is waiting: two processes at once."""
    folders = [tmp_path_factory.mktemp("scenarios") for _ in SCENARIOS]
    children = [_start(folder, scenarios) for folder, scenarios in zip(folders, SCENARIOS, strict=True)]
    found: dict[str, Any] = {}
    try:
        for folder, child in zip(folders, children, strict=True):
            code = child.wait(timeout=700)
            assert code == 0, (folder / "log.txt").read_text(errors="replace")[-3000:]
            found |= json.loads((folder / "results.json").read_text())
    finally:
        for child in children:
            child.kill()
    return found


def test_joins_run_with_every_optional_task_skipped(results: dict[str, Any]) -> None:
    run = results["optional_skipped"]
    assert run["state"] == "success"
    assert {name for name, state in run["tasks"].items() if state == "skipped"} == set(
        OPTIONAL
    ) | SECOND_ATTEMPTS | NOT_ASKED
    assert set(run["tasks"].values()) == {"success", "skipped"}
    assert run["record"]["outcome"]["status"] == "deployed"


def test_joins_run_with_no_task_skipped_and_a_fault_fails_the_run(results: dict[str, Any]) -> None:
    run = results["fault"]
    assert run["state"] == "failed"
    for join in ("phase_2_validate.summarize_plan", "phase_4_build.review", "phase_4_build.approve_deploy.decision"):
        assert run["tasks"][join] == "success"
    assert {name for name, state in run["tasks"].items() if state == "skipped"} == SECOND_ATTEMPTS | NOT_ASKED
    assert run["tasks"]["phase_5_deploy.deploy"] == "failed"
    assert run["tasks"]["phase_5_deploy.verify"] == "upstream_failed"
    assert run["tasks"]["summary"] == "failed"
    outcome = run["record"]["outcome"]
    assert (outcome["status"], outcome["failed_tasks"]) == ("failed", ["phase_5_deploy.deploy"])
    assert outcome["reason"] == "failed in phase_5_deploy.deploy"
    assert run["record"]["error-phase_5_deploy.deploy"]["what"] == "told to fail"


def test_red_test_gates_are_answered_by_second_attempts(results: dict[str, Any]) -> None:
    run = results["red_then_green"]
    assert run["state"] == "success"
    assert {name for name, state in run["tasks"].items() if state == "failed"} == set(RED_GATES)
    assert {run["tasks"][name] for name in SECOND_ATTEMPTS} == {"success"}
    outcome = run["record"]["outcome"]
    assert (outcome["status"], outcome["failed_tasks"]) == ("deployed", [])


def test_a_test_gate_that_is_red_twice_ends_the_run(results: dict[str, Any]) -> None:
    run, group = results["red_twice"], "phase_4_build.quality"
    assert run["state"] == "failed"
    assert run["record"]["outcome"]["failed_tasks"] == [f"{group}.second_attempt", f"{group}.test_gate"]
    for name in ("phase_4_build.dag.propose", "phase_4_build.review", "phase_5_deploy.deploy"):
        assert run["tasks"][name] == "upstream_failed", name


def test_what_failed_twice_is_no_fault_any_more_when_a_person_stopped_it(results: dict[str, Any]) -> None:
    run = results["red_twice_stopped"]
    assert run["state"] == "success"
    assert run["tasks"]["phase_4_build.resolve.decision"] == "success"
    assert run["tasks"]["phase_4_build.dag.propose"] == "upstream_failed"
    outcome = run["record"]["outcome"]
    assert (outcome["status"], outcome["failed_tasks"]) == ("rejected", [])
    assert outcome["reason"].startswith("resolve: stop by ")


def test_marking_the_question_about_an_earlier_onboarding_stops(results: dict[str, Any]) -> None:
    run = results["partial_stopped"]
    assert run["state"] == "success"
    assert run["record"]["gate-choose_partial-01"]["option"] == "stop"
    assert run["record"]["outcome"]["reason"].startswith("choose_partial: stop by ")
    ran = {name for name, state in run["tasks"].items() if state == "success"}
    assert ran == {
        "route.validate_conf", "route.find_workload", "route.choose_partial.request", "route.choose_partial.wait",
        "route.choose_partial.decision", "summary",
    }  # fmt: skip


def test_who_marks_fix_environment_goes_on_without(results: dict[str, Any]) -> None:
    run = results["environment_gone_on"]
    assert run["record"]["gate-fix_environment-01"]["option"] == "go on without"
    assert run["tasks"]["phase_1_discovery.discover"] == "success"
    assert run["record"]["outcome"]["reason"].startswith("approve_plan: reject by ")


def test_open_questions_end_the_run_before_a_plan(results: dict[str, Any]) -> None:
    run = results["discovery_cancelled"]
    assert run["state"] == "success"
    assert run["record"]["outcome"]["reason"].startswith("answer_discovery: cancel by ")
    later = {state for name, state in run["tasks"].items() if name.startswith(("phase_2", "phase_3", "phase_4"))}
    assert later == {"skipped"}


def test_an_overlap_is_asked_about_instead_of_the_plan(results: dict[str, Any]) -> None:
    run = results["overlap_rejected"]
    assert run["state"] == "success"
    assert run["tasks"]["phase_2_validate.approve_plan.request"] == "skipped"
    assert run["record"]["outcome"]["reason"].startswith("approve_overlap: reject by ")
    assert run["tasks"]["phase_3_profile.measure"] == "skipped"


def test_a_question_to_gold_runs_nothing_else(results: dict[str, Any]) -> None:
    run = results["asked_of_gold"]
    assert run["state"] == "success"
    ran = {name for name, state in run["tasks"].items() if state == "success"}
    assert ran == {"route.validate_conf", "route.find_workload", "route.query_gold", "summary"}


@pytest.mark.parametrize("gate", REJECTIONS)
def test_a_rejection_skips_what_comes_after_it(results: dict[str, Any], gate: str) -> None:
    run, (phase, after) = results[f"reject_{gate}"], REJECTIONS[gate]
    assert run["state"] == "success"
    assert run["tasks"][f"{phase}.{gate}.decision"] == "success"
    assert {name: run["tasks"][name] for name in after} == dict.fromkeys(after, "skipped")
    assert run["tasks"]["summary"] == "success"
    outcome = run["record"]["outcome"]
    assert outcome["status"] == "rejected"
    assert outcome["reason"].startswith(f"{gate}: reject by ")
    assert outcome["failed_tasks"] == []
    assert run["record"][f"gate-{gate}-01"]["verdict"] == "reject"


def test_nothing_after_a_rejection_runs(results: dict[str, Any]) -> None:
    tasks = results["reject_confirm_profile"]["tasks"]
    later = [name for name in tasks if name.startswith(("phase_4", "phase_5"))]
    assert {tasks[name] for name in later} == {"skipped"}
    assert "gate-approve_deploy-01" not in results["reject_confirm_profile"]["record"]


def test_a_block_skips_everything_after_it(results: dict[str, Any]) -> None:
    run = results["blocked"]
    assert run["state"] == "success"
    beside = {"phase_2_validate.check_connectivity", "phase_2_validate.find_reusable_assets"}
    for name, state in run["tasks"].items():
        before = name.startswith(("route", "phase_0", "phase_1")) or name == "phase_2_validate.detect_duplicates"
        before = before and name not in NOT_ASKED
        assert state == ("success" if before or name in beside or name == "summary" else "skipped"), name
    outcome = run["record"]["outcome"]
    assert outcome["status"] == "blocked"
    assert outcome["reason"] == "told to block in phase_2_validate.detect_duplicates"


def test_a_mark_at_a_gate_is_recorded_with_the_digest_of_what_was_shown(results: dict[str, Any]) -> None:
    record = results["optional_skipped"]["record"]
    for gate in REJECTIONS:
        entry = record[f"gate-{gate}-01"]
        assert (entry["verdict"], entry["how"], entry["by"]) == ("approve", "marked_success", "unknown")
        assert len(entry["report_sha256"]) == 64
