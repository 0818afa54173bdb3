"""Corrections on real Airflow: each is a new run of the same onboarding, which ends with what was corrected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.local_platform import PlatformInfo
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from tests.end_to_end.onboarding import onboard
from tests.end_to_end.test_gates import _ended, _gate, _source

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
NAME, ROOT = "corrected_codes", "corrected"
SECOND, THIRD = f"{ROOT}__round_02", f"{ROOT}__round_03"


@pytest.fixture(scope="module")
def corrected(platform: PlatformInfo) -> dict[str, Any]:
    """What was seen of an onboarding with a correction at ``confirm_profile`` and a change at ``approve_deploy``."""
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, ROOT, {"source.location": _source(platform, NAME)})
    reviewer.answer(_gate(reviewer, ROOT, "approve_plan"), "approve")
    asked = _gate(reviewer, ROOT, "confirm_profile")
    assert asked.choices["domain.columns.amount.type = text"] == "amount is text"
    reviewer.answer(asked, "corrections", ["domain.columns.amount.type = text"])
    seen: dict[str, Any] = {"first": _ended(requester, ROOT)}
    again = _gate(reviewer, SECOND, "confirm_profile")
    assert ", round 2 (" in again.subject
    seen["card"] = again.body
    seen["waiting"] = onboard(platform, "status", NAME, "--json").output
    reviewer.answer(again, "confirm")
    _gate(reviewer, SECOND, "approve_deploy")
    wrong = onboard(
        platform, "answer", "approve_deploy", "--workload", NAME, "--option", "changes needed", "--set", "schedule=x"
    )
    seen["wrong"] = wrong.errors
    changed = onboard(
        platform, "answer", "approve_deploy", "--workload", NAME, "--option", "changes needed",
        "--set", "schedule.cron=0 5 * * *",
    )  # fmt: skip
    assert changed.exit_code == 0, changed.errors
    seen["second"] = _ended(requester, SECOND)
    reviewer.answer(_gate(reviewer, THIRD, "approve_deploy"), "deploy")
    seen["third"] = _ended(requester, THIRD)
    return seen


def test_the_runs_hand_on_and_the_last_one_deploys(corrected: dict[str, Any]) -> None:
    assert [corrected[name]["state"] for name in ("first", "second", "third")] == ["success"] * 3
    assert corrected["first"]["note"] == "superseded: confirm_profile: corrections by reviewer (required actions)"
    assert corrected["second"]["note"] == "superseded: approve_deploy: changes needed by reviewer (required actions)"
    assert corrected["third"]["note"] == "deployed"


def test_what_was_corrected_is_what_is_deployed(
    corrected: dict[str, Any], platform: PlatformInfo, tmp_path: Path
) -> None:
    exported = onboard(platform, "export", NAME, "--to", str(tmp_path))
    assert exported.exit_code == 0, exported.errors
    source, schedule = (
        yaml.safe_load((tmp_path / NAME / "config" / f"{name}.yaml").read_text()) for name in ("source", "schedule")
    )
    assert {column["name"]: column["type"] for column in source["columns"]}["amount"] == "text"
    assert schedule["cron"] == "0 5 * * *"


def _workspace(platform: PlatformInfo) -> Store:
    return Store((platform.home / "workspace").as_uri())


def test_the_card_says_what_changed_since_it_was_shown(corrected: dict[str, Any]) -> None:
    assert "Changed: round 2 of 5, after confirm" in corrected["card"]
    assert "amount" in corrected["card"]


def test_only_what_depends_on_the_change_is_asked_and_done_again(
    corrected: dict[str, Any], platform: PlatformInfo
) -> None:
    client, workspace = AirflowClient(platform, "requester"), _workspace(platform)
    entries = RunRecord(workspace, ROOT).entries()
    gates = sorted(name for name in entries if name.startswith("gate-"))
    assert gates == [
        "gate-approve_deploy-02", "gate-approve_deploy-03", "gate-approve_plan-01", "gate-confirm_profile-01",
        "gate-confirm_profile-02",
    ]  # fmt: skip
    states = {task["task_id"]: task["state"] for task in client.tasks(META_DAG, THIRD)}
    assert states["phase_2_validate.approve_plan.decision"] == "success"
    measured = workspace.find(f"runs/{ROOT}/outputs/phase_3_profile.measure")
    assert len([key for key in measured if key.endswith("profile.json")]) == 1


def test_it_is_one_onboarding(corrected: dict[str, Any], platform: PlatformInfo) -> None:
    waiting = json.loads(corrected["waiting"])
    assert [(row["run_id"], row["state"]) for row in waiting] == [(SECOND, "waiting")]
    rows = json.loads(onboard(platform, "status", NAME, "--json").output)
    assert [(row["run_id"], row["state"]) for row in rows] == [(THIRD, "deployed")]
    request = RunRecord(_workspace(platform), ROOT).read("request")
    assert request is not None
    assert (request["triggered_by"], request["run_id"]) == ("requester", THIRD)


def test_a_change_that_makes_no_conf_is_refused_before_it_is_sent(corrected: dict[str, Any]) -> None:
    assert "`schedule` cannot be used" in corrected["wrong"]


def test_nobody_goes_on_with_an_onboarding_by_writing_so(corrected: dict[str, Any], platform: PlatformInfo) -> None:
    requester = AirflowClient(platform, "requester")
    conf = {"source.location": _source(platform, NAME), "resume": {"root_run_id": ROOT, "iteration": 9}}
    requester.trigger(META_DAG, f"{ROOT}__round_09", conf)
    run = _ended(requester, f"{ROOT}__round_09")
    assert run["state"] == "failed"
    assert "route.validate_conf" in run["note"]


def test_its_history_says_who_did_what_and_that_nobody_changed_it(
    corrected: dict[str, Any], platform: PlatformInfo
) -> None:
    found = json.loads(onboard(platform, "history", NAME, "--json").output)
    assert [(item["root_run_id"], item["status"], item["runs"], item["asked_by"]) for item in found] == [
        (ROOT, "deployed", 3, "requester")
    ]
    assert [(gate["gate"], gate["option"], gate["by"]) for gate in found[0]["gates"]] == [
        ("approve_plan", "approve", "reviewer"), ("confirm_profile", "corrections", "reviewer"),
        ("confirm_profile", "confirm", "reviewer"), ("approve_deploy", "changes needed", "reviewer"),
        ("approve_deploy", "deploy", "reviewer"),
    ]  # fmt: skip
    assert f"{ROOT}\n" in onboard(platform, "history", NAME).output
    whole = onboard(platform, "verify-record", NAME)
    assert (whole.exit_code, whole.output) == (0, f"{ROOT}: intact, {found[0]['entries']} entries\n")


def test_a_record_that_was_changed_is_told(corrected: dict[str, Any], platform: PlatformInfo) -> None:
    folder = platform.home / "workspace" / "runs" / ROOT / "journal"
    last = sorted(folder.glob("*.json"))[-1]
    kept = last.read_bytes()
    last.write_bytes(kept.replace(b"deployed", b"rejected"))
    changed = onboard(platform, "verify-record", ROOT)
    last.write_bytes(kept)
    assert changed.exit_code == 1
    assert "the end was changed" in changed.output
    unknown = onboard(platform, "verify-record", "nothing_of_the_kind")
    assert unknown.exit_code == 1
    assert "there is no onboarding" in unknown.errors
